//! Who may ask for what: our own pages, and nobody else's.

use crate::live::fresh::Print;
use gateway::Environ;

/// What our pages know and others cannot: it is in each page that is
/// served, and browsers let no other site read those.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A new one, from the system's source of chance.
    pub fn new() -> Result<Self, String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|e| {
            format!("there is no chance to be had: {e}")
        })?;
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        Ok(Self(digits.collect()))
    }

    /// The element that hands it to a page's scripts, with what tells
    /// them that there is a newer page.
    pub fn element(&self, print: &Print) -> String {
        let Print { text, page } = print;
        format!(
            "<meta name=\"live-token\" content=\"{}\" \
             data-text=\"{text}\" data-page=\"{page}\">",
            self.0,
        )
    }

    /// Does the request have it?
    pub fn is_in(&self, environ: &Environ) -> bool {
        let sent = environ.bytes("HTTP_X_LIVE_TOKEN");
        let sent = sent.unwrap_or_default();
        let same = sent.iter().zip(self.0.as_bytes());
        let differing = same.filter(|(a, b)| a != b).count();
        sent.len() == self.0.len() && differing == 0
    }
}

/// Whether another site's page has caused the request: a form, a
/// picture, a script. Browsers say so in one of two fields.
pub fn is_foreign(environ: &Environ) -> bool {
    let host = environ.get("HTTP_HOST").unwrap_or_default();
    let is_other = |origin: std::borrow::Cow<'_, str>| {
        origin.strip_prefix("http://") != Some(&*host)
    };
    let site = environ.bytes("HTTP_SEC_FETCH_SITE");
    environ.get("HTTP_ORIGIN").is_some_and(is_other)
        || matches!(site, Some(b"cross-site" | b"same-site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environ(name: &str, value: &str) -> Environ {
        let mut environ = Environ::new();
        environ.set("HTTP_HOST", "localhost:3000");
        environ.set(name, value);
        environ
    }

    #[test]
    fn another_site_is_foreign() {
        for origin in [
            "http://evil.example",
            "https://localhost:3000",
            "http://localhost:3001",
            "http://localhost:3000.evil.example",
            "null",
        ] {
            let foreign = is_foreign(&environ("HTTP_ORIGIN", origin));
            assert!(foreign, "{origin}");
        }
        let site = environ("HTTP_SEC_FETCH_SITE", "cross-site");
        assert!(is_foreign(&site));
        let own = environ("HTTP_ORIGIN", "http://localhost:3000");
        assert!(!is_foreign(&own));
        // The address line, and programs such as curl.
        assert!(!is_foreign(&environ("HTTP_SEC_FETCH_SITE", "none")));
        assert!(!is_foreign(&environ("X", "")));
    }

    #[test]
    fn only_the_whole_token_will_do() {
        let token = Token::new().unwrap();
        let has = |sent: &str| {
            token.is_in(&environ("HTTP_X_LIVE_TOKEN", sent))
        };
        assert!(has(&token.0));
        assert!(
            !has(&token.0[1..]) && !has("") && !has(&"0".repeat(32))
        );
        assert!(!token.is_in(&Environ::new()));
        assert_ne!(token.0, Token::new().unwrap().0);
    }
}

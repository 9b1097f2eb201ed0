//! Who may ask for what: our own pages, and nobody else's.

use super::edition::Print;
use crate::secret::secret;
use gateway::{Environ, Layer, ResponseHead};
use std::borrow::Cow;

/// What our pages know and others cannot: it is in each page that is
/// served, and browsers let no other site read those.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub fn new() -> Result<Self, String> {
        secret().map(Self)
    }

    /// The element that hands it to a page's scripts, with what tells
    /// them that there is a newer page, and the programs' port.
    pub fn element(&self, print: &Print, programs: u16) -> String {
        let Print { text, page } = print;
        format!(
            "<meta name=\"live-token\" content=\"{}\" \
             data-text=\"{text}\" data-page=\"{page}\" \
             data-programs=\"{programs}\">",
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

/// Whether a request was sent to this machine by a name of its own. A
/// page from elsewhere whose name is made to lead here would otherwise
/// read our answers.
pub fn is_here(environ: &Environ) -> bool {
    let name = name(&host(environ)).to_ascii_lowercase();
    matches!(&*name, "127.0.0.1" | "localhost" | "[::1]")
}

fn host(environ: &Environ) -> Cow<'_, str> {
    environ.get("HTTP_HOST").unwrap_or_default()
}

/// A host without its port.
fn name(host: &str) -> &str {
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    }
}

/// Whether another origin's page has caused the request: a form, a
/// picture, a script. Browsers say so in one of two fields.
pub fn is_foreign(environ: &Environ) -> bool {
    let own = format!("http://{}", host(environ));
    let is_other = |origin: Cow<'_, str>| origin != own;
    environ.get("HTTP_ORIGIN").is_some_and(is_other)
        || is_from(environ, &["cross-site", "same-site"])
}

/// The same for the programs. The book's pages lead there, which have
/// another port: that is another origin, but the same site. Pages of
/// other servers on this machine are so, too. They may send a reader
/// there, by a link; but show nothing of it on themselves, and send no
/// form.
pub fn is_foreign_to_programs(environ: &Environ) -> bool {
    let is_link = || {
        let is = |key, value: &[u8]| environ.bytes(key) == Some(value);
        is("REQUEST_METHOD", b"GET")
            && is("HTTP_SEC_FETCH_MODE", b"navigate")
            && is("HTTP_SEC_FETCH_DEST", b"document")
            && environ.get("HTTP_ORIGIN").is_none()
            && !is_from(environ, &["cross-site"])
    };
    is_foreign(environ) && !is_link()
}

fn is_from(environ: &Environ, sites: &[&str]) -> bool {
    let site = environ.get("HTTP_SEC_FETCH_SITE");
    site.is_some_and(|site| sites.contains(&&*site))
}

/// Headers of all that the book answers: no other site may frame it,
/// load parts of it or learn what is read, and a browser may not take
/// anything for a script that is none.
pub struct Shield;

impl Layer for Shield {
    fn head(&mut self, head: &mut ResponseHead) -> gateway::Result<()> {
        let headers = &mut head.headers;
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        for (name, value) in [
            ("X-Frame-Options", "DENY"),
            ("Content-Security-Policy", NOTHING),
        ] {
            if headers.get(name).is_none() {
                headers.push(name, value);
            }
        }
        Ok(())
    }
}

/// What is no page loads nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// What a page may load: what the book serves, and the scripts in its
/// frame, which have this number. Elements are styled by themselves in
/// mdBook's pages and in our figures.
pub fn policy(number: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{number}'; \
         style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'none'; base-uri 'self'; \
         frame-ancestors 'none'"
    )
}

/// What is in a frame of our own: the table of contents, for browsers
/// without scripts.
pub const FRAMED: &str = "default-src 'none'; style-src 'self'; \
                          font-src 'self'; frame-ancestors 'self'";

/// A page whose scripts have this number, except those in its middle:
/// there, whatever programs print is shown.
pub fn numbered(page: &str, number: &str) -> String {
    let numbered = |part: &str| {
        part.replace(
            "<script>",
            &format!("<script nonce=\"{number}\">"),
        )
    };
    let (start, rest) = page.split_once("<main>").unwrap_or((page, ""));
    match rest.rsplit_once("</main>") {
        Some((middle, end)) => [
            &numbered(start),
            "<main>",
            middle,
            "</main>",
            &numbered(end),
        ]
        .concat(),
        None => numbered(page),
    }
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
    fn only_names_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1",
            "localhost:3000",
            "LOCALHOST",
            "[::1]:1",
            "[::1]",
        ] {
            assert!(is_here(&environ("HTTP_HOST", host)), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example:3000",
            "localhost:80.evil",
            "[::2]",
        ] {
            assert!(!is_here(&environ("HTTP_HOST", host)), "{host}");
        }
        assert!(!is_here(&Environ::new()));
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

//! Applications below paths of their own.

use crate::{
    Application, Environ, Failure, Response, Result, StartResponse,
};
use std::fmt;

/// An application made of others, each of which has all paths below
/// its prefix.
///
/// The longest prefix that fits has the request; one ends where a
/// segment ends, so `/blog` has `/blog` and `/blog/2006`, and not
/// `/blogger`. It is moved from PATH_INFO to SCRIPT_NAME, and so
/// `environ.url()` is right inside, and what is inside may be mounted
/// in its turn. Where nothing fits, the answer is a 404.
///
/// ```
/// use gateway::middleware::mount;
/// use gateway::testing::get;
///
/// let show = |name: &'static str| {
///     gateway::app(move |environ, start_response| {
///         let path = environ.get("PATH_INFO").unwrap_or_default();
///         let page = format!("{name}: {path:?}");
///         let text = [("Content-Type", "text/plain")];
///         Ok(start_response("200 OK", &text)?.body(page))
///     })
/// };
/// let app = mount().at("/", show("home")).at("/blog", show("blog"));
/// assert_eq!(get(&app, "/blog/2006").text(), r#"blog: "/2006""#);
/// assert_eq!(get(&app, "/blog").text(), r#"blog: """#);
/// assert_eq!(get(&app, "/blogger").text(), r#"home: "/blogger""#);
/// ```
pub fn mount() -> Mount {
    Mount { places: Vec::new() }
}

/// Applications and their prefixes: what [`mount`] begins, and
/// [`Mount::at`] adds to.
pub struct Mount {
    /// What is at `/` has the prefix that everything has: nothing.
    places: Vec<(String, Box<dyn Application + Send + Sync>)>,
}

impl Mount {
    /// Adds an application at a prefix, which is compared with paths
    /// as PATH_INFO has them, without `%`.
    ///
    /// # Panics
    ///
    /// On a prefix that does not begin with a slash, one that ends in
    /// a slash, but for `/` itself, and one that is taken.
    #[track_caller]
    pub fn at(
        mut self,
        prefix: &str,
        app: impl Application + Send + Sync + 'static,
    ) -> Self {
        let path = if prefix == "/" { "" } else { prefix };
        assert!(
            prefix.starts_with('/') && !path.ends_with('/'),
            "mounted at {prefix:?}, which is neither \"/\" nor like \
             \"/blog\""
        );
        let is_taken = self.places.iter().any(|(at, _)| at == path);
        assert!(!is_taken, "two are mounted at {prefix:?}");
        self.places.push((path.into(), Box::new(app)));
        self
    }
}

impl Application for Mount {
    /// SCRIPT_NAME and PATH_INFO are put back afterwards, also behind
    /// an error. A panic ends the exchange, so nobody would see it.
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let before = ["SCRIPT_NAME", "PATH_INFO"].map(|name| {
            (name, environ.bytes(name).map(<[u8]>::to_vec))
        });
        let [script, path] =
            before.each_ref().map(|(_, value)| value.as_deref());
        let path = path.unwrap_or_default();
        let fitting = self.places.iter().filter_map(|(prefix, app)| {
            Some((prefix.as_bytes(), below(prefix, path)?, app))
        });
        let longest = fitting.max_by_key(|(prefix, ..)| prefix.len());
        let Some((prefix, rest, app)) = longest else {
            let reason = "nothing is mounted there";
            return Err(Failure::new("404 Not Found", reason).into());
        };
        let script = [script.unwrap_or_default(), prefix].concat();
        environ.set("SCRIPT_NAME", script);
        environ.set("PATH_INFO", rest);
        let result = app.call(environ, start_response);
        for (name, value) in before {
            match value {
                Some(value) => environ.set(name, value),
                None => drop(environ.remove(name)),
            }
        }
        result
    }
}

/// The rest of a path that is a prefix's.
fn below<'p>(prefix: &str, path: &'p [u8]) -> Option<&'p [u8]> {
    let rest = path.strip_prefix(prefix.as_bytes())?;
    let is_segment_end = matches!(rest, [] | [b'/', ..]);
    (is_segment_end || prefix.is_empty()).then_some(rest)
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefixes = self.places.iter().map(|(prefix, _)| prefix);
        f.debug_list().entries(prefixes).finish()
    }
}

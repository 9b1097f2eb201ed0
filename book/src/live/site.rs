//! What the book answers: its pages, what is live on them, and at a
//! port of their own the chapters' programs.

use crate::builder::INDEX;
use crate::live::edition::{Found, Page};
use crate::live::fresh::Fresh;
use crate::live::guard::{self, Shield, Token};
use crate::live::serve::{PROGRAMS_PORT, Ports};
use crate::live::{BUSY, Live, plain, reply};
use crate::project::Project;
use crate::run::programs::Programs;
use crate::secret::secret;
use gateway::{Application, Environ, Response, StartResponse};
use serde_json::json;
use std::sync::Arc;

pub struct Site {
    fresh: Arc<Fresh>,
    programs: Programs,
    ports: Ports,
    token: Token,
    live: Live,
}

impl Site {
    pub fn new(
        project: &Project,
        fresh: Arc<Fresh>,
        ports: Ports,
    ) -> Result<Self, String> {
        let token = Token::new()?;
        let live =
            Live::new(project, Arc::clone(&fresh), token.clone());
        let programs = Programs::of(project);
        Ok(Self { fresh, programs, ports, token, live })
    }

    /// Ends the programs that are running.
    pub fn stop(&self) {
        self.live.stop();
    }

    /// The book.
    pub fn answer(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(Shield))
        });
        if !guard::is_here(environ) {
            return plain(FORBIDDEN, self.elsewhere(), start);
        }
        let path = path(environ);
        if path.starts_with("/cgi-bin/") {
            return self.lead_to_programs(environ, start);
        }
        match path.strip_prefix("/live/") {
            Some(_) if guard::is_foreign(environ) => {
                let text = self.foreign(environ);
                let refused = json!({ "trouble": text });
                reply(FORBIDDEN, &refused.to_string(), start)
            }
            Some(name) => self.live.answer(name, environ, start),
            None => self.page(&path, environ, start),
        }
    }

    /// Calls what runs the programs, unless a stranger asks. They are
    /// another origin than the book: what they print may be a page with
    /// a script of a stranger's.
    pub fn guarded(
        &self,
        programs: &dyn Application,
        environ: &mut Environ,
        start: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        if !guard::is_here(environ) {
            return plain(FORBIDDEN, self.elsewhere(), start);
        }
        if guard::is_foreign_to_programs(environ) {
            return plain(FORBIDDEN, NOT_YOURS.into(), start);
        }
        programs.call(environ, start)
    }

    /// The programs.
    pub fn run(
        &self,
        environ: &mut Environ,
        start: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let path = path(environ);
        match self.programs.split(&path) {
            Some((target, ..)) => {
                self.live.run(&target, environ, start)
            }
            None => {
                let text = format!("There is no program at {path}.\n");
                plain(NOT_FOUND, text, start)
            }
        }
    }

    fn lead_to_programs(
        &self,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        if guard::is_foreign(environ) {
            return plain(FORBIDDEN, NOT_YOURS.into(), start_response);
        }
        let url = environ.url()?;
        let host = url.host_str().unwrap_or_default();
        let port = self.ports.programs;
        // As it was sent: an escape decoded is another request.
        let target = environ.get("REQUEST_URI").unwrap_or_default();
        let url = format!("http://{host}:{port}{target}");
        let headers = [
            ("Location", url.as_str()),
            ("Cache-Control", "no-store"),
            ("Content-Type", "text/plain; charset=utf-8"),
        ];
        let started =
            start_response("307 Temporary Redirect", &headers)?;
        Ok(started.body(format!("The programs are at {url}\n")))
    }

    fn page(
        &self,
        path: &str,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let method = environ.get("REQUEST_METHOD").unwrap_or_default();
        if !matches!(&*method, "GET" | "HEAD") {
            let headers = [
                ("Allow", "GET, HEAD"),
                ("Content-Type", "text/plain; charset=utf-8"),
            ];
            let started =
                start_response("405 Method Not Allowed", &headers)?;
            return Ok(started.body("Pages can be read only.\n"));
        }
        let name = match path.strip_prefix('/') {
            None | Some("") => INDEX,
            Some(name) => name,
        };
        match self.fresh.get(name) {
            Found::Page(page) if name.ends_with(".html") => {
                let text = self.with_token(&page);
                html(OK, &text, start_response)
            }
            Found::Page(page) => {
                file(name, page.text.clone().into(), start_response)
            }
            Found::File(bytes) => {
                file(name, bytes.to_vec(), start_response)
            }
            Found::Later => {
                let text = "This page cannot be built, or not yet; the \
                            terminal says more.\n";
                plain(BUSY, text.into(), start_response)
            }
            Found::Nothing => self.nothing(path, start_response),
        }
    }

    fn nothing(
        &self,
        path: &str,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        match self.fresh.get("404.html") {
            Found::File(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                html(NOT_FOUND, &text, start_response)
            }
            _ => {
                let text = format!("There is no {path} here.\n");
                plain(NOT_FOUND, text, start_response)
            }
        }
    }

    /// A page that may ask for what is live, and says where the
    /// programs are: the texts name the usual port.
    fn with_token(&self, page: &Page) -> String {
        let port = self.ports.programs;
        let element = self.token.element(&page.print, port);
        let head = format!("<head>{element}");
        let usual = format!("http://127.0.0.1:{PROGRAMS_PORT}/");
        let here = format!("http://127.0.0.1:{port}/");
        page.text.replacen("<head>", &head, 1).replace(&usual, &here)
    }
}

impl Site {
    /// What is said to a request that came under another name.
    fn elsewhere(&self) -> String {
        let Ports { book, programs } = self.ports;
        format!(
            "The book answers on the machine where it runs, at\n\n    \
             http://127.0.0.1:{book}\n    \
             http://localhost:{book}\n\n\
             and under no other name: it runs programs, and pages of \
             other sites could have them run.\n\n\
             To open it from another machine, forward both of its \
             ports, with their numbers:\n\n    \
             ssh -L {book}:127.0.0.1:{book} \
             -L {programs}:127.0.0.1:{programs} HOST\n\n\
             To read it without the buttons, build it with\n\n    \
             cargo run -p book -- build\n\n\
             and open index.html in the folder target/book/html.\n"
        )
    }

    /// What is said to a page that was opened elsewhere: through a port
    /// forward, or another site's.
    fn foreign(&self, environ: &Environ) -> String {
        let origin = environ.get("HTTP_ORIGIN");
        let origin = origin.unwrap_or("another origin".into());
        format!(
            "This page was opened at {origin}. There it can be read, \
             but it can have nothing run.\n\n{}",
            self.elsewhere()
        )
    }
}

fn path(environ: &Environ) -> String {
    environ.get("PATH_INFO").unwrap_or_default().into_owned()
}

const OK: &str = "200 OK";
const FORBIDDEN: &str = "403 Forbidden";
const NOT_FOUND: &str = "404 Not Found";

const NOT_YOURS: &str = "Another site may not have programs run.\n";

/// A page, which may run the scripts of its frame.
fn html(
    status: &str,
    text: &str,
    start_response: StartResponse<'_>,
) -> gateway::Result<Response> {
    let number = secret()?;
    let headers = [
        ("Content-Type", content_type(".html")),
        ("Cache-Control", "no-cache"),
        ("Content-Security-Policy", &guard::policy(&number)),
    ];
    let text = guard::numbered(text, &number);
    Ok(start_response(status, &headers)?.body(text))
}

fn file(
    name: &str,
    bytes: Vec<u8>,
    start_response: StartResponse<'_>,
) -> gateway::Result<Response> {
    // What has another name when it changes is not asked for again. The
    // search index keeps its name: that of one which was made before.
    let is_fixed =
        is_named_by_content(name) && !name.starts_with("searchindex");
    let kept = match is_fixed {
        true => "max-age=31536000, immutable",
        false => "no-cache",
    };
    let mut headers = vec![
        ("Content-Type", content_type(name)),
        ("Cache-Control", kept),
    ];
    if name == "toc.html" {
        headers.push(("X-Frame-Options", "SAMEORIGIN"));
        headers.push(("Content-Security-Policy", guard::FRAMED));
    }
    Ok(start_response(OK, &headers)?.body(bytes))
}

/// mdBook's `page-0a1b2c3d.css`: eight digits of a hash.
fn is_named_by_content(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    let is_digit = |b: u8| b.is_ascii_hexdigit();
    hash.len() == 8 && hash.bytes().all(is_digit)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

//! The book, served by the gateway's own server.

use crate::live::fresh::{Fresh, Print};
use crate::live::{Live, THREADS, Token, is_foreign, plain};
use crate::project::Project;
use crate::run::programs::Programs;
use gateway::http::{Limits, Server};
use gateway::{Environ, Response, StartResponse};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where the book is served unless something else is asked for.
pub const DEFAULT_PORT: u16 = 3000;

/// How long a stop waits for requests that are under way.
const STOP: Duration = Duration::from_secs(1);

/// Listens on this machine only. The usual port may be taken, for then
/// another one does as well; a port that was asked for must be had.
pub fn listen(asked: Option<u16>) -> Result<Server, String> {
    let bind = |port: u16| {
        let server = Server::bind(("127.0.0.1", port))?;
        // At a stop all programs are ended, so this is for clients.
        let limits = Limits { stop: STOP, ..Limits::default() };
        Ok(server.threads(THREADS).limits(limits))
    };
    let port = asked.unwrap_or(DEFAULT_PORT);
    match bind(port) {
        Ok(server) => Ok(server),
        Err(e) if is_taken(&e) && asked.is_none() => {
            let server = bind(0).map_err(|e| e.to_string())?;
            eprintln!("Port {DEFAULT_PORT} is taken; here is another.");
            Ok(server)
        }
        Err(e) if is_taken(&e) => Err(format!(
            "127.0.0.1:{port} is taken by another program; stop that one, \
             or choose another with --port N (0 takes any)"
        )),
        Err(e) => {
            Err(format!("cannot listen at 127.0.0.1:{port}: {e}"))
        }
    }
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == ErrorKind::AddrInUse
}

/// The site: the pages in a folder, and the chapters' programs.
pub struct Site {
    folder: PathBuf,
    programs: Programs,
    fresh: Arc<Fresh>,
    token: Token,
    live: Live,
}

impl Site {
    pub fn new(
        project: &Project,
        fresh: Arc<Fresh>,
        folder: &Path,
    ) -> Result<Self, String> {
        let token = Token::new()?;
        let live =
            Live::new(project, Arc::clone(&fresh), token.clone());
        let folder = folder.into();
        let programs = Programs::of(project);
        Ok(Self { folder, programs, fresh, token, live })
    }

    /// Ends the programs that are running.
    pub fn stop(&self) {
        self.live.stop();
    }

    /// The application.
    pub fn answer(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let host = environ.get("HTTP_HOST").unwrap_or_default();
        if !is_here(&host) {
            // Another site's page, under a name that leads here.
            let text = "This server answers at 127.0.0.1 only.\n";
            return plain("403 Forbidden", text.into(), start_response);
        }
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        let program = self.programs.split(&path);
        let live = path.strip_prefix("/live/");
        let is_run = program.is_some() || live.is_some();
        if is_run && is_foreign(environ) {
            let text = "Another site may not have programs run.\n";
            return plain("403 Forbidden", text.into(), start_response);
        }
        if let Some(name) = live {
            return self.live.answer(name, environ, start_response);
        }
        match program {
            Some((target, ..)) => {
                self.live.run(&target, environ, start_response)
            }
            None => self.page(&path, environ, start_response),
        }
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
        if path.ends_with('/') || path.ends_with(".html") {
            self.fresh.update(path.trim_start_matches('/'));
        }
        let (status, file) = match self.file(path) {
            Some(file) => ("200 OK", file),
            None => ("404 Not Found", self.folder.join("404.html")),
        };
        let Ok(mut bytes) = fs::read(&file) else {
            let text = format!("There is no {path} here.\n");
            return plain("404 Not Found", text, start_response);
        };
        let name = file.to_string_lossy();
        if name.ends_with(".html") {
            bytes = self.with_token(&bytes);
        }
        let headers = [
            ("Content-Type", content_type(&name)),
            ("Cache-Control", "no-cache"),
        ];
        Ok(start_response(status, &headers)?.body(bytes))
    }

    /// A page that may ask for what is live.
    fn with_token(&self, page: &[u8]) -> Vec<u8> {
        let page = String::from_utf8_lossy(page);
        let head = self.token.element(&Print::of(&page));
        let head = format!("<head>{head}");
        page.replacen("<head>", &head, 1).into_bytes()
    }

    /// The file at a path (decoded by the server), if it is in the
    /// folder.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let mut file = self.folder.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part.starts_with('.') || part.contains(['\\', ':', '\0'])
            {
                return None;
            }
            file.push(part);
        }
        if file.is_dir() {
            file.push("index.html");
        }
        file.is_file().then_some(file)
    }
}

/// Whether a Host header means this machine. A page from elsewhere
/// whose name is made to lead here would otherwise read our answers.
fn is_here(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    matches!(&*name, "127.0.0.1" | "localhost" | "[::1]")
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

/// Opens a page in the reader's browser.
pub fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = std::process::Command::new(program);
    if let Err(e) = command.arg(address).spawn() {
        eprintln!("{program} does not start ({e}); open {address}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1",
            "localhost:3000",
            "LOCALHOST",
            "[::1]:1",
            "[::1]",
        ] {
            assert!(is_here(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example:3000",
            "localhost:80.evil",
            "[::2]",
        ] {
            assert!(!is_here(host), "{host}");
        }
    }
}

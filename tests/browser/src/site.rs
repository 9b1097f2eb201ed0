//! The static site, served as GitHub Pages does: below a path, with
//! `404.html` wherever there is nothing.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// The path that the site is below.
const BELOW: &str = "/gateway/";

/// A server, which ends with the tests.
pub struct StaticSite {
    /// `http://127.0.0.1:PORT/gateway/`
    pub address: String,
    /// Dropped when scripts that were held back may come.
    pub held: Option<Sender<()>>,
}

/// What is served, and what is to be waited for before scripts are.
struct Files {
    folder: PathBuf,
    release: Option<Mutex<Receiver<()>>>,
}

impl StaticSite {
    pub fn serve(folder: &Path) -> Self {
        Self::start(folder, None, None)
    }

    /// The same, but the scripts of the book's theme do not come until
    /// `held` is dropped.
    pub fn serve_without_scripts(folder: &Path) -> Self {
        let (held, release) = channel();
        Self::start(folder, Some(held), Some(Mutex::new(release)))
    }

    fn start(
        folder: &Path,
        held: Option<Sender<()>>,
        release: Option<Mutex<Receiver<()>>>,
    ) -> Self {
        let listener =
            TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let folder = folder.to_path_buf();
        let files = Arc::new(Files { folder, release });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let files = Arc::clone(&files);
                // A browser that goes away is none of our business.
                thread::spawn(move || files.answer(stream));
            }
        });
        let address = format!("http://127.0.0.1:{port}{BELOW}");
        Self { address, held }
    }
}

impl Files {
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut head = BufReader::new(stream.try_clone().ok()?).lines();
        let line = head.next()?.ok()?;
        head.take_while(|l| l.as_ref().is_ok_and(|l| !l.is_empty()))
            .for_each(drop);
        let target = line.split(' ').nth(1)?;
        let path = target.split('?').next()?;
        let (status, name) = match self.find(path) {
            Some(name) => ("200 OK", name),
            None => ("404 Not Found", "404.html".into()),
        };
        if name.starts_with("theme/")
            && name.ends_with(".js")
            && let Some(release) = &self.release
        {
            // It is an error that means that it was dropped.
            let _ = release.lock().ok()?.recv();
        }
        let body = fs::read(self.folder.join(&name)).ok()?;
        let (kind, length) = (content_type(&name), body.len());
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        )
        .ok()?;
        stream.write_all(&body).ok()
    }

    /// The file that a path names, seen from the folder.
    fn find(&self, path: &str) -> Option<String> {
        let name = match path.strip_prefix(BELOW)? {
            "" => "index.html",
            name => name,
        };
        self.folder.join(name).is_file().then(|| name.into())
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

//! `exchange`: a request to a chapter's program, and its answer, as
//! bytes on the wire.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::project::Project;
use crate::run::job::{Input, Job};
use crate::run::normalize::{normalize, one_chunk};
use crate::run::programs::{Programs, Target};
use crate::run::serving::Serving;
use gateway::ErrorLog;
use gateway::http::Server;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug, PartialEq)]
pub struct Exchange {
    pub target: Target,
    kind: Kind,
    /// One after the other, over one connection.
    pub requests: Vec<String>,
}

/// How a chapter's program answers requests.
#[derive(Debug, PartialEq)]
enum Kind {
    /// One process for each request, behind our server.
    Cgi,
    /// It serves by itself.
    Serving,
}

/// The line between two requests.
const NEXT: &str = "---";

/// The first chapter whose program serves by itself.
const FIRST_SERVING: &str = "ch05";

/// Does the program serve by itself, unless something else is said?
pub fn is_serving(target: &Target) -> bool {
    *target.chapter >= *FIRST_SERVING
}

impl Exchange {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        let mut words = info.split_whitespace();
        let target = Target::parse(words.next().unwrap_or_default())?;
        let mut kind = match is_serving(&target) {
            true => Kind::Serving,
            false => Kind::Cgi,
        };
        let mut line_end = "\n";
        let mut is_cut = false;
        for word in words {
            match word {
                "cut" => is_cut = true,
                "cgi" => kind = Kind::Cgi,
                "crlf" => line_end = "\r\n",
                word => {
                    return Err(format!(
                        "`{word}` is not known here; write `cgi` for a \
                         program that is run for each request, `crlf` for \
                         a body whose lines end in CR LF, `cut` for a request \
                         that ends in its last line, or nothing"
                    ));
                }
            }
        }
        if body.iter().all(|line| line.trim().is_empty()) {
            return Err("no request; write its lines".into());
        }
        let requests = body.split(|line| *line == NEXT);
        let requests = requests.map(|lines| match is_cut {
            true => lines.join("\r\n"),
            false => wire(lines, line_end),
        });
        Ok(Self { target, kind, requests: requests.collect() })
    }

    fn run_cgi(
        &self,
        programs: Programs,
    ) -> Result<(Vec<u8>, Vec<u8>), String> {
        let log = Kept::default();
        let server = Server::bind("127.0.0.1:0")
            .map_err(|e| format!("no server can be started: {e}"))?
            .threads(1)
            .errors(ErrorLog::new(log.clone()));
        let address = server.address();
        let stopper = server.stopper();
        let default = self.target.clone();
        let app = move |environ: &mut gateway::Environ,
                        start_response: gateway::StartResponse<'_>| {
            programs.answer(&default, environ, start_response)
        };
        let thread = thread::spawn(move || server.serve(app));
        let answer = self.send(address);
        stopper.stop();
        let ended = thread.join();
        let answer = answer.map_err(|e| {
            format!("{e}; the log says:\n{}", log.text())
        })?;
        ended
            .map_err(|_| "the server panicked".to_string())?
            .map_err(|e| format!("the server ended: {e}"))?;
        Ok((one_chunk(&answer), log.bytes()))
    }

    fn run_serving(
        &self,
        project: &Project,
        programs: &Programs,
    ) -> Result<(Vec<u8>, Vec<u8>), String> {
        let program = programs.path(&self.target);
        let serving = Serving::start(project, &program)?;
        let answer = self.send_and_close(serving.address);
        let log = serving.log();
        let answer =
            answer.map_err(|e| format!("{e}; the log says:\n{log}"))?;
        Ok((answer, log.into_bytes()))
    }

    /// Sends the request and nothing after it. Whatever comes then, until
    /// the connection ends, is the answer; it may be none, or several.
    fn send_and_close(
        &self,
        address: SocketAddr,
    ) -> Result<Vec<u8>, String> {
        let failed = |e: io::Error| format!("the exchange failed: {e}");
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
        let bytes = self.requests.concat();
        stream.write_all(bytes.as_bytes()).map_err(failed)?;
        stream.shutdown(Shutdown::Write).map_err(failed)?;
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            // So does the connection of a server that died.
            Err(e) if e.kind() != ErrorKind::ConnectionReset => {
                Err(failed(e))
            }
            _ => Ok(answer),
        }
    }

    fn send(&self, address: SocketAddr) -> Result<Vec<u8>, String> {
        let failed = |e: io::Error| format!("the exchange failed: {e}");
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        let short = Some(Duration::from_millis(50));
        stream.set_read_timeout(short).map_err(failed)?;
        let bytes = self.requests.concat();
        stream.write_all(bytes.as_bytes()).map_err(failed)?;
        let is_head = bytes.starts_with("HEAD ");
        let deadline = Instant::now() + LIMIT;
        let mut answer = Vec::new();
        let mut block = [0; 4096];
        while !is_complete(&answer, is_head) {
            match stream.read(&mut block) {
                Ok(0) => break,
                Ok(n) => answer.extend_from_slice(&block[..n]),
                Err(e) if is_timeout(&e) => {}
                Err(e) => return Err(failed(e)),
            }
            if Instant::now() > deadline {
                return Err(format!(
                    "no whole answer in {} s; this came:\n{}",
                    LIMIT.as_secs(),
                    String::from_utf8_lossy(&answer)
                ));
            }
        }
        match answer.is_empty() {
            true => Err("the server closed without an answer".into()),
            false => Ok(answer),
        }
    }

    /// The figure's class, and what the served book needs to send its
    /// requests again.
    fn data(&self) -> String {
        let requests = serde_json::json!(self.requests).to_string();
        let how = match self.kind {
            Kind::Cgi => "cgi",
            Kind::Serving => "",
        };
        format!(
            "exchange\" data-program=\"{}\" data-how=\"{how}\" \
             data-requests=\"{}",
            self.target,
            html::escape(&requests)
        )
    }
}

impl Job for Exchange {
    fn label(&self) -> String {
        let line = self.requests[0].lines().next().unwrap_or_default();
        format!("exchange {} {line}", self.target)
    }

    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![
            Input::chapter(&self.target.chapter),
            Input::Path("book/src/figures/exchange.rs".into()),
        ];
        if self.kind == Kind::Cgi {
            // Our server stands before it.
            inputs.push(Input::library());
        }
        inputs
    }

    fn names(&self) -> Vec<String> {
        vec!["answer".into(), "log".into()]
    }

    /// The answer, and the log.
    fn run(&self, project: &Project) -> Result<Vec<String>, String> {
        let programs = Programs::of(project);
        programs.build(&self.target)?;
        let (answer, log) = match self.kind {
            Kind::Cgi => self.run_cgi(programs)?,
            Kind::Serving => self.run_serving(project, &programs)?,
        };
        let normal = |t: Vec<u8>| {
            normalize(&String::from_utf8_lossy(&t), project)
        };
        Ok(vec![normal(answer), normal(log)])
    }
}

impl Figure for Exchange {
    fn job(&self) -> Option<&dyn Job> {
        Some(self)
    }

    fn render(
        &self,
        _context: &Context,
        printed: &[String],
    ) -> Result<String, String> {
        let log = printed.get(1).map_or("", String::as_str);
        let answer = match printed.first().map_or("", String::as_str) {
            "" => "(the connection was closed without an answer)\n",
            answer => answer,
        };
        let title = match self.requests.len() {
            1 => "Request",
            _ => "Requests, over one connection",
        };
        let requests: Vec<&str> =
            self.requests.iter().map(String::as_str).collect();
        let mut sides = side("request", title, &requests);
        sides.push_str(&side("response", "Response", &[answer]));
        if !log.is_empty() {
            sides.push_str(&side("log", "Error log", &[log]));
        }
        let sides = format!("<div class=\"sides\">{sides}</div>");
        Ok(html::figure(&self.data(), "", &sides))
    }
}

fn side(class: &str, title: &str, texts: &[&str]) -> String {
    let pre = |text: &&str| html::pre("message", &html::message(text));
    let pres: String = texts.iter().map(pre).collect();
    format!(
        "<div class=\"side {class}\">\
         <div class=\"title\">{title}</div>{pres}</div>"
    )
}

/// The lines as they are sent: those of the head end in CR LF, those of
/// the body in `line_end`, but for the last, which has no end.
fn wire(body: &[&str], line_end: &str) -> String {
    let (head, content) = match body.iter().position(|l| l.is_empty()) {
        Some(blank) => (&body[..blank], &body[blank + 1..]),
        None => (body, &[][..]),
    };
    let head: String =
        head.iter().map(|line| format!("{line}\r\n")).collect();
    format!("{head}\r\n{}", content.join(line_end))
}

fn is_timeout(error: &io::Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Whether the answer is whole, as far as it says so itself; if it does
/// not, it ends with the connection.
fn is_complete(answer: &[u8], is_head: bool) -> bool {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n")
    else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let body = &answer[end + 4..];
    let status = head.split(' ').nth(1).unwrap_or_default();
    let field = |name: &str| {
        let mut lines = head.lines().skip(1);
        lines.find_map(|line| line.strip_prefix(name)).map(str::trim)
    };
    if is_head || matches!(status, "204" | "304") {
        true
    } else if field("transfer-encoding:") == Some("chunked") {
        body.ends_with(b"0\r\n\r\n")
    } else if let Some(length) = field("content-length:") {
        length.parse().is_ok_and(|length: usize| body.len() >= length)
    } else {
        false
    }
}

/// A log that can be read.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn bytes(&self) -> Vec<u8> {
        let bytes = self.0.lock();
        bytes.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let kept = self.0.lock();
        kept.unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_gets_its_line_ends() {
        let get = ["GET / HTTP/1.1", "Host: a", ""];
        let bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(wire(&get, "\n"), bytes);
        assert_eq!(wire(&get[..2], "\n"), bytes);
        let post = ["POST / HTTP/1.1", "", "a=1", "b=2"];
        let head = "POST / HTTP/1.1\r\n\r\n";
        assert_eq!(wire(&post, "\n"), format!("{head}a=1\nb=2"));
        assert_eq!(wire(&post, "\r\n"), format!("{head}a=1\r\nb=2"));
    }

    #[test]
    fn a_request_can_be_cut() {
        let lines = ["GET / HTTP/1.1", "Host: a"];
        let request = Exchange::parse("ch05 cut", &lines).unwrap();
        assert_eq!(request.requests, ["GET / HTTP/1.1\r\nHost: a"]);
    }

    #[test]
    fn requests_can_follow_one_another() {
        let lines = ["POST / HTTP/1.1", "", "a=1", "---", "GET /", ""];
        let exchange = Exchange::parse("ch06", &lines).unwrap();
        let posted = "POST / HTTP/1.1\r\n\r\na=1";
        assert_eq!(exchange.requests, [posted, "GET /\r\n\r\n"]);
    }

    #[test]
    fn programs_serve_by_themselves_from_chapter_5_on() {
        let kind =
            |info| Exchange::parse(info, &["GET /"]).map(|e| e.kind);
        assert_eq!(kind("ch03"), Ok(Kind::Cgi));
        assert_eq!(kind("ch05/clock"), Ok(Kind::Serving));
        assert_eq!(kind("ch07/cgi cgi"), Ok(Kind::Cgi));
        let error = kind("ch05 fast").unwrap_err();
        assert!(
            error.starts_with("`fast` is not known here"),
            "{error}"
        );
    }

    #[test]
    fn an_answer_ends_where_it_says() {
        let length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        assert!(!is_complete(length, false));
        assert!(!is_complete(&[length, &b"a"[..]].concat(), false));
        assert!(is_complete(&[length, &b"ab"[..]].concat(), false));
        assert!(is_complete(length, true));
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na";
        assert!(!is_complete(chunked, false));
        let end = &b"\r\n0\r\n\r\n"[..];
        assert!(is_complete(&[chunked, end].concat(), false));
        assert!(is_complete(b"HTTP/1.1 304 Not\r\n\r\n", false));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\n\r\nx", false));
    }
}

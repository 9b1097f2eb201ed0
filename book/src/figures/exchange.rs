//! `exchange`: a request to a chapter's program, and its answer, as
//! bytes on the wire.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::project::Project;
use crate::run::bytes;
use crate::run::client::{self, End};
use crate::run::job::{Input, Job};
use crate::run::normalize::{normalize, one_chunk};
use crate::run::output::Output;
use crate::run::programs::{Program, Programs, Target};
use crate::run::serving::{LOG_LIMIT, Serving};
use gateway::ErrorLog;
use gateway::http::Server;
use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// How long nothing more must come before the log counts as whole: a
/// line may be written after the answer has gone out.
const QUIET: Duration = Duration::from_millis(150);

/// The longest to wait for that.
const MOST: Duration = Duration::from_secs(2);

/// What was answered, or why nothing whole was.
type Sent = Result<Vec<u8>, String>;

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
        programs: &Programs,
        program: &Program,
    ) -> Result<(Sent, String), String> {
        let log = Output::new(LOG_LIMIT);
        let server = Server::bind("127.0.0.1:0")
            .map_err(|e| format!("no server can be started: {e}"))?
            .threads(1)
            .errors(ErrorLog::new(log.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let app =
            |environ: &mut gateway::Environ,
             start_response: gateway::StartResponse<'_>| {
                programs.answer(program, environ, start_response)
            };
        let (answer, ended) = thread::scope(|scope| {
            let thread = scope.spawn(|| server.serve(app));
            let answer = self.send(TcpStream::connect(address));
            stopper.stop();
            (answer, thread.join())
        });
        ended
            .map_err(|_| "the server panicked".to_string())?
            .map_err(|e| format!("the server ended: {e}"))?;
        let answer = match answer {
            Ok(answer) if answer.is_empty() => {
                Err("the server closed without an answer".into())
            }
            answer => answer.map(|answer| one_chunk(&answer)),
        };
        Ok((answer, log.take()))
    }

    fn run_serving(
        &self,
        project: &Project,
        program: &Program,
    ) -> Result<(Sent, String), String> {
        let serving = Serving::start(project, program)?;
        let send = || self.send(serving.connect());
        Ok(serving.logging(QUIET, MOST, send))
    }

    /// Sends all requests over one connection.
    fn send(&self, stream: io::Result<TcpStream>) -> Sent {
        let request = self.requests.concat();
        let answer = stream.and_then(|stream| {
            client::send(&stream, &bytes::from_text(&request), LIMIT)
        });
        let answer =
            answer.map_err(|e| format!("the exchange failed: {e}"))?;
        let what = match answer.end {
            End::Closed => return Ok(answer.bytes),
            End::Late => format!("in {} s", LIMIT.as_secs()),
            End::Full => format!("in {} bytes", client::LIMIT),
        };
        let came = bytes::to_text(&answer.bytes);
        Err(format!("no whole answer {what}; this came:\n{came}"))
    }

    /// The figure's class, and what the served book needs to know to
    /// send its requests again.
    fn data(&self) -> String {
        let how = match self.kind {
            Kind::Cgi => "cgi",
            Kind::Serving => "",
        };
        format!(
            "exchange\" data-program=\"{}\" data-how=\"{how}",
            self.target
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
        let program = programs.build(&self.target)?;
        let (answer, log) = match self.kind {
            Kind::Cgi => self.run_cgi(&programs, &program)?,
            Kind::Serving => self.run_serving(project, &program)?,
        };
        let answer = answer.map_err(|e| {
            bytes::shown(&format!("{e}; the log says:\n{log}"))
        })?;
        let normal = |text: &str| normalize(text, project);
        let answer = bytes::to_text(&answer);
        Ok(vec![normal(&answer), normal(&log)])
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
    let pre = |text: &&str| {
        let class = match bytes::has_bytes(text) {
            true => "message binary",
            false => "message",
        };
        html::pre(class, &html::message(text))
    };
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
}

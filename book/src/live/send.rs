//! A request of the reader's, sent to a chapter's program.

use super::servers::Servers;
use super::steps::Steps;
use super::{Trouble, failed};
use crate::figures::exchange::is_serving;
use crate::project::Project;
use crate::run::bytes;
use crate::run::client::{self, Answer, End};
use crate::run::normalize::{normalize, one_chunk};
use crate::run::output::Output;
use crate::run::programs::{CGI_LIMIT, Program, Programs, Target};
use crate::run::serving::LOG_LIMIT;
use gateway::{Environ, ErrorLog, Response, StartResponse};
use serde_json::{Value, json};
use std::io;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// The longest that an answer may take.
pub const LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for a line of the log behind the answer's end.
const LOG_PAUSE: Duration = Duration::from_millis(5);

/// How long, if there is one after the other; or for a program's end.
const LOG_MOST: Duration = Duration::from_millis(200);

/// How a program is run.
#[derive(Clone, Copy, PartialEq)]
pub enum How {
    /// One process for each request, behind our server.
    Cgi,
    /// It serves by itself.
    Serving,
}

impl How {
    pub fn parse(text: &str, target: &Target) -> Result<Self, Trouble> {
        match text {
            "cgi" => Ok(Self::Cgi),
            "" if is_serving(target) => Ok(Self::Serving),
            "" => Ok(Self::Cgi),
            _ => Err(Trouble::Request(format!("{text:?} is no way"))),
        }
    }
}

/// Sends to one program.
pub struct Sender<'a> {
    pub project: &'a Project,
    pub servers: &'a Servers,
    pub program: Program,
}

/// What came of it.
struct Sent {
    answer: Answer,
    log: String,
    environ: Value,
    steps: Steps,
}

impl Sender<'_> {
    pub fn send(
        self,
        how: How,
        request: &[u8],
    ) -> Result<Value, Trouble> {
        let sent = match how {
            How::Cgi => self.cgi(request)?,
            How::Serving => self.serving(request)?,
        };
        let bytes = &sent.answer.bytes;
        // As it is compared with what is printed.
        let normal = match how {
            How::Cgi => one_chunk(bytes),
            How::Serving => bytes.clone(),
        };
        let normal = bytes::to_text(&normal);
        let report = failed::report(self.project, &normal, &sent.log);
        Ok(json!({
            "answer": bytes::to_text(bytes),
            "report": report,
            "root": self.project.root.to_string_lossy(),
            "normal": normalize(&normal, self.project),
            "log": sent.log,
            "normalLog": normalize(&sent.log, self.project),
            "environ": sent.environ,
            "call": sent.steps.started(&sent.answer),
            "steps": sent.steps.told(&sent.answer),
            "took": sent.answer.took.as_secs_f64() * 1000.0,
        }))
    }

    fn cgi(&self, request: &[u8]) -> Result<Sent, Trouble> {
        let log = Output::new(LOG_LIMIT);
        let steps = Steps::default();
        let programs = Programs::of(self.project);
        let app =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                steps.call();
                let answer = programs.answer(
                    &self.program,
                    environ,
                    steps.hear(start_response),
                );
                environ.set("GATEWAY_INTERFACE", "CGI/1.1");
                (environ.multiprocess, environ.multithread) =
                    (true, false);
                environ.run_once = true;
                steps.keep(environ);
                answer.map(|response| steps.watch(response))
            };
        let errors = ErrorLog::new(log.clone());
        let answer = under_our_server(request, errors, app)?;
        let mut log = log.take();
        let has_overrun = answer.took >= CGI_LIMIT;
        if has_overrun && log.contains("504 Gateway Timeout") {
            let limit = CGI_LIMIT.as_secs();
            log +=
                &format!("(The program was ended after {limit} s.)\n");
        }
        whole(answer, log, steps.environ(), steps)
    }

    fn serving(&self, request: &[u8]) -> Result<Sent, Trouble> {
        let environ = self.environ(request);
        self.servers.with(&self.program, |serving, stream| {
            let ask = || ask(&stream, request);
            let (answer, mut log) =
                serving.logging(LOG_PAUSE, LOG_MOST, ask);
            let answer = answer?;
            if answer.bytes.is_empty()
                && let Some(status) = serving.ended_within(LOG_MOST)
            {
                log += &format!("(The program has ended: {status}.)\n");
            }
            whole(answer, log, environ, Steps::default())
        })
    }

    /// The environ that the same bytes make under chapter 8's server,
    /// within the book: a program that runs elsewhere does not show its
    /// own.
    fn environ(&self, request: &[u8]) -> Value {
        let steps = Steps::default();
        let app =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                steps.keep(environ);
                let headers = [("Content-Type", "text/plain")];
                Ok(start_response("200 OK", &headers)?.body(""))
            };
        // A request that is refused has none.
        let _ =
            under_our_server(request, ErrorLog::new(io::sink()), app);
        steps.environ()
    }
}

fn ask(stream: &TcpStream, request: &[u8]) -> Result<Answer, Trouble> {
    client::send(stream, request, LIMIT).map_err(failed)
}

fn failed(error: io::Error) -> Trouble {
    Trouble::Run(format!("the exchange failed: {error}"))
}

/// What is shown of an answer, unless it did not come in time.
fn whole(
    answer: Answer,
    mut log: String,
    environ: Value,
    steps: Steps,
) -> Result<Sent, Trouble> {
    match answer.end {
        End::Closed => {}
        End::Full => log += "(The answer goes on; 1 MiB is shown.)\n",
        End::Late => {
            let came = bytes::to_text(&answer.bytes);
            return Err(Trouble::Run(bytes::shown(&format!(
                "The answer is not whole after {} s, and the program \
                 was ended. This came:\n{came}\n\nIt logged:\n{log}",
                LIMIT.as_secs()
            ))));
        }
    }
    Ok(Sent { answer, log, environ, steps })
}

/// Sends the bytes to an application under a server of our own.
pub fn under_our_server<A>(
    request: &[u8],
    errors: ErrorLog,
    app: A,
) -> Result<Answer, Trouble>
where
    A: Fn(&mut Environ, StartResponse<'_>) -> gateway::Result<Response>
        + Send
        + Sync,
{
    let server = gateway::http::Server::bind("127.0.0.1:0")
        .map_err(|e| Trouble::Run(e.to_string()))?
        .threads(1)
        .errors(errors);
    let (address, stopper) = (server.address(), server.stopper());
    thread::scope(|scope| {
        scope.spawn(|| server.serve(app));
        let stream = TcpStream::connect(address).map_err(failed);
        let answer = stream.and_then(|stream| ask(&stream, request));
        stopper.stop();
        answer
    })
}

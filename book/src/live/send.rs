//! A request of the reader's, sent to a chapter's program.

use super::servers::Servers;
use super::{Trouble, environ};
use crate::figures::exchange::{Kept, is_serving};
use crate::project::Project;
use crate::run::normalize::normalize;
use crate::run::programs::{Programs, Target};
use crate::run::serving::Serving;
use gateway::{Environ, ErrorLog, Response, StartResponse};
use serde_json::{Value, json};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The most of an answer that is shown, in bytes.
const ANSWER_LIMIT: u64 = 1 << 20;

/// How long to wait for a line of the log behind the answer's end.
const LOG_PAUSE: Duration = Duration::from_millis(5);

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
    pub target: Target,
    /// Was it built just now?
    pub is_new: bool,
}

impl Sender<'_> {
    pub fn send(
        self,
        how: How,
        request: &[u8],
    ) -> Result<Value, Trouble> {
        let start = Instant::now();
        let (answer, log, environ) = match how {
            How::Cgi => self.cgi(request)?,
            How::Serving => self.serving(request)?,
        };
        let text = String::from_utf8_lossy(&answer);
        Ok(json!({
            "answer": text,
            "normal": normalize(&text, self.project),
            "log": log,
            "normalLog": normalize(&log, self.project),
            "environ": environ,
            "took": start.elapsed().as_secs_f64() * 1000.0,
        }))
    }

    fn cgi(
        &self,
        request: &[u8],
    ) -> Result<(Vec<u8>, String, Value), Trouble> {
        let log = Kept::default();
        let seen = Seen::default();
        let programs = Programs::of(self.project);
        let app =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                let answer = programs.answer(
                    &self.target,
                    environ,
                    start_response,
                );
                environ.set("GATEWAY_INTERFACE", "CGI/1.1");
                (environ.multiprocess, environ.multithread) =
                    (true, false);
                environ.run_once = true;
                seen.keep(environ);
                answer
            };
        let errors = ErrorLog::new(log.clone());
        let answer = under_our_server(request, errors, app)?;
        Ok((answer, log.text(), seen.value()))
    }

    fn serving(
        &self,
        request: &[u8],
    ) -> Result<(Vec<u8>, String, Value), Trouble> {
        let send = |serving: &Serving, stream| {
            let answer = ask(stream, request)?;
            Ok((answer, serving.log_within(LOG_PAUSE)))
        };
        let (answer, log) =
            self.servers.with(&self.target, self.is_new, send)?;
        Ok((answer, log, self.environ(request)))
    }

    /// The environ that the same bytes make under chapter 8's server,
    /// within the book: a program that runs elsewhere does not show its
    /// own.
    fn environ(&self, request: &[u8]) -> Value {
        let seen = Seen::default();
        let app =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                seen.keep(environ);
                let headers = [("Content-Type", "text/plain")];
                Ok(start_response("200 OK", &headers)?.body(""))
            };
        // A request that is refused has none.
        let _ =
            under_our_server(request, ErrorLog::new(io::sink()), app);
        seen.value()
    }
}

/// Sends the bytes to an application under a server of our own.
fn under_our_server<A>(
    request: &[u8],
    errors: ErrorLog,
    app: A,
) -> Result<Vec<u8>, Trouble>
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
        let answer = stream.and_then(|stream| ask(stream, request));
        stopper.stop();
        answer
    })
}

/// The first environ that an application was called with.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Option<Value>>>);

impl Seen {
    fn keep(&self, environ: &Environ) {
        let mut seen = self.lock();
        seen.get_or_insert_with(|| environ::list(environ));
    }

    fn value(&self) -> Value {
        self.lock().take().unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the bytes and nothing after them. Whatever comes then, until
/// the connection ends, is the answer.
fn ask(
    mut stream: TcpStream,
    request: &[u8],
) -> Result<Vec<u8>, Trouble> {
    stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    stream.set_write_timeout(Some(LIMIT)).map_err(failed)?;
    // A server may have closed before it has read everything.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let deadline = Instant::now() + LIMIT;
    let mut answer = Vec::new();
    let mut block = [0; 8192];
    loop {
        match stream.read(&mut block) {
            Ok(0) => return Ok(answer),
            Ok(length) => answer.extend_from_slice(&block[..length]),
            // So does the connection of a server that died.
            Err(e) if e.kind() == ErrorKind::ConnectionReset => {
                return Ok(answer);
            }
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(too_long(&answer)),
        }
        if answer.len() as u64 > ANSWER_LIMIT {
            answer.truncate(ANSWER_LIMIT as usize);
            return Ok(answer);
        }
        if Instant::now() > deadline {
            return Err(too_long(&answer));
        }
    }
}

fn failed(error: io::Error) -> Trouble {
    Trouble::Run(format!("the exchange failed: {error}"))
}

fn too_long(answer: &[u8]) -> Trouble {
    let text = String::from_utf8_lossy(answer);
    Trouble::Run(format!(
        "The answer is not whole after {} s; this came:\n{text}",
        LIMIT.as_secs()
    ))
}

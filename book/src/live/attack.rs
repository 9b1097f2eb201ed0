//! The hostile requests, sent to a server of this repository: the
//! reader's, or a chapter's.

use super::turns::{Turn, Turns};
use super::{Live, Trouble, query};
use crate::exercises::own_server;
use crate::hostile;
use crate::hostile::client::observe_for;
use crate::hostile::judge::{AT_ONCE, GOOD, PATIENCE, each_of};
use crate::hostile::requests::Request;
use crate::project::Project;
use crate::run::process::Process;
use crate::run::programs::{Program, Target};
use crate::run::shell::Shell;
use gateway::{Body, Environ, Response, StartResponse};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take until no more requests are sent.
const LIMIT: Duration = Duration::from_secs(90);

/// How long a server may take to say where it is.
const START: Duration = Duration::from_secs(10);

/// How long one that answers no more may take to end.
const END: Duration = Duration::from_millis(300);

/// How many servers may be started at a time, for one request each.
const ALONE: usize = 4;

/// Runs it with 4 GiB of memory at most, and leaves no core file.
const LINE: &str = "{ ulimit -c 0; ulimit -v 4194304; } 2>/dev/null; \
    exec \"$0\" \"$@\" 2>/dev/null";

/// The most that is kept of what it prints, in bytes.
const OUTPUT: usize = 1024;

/// Has it use our answers only.
const OURS: &str = "--ours";

/// Whose server it is.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    Mine,
    Chapter5,
    Chapter8,
}

impl Whose {
    fn parse(text: &str) -> Result<Self, Trouble> {
        match text {
            "mine" => Ok(Self::Mine),
            "ch05" => Ok(Self::Chapter5),
            "ch08" => Ok(Self::Chapter8),
            _ => {
                Err(Trouble::Request(format!("{text:?} is no server")))
            }
        }
    }

    /// The program that serves what the requests ask for.
    fn target(self, project: &Project) -> Result<Target, Trouble> {
        let target = match self {
            Self::Mine => own_server::target(project),
            _ => Target::parse("ch08/score").ok(),
        };
        let nothing = || Trouble::Request("there is no server".into());
        target.ok_or_else(nothing)
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Mine => &["tests"],
            Self::Chapter5 => &["serve", "chapter5"],
            Self::Chapter8 => &["serve", "library"],
        }
    }

    fn right(self, request: &Request) -> &'static str {
        match self {
            Self::Chapter5 => request.right_in_chapter_5(),
            _ => request.right_in_chapter_8(),
        }
    }
}

impl Live {
    /// Sends all of them, or one.
    pub(super) fn attack(
        &self,
        environ: &Environ,
    ) -> Result<Lines, Trouble> {
        let query = query(environ)?;
        let whose = query.get("server").unwrap_or_default();
        let whose = Whose::parse(whose)?;
        let mut requests = hostile::all();
        if let Some(name) = query.get("request") {
            requests.retain(|request| request.name == name);
        }
        if requests.is_empty() {
            let text = "there is no such request";
            return Err(Trouble::Request(text.into()));
        }
        let turns = [self.turn()?, self.builds.turn()?];
        self.fresh.touch();
        let program =
            self.builds.build(&whose.target(&self.project)?)?;
        let project = self.project.clone();
        let (sender, lines) = channel();
        let end = Instant::now() + LIMIT;
        let alone = Turns::new(ALONE);
        let is_over = AtomicBool::new(false);
        let attack =
            Attack { project, program, whose, end, alone, is_over };
        thread::spawn(move || attack.run(&requests, &sender));
        Ok(Lines { lines, turns })
    }
}

/// What came of each request, as soon as it is known.
pub struct Lines {
    lines: Receiver<Value>,
    turns: [Turn; 2],
}

impl Lines {
    /// Answers with a line of JSON for each.
    pub fn reply(
        self,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let headers = [
            ("Content-Type", "application/x-ndjson"),
            ("Cache-Control", "no-store"),
        ];
        let Self { lines, turns } = self;
        let blocks = lines.into_iter().map(move |line| {
            let _ = &turns; // until the last line
            Ok(format!("{line}\n").into_bytes().into())
        });
        let started = start_response("200 OK", &headers)?;
        Ok(started.body(Body::blocks(blocks)))
    }
}

/// One run.
struct Attack {
    project: Project,
    program: Program,
    whose: Whose,
    end: Instant,
    /// For servers that get one request only.
    alone: Turns,
    /// Nobody waits for the rest.
    is_over: AtomicBool,
}

impl Attack {
    fn run(&self, requests: &[&Request], sender: &Sender<Value>) {
        // Chapter 5's has four threads, and some requests take one for
        // good.
        let is_shared =
            self.whose != Whose::Chapter5 && requests.len() > 1;
        let shared = is_shared.then(|| self.start(&[])).transpose();
        let shared = match shared {
            Ok(shared) => shared,
            Err(text) => {
                let _ = sender.send(json!({ "trouble": text }));
                return;
            }
        };
        let address = shared.as_ref().map(|running| running.address);
        let at_once = AT_ONCE.min(requests.len());
        each_of(requests, at_once, |request| {
            let is_late = Instant::now() > self.end;
            if is_late || self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let judged = self.judge(request, address);
            let judged = judged
                .unwrap_or_else(|text| json!({ "trouble": text }));
            if sender.send(judged).is_err() {
                self.is_over.store(true, Ordering::Relaxed);
            }
        });
    }

    /// What a server that others ask, too, gets wrong, is tried again
    /// with one that nobody else asks.
    fn judge(
        &self,
        request: &Request,
        shared: Option<SocketAddr>,
    ) -> Result<Value, String> {
        let right = self.whose.right(request);
        let is_right = |server| {
            came(server, request).is_ok_and(|came| came == right)
        };
        let (mark, came) = match shared.is_some_and(is_right) {
            true => ("right", right.to_string()),
            false => self.judge_alone(request, right)?,
        };
        let name = request.name;
        let (right, came) = (shown(right), shown(&came));
        Ok(json!({
            "name": name, "mark": mark, "right": right, "came": came,
        }))
    }

    /// Beyond is what our answers to the exercises get wrong, too.
    fn judge_alone(
        &self,
        request: &Request,
        right: &str,
    ) -> Result<(&'static str, String), String> {
        let came = self.ask_alone(request, &[])?;
        let mark = if came == right {
            "right"
        } else if self.whose == Whose::Mine
            && self.ask_alone(request, &[OURS])? != right
        {
            "beyond"
        } else {
            "wrong"
        };
        Ok((mark, came))
    }

    /// Has a server of its own answer.
    fn ask_alone(
        &self,
        request: &Request,
        more: &[&str],
    ) -> Result<String, String> {
        let _turn = self.alone.turn(LIMIT);
        let mut running = self.start(more)?;
        Ok(came(running.address, request).unwrap_or_else(|came| {
            let seen = Instant::now();
            let is_soon = || seen.elapsed() < END;
            let ended = running.process.wait(is_soon);
            ended.map_or(came, |_| "the process ends".into())
        }))
    }

    fn start(&self, more: &[&str]) -> Result<Running, String> {
        let folder = Path::new("");
        let shell = Shell { folder, ..Shell::at(&self.project) };
        let mut command = shell.command("sh")?;
        command.args(["-c", LINE]).arg(&self.program.path);
        command.args(self.whose.arguments()).args(more);
        let process = Process::start(command, OUTPUT)
            .map_err(|error| error.to_string())?;
        let address = process.output.find(START, |printed| {
            address(&String::from_utf8_lossy(printed))
        });
        let name = &self.program.target;
        let address = address.ok_or_else(|| {
            format!("{name} does not say where it serves")
        })?;
        Ok(Running { process, address })
    }
}

/// A server, which ends with this value.
struct Running {
    process: Process,
    address: SocketAddr,
}

/// The address that is on the first line.
fn address(printed: &str) -> Option<SocketAddr> {
    let (line, _) = printed.split_once('\n')?;
    let word = line.split_whitespace().last()?;
    word.trim_start_matches("http://").parse().ok()
}

/// What came of a request; the error is that a good one after it is
/// not answered well.
fn came(
    server: SocketAddr,
    request: &Request,
) -> Result<String, String> {
    let came = observe_for(server, request, PATIENCE);
    let after = observe_for(server, &GOOD, PATIENCE);
    if after == GOOD.right_in_chapter_8() {
        return Ok(came);
    }
    let (came, after) = (shown(&came), shown(&after));
    Err(format!("{came}, then a good request: {after}"))
}

/// As our pages show it.
fn shown(came: &str) -> String {
    match came {
        "" => "closed".into(),
        came => came.replace("...", "…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_where_it_is_in_a_line() {
        let expected = Some(([127, 0, 0, 1], 8000).into());
        assert_eq!(address("127.0.0.1:8000\n"), expected);
        let line = "Serving at http://127.0.0.1:8000\nand more";
        assert_eq!(address(line), expected);
        assert_eq!(address("127.0.0.1:80"), None);
        assert_eq!(address("a panic\n"), None);
    }
}

//! What the served book can do and a printed one cannot: send requests
//! to the chapters' programs, check exercises, and follow what is
//! saved. All of it is under `/live/`, for our own pages alone.

mod attack;
mod builds;
mod desk;
mod edition;
mod environ;
mod failed;
pub mod fresh;
mod guard;
mod making;
mod marks;
mod send;
pub mod serve;
mod servers;
mod several;
pub mod site;
mod state;
mod steps;
mod turns;

use crate::exercises::complaint::Complaint;
use crate::exercises::exercise::{self, Entry};
use crate::exercises::own_server::{self, Judged};
use crate::exercises::verdict::Verdict;
use crate::live::fresh::{Fresh, State};
use crate::project::Project;
use crate::run::programs::{Programs, Target};
use builds::Builds;
use gateway::{Environ, Form, Key, Response, StartResponse};
use guard::Token;
use marks::{Found, Marks};
use send::{How, Sender};
use serde_json::{Value, json};
use servers::Servers;
use several::{Crowd, Plan};
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use turns::{Turn, Turns};

/// The longest request that is sent to a program, in bytes.
const REQUEST_LIMIT: u64 = 64 * 1024;

/// How many requests of our pages may be at work, or wait for others,
/// at a time.
const MOST: usize = 64;

/// How many of others, for programs that are behind `/cgi-bin/`.
const MOST_OF_OTHERS: usize = 8;

/// How long somebody who sends several requests at once waits for
/// others who do.
const A_CROWD: Duration = Duration::from_secs(30);

/// How many threads it takes so that none of these keeps a page from
/// being read.
pub const THREADS: usize = MOST + 8;

/// The same for those who are told that too much is at work.
pub const THREADS_OF_OTHERS: usize = MOST_OF_OTHERS + 2;

/// A request's turn, which ends with it.
const TURN: Key<Turn> = Key::new("book.turn");

pub struct Live {
    project: Project,
    fresh: Arc<Fresh>,
    token: Token,
    turns: Turns,
    turns_of_others: Turns,
    turn_of_crowds: Turns,
    builds: Builds,
    servers: Servers,
    marks: Arc<Marks>,
}

/// What keeps something from being done.
pub enum Trouble {
    /// The request makes no sense.
    Request(String),
    /// Too much is being done already.
    Busy(String),
    /// The program does not compile.
    Build(String),
    /// It was run, and something else went wrong.
    Run(String),
}

type Done = Result<Value, Trouble>;

impl Live {
    pub fn new(
        project: &Project,
        fresh: Arc<Fresh>,
        token: Token,
    ) -> Self {
        Self {
            project: project.clone(),
            fresh,
            token,
            turns: Turns::new(MOST),
            turns_of_others: Turns::new(MOST_OF_OTHERS),
            // Two at a time would measure each other.
            turn_of_crowds: Turns::new(1),
            builds: Builds::of(project),
            servers: Servers::of(project),
            marks: Arc::new(Marks::of(project)),
        }
    }

    /// Ends what is running.
    pub fn stop(&self) {
        self.servers.stop();
    }

    /// Answers what is asked at `/live/` and this name.
    pub fn answer(
        &self,
        name: &str,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        if !self.token.is_in(environ) {
            let text = "The book was started anew, and this page is of \
                        the time before: reload it.";
            let refused = json!({ "trouble": text }).to_string();
            return reply("403 Forbidden", &refused, start_response);
        }
        let is_post = environ.bytes("REQUEST_METHOD") == Some(b"POST");
        let done = match name {
            "send" if is_post => self.send(environ),
            "several" if is_post => self.several(environ),
            "check" if is_post => self.check(environ),
            "server" if is_post => self.server(),
            "attack" if is_post => match self.attack(environ) {
                Ok(lines) => return lines.reply(start_response),
                Err(trouble) => Err(trouble),
            },
            "state" if !is_post => self.state(environ),
            _ => Err(Trouble::Request("there is no such thing".into())),
        };
        let (status, value) = match done {
            Ok(value) => ("200 OK", value),
            Err(Trouble::Request(text)) => {
                ("400 Bad Request", json!({ "trouble": text }))
            }
            Err(Trouble::Busy(text)) => {
                (BUSY, json!({ "trouble": text }))
            }
            Err(Trouble::Build(text)) => {
                let root = self.root();
                ("200 OK", json!({ "broken": text, "root": root }))
            }
            Err(Trouble::Run(text)) => {
                ("200 OK", json!({ "trouble": text }))
            }
        };
        reply(status, &value.to_string(), start_response)
    }

    /// Runs the program that is at `/cgi-bin/`.
    pub fn run(
        &self,
        target: &Target,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let turn = self.turns_of_others.turn(Duration::ZERO);
        let Some(turn) = turn else {
            return plain(BUSY, TOO_MANY.into(), start_response);
        };
        // Its answer is longer at work than we are.
        environ.insert(TURN, turn);
        match self.builds.build(target) {
            Ok(program) => Programs::of(&self.project).answer(
                &program,
                environ,
                start_response,
            ),
            Err(Trouble::Busy(text)) => {
                plain(BUSY, text, start_response)
            }
            Err(
                Trouble::Build(text)
                | Trouble::Run(text)
                | Trouble::Request(text),
            ) => {
                let status = "500 Internal Server Error";
                plain(status, text, start_response)
            }
        }
    }

    /// Sends bytes to a chapter's program.
    fn send(&self, environ: &mut Environ) -> Done {
        let (target, how) = self.target(&query(environ)?)?;
        let request = body(environ)?;
        let _turn = self.turn()?;
        self.fresh.touch();
        // What is saved from now on may not be in the program.
        let code = State::of_all(&self.project).print_of_code();
        let sender = Sender {
            project: &self.project,
            servers: &self.servers,
            program: self.builds.build(&target)?,
        };
        let mut sent = sender.send(how, &request)?;
        sent["code"] = code.into();
        Ok(sent)
    }

    /// Sends them several times at once.
    fn several(&self, environ: &mut Environ) -> Done {
        let query = query(environ)?;
        let (target, how) = self.target(&query)?;
        let plan = Plan::of(&query)?;
        let request = &body(environ)?;
        let _turn = self.turn()?;
        self.fresh.touch();
        let program = &self.builds.build(&target)?;
        let turn = self.turn_of_crowds.turn(A_CROWD);
        let busy = || Trouble::Busy(TOO_MANY.into());
        let _turn_of_crowds = turn.ok_or_else(busy)?;
        let project = &self.project;
        Crowd { project, program, plan, request }.send(how)
    }

    /// The program that is asked for, and how it is run.
    fn target(&self, query: &Form) -> Result<(Target, How), Trouble> {
        let get = |name| query.get(name).unwrap_or_default();
        let target =
            Target::parse(get("program")).map_err(Trouble::Request)?;
        let chapter = self.project.root.join("chapters");
        if !chapter.join(&target.chapter).is_dir() {
            let text = format!("there is no {}", target.chapter);
            return Err(Trouble::Request(text));
        }
        let how = How::parse(get("how"), &target)?;
        Ok((target, how))
    }

    /// Leave to do what may take a while.
    fn turn(&self) -> Result<Turn, Trouble> {
        let turn = self.turns.turn(Duration::ZERO);
        turn.ok_or_else(|| Trouble::Busy(TOO_MANY.into()))
    }

    /// Runs the check of an exercise.
    fn check(&self, environ: &mut Environ) -> Done {
        let query = query(environ)?;
        let number = query.get("exercise").unwrap_or_default();
        let entry = exercise::find(&self.project, number)
            .map_err(Trouble::Request)?;
        let _turn = self.turn()?;
        self.fresh.touch();
        let _turn_to_build = self.builds.turn()?;
        let Found { verdict, answer } = self.marks.check(&entry)?;
        let complaint = verdict.complaint();
        let behind = exercise::behind(&self.project, &entry.chapter);
        Ok(json!({
            "solved": verdict == Verdict::Solved,
            "kind": verdict.kind(),
            "said": verdict.said(),
            "complaint": complaint.as_ref().map(Complaint::value),
            "answer": answer,
            "behind": behind.as_ref().map(Entry::value),
            "root": self.root(),
        }))
    }

    /// Where the files are that are named as seen from there.
    fn root(&self) -> Cow<'_, str> {
        self.project.root.to_string_lossy()
    }

    /// Sends the reader's own server all requests.
    fn server(&self) -> Done {
        let target = own_server::target(&self.project);
        let nothing = || Trouble::Request("there is no server".into());
        let target = target.ok_or_else(nothing)?;
        let _turn = self.turn()?;
        self.fresh.touch();
        let program = self.builds.build(&target)?;
        let _turn_to_build = self.builds.turn()?;
        let judged = own_server::score(&self.project, &program)
            .map_err(Trouble::Run)?;
        let said = own_server::summary(&judged);
        let requests = judged.iter().map(Judged::value);
        let requests: Vec<Value> = requests.collect();
        Ok(json!({ "said": said, "requests": requests }))
    }

    /// Whether a page has changed, and what is solved.
    fn state(&self, environ: &mut Environ) -> Done {
        let query = query(environ)?;
        let page = query.get("page").unwrap_or_default();
        let state = self.fresh.update(page);
        let print = self.fresh.print(page);
        Ok(json!({
            "text": print.text,
            "page": print.page,
            "code": state.print_of_code(),
            "exercises": self.marks.all(),
        }))
    }
}

const BUSY: &str = "503 Service Unavailable";

const TOO_MANY: &str =
    "Too many requests are at work; try again in a moment.\n";

fn query(environ: &Environ) -> Result<Form, Trouble> {
    environ.query().map_err(|no| Trouble::Request(no.reason))
}

fn body(environ: &mut Environ) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    let mut input = (&mut environ.input).take(REQUEST_LIMIT + 1);
    let read = input.read_to_end(&mut body);
    read.map_err(|error| Trouble::Request(error.to_string()))?;
    match body.len() as u64 > REQUEST_LIMIT {
        true => Err(Trouble::Request("the request is too long".into())),
        false => Ok(body),
    }
}

fn reply(
    status: &str,
    text: &str,
    start_response: StartResponse<'_>,
) -> gateway::Result<Response> {
    let headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
    ];
    Ok(start_response(status, &headers)?.body(text.to_string()))
}

/// Answers in plain words.
pub fn plain(
    status: &str,
    text: String,
    start_response: StartResponse<'_>,
) -> gateway::Result<Response> {
    let headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-cache"),
    ];
    Ok(start_response(status, &headers)?.body(text))
}

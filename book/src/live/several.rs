//! A request that is sent several times at once: when each was sent,
//! began and ended, and which answers are alike.

use super::Trouble;
use super::send::{How, LIMIT};
use crate::project::Project;
use crate::run::bytes;
use crate::run::client::{self, Answer, End};
use crate::run::normalize::{normalize, one_chunk};
use crate::run::output::Output;
use crate::run::programs::{Program, Programs};
use crate::run::serving::{LOG_LIMIT, Serving};
use gateway::http::Server;
use gateway::{Environ, ErrorLog, Form, StartResponse};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many may be sent at once.
const COUNT: RangeInclusive<u16> = 2..=16;

/// The time from one to the next, in milliseconds.
const DELAY: RangeInclusive<u16> = 0..=1000;

/// How long before the first: until then, all threads are there.
const LEAD: Duration = Duration::from_millis(10);

/// How long to wait for a line of the log behind the last answer.
const LOG_PAUSE: Duration = Duration::from_millis(20);

/// How long, if there is one after the other; or for a program's end.
const LOG_MOST: Duration = Duration::from_millis(200);

/// How much is shown of answers that differ from the first, in
/// characters.
const SHOWN: usize = 16 * 1024;

/// How many are sent, and how long after each other.
pub struct Plan {
    count: u16,
    delay: Duration,
}

impl Plan {
    pub fn of(query: &Form) -> Result<Self, Trouble> {
        let count = number(query, "count", COUNT)?;
        let delay = number(query, "delay", DELAY)?;
        let delay = Duration::from_millis(delay.into());
        Ok(Self { count, delay })
    }

    /// Each from a thread and on a connection of its own. The result is
    /// in the order in which they were sent: threads begin in any.
    fn carry_out(
        &self,
        request: &[u8],
        connect: impl Fn() -> io::Result<TcpStream> + Sync,
    ) -> Vec<Visit> {
        let start = Instant::now() + LEAD;
        let visit = |number| {
            let at = start + self.delay * number;
            thread::sleep(at.saturating_duration_since(Instant::now()));
            Visit::pay(request, &connect)
        };
        thread::scope(|scope| {
            let visits: Vec<_> = (0..self.count)
                .map(|number| scope.spawn(move || visit(number.into())))
                .collect();
            let ended =
                visits.into_iter().filter_map(|v| v.join().ok());
            let mut visits: Vec<_> = ended.collect();
            visits.sort_by_key(|visit| visit.sent);
            visits
        })
    }
}

fn number(
    query: &Form,
    name: &str,
    range: RangeInclusive<u16>,
) -> Result<u16, Trouble> {
    let number = query.get(name).and_then(|text| text.parse().ok());
    number.filter(|n| range.contains(n)).ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        Trouble::Request(format!("{name} is from {least} to {most}"))
    })
}

/// What one of them has seen.
struct Visit {
    sent: Instant,
    /// The client's, by which the server can tell them apart.
    port: u16,
    /// When the application was called, or else when the first byte of
    /// the answer came.
    began: Option<Instant>,
    ended: Instant,
    answer: io::Result<Answer>,
}

impl Visit {
    fn pay(
        request: &[u8],
        connect: impl Fn() -> io::Result<TcpStream>,
    ) -> Self {
        let stream = connect();
        let local = stream.as_ref().map(TcpStream::local_addr);
        let port = local.ok().and_then(Result::ok).map(|a| a.port());
        let sent = Instant::now();
        let answer = stream
            .and_then(|stream| client::send(&stream, request, LIMIT));
        let reads = answer.as_ref().map_or(&[][..], |a| &a.reads);
        let first = reads.first().map(|(at, _)| *at);
        Self {
            sent,
            port: port.unwrap_or_default(),
            began: first,
            ended: Instant::now(),
            answer,
        }
    }

    fn bytes(&self) -> &[u8] {
        self.answer.as_ref().map_or(&[], |answer| &answer.bytes)
    }

    /// What kept its answer from being whole.
    fn trouble(&self) -> Option<String> {
        match &self.answer {
            Err(error) => Some(format!("no exchange: {error}")),
            Ok(answer) => match answer.end {
                End::Late => {
                    let limit = LIMIT.as_secs();
                    Some(format!("not whole after {limit} s"))
                }
                End::Full => Some("goes on after 1 MiB".into()),
                End::Closed if answer.bytes.is_empty() => {
                    Some("closed without an answer".into())
                }
                End::Closed => None,
            },
        }
    }
}

/// Sends to one program.
pub struct Crowd<'a> {
    pub project: &'a Project,
    pub program: &'a Program,
    pub plan: Plan,
    pub request: &'a [u8],
}

/// What came, and what was logged meanwhile.
type Came = Result<(Vec<Visit>, String), Trouble>;

impl Crowd<'_> {
    pub fn send(&self, how: How) -> Result<Value, Trouble> {
        let (visits, log) = match how {
            How::Cgi => self.cgi()?,
            How::Serving => self.serving()?,
        };
        let normal = |bytes: &[u8]| {
            // As a single answer is compared with what is printed.
            let bytes = match how {
                How::Cgi => one_chunk(bytes),
                How::Serving => bytes.to_vec(),
            };
            normalize(&bytes::to_text(&bytes), self.project)
        };
        let mut value = told(&visits, normal);
        value["log"] = log.into();
        value["isCalled"] = (how == How::Cgi).into();
        Ok(value)
    }

    /// Behind our server, which has a thread for each, and sees when
    /// the application is called.
    fn cgi(&self) -> Came {
        let log = Output::new(LOG_LIMIT);
        let programs = Programs::of(self.project);
        let calls = Mutex::<HashMap<u16, Instant>>::default();
        let app =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                let now = Instant::now();
                let port = environ.get("REMOTE_PORT");
                let port = port.and_then(|port| port.parse().ok());
                lock(&calls)
                    .entry(port.unwrap_or_default())
                    .or_insert(now);
                programs.answer(self.program, environ, start_response)
            };
        let server = Server::bind("127.0.0.1:0")
            .map_err(|e| Trouble::Run(e.to_string()))?
            .threads(self.plan.count.into())
            .errors(ErrorLog::new(log.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let mut visits = thread::scope(|scope| {
            scope.spawn(|| server.serve(app));
            let connect = || TcpStream::connect(address);
            let visits = self.plan.carry_out(self.request, connect);
            stopper.stop();
            visits
        });
        for visit in &mut visits {
            visit.began = lock(&calls).get(&visit.port).copied();
        }
        Ok((visits, log.take()))
    }

    /// A program of its own, with as many threads as it takes: the one
    /// that answers single requests has a single thread.
    fn serving(&self) -> Came {
        let mut serving =
            Serving::with_threads(self.project, self.program)
                .map_err(Trouble::Run)?;
        let send = || {
            let connect = || serving.connect();
            self.plan.carry_out(self.request, connect)
        };
        let (visits, mut log) =
            serving.logging(LOG_PAUSE, LOG_MOST, send);
        let is_empty = |visit: &Visit| visit.bytes().is_empty();
        if visits.iter().all(is_empty)
            && let Some(status) = serving.ended_within(LOG_MOST)
        {
            log += &format!("(The program has ended: {status}.)\n");
        }
        Ok((visits, log))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All of it in JSON, in milliseconds since the first was sent.
fn told(visits: &[Visit], normal: impl Fn(&[u8]) -> String) -> Value {
    let mut groups = Vec::<Group>::new();
    let first = visits.iter().map(|visit| visit.sent).min();
    let since = |at: Instant| {
        let first = first.unwrap_or(at);
        at.saturating_duration_since(first).as_secs_f64() * 1000.0
    };
    let tell = |visit: &Visit| {
        let answer = bytes::to_text(visit.bytes());
        json!({
            "sent": since(visit.sent),
            "began": visit.began.map(since),
            "ended": since(visit.ended),
            "status": answer.lines().next(),
            "length": visit.bytes().len(),
            "trouble": visit.trouble(),
            "answer": enter(&mut groups, &answer, normal(visit.bytes())),
        })
    };
    let requests: Vec<Value> = visits.iter().map(tell).collect();
    json!({ "requests": requests, "answers": listed(groups) })
}

/// Answers that are alike, but for what changes from run to run.
struct Group {
    answer: String,
    normal: String,
    count: usize,
}

/// Finds the group of an answer, or makes it. The result is its number.
fn enter(
    groups: &mut Vec<Group>,
    answer: &str,
    normal: String,
) -> usize {
    let is_it = |group: &Group| group.normal == normal;
    let at = groups.iter().position(is_it);
    let at = at.unwrap_or_else(|| {
        let answer = answer.to_string();
        groups.push(Group { answer, normal, count: 0 });
        groups.len() - 1
    });
    groups[at].count += 1;
    at
}

/// The first in whole, and of each other as much as there is room for.
fn listed(groups: Vec<Group>) -> Vec<Value> {
    let cut = |(at, mut group): (usize, Group)| {
        if at > 0 {
            for text in [&mut group.answer, &mut group.normal] {
                *text = text.chars().take(SHOWN).collect();
            }
        }
        json!({
            "answer": group.answer,
            "normal": group.normal,
            "count": group.count,
        })
    };
    groups.into_iter().enumerate().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn counts_and_delays_have_limits() {
        let plan = |text: &str| Plan::of(&form(text));
        let good = plan("count=16&delay=1000").ok().unwrap();
        assert_eq!(good.count, 16);
        assert_eq!(good.delay, Duration::from_secs(1));
        for bad in [
            "",
            "count=4",
            "count=1&delay=0",
            "count=17&delay=0",
            "count=4&delay=1001",
            "count=4&delay=-1",
            "count=x&delay=0",
        ] {
            assert!(plan(bad).is_err(), "{bad}");
        }
    }

    /// What comes of so many requests to a server with one worker,
    /// which takes some time for each answer, and numbers them.
    fn visits(count: u16, delay: u64, answers: &[&str]) -> Vec<Visit> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let delay = Duration::from_millis(delay);
        thread::scope(|scope| {
            scope.spawn(move || {
                for answer in answers {
                    let mut stream = listener.accept().unwrap().0;
                    let mut request = String::new();
                    stream.read_to_string(&mut request).unwrap();
                    assert_eq!(request, "request");
                    thread::sleep(WORK);
                    write!(stream, "{answer}\r\nhead").unwrap();
                    thread::sleep(WORK);
                    write!(stream, "end").unwrap();
                }
            });
            let plan = Plan { count, delay };
            plan.carry_out(b"request", || TcpStream::connect(address))
        })
    }

    const WORK: Duration = Duration::from_millis(30);

    #[test]
    fn of_one_worker_the_second_waits_for_the_first() {
        let visits = visits(3, 0, &["200 OK"; 3]);
        let mut began: Vec<_> =
            visits.iter().map(|v| (v.began.unwrap(), v)).collect();
        began.sort_by_key(|(began, _)| *began);
        for (began, visit) in &began {
            assert!(*began >= visit.sent + WORK);
            assert!(visit.ended >= *began + WORK / 2);
        }
        for two in began.windows(2) {
            // What has ended is seen a moment after it has.
            assert!(two[1].0 >= two[0].0 + WORK * 2 - WORK / 4);
        }
        assert!(visits.iter().all(|visit| visit.trouble().is_none()));
    }

    #[test]
    fn each_is_sent_so_long_after_the_one_before() {
        let visits = visits(3, 40, &["200 OK"; 3]);
        for two in visits.windows(2) {
            let between = two[1].sent - two[0].sent;
            assert!(
                between >= Duration::from_millis(20),
                "{between:?}"
            );
        }
    }

    #[test]
    fn answers_are_told_apart_and_counted() {
        let visits = visits(4, 40, &["one", "two", "one", ""]);
        let told = told(&visits, bytes::to_text);
        assert_eq!(told["requests"][0]["sent"], 0.0);
        let groups = told["answers"].as_array().unwrap();
        let counts: Vec<&Value> =
            groups.iter().map(|group| &group["count"]).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(groups[0]["answer"], "one\r\nheadend");
        let of = |name: &str| -> Vec<&Value> {
            let requests = told["requests"].as_array().unwrap();
            requests.iter().map(|request| &request[name]).collect()
        };
        assert_eq!(of("answer"), [0, 1, 0, 2]);
        assert_eq!(of("status"), ["one", "two", "one", ""]);
        assert_eq!(of("length"), [12, 12, 12, 9]);
    }

    #[test]
    fn who_is_not_let_in_says_so() {
        let refused = || Err(io::Error::other("closed"));
        let plan = Plan { count: 2, delay: Duration::ZERO };
        let visits = plan.carry_out(b"", refused);
        let told = told(&visits, |_| String::new());
        assert_eq!(visits.len(), 2);
        assert!(told["requests"][1]["began"].is_null());
        let trouble = &told["requests"][1]["trouble"];
        assert_eq!(trouble, "no exchange: closed");
    }

    fn form(text: &str) -> Form {
        let mut environ = Environ::new();
        environ.set("QUERY_STRING", text);
        environ.query().unwrap()
    }
}

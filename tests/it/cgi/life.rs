//! `cgi::Script`: how long a program lives, and what passes between it
//! and the server meanwhile.

use super::script::*;
use crate::support::{Folder, Log, PATIENCE, wait_until};
use gateway::cgi::Script;
use gateway::exchange::End;
use gateway::{Application, Body, Environ, ErrorLog};
use gateway::{Response, Result, StartResponse};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, iter, thread};

/// A program gets so far as the test wants it to, and no further.
const SOME: Duration = Duration::from_secs(1);

const HEAD: &str = "printf 'Content-Type: t\\n\\n'";

fn head(path: &str) -> Environ {
    let mut environ = get(path);
    environ.set("REQUEST_METHOD", "HEAD");
    environ
}

/// A program that writes down its number, and what else it likes, in a
/// folder.
struct Traced {
    folder: Folder,
    script: Script,
}

impl Traced {
    fn new(name: &str, lines: &str) -> Self {
        let folder = Folder::new(name);
        let lines = format!("echo $$ > $DIR/pid; {lines}");
        let script = sh(&lines).variable("DIR", folder.path(""));
        Self { folder, script }
    }

    fn time_limit(mut self, limit: Duration) -> Self {
        self.script = self.script.time_limit(limit);
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    fn pid(&self, name: &str) -> String {
        let pid = fs::read_to_string(self.path(name)).unwrap();
        pid.trim().to_string()
    }

    /// It has ended, and it has been waited for: a zombie could still
    /// be sent a signal.
    #[track_caller]
    fn is_gone(&self) {
        assert!(!signal("-0", &self.pid("pid")), "it is still there");
    }
}

/// The client was told that this is not all.
#[track_caller]
fn is_cut(end: End) {
    let whole = matches!(end, End::Keep | End::Close | End::Gone);
    assert!(!whole, "{end:?}");
}

fn signal(signal: &str, pid: &str) -> bool {
    let mut command = Command::new("kill");
    command.args([signal, pid]).stderr(std::process::Stdio::null());
    command.status().unwrap().success()
}

/// A client that runs `what` before it takes a part of the answer.
struct Watched<F>(F);

impl<F: FnMut() -> io::Result<()>> Write for Watched<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)().map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// RFC 3875, 3.4

#[test]
fn a_program_lives_on_after_the_length_it_promised() {
    let program = Traced::new(
        "lives-on",
        "printf 'Content-Length: 3\\nContent-Type: t\\n\\nok\\n'; \
         sleep 0.3; echo done > $DIR/done",
    );
    let headers = "Content-Length: 3\r\nContent-Type: t\r\n";
    ask(&program.script, get("/"))
        .says(&answer("200 OK", headers, "ok\n"), "")
        .ends(End::Close);
    assert!(program.has("done"));
    program.is_gone();
}

#[test]
fn a_program_lives_on_after_an_answer_without_a_body() {
    for (environ, head) in [
        (head("/"), "Content-Type: t"),
        (head("/"), "Content-Type: t\\nContent-Length: 9"),
        (get("/"), "Status: 204 No Content"),
        (get("/"), "Status: 304 Not Modified"),
    ] {
        let lines = format!(
            "printf '{head}\\n\\n'; sleep 0.1; printf unwanted; \
             echo done > $DIR/done"
        );
        let program = Traced::new("no-body", &lines);
        let answered = ask(&program.script, environ).ends(End::Close);
        assert!(answered.text.ends_with("\r\n\r\n"), "{head}");
        assert_eq!(answered.log, "", "{head}");
        assert!(program.has("done"), "{head}");
        program.is_gone();
    }
}

/// A pipe takes 64 KiB; and nobody to read it would be SIGPIPE.
#[test]
fn a_program_may_print_more_than_the_length_it_promised() {
    let program = Traced::new(
        "prints-more",
        "printf 'Content-Length: 3\\nContent-Type: t\\n\\nok\\n'; \
         sleep 0.1; yes | head -c 1000000; echo $? > $DIR/done",
    );
    let answered = ask(&program.script, get("/")).ends(End::Close);
    assert!(answered.text.ends_with("\r\n\r\nok\n"));
    assert_eq!(program.pid("done"), "0");
    program.is_gone();
}

#[test]
fn a_program_lives_on_if_middleware_has_no_use_for_its_body() {
    let program = Traced::new(
        "replaced",
        "printf 'Content-Type: t\\n\\nunwanted'; sleep 0.1; \
         yes | head -c 1000000; echo done > $DIR/done",
    );
    let app = |environ: &mut Environ,
               start_response: StartResponse<'_>|
     -> Result<Response> {
        let response = program.script.call(environ, start_response)?;
        Ok(response.map(|_| Body::from("other")))
    };
    let mut out = Vec::new();
    let (outcome, log) = send(&app, get("/"), &mut out);
    assert!(out.ends_with(b"\r\n\r\nother"));
    assert_eq!((outcome.end, &*log), (End::Close, ""));
    assert!(program.has("done"));
}

#[test]
fn the_answer_to_head_does_not_wait_for_the_program() {
    let lines = format!("{HEAD}; printf why >&2; exec sleep 300");
    let program = Traced::new("head", &lines).time_limit(SOME);
    let mut alive = None;
    let mut out = Watched(|| {
        alive = Some(is_alive(&program.pid("pid")));
        Ok(())
    });
    let (outcome, log) = send(&program.script, head("/"), &mut out);
    assert_eq!(alive, Some(true));
    assert_eq!(outcome.end, End::Close);
    let overran = "it overran its time limit and was ended\n";
    let overran = format!(
        "after its answer: 504 Gateway Timeout: {overran}why\n"
    );
    assert_eq!(log, overran);
    program.is_gone();
}

#[test]
fn a_program_that_fails_after_its_answer_cuts_nothing() {
    let script = prints("Content-Length: 1\\nContent-Type: t\\n\\nx");
    let exit = "printf 'Content-Length: 1\\nContent-Type: t\\n\\nx'; \
        echo why >&2; exit 3";
    let whole = ask(&script, get("/"));
    let log = "why\nafter its answer: \
        502 Bad Gateway: it ended with exit status: 3\n";
    ask(&sh(exit), get("/")).says(&whole.text, log).ends(End::Close);
}

/// The second write fails: a byte is there, and nine are owed.
#[test]
fn a_client_that_leaves_before_the_promised_end_ends_the_program() {
    for length in ["", "Content-Length: 10\\n"] {
        let lines = format!(
            "printf '{length}Content-Type: t\\n\\nx'; sleep 0.1; \
             printf y; exec sleep 300"
        );
        let program = Traced::new("leaves-midway", &lines);
        let start = Instant::now();
        ask_with(&program.script, get("/"), 1).ends(End::Gone);
        assert!(start.elapsed() < PATIENCE);
        program.is_gone();
    }
}

#[test]
fn no_zombie_is_left_however_a_program_ends() {
    let cases = [
        ("printf 'Content-Type: t\\n\\nx'", PATIENCE),
        ("exit 3", PATIENCE),
        ("printf 'Content-Type: t\\n\\nx'; exit 3", PATIENCE),
        ("echo nonsense; echo; exec sleep 300", PATIENCE),
        ("printf 'Status: 999\\n\\n'; exec sleep 300", PATIENCE),
        ("exec sleep 300", SOME),
        ("printf 'Content-Type: t\\n\\nx'; exec sleep 300", SOME),
        ("printf 'Content-Type: t\\n\\n'; exec sleep 300", SOME),
        ("trap '' TERM INT HUP; exec sleep 300", SOME),
    ];
    let ends = |(number, (lines, limit))| {
        let name = format!("zombie-{number}");
        let program = Traced::new(&name, lines).time_limit(limit);
        let start = Instant::now();
        ask(&program.script, get("/"));
        assert!(start.elapsed() < PATIENCE, "{lines}");
        program.is_gone();
    };
    thread::scope(|scope| {
        for case in cases.into_iter().enumerate() {
            scope.spawn(move || ends(case));
        }
    });
}

/// The rest of a test's processes, ended with it.
struct Ended(String);

impl Drop for Ended {
    fn drop(&mut self) {
        signal("-KILL", &self.0);
    }
}

#[test]
fn who_holds_standard_error_does_not_hold_the_answer() {
    let program = Traced::new(
        "holds-stderr",
        "printf 'Content-Type: t\\n\\nwhole'; echo said >&2; \
         sleep 300 >/dev/null </dev/null & \
         echo $! > $DIR/child; exit 0",
    );
    let start = Instant::now();
    ask(&program.script, get("/"))
        .says(
            &answer("200 OK", "Content-Type: t\r\n", "whole"),
            "said\n",
        )
        .ends(End::Close);
    assert!(start.elapsed() < PATIENCE / 2);
    // It was left behind on purpose, and is nobody's to end.
    let child = Ended(program.pid("child"));
    assert!(is_alive(&child.0));
    program.is_gone();
}

#[test]
fn who_writes_to_standard_error_for_ever_does_not_hold_the_answer() {
    let program = Traced::new(
        "writes-stderr",
        "printf 'Content-Type: t\\n\\nwhole'; \
         (echo > $DIR/on; exec yes >&2) >/dev/null </dev/null & \
         while [ ! -e $DIR/on ]; do sleep 0.01; done; exit 0",
    );
    let start = Instant::now();
    let answered = ask(&program.script, get("/")).ends(End::Close);
    assert!(start.elapsed() < PATIENCE / 2);
    assert!(answered.text.ends_with("\r\n\r\nwhole"));
}

#[test]
fn who_holds_standard_output_may_print_to_it() {
    let script = sh("printf 'Content-Type: t\\n\\nhalf '; \
        (sleep 0.3; printf whole) & exit 0");
    ask(&script, get("/"))
        .says(
            &answer("200 OK", "Content-Type: t\r\n", "half whole"),
            "",
        )
        .ends(End::Close);
}

/// The program itself has ended well by then.
#[test]
fn who_holds_standard_output_is_ended_with_the_time() {
    let program = Traced::new(
        "holds-stdout",
        "printf 'Content-Type: t\\n\\nhalf'; sleep 300 & \
         echo $! > $DIR/child; exit 0",
    )
    .time_limit(SOME);
    let answered = ask(&program.script, get("/")).says(
        &answer("200 OK", "Content-Type: t\r\n", "half"),
        OVERRUN,
    );
    is_cut(answered.outcome.end);
    let child = program.pid("child");
    wait_until("the end of sleep", || !is_alive(&child));
}

#[test]
fn who_holds_standard_output_does_not_hold_a_whole_answer() {
    let program = Traced::new(
        "holds-both",
        "printf 'Content-Length: 2\\nContent-Type: t\\n\\nok'; \
         sleep 300 & echo $! > $DIR/child; exit 0",
    );
    let start = Instant::now();
    let answered = ask(&program.script, get("/")).ends(End::Close);
    assert!(start.elapsed() < PATIENCE / 2);
    assert!(answered.text.ends_with("\r\n\r\nok"));
    assert_eq!(answered.log, "");
    let child = Ended(program.pid("child"));
    assert!(is_alive(&child.0));
}

#[test]
fn what_the_program_started_is_ended_with_it_after_the_answer() {
    let lines =
        format!("{HEAD}; sleep 300 & echo $! > $DIR/child; wait");
    let program = Traced::new("group", &lines).time_limit(SOME);
    ask(&program.script, head("/")).ends(End::Close);
    let child = program.pid("child");
    wait_until("the end of sleep", || !is_alive(&child));
}

#[test]
fn a_program_that_closes_its_output_has_not_ended() {
    let lines = format!("{HEAD}; printf x; exec >&-; exec sleep 300");
    let program = Traced::new("closed", &lines).time_limit(SOME);
    let answered = ask(&program.script, get("/"))
        .says(&answer("200 OK", "Content-Type: t\r\n", "x"), OVERRUN);
    is_cut(answered.outcome.end);
    program.is_gone();
}

/// It prints all the time, so there is nothing to wait for.
#[test]
fn an_endless_answer_is_cut_when_the_time_is_over() {
    let lines = format!("{HEAD}; exec yes");
    let script = sh(&lines).time_limit(SOME);
    let start = Instant::now();
    let mut out = Watched(|| Ok(()));
    let (outcome, log) = send(&script, get("/"), &mut out);
    assert!(start.elapsed() < PATIENCE);
    is_cut(outcome.end);
    assert_eq!(log, OVERRUN);
}

#[test]
fn no_limit_is_no_limit() {
    let script =
        program().time_limit(Duration::MAX).body_limit(u64::MAX);
    let text = ask(&script, post("/echo", b"hello".to_vec())).text;
    assert!(text.ends_with("\r\n\r\nhello"), "{text}");
}

#[test]
fn no_time_is_not_enough() {
    let script = prints("Content-Type: t\\n\\nx");
    let script = script.time_limit(Duration::ZERO);
    let answered = ask(&script, get("/"));
    assert_eq!(answered.outcome.status, 504);
    assert_eq!(answered.log, OVERRUN);
}

#[test]
fn a_program_that_is_killed_after_its_head_is_cut() {
    let script = sh("printf 'Content-Type: t\\n\\nhalf'; kill -9 $$");
    let log = "GET /: 502 Bad Gateway: \
        it ended with signal: 9 (SIGKILL)\n";
    let answered = ask(&script, get("/"))
        .says(&answer("200 OK", "Content-Type: t\r\n", "half"), log);
    is_cut(answered.outcome.end);
}

/// A log that is looked at when the last block has come, and the body
/// is still there.
#[test]
fn the_log_is_whole_before_the_answer_ends() {
    let script = sh("printf 'Content-Type: t\\n\\nx'; exec >&-; \
        sleep 0.1; echo late >&2; printf half >&2");
    let log = Log::default();
    let kept = log.clone();
    let app = move |environ: &mut Environ,
                    start_response: StartResponse<'_>|
          -> Result<Response> {
        environ.errors = ErrorLog::new(log.clone());
        let response = script.call(environ, start_response)?;
        let mut log = Some(log.clone());
        Ok(response.map(move |mut body| {
            Body::blocks(iter::from_fn(move || {
                body.next().or_else(|| {
                    Some(Ok(log.take()?.text().into_bytes().into()))
                })
            }))
        }))
    };
    let mut out = Vec::new();
    send(&app, get("/"), &mut out);
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with("\r\n\r\nxlate\nhalf\n"), "{text}");
    assert_eq!(kept.text(), "late\nhalf\n");
}

#[test]
fn what_was_said_before_the_end_of_time_is_in_the_log() {
    let script = sh("printf why >&2; exec sleep 300");
    let log = ask(&script.time_limit(SOME), get("/")).log;
    assert_eq!(log, format!("why\n{OVERRUN}"));
}

/// More than the pipe held when the client left.
#[test]
fn what_was_said_before_the_client_left_is_in_the_log() {
    let lines = "printf 'Content-Type: t\\n\\nx'; \
        yes | head -c 60000 >&2; echo > $DIR/said; exec sleep 300";
    let program = Traced::new("said", lines);
    let mut out = Watched(|| {
        wait_until("all is said", || program.has("said"));
        Err(io::ErrorKind::BrokenPipe.into())
    });
    let (outcome, log) = send(&program.script, get("/"), &mut out);
    assert_eq!(outcome.end, End::Gone);
    assert_eq!(log.len(), 60_000);
}

#[test]
fn all_pipes_may_be_full_at_once() {
    let script = sh("yes error | head -c 300000 >&2; \
        printf 'Content-Type: t\\n\\n'; yes | head -c 300000; \
        yes error | head -c 300000 >&2; wc -c");
    let answered = ask(&script, post("/", vec![b'x'; 300_000]));
    let text = answered.text;
    assert!(text.ends_with("y\n300000\n"), "{} bytes", text.len());
    assert_eq!(answered.log.len(), 600_000);
}

#[test]
fn a_program_may_close_its_input_and_go_on() {
    let script = sh("exec <&-; sleep 0.1; \
        printf 'Content-Type: t\\n\\nx'");
    let answered = ask(&script, post("/", vec![b'x'; 1 << 20]));
    let text = answer("200 OK", "Content-Type: t\r\n", "x");
    answered.says(&text, "").ends(End::Close);
}

#[test]
fn a_program_that_never_reads_its_input_has_its_time() {
    let script = sh("exec sleep 300").time_limit(SHORT);
    let answered = ask(&script, post("/", vec![b'x'; 1 << 20]));
    assert_eq!(answered.outcome.status, 504);
}

#[test]
fn a_head_may_come_in_any_pieces() {
    let whole = "Content-Type: t\\r\\nX: y\\r\\n\\r\\nbody";
    let text = ask(&prints(whole), get("/")).text;
    for pieces in [
        ["Content-Type: t\\r", "\\nX: y\\r\\n\\r", "\\nbody"],
        ["Content-Type: t\\r\\n", "X: y\\r\\n", "\\r\\nbody"],
        ["Con", "tent-Type: t\\r\\nX: y\\r\\n\\r\\n", "body"],
        ["Content-Type: t\\r\\nX: y\\r\\n\\r\\nb", "o", "dy"],
    ] {
        let pieces = pieces.map(|piece| format!("printf '{piece}'"));
        let script = sh(&pieces.join("; sleep 0.05; "));
        assert_eq!(ask(&script, get("/")).text, text, "{pieces:?}");
    }
    let bytes = format!("printf '{whole}' | dd bs=1 2>/dev/null");
    assert_eq!(ask(&sh(&bytes), get("/")).text, text);
}

#[test]
fn a_head_may_have_64_kib_and_no_more() {
    let head = |length: usize| {
        sh(&format!(
            "printf 'Content-Type: t\\nX: '; \
             head -c {} /dev/zero | tr '\\0' y; printf '\\n\\nbody'",
            length - "Content-Type: t\nX: \n\n".len()
        ))
    };
    let text = ask(&head(65_536), get("/")).text;
    assert!(text.ends_with("y\r\n\r\nbody"), "{}", text.len());
    let log = "GET /: 502 Bad Gateway: \
        the program's output: a head without an end\n";
    assert_eq!(ask(&head(65_537), get("/")).log, log);
}

/// The program waits as soon as the pipe and a block are full.
#[test]
fn a_slow_client_slows_the_program_down() {
    let folder = Folder::new("slow");
    let count = folder.path("count");
    let lines = "printf 'Content-Type: t\\n\\n'; \
        while :; do printf '%01000d' 0; printf . >> \"$COUNT\"; done";
    let script = sh(lines).variable("COUNT", &count);
    let printed = || fs::metadata(&count).map_or(0, |m| m.len());
    let mut out = Watched(|| {
        let mut seen = (0, Instant::now());
        wait_until("the program waits", || {
            let now = printed();
            if now != seen.0 || now == 0 {
                seen = (now, Instant::now());
            }
            seen.1.elapsed() > Duration::from_millis(500)
        });
        Err(io::ErrorKind::BrokenPipe.into())
    });
    let (outcome, _) = send(&script, get("/"), &mut out);
    assert_eq!(outcome.end, End::Gone);
    assert!(printed() < 1000, "{} kB", printed());
}

#[cfg(feature = "signal")]
#[test]
fn signals_do_not_disturb_it() {
    let mut environ = post("/interrupted", vec![b'x'; 1 << 20]);
    let lines = "printf 'Content-Type: t\\n\\n'; sleep 0.2; wc -c; \
        echo said >&2; sleep 0.2; printf whole";
    environ.set("QUERY_STRING", lines);
    ask(&program(), environ)
        .says(
            &answer("200 OK", "Content-Type: t\r\n", "1048576\nwhole"),
            "said\n",
        )
        .ends(End::Close);
}

/// The server's part is done by a program that has only that to do.
#[cfg(target_os = "linux")]
#[test]
fn waiting_takes_no_time_of_the_processor() {
    let folder = Folder::new("processor");
    let path = folder.path("ticks");
    let lines = format!(
        "exec 2>&-; sleep 0.5; \
         printf 'Content-Length: 1\\nContent-Type: t\\n\\nx'; \
         exec >&-; sleep 1; \
         cut -d' ' -f14,15 /proc/$PPID/stat > {}",
        path.display()
    );
    let mut environ = post("/script", vec![b'x'; 1 << 20]);
    environ.set("QUERY_STRING", lines);
    ask(&program(), environ).ends(End::Close);
    let ticks = fs::read_to_string(&path).unwrap();
    let ticks = ticks.split_whitespace().map(|n| n.parse::<u64>());
    let ticks = ticks.sum::<Result<u64, _>>().unwrap();
    assert!(ticks < 10, "{ticks} hundredths of a second");
}

#[cfg(target_os = "linux")]
#[test]
fn it_takes_no_thread() {
    let mut environ = post("/script", vec![b'x'; 1 << 20]);
    let lines =
        "printf 'Content-Type: t\\n\\n'; ls /proc/$PPID/task | wc -l";
    environ.set("QUERY_STRING", lines);
    let text = ask(&program(), environ).text;
    assert!(text.ends_with("\r\n\r\n1\n"), "{text}");
}

/// It costs as much as in lines, and is logged in pieces.
#[test]
fn a_line_of_20_megabytes_is_logged_in_no_time() {
    let script = sh("head -c 20000000 /dev/zero | tr '\\0' e >&2; \
        printf 'Content-Type: t\\n\\nx'");
    let answered = ask(&script, get("/")).ends(End::Close);
    let count = answered.log.bytes().filter(|&b| b == b'e').count();
    assert_eq!(count, 20_000_000);
    assert!(answered.log.lines().all(|line| line.len() < 1 << 20));
}

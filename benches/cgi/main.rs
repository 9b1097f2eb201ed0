//! What a process for each request costs: ours, and the least there
//! is, a program in C that prints the same bytes.
//!
//!     cargo bench --bench cgi
//!
//! Most of the difference is not in what the programs do, but in what
//! the system loads for them: Rust's standard library wants a second
//! shared library, libgcc_s. A release build for CGI had better have
//! all of it linked in, with `-C target-feature=+crt-static`; both
//! kinds are measured, of both languages.
//!
//! `RUNS` says how many runs. Each starts a process with a request in
//! its environment, reads what it prints, and waits for its end. The
//! programs take turns, so that a machine that slows down slows them
//! all.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn runs() -> usize {
    env::var("RUNS").map_or(500, |runs| {
        runs.parse().expect("RUNS is a number of runs")
    })
}

const ANSWER: &str = "Status: 200 OK\r\nContent-Type: text/html\r\n\
                      Content-Length: 38\r\n\r\n\
                      <html><body>Hello World!</body></html>";

fn main() {
    let mut programs = vec![
        ("C", c(&[])),
        ("gateway, static", gateway(true)),
        ("gateway, shared", gateway(false)),
        ("C, static", c(&["-static"])),
        ("C, again", c(&[])),
    ];
    for (_, command) in &mut programs {
        request(command);
    }
    report(measure(&mut programs));
}

fn c(flags: &[&str]) -> Command {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("hello-c{}", flags.concat()));
    let cc = env::var_os("CC").unwrap_or("cc".into());
    let mut compile = Command::new(cc);
    compile.arg("-O2").args(flags).arg("benches/cgi/hello.c");
    run(compile.arg("-o").arg(&program));
    Command::new(program)
}

fn gateway(is_static: bool) -> Command {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(if is_static { "static" } else { "shared" });
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--example", "hello_cgi"]);
    build.args(["-p", "gateway", "--target-dir"]).arg(&folder);
    // With a target the flags are for that alone, and not for what runs
    // while it is built: macros cannot be static.
    let host = host();
    build.args(["--target", &host]);
    // Over whatever RUSTFLAGS the caller's environment holds.
    let flags = match is_static {
        true => "-Ctarget-feature=+crt-static",
        false => "",
    };
    build.env("CARGO_ENCODED_RUSTFLAGS", flags);
    run(&mut build);
    Command::new(folder.join(host).join("release/examples/hello_cgi"))
}

/// What this machine is called, such as x86_64-unknown-linux-gnu.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|l| l.strip_prefix("host: "));
    host.expect("a host").to_string()
}

fn run(command: &mut Command) {
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let status = command.status();
    let ended = status.is_ok_and(|status| status.success());
    assert!(ended, "{command:?} failed");
}

/// The environment that a web server gives to a program.
fn request(command: &mut Command) {
    command.env_clear().stdin(Stdio::null()).envs([
        ("GATEWAY_INTERFACE", "CGI/1.1"),
        ("REQUEST_METHOD", "GET"),
        ("SCRIPT_NAME", "/cgi-bin/hello"),
        ("PATH_INFO", "/"),
        ("QUERY_STRING", ""),
        ("REMOTE_ADDR", "127.0.0.1"),
        ("SERVER_NAME", "localhost"),
        ("SERVER_PORT", "80"),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("SERVER_SOFTWARE", "bench"),
        ("HTTP_HOST", "localhost"),
        ("HTTP_ACCEPT", "text/html"),
        ("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64)"),
    ]);
}

type Times<'a> = Vec<(&'a str, Vec<Duration>)>;

fn measure<'a>(programs: &mut [(&'a str, Command)]) -> Times<'a> {
    let mut times: Times =
        programs.iter().map(|(name, _)| (*name, vec![])).collect();
    for run in 0..runs() + 20 {
        for turn in 0..programs.len() {
            // Nobody is always the one that comes after another.
            let at = (turn + run) % programs.len();
            let started = Instant::now();
            let output = programs[at].1.output().unwrap();
            let time = started.elapsed();
            assert_eq!(output.stdout, ANSWER.as_bytes());
            if run >= 20 {
                times[at].1.push(time);
            }
        }
    }
    times
}

fn report(times: Times) {
    let median = |times: &[Duration], percent: usize| {
        let mut times = times.to_vec();
        times.sort();
        times[times.len() * percent / 100].as_secs_f64() * 1e6
    };
    let base = median(&times[0].1, 50);
    println!("{} runs each, in turn", runs());
    println!("{:16} {:>10} {:>10} {:>8}", "", "median", "p90", "ratio");
    for (name, times) in &times {
        let (half, most) = (median(times, 50), median(times, 90));
        let ratio = half / base;
        println!("{name:16} {half:7.0} µs {most:7.0} µs {ratio:8.2}");
    }
}

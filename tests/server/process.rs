//! This program again, as a server in a process of its own.

use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::process::{
    Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio,
};

pub const SERVE: &str = "SERVE_AS_A_PROGRAM";

/// The program, with these flags.
pub fn program(flags: &[&str]) -> Command {
    let path = env::current_exe().expect("a path");
    let mut command = Command::new(path);
    command.args(flags).env(SERVE, "server").env_remove("PORT");
    command
}

/// The same, and another with chapter 8's server.
pub fn both(flags: &[&str]) -> [Command; 2] {
    let mut http = program(flags);
    http.env(SERVE, "http");
    [program(flags), http]
}

/// What a program says that ends by itself.
pub fn output(command: &mut Command) -> (Output, String) {
    let output = command.output().expect("a process");
    let text = [&output.stdout[..], &output.stderr].concat();
    (output, String::from_utf8(text).expect("text"))
}

/// A server, killed with this value.
pub struct Running {
    pub address: SocketAddr,
    pub errors: Lines<BufReader<ChildStderr>>,
    _stdout: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let stdout = child.stdout.take().expect("is piped");
        let stderr = child.stderr.take().expect("is piped");
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next().expect("a line").expect("text");
        let address = line.strip_prefix("Serving at http://");
        Self {
            address: address.expect(&line).parse().expect("an address"),
            errors: BufReader::new(stderr).lines(),
            _stdout: lines,
            child,
        }
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", name, &id]).status();
        assert!(status.expect("kill").success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("is a child")
    }

    /// The most memory that it has had, in KiB.
    pub fn peak(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("Linux");
        let line = status.lines().find(|l| l.starts_with("VmHWM"));
        let mut words = line.expect("a line").split_whitespace();
        words.nth(1).expect("a number").parse().expect("KiB")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The program `ch14`, in a folder of its own.

use crate::bound::bound;
use crate::http::{Answer, send_and_stay};
use crate::process::{Folder, LIMIT, Running, until};
use std::fs::{self, File};
use std::net::SocketAddr;
use std::net::TcpStream;
use std::process::{Command, ExitStatus, Stdio};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ch14");

/// Python files, and the program in their folder.
pub struct Site {
    process: Running,
    pub folder: Folder,
}

/// A folder with this module.
pub fn folder(module: &str, code: &str) -> Folder {
    let folder = Folder::new();
    fs::write(folder.path(&format!("{module}.py")), code).unwrap();
    folder
}

/// The program there, with this command line.
pub fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = bound(PROGRAM);
    command.args(arguments).current_dir(folder.path(""));
    for name in ["GATEWAY_INTERFACE", "PYTHONUNBUFFERED", "PYTHONUTF8"]
    {
        command.env_remove(name);
    }
    // A file is saved twice in a second here.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

impl Site {
    /// Serves `served.py` over HTTP, and waits until it does.
    pub fn start(flags: &[&str]) -> Self {
        const CODE: &str = include_str!("../python/served.py");
        let site = Self::of(folder("served", CODE), "served", flags);
        site.address(1);
        site
    }

    pub fn of(folder: Folder, name: &str, flags: &[&str]) -> Self {
        let arguments = [&[name, "--port", "0"], flags].concat();
        Self::with(command(&folder, &arguments), folder)
    }

    pub fn with(mut command: Command, folder: Folder) -> Self {
        let log = File::create(folder.path("log")).unwrap();
        Self::logging(&mut command, folder, log)
    }

    pub fn logging(
        command: &mut Command,
        folder: Folder,
        log: impl Into<Stdio>,
    ) -> Self {
        command.stdout(File::create(folder.path("out")).unwrap());
        let process = Running::start(command.stderr(log));
        Self { process, folder }
    }

    /// Where it serves, when it has started so many times.
    pub fn address(&self, start: usize) -> SocketAddr {
        let find = || {
            let out = self.text("out");
            let lines = out.split_inclusive('\n');
            let mut said = lines.filter_map(|line| {
                line.strip_prefix("Serving at http://")?
                    .strip_suffix('\n')
            });
            said.nth(start - 1).map(|address| address.parse().unwrap())
        };
        let found = until(find);
        found
            .unwrap_or_else(|| panic!("no start: {}", self.text("log")))
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address(1)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// A file of the folder, as far as it is text.
    pub fn text(&self, name: &str) -> String {
        let bytes =
            fs::read(self.folder.path(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until the log has this.
    pub fn wait_for_log(&self, text: &str) {
        let found =
            until(|| self.text("log").contains(text).then_some(()));
        assert!(
            found.is_some(),
            "{text:?} is not in {}",
            self.text("log")
        );
    }

    /// Waits for a mark of `served.py`.
    pub fn wait_for_mark(&self, name: &str) {
        let path = self.folder.path(name);
        let found = until(|| path.exists().then_some(()));
        assert!(found.is_some(), "{name}: {}", self.text("log"));
    }

    /// Lets go on what waits for this mark.
    pub fn mark(&self, name: &str) {
        fs::write(self.folder.path(name), "").unwrap();
    }

    pub fn get(&self, path: &str) -> Answer {
        ask(self.address(1), &format!("GET {path} HTTP/1.1"), "")
    }

    pub fn id(&self) -> u32 {
        self.process.0.id()
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        let status = until(|| self.process.0.try_wait().unwrap());
        status.unwrap_or_else(|| panic!("{}", self.text("log")))
    }
}

/// Sends a request with a body, and waits for its answer.
pub fn ask(server: SocketAddr, line: &str, body: &str) -> Answer {
    let request = request(line, body);
    let bytes = send_and_stay(server, request.as_bytes());
    Answer::parse(request.as_bytes(), &bytes)
}

pub fn request(line: &str, body: &str) -> String {
    format!(
        "{line}\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

//! Python's `wsgiref` as the oracle: the same requests to the same
//! applications, there and here. What differs stands in
//! `differences.md`, with the specification that decides.

use crate::applications::application;
use crate::bound::bound;
use crate::differences::{
    Difference, differences, unexplained, unseen,
};
use crate::http::{Answer, send};
use crate::process::{Folder, Running};
use crate::requests;
use crate::required::required;
use gateway::ErrorLog;
use gateway::server::{Server, Stopper};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

/// What both servers made of all requests.
struct Comparison {
    differences: Vec<Difference>,
    their_log: String,
    our_log: String,
}

/// `None` where there is no Python. All tests share it.
static COMPARISON: LazyLock<Option<Comparison>> =
    LazyLock::new(|| required("python3").then(compare));

#[test]
fn each_difference_from_wsgiref_is_explained_in_the_table() {
    let Some(comparison) = &*COMPARISON else { return };
    let missing = unexplained(&comparison.differences);
    assert!(
        missing.is_empty(),
        "rows that differences.md needs, each with the \
         specification that decides:\n{missing}"
    );
}

#[test]
fn each_row_of_the_table_still_occurs() {
    let Some(comparison) = &*COMPARISON else { return };
    let surplus = unseen(&comparison.differences);
    assert!(
        surplus.is_empty(),
        "what differences.md tells and no longer occurs:\n{surplus}"
    );
}

#[test]
fn both_error_logs_tell_of_the_same_errors() {
    let Some(comparison) = &*COMPARISON else { return };
    for message in [
        "a complaint",
        "at once",
        "after start_response",
        "instead of a block",
        "after write",
        "after a byte was sent",
    ] {
        for log in [&comparison.their_log, &comparison.our_log] {
            assert!(log.contains(message), "{message}: {log}");
        }
    }
    // Their applications have mended it: nothing is to be told.
    for log in [&comparison.their_log, &comparison.our_log] {
        assert!(!log.contains("before a byte was sent"), "{log}");
    }
}

fn compare() -> Comparison {
    let reference = Reference::start();
    let our_log = Log::default();
    let server = Server::bind("127.0.0.1:0").unwrap();
    let server =
        server.threads(1).errors(ErrorLog::new(our_log.clone()));
    let differences = thread::scope(|scope| {
        let addresses = [reference.address, server.address()];
        let _stop = StopAtEnd(server.stopper());
        scope.spawn(|| server.serve(application).unwrap());
        requests::all()
            .into_iter()
            .flat_map(|request| {
                let answers = addresses.map(|address| {
                    let bytes = send(address, &request.bytes);
                    let answer = Answer::parse(&request.bytes, &bytes);
                    (answer, address.port())
                });
                differences(&request.name, answers)
            })
            .collect()
    });
    let our_log = our_log.0.lock().unwrap().clone();
    Comparison {
        differences,
        their_log: reference.log(),
        our_log: String::from_utf8(our_log).unwrap(),
    }
}

/// Without it, a panic in the scope would wait for the server.
struct StopAtEnd(Stopper);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Python's server, in a process of its own.
struct Reference {
    address: SocketAddr,
    _process: Running,
    folder: Folder,
}

impl Reference {
    fn start() -> Self {
        let folder = Folder::new();
        let root = env!("CARGO_MANIFEST_DIR");
        let errors = File::create(folder.path("errors")).unwrap();
        let mut process = Running::start(
            bound("python3")
                .arg("-E") // whatever PYTHON* variables say
                .arg(format!("{root}/tests/outside/reference.py"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(errors),
        );
        let output = process.0.stdout.take().unwrap();
        let mut port = String::new();
        BufReader::new(output).read_line(&mut port).unwrap();
        let Ok(port) = port.trim().parse() else {
            let errors = fs::read(folder.path("errors")).unwrap();
            panic!("wsgiref: {}", String::from_utf8_lossy(&errors));
        };
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Self { address, _process: process, folder }
    }

    fn log(&self) -> String {
        let log = fs::read(self.folder.path("errors")).unwrap();
        String::from_utf8_lossy(&log).into_owned()
    }
}

//! How it ends.

use crate::applications::application;
use crate::probe;
use gateway::ErrorLog;
use gateway::http::Server;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn help_says_how_it_ends() {
    let probed = probe(&["--help"]);
    assert_eq!(probed.code, Some(0));
    assert!(probed.out.contains("Usage: cargo run -p book -- probe"));
    assert!(probed.out.contains("Ends with 0 if all is right"));
    assert_eq!(probed.errors, "");
}

#[test]
fn what_is_not_said_well_is_a_2() {
    for arguments in [&[][..], &["a:1", "--loud"], &["no address"]] {
        let probed = probe(arguments);
        assert_eq!(probed.code, Some(2), "{arguments:?}");
        let errors = probed.errors;
        assert!(errors.starts_with("error: "), "{errors}");
        assert_eq!(probed.out, "");
    }
}

#[test]
fn a_server_that_is_not_there_is_a_2() {
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = gone.local_addr().expect("its address").to_string();
    drop(gone);
    let probed = probe(&[&address]);
    assert_eq!(probed.code, Some(2));
    let says = format!("error: no server is at {address}: ");
    assert!(probed.errors.starts_with(&says), "{}", probed.errors);
}

#[test]
fn one_that_never_answers_is_a_2_in_a_moment() {
    // The system takes the connections.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("its address").to_string();
    let start = Instant::now();
    let probed = probe(&[&address, "--patience", "0.2"]);
    assert_eq!(probed.code, Some(2));
    let says = "does not answer a good request in 200ms\n";
    assert!(probed.errors.ends_with(says), "{}", probed.errors);
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// Answers only who closes.
fn serve_the_good_only(listener: &TcpListener) -> io::Result<()> {
    let (mut kept, mut head) = (Vec::new(), [0; 1 << 12]);
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        let length = stream.read(&mut head).unwrap_or(0);
        let head = String::from_utf8_lossy(&head[..length]);
        let is_good = head.contains("\r\nHost: a\r\nConnection: close");
        if is_good && !head.contains("smuggled") {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        } else {
            kept.push(stream);
        }
    }
}

#[test]
fn one_that_answers_little_is_a_1_and_takes_no_longer_than_that() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address =
        listener.local_addr().expect("its address").to_string();
    thread::spawn(move || serve_the_good_only(&listener));
    let start = Instant::now();
    let options = ["--patience", "0.5", "--at-once", "48"];
    let probed = probe(&[&[&*address][..], &options].concat());
    assert_eq!(probed.code, Some(1));
    let line = " silence\n";
    assert!(probed.out.contains(line), "{}", probed.out);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn chapter_8s_server_is_a_0() {
    let server = Server::bind("127.0.0.1:0").expect("a port");
    let server = server.errors(ErrorLog::new(io::sink()));
    let (address, stopper) = (server.address(), server.stopper());
    let thread = thread::spawn(move || server.serve(application));
    let probed = probe(&[&address.to_string()]);
    stopper.stop();
    thread.join().expect("no panic").expect("it serves");
    assert_eq!(probed.code, Some(0), "{}", probed.out);
    assert!(probed.out.ends_with(" are right.\n"), "{}", probed.out);
    let section = "RFC 9112, 6.3: how long a body is; ";
    assert!(probed.out.contains(section), "{}", probed.out);
}

//! The command line.

use crate::client::Client;
use crate::process::{Running, both, output};
use std::net::TcpListener;

/// What one of the programs says of an option of its own.
pub const OWN: &str = "  --own        an option of its own";

pub fn help_lists_the_options() {
    let [server, http] = both(&["--help"]).map(|mut command| {
        let (output, text) = output(&mut command);
        assert!(output.status.success());
        for option in ["--port", "--host", "--threads", "PORT", "8000"]
        {
            assert!(text.contains(option), "{option} in {text}");
        }
        text
    });
    assert_eq!(http, format!("{server}{OWN}\n"));
}

pub fn wrong_flags_are_named() {
    let wrong: [(&[&str], &str); 7] = [
        (&["--port", "x"], "--port \"x\": invalid digit"),
        (&["--port", "65536"], "--port \"65536\": number too large"),
        (&["--port"], "missing argument for option '--port'"),
        (&["--host", "a.b"], "--host \"a.b\": invalid IP address"),
        (&["--threads", "0"], "--threads \"0\": number would be zero"),
        (&["--thread", "4"], "invalid option '--thread'"),
        (&["8000"], "unexpected argument \"8000\""),
    ];
    for (flags, message) in wrong {
        for mut command in both(flags) {
            let (output, text) = output(&mut command);
            assert_eq!(output.status.code(), Some(2), "{flags:?}");
            assert!(text.contains(message), "{message} in {text}");
            let advice = "; --help lists the options";
            assert!(text.trim_end().ends_with(advice), "{text}");
        }
    }
}

pub fn the_variable_port_is_read() {
    for mut command in both(&[]) {
        let server = Running::start(command.env("PORT", "0"));
        assert_ne!(server.address.port(), 8000);
        let (output, text) = output(command.env("PORT", "x"));
        assert_eq!(output.status.code(), Some(2));
        assert!(text.contains("PORT \"x\": invalid digit"), "{text}");
    }
}

pub fn an_address_in_use_is_named() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("an address");
    let port = address.port().to_string();
    for mut command in both(&["--port", &port]) {
        let (output, text) = output(&mut command);
        assert_eq!(output.status.code(), Some(1));
        let message =
            format!("cannot listen at {address}: Address alr");
        assert!(text.contains(&message), "{text}");
        let advice = "--port 0 takes one that is free";
        assert!(text.contains(advice), "{text}");
    }
}

pub fn it_listens_where_it_is_told() {
    if TcpListener::bind("[::1]:0").is_err() {
        return println!("skipped: this machine has no ::1");
    }
    let flags = ["--host", "::1", "--port", "0", "--threads", "1"];
    for mut command in both(&flags) {
        let server = Running::start(&mut command);
        assert!(server.address.is_ipv6());
        let answer = Client::new(server.address).get("/").expect("one");
        assert_eq!(answer, "HTTP/1.1 200 OK\r\nHello");
    }
}

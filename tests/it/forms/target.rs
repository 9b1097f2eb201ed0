//! What becomes of a request's target and of the two ends of its
//! connection.

use gateway::Environ;
use gateway::request_head::{
    RequestHead, address_and_port, fill_addresses, name_and_port,
};

fn filled(method: &str, target: &str) -> Environ {
    let head = RequestHead {
        method,
        target: target.as_bytes(),
        version: (1, 1),
        fields: &[("Host", b"a"), ("Request-Uri", b"/evil")],
    };
    head.check().unwrap();
    let mut environ = Environ::new();
    head.fill(&mut environ);
    environ
}

#[test]
fn request_uri_is_path_and_query_as_they_were_sent() {
    for (target, uri, path, query) in [
        ("/", "/", "/", ""),
        ("/a%2Fb%41?c%20d?e", "/a%2Fb%41?c%20d?e", "/a/bA", "c%20d?e"),
        ("/a?", "/a?", "/a", ""),
        ("//a/../b;c", "//a/../b;c", "//a/../b;c", ""),
        ("/?u=http://b/c", "/?u=http://b/c", "/", "u=http://b/c"),
        ("/%zz%", "/%zz%", "/%zz%", ""),
        ("http://b", "/", "/", ""),
        ("http://b/", "/", "/", ""),
        ("HTTPS://b:1/%41?%42", "/%41?%42", "/A", "%42"),
        ("http://b?%41", "/?%41", "/", "%41"),
        ("http://b?", "/?", "/", ""),
        ("http://[::1]:80/a", "/a", "/a", ""),
    ] {
        let environ = filled("GET", target);
        let get = |name| environ.get(name).unwrap();
        assert_eq!(get("REQUEST_URI"), uri, "{target}");
        assert_eq!(get("PATH_INFO"), path, "{target}");
        assert_eq!(get("QUERY_STRING"), query, "{target}");
        assert_eq!(get("HTTP_REQUEST_URI"), "/evil");
    }
    let environ = filled("OPTIONS", "*");
    assert_eq!(environ.get("REQUEST_URI").unwrap(), "*");
    assert_eq!(environ.get("PATH_INFO").unwrap(), "");
}

#[test]
fn an_ipv4_address_looks_like_one() {
    for (client, expected) in [
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:4711", "192.0.2.7"),
        ("[::ffff:c000:207]:4711", "192.0.2.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("[::1]:4711", "::1"),
    ] {
        let server = (String::from("b"), String::from("80"));
        let mut environ = Environ::new();
        let client = address_and_port(client.parse().unwrap());
        fill_addresses(&mut environ, &server, Some(&client));
        assert_eq!(environ.get("REMOTE_ADDR").unwrap(), expected);
        assert_eq!(environ.get("REMOTE_PORT").unwrap(), "4711");
    }
    for (server, expected) in [
        ("192.0.2.7:80", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
        ("[2001:db8::7]:80", "[2001:db8::7]"),
    ] {
        let (name, port) = name_and_port(server.parse().unwrap());
        assert_eq!((&*name, &*port), (expected, "80"));
    }
}

/// A socket that takes both kinds sees IPv4 clients in IPv6's clothes.
#[cfg(all(feature = "http", feature = "tiny_http"))]
#[test]
fn so_it_does_at_a_server_that_takes_both_kinds() {
    use crate::support::{Client, Log, wait_until};
    use gateway::{ErrorLog, Response, Result, StartResponse};
    use std::{net, thread};

    fn application(
        environ: &mut Environ,
        start_response: StartResponse,
    ) -> Result<Response> {
        let address = environ.get("REMOTE_ADDR").unwrap().into_owned();
        let headers = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &headers)?.body(address))
    }
    if net::TcpListener::bind("[::]:0").is_err() {
        return println!("skipped: this machine has no IPv6");
    }
    macro_rules! check {
        ($server:path) => {{
            use $server as server;
            let log = Log::default();
            let server = server::Server::bind("[::]:0").unwrap();
            let server = server.access_log(ErrorLog::new(log.clone()));
            let (stopper, port) =
                (server.stopper(), server.address().port());
            let thread =
                thread::spawn(move || server.serve(application));
            let mut client = Client::new(([127, 0, 0, 1], port).into());
            client.send("GET / HTTP/1.0\r\n\r\n");
            let answer = client.rest();
            assert!(answer.ends_with("\n127.0.0.1"), "{answer}");
            stopper.stop();
            thread.join().unwrap().unwrap();
            wait_until("a line", || log.text().ends_with('\n'));
            let line = log.text();
            assert!(line.starts_with("127.0.0.1 - - ["), "{line}");
        }};
    }
    check!(gateway::http);
    check!(gateway::server);
}

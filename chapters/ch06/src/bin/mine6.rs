//! The guest book, and below it what the exercises' answers can do.

#[path = "../../../mine.rs"]
mod mine;

use gateway::{
    Application, Environ, Form, Response, Result, StartResponse,
};
use mine::{piece, pieces};
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

pieces!(chapter6 in "../..":
    "6.1" page_number, "6.2" safe_target, "6.3" client,
    "6.4" safe_name, "6.5" latin1);

fn main() -> ExitCode {
    eprintln!("{}", mine::whose(&[chapter6::PIECES]));
    let guest_book = ch06::application();
    let app = move |environ: &mut Environ, start: StartResponse<'_>| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        match path.strip_prefix("/mine") {
            Some(place) => show(place, environ, start),
            None => guest_book.call(environ, start),
        }
    };
    gateway::server::run_with(app, mine::arguments(), "")
}

const LINKS: &str = "<!doctype html>
<title>Mine</title>
<h1>What a stranger may type</h1>
<ul>
<li><a href=/mine/page?page=1>6.1: a page of a list</a>
<li><a href=/mine/go?next=/>6.2: back to the guest book</a>
<li><a href=/mine/go?next=//evil.example>6.2: elsewhere?</a>
<li><a href=/mine/who>6.3: who are you?</a>
<li><a href=/mine/name?file=..%2F..%2F.cat.jpg>6.4: a file's name</a>
<li><a href=/mine/latin1?name=Zo%EB+%26+Co>6.5: a form in Latin-1</a>
</ul>
";

fn show(
    place: &str,
    environ: &Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let page = match place {
        "/page" => list(&environ.query()?)?,
        "/go" => return go(&environ.query()?, start_response),
        "/who" => who(environ),
        "/name" => {
            let query = environ.query()?;
            let name = query.get("file").unwrap_or_default();
            format!(
                "It is kept as {:?}.",
                piece!(chapter6::safe_name)(name)
            )
        }
        "/latin1" => {
            let query = environ.bytes("QUERY_STRING");
            let latin1 = piece!(chapter6::latin1);
            format!("{:?}", latin1(query.unwrap_or_default()))
        }
        _ => LINKS.into(),
    };
    let page = match page.starts_with('<') {
        true => page,
        false => page.replace('&', "&amp;").replace('<', "&lt;"),
    };
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    Ok(start_response("200 OK", &headers)?.body(page))
}

fn list(query: &Form) -> Result<String> {
    let number = piece!(chapter6::page_number)(query)?;
    let next = number.saturating_add(1);
    Ok(format!(
        "<h1>Page {number}</h1>\n\
         <a href=/mine/page?page={next}>{next}</a>\n"
    ))
}

fn go(query: &Form, start_response: StartResponse) -> Result<Response> {
    let next = query.get("next").unwrap_or_default();
    let target = piece!(chapter6::safe_target)(next);
    let headers =
        [("Location", target), ("Content-Type", "text/plain")];
    Ok(start_response("303 See Other", &headers)?.body("Go on\n"))
}

/// Believes a proxy on this machine.
fn who(environ: &Environ) -> String {
    let peer = environ.get("REMOTE_ADDR").unwrap_or_default();
    let list = environ.get("HTTP_X_FORWARDED_FOR").unwrap_or_default();
    let trusted = [IpAddr::from(Ipv4Addr::LOCALHOST)];
    let Ok(peer) = peer.parse() else {
        return "Nobody knows who sent you.".into();
    };
    // Without a proxy there is no list.
    let client = match list.is_empty() {
        true => Some(peer),
        false => piece!(chapter6::client)(peer, &list, &trusted),
    };
    match client {
        Some(client) => format!("You are {client}."),
        None => "A proxy does not say who you are.".into(),
    }
}

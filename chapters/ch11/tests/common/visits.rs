//! What a visitor does, and what has to come back.

use super::{Place, Visitor, between, said};
use crate::http::Answer;
use crate::sites::{Kind, MOUNT, Site};

/// A request, a field and a form, and what comes back.
pub type Row = [&'static str; 4];

pub const VISITS: [Row; 28] = [
    ["GET /", "", "", "200 nobody"],
    ["GET /mine", "", "", "303 /login, another id"],
    ["GET /login", "", "", "200 nobody: Please log in first."],
    // Whoever knows no token cannot even try passwords.
    ["POST /login", "", "name=Ferris&password=crab", "403"],
    [
        "POST /login",
        "",
        "csrf=TOKEN&name=Ferris&password=lobster",
        "303 /login",
    ],
    [
        "GET /login",
        "",
        "",
        "200 nobody: No member has this name and password.",
    ],
    [
        "POST /login",
        "",
        "csrf=TOKEN&name=Ferris&password=crab",
        "303 /, another id",
    ],
    // Its token was the other session's.
    ["POST /", "", "csrf=TOKEN&message=No", "403"],
    ["GET /", "", "", "200 Ferris: Welcome, Ferris."],
    ["GET /", "", "", "200 Ferris"],
    ["POST /", "", "csrf=TOKEN&message=One", "303 /"],
    ["GET /", "", "", "200 Ferris: Thank you! [One]"],
    ["HEAD /", "", "", "200"],
    ["POST /", "", "message=No", "403"],
    ["POST /", "X-CSRF-Token: 123", "message=No", "403"],
    [
        "POST /",
        "Origin: http://evil.example",
        "csrf=TOKEN&message=No",
        "403",
    ],
    [
        "POST /",
        "Sec-Fetch-Site: cross-site",
        "csrf=TOKEN&message=No",
        "403",
    ],
    ["POST /", "Origin: null", "csrf=TOKEN&message=Zo%C3%AB", "303 /"],
    ["POST /", "Origin: HERE", "message=Three", "303 /"],
    ["POST /", "Sec-Fetch-Site: same-origin", "message=+", "303 /"],
    [
        "GET /mine",
        "",
        "",
        "200 Ferris: Thank you! Thank you! A message, please. \
         [Three Zoë One]",
    ],
    ["POST /theme", "X-CSRF-Token: TOKEN", "theme=dark", "303 /"],
    ["GET /login", "", "", "200 Ferris, in the dark"],
    ["POST /logout", "", "csrf=TOKEN", "303 /, another id"],
    ["GET /mine", "", "", "303 /login"],
    ["POST /", "Origin: HERE", "message=No", "303 /login"],
    [
        "GET /",
        "",
        "",
        "200 nobody: You have logged out. Please log in first. \
         Please log in first. [Three Zoë One]",
    ],
    ["POST /elsewhere", "Origin: HERE", "", "404"],
];

/// Where the program is, under this server: at the root, if it is the
/// server.
pub fn mount(kind: Kind) -> &'static str {
    use Kind::{Http, HttpNginx, Hyper, TinyHttp};
    match kind {
        Http | HttpNginx | Hyper | TinyHttp => "",
        _ => MOUNT,
    }
}

/// What comes back otherwise than it must, under this server.
pub fn faults(name: &str, kind: Kind, sessions: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let place = Place::new(sessions);
    let Some(site) = Site::with(kind, &place.program()) else {
        return faults;
    };
    let mut visitor = Visitor::of(site.address, mount(kind));
    let mut member = None;
    for [line, field, form, right] in VISITS {
        if line == "POST /logout" {
            member = visitor.id.clone();
        }
        let answer = visitor.ask(line, field, form);
        let short = short(&visitor, &answer);
        if short != right {
            faults.push(format!(
                "{name}, {kind:?}, {line} {field} {form}: {short}"
            ));
        }
    }
    // Whoever has kept the cookie has nothing of it.
    visitor.id = member;
    let answer = visitor.ask("GET /mine", "", "");
    let short = short(&visitor, &answer);
    if short != "303 /login, another id" {
        faults.push(format!("{name}, {kind:?}, the old id: {short}"));
    }
    faults
}

/// An answer in short. What every page of a visitor's has to have is
/// said where it is missing.
pub fn short(visitor: &Visitor, answer: &Answer) -> String {
    let status = answer.status.split(' ').next().unwrap();
    let mut short = status.to_string();
    if let Some(url) = answer.get("Location") {
        let root =
            format!("http://{}{}", visitor.address, visitor.mount);
        short += &format!(" {}", url.replacen(&root, "", 1));
    }
    let page = answer.text();
    if status == "200" && page.contains("<!doctype html>") {
        short += " ";
        short += match between(&page, "You are ", ".")[..] {
            [user] => user,
            _ => "nobody",
        };
        if page.contains("background: #222") {
            short += ", in the dark";
        }
        let said = said(&page);
        if !said.is_empty() {
            short += &format!(": {}", said.join(" "));
        }
        let entries = between(&page, "<dd>", "</dd>");
        if !entries.is_empty() {
            short += &format!(" [{}]", entries.join(" "));
        }
    }
    if let Some(cookie) = answer.get("Set-Cookie") {
        let id = visitor.id.as_deref().unwrap_or_default();
        let right = format!(
            "gateway_session={id}; Path=/; HttpOnly; SameSite=Lax"
        );
        short += match cookie == right && id.len() == 32 {
            true => ", another id",
            false => &cookie,
        };
    }
    if matches!(status, "200" | "303") {
        for (name, value) in
            [("Vary", "Cookie"), ("Cache-Control", "no-store")]
        {
            if answer.get(name).as_deref() != Some(value) {
                short += &format!(", {name}: {:?}", answer.get(name));
            }
        }
    }
    short
}

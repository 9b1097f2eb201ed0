//! What a visitor, or the program, says is text on the page, wherever
//! it stands.

use crate::debugger::{
    again, between, browser, fails, form, sends, submitted, unescaped,
};
use gateway::middleware::debugger;
use gateway::testing::{Answer, ask};
use gateway::{Application, Environ, Failure, app, watch};
use std::fmt;
use std::io::Write;

pub const EVIL: &str = "</pre></textarea></title></style></summary>\
    <script>alert(1)</script><img src=x onerror=\"alert(1)\">\
    \"'>&lt;&amp;<!--";

/// Where in a page something is.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Text,
    Tag,
    Quoted,
}

/// Reads a page as a browser would, and knows all tags that may be
/// there and their attributes.
#[track_caller]
pub fn check(page: &str) {
    const TAGS: &str = "!DOCTYPE html meta title style main h1 h2 p pre \
        mark details summary form input button textarea a div section";
    const ATTRIBUTES: &str = "html lang= charset= name= content= \
        nonce= tabindex= method= action= enctype= type= value= \
        aria-label= rows= spellcheck= href=";
    let (mut at, mut tag, mut tags) = (At::Text, String::new(), vec![]);
    for c in page.chars() {
        at = match (at, c) {
            (At::Text, '<') => At::Tag,
            (At::Text, _) => At::Text,
            (At::Tag, '>') => {
                tags.push(std::mem::take(&mut tag));
                At::Text
            }
            (At::Tag, '"') => At::Quoted,
            (At::Quoted, '"') => At::Tag,
            (At::Quoted, _) => At::Quoted,
            (At::Tag, c) => {
                assert!(!"<'`".contains(c), "{c} in {tag}");
                tag.push(c);
                At::Tag
            }
        };
    }
    assert!(at == At::Text, "{tag} has no end");
    assert!(tags.len() > 8, "{tags:?}");
    for tag in tags {
        let mut words = tag.split_ascii_whitespace();
        let name = words.next().unwrap_or_default();
        let name = name.trim_start_matches('/');
        let is_known = TAGS.split_ascii_whitespace().any(|t| t == name);
        assert!(is_known, "<{tag}>");
        for word in words {
            let mut known = ATTRIBUTES.split_ascii_whitespace();
            assert!(known.any(|a| a == word), "{word} in <{tag}>");
        }
    }
    for title in ["title", "h1"] {
        assert_eq!(page.matches(&format!("<{title}>")).count(), 1);
    }
}

/// The page for a request, its text, and the page after another try are
/// all right, and `said` is there.
#[track_caller]
fn is_text(app: &impl Application, request: Environ, said: &str) {
    let page = ask(app, request);
    check(&page.text());
    let is_said = |page: &Answer| {
        let text = unescaped(&page.text());
        assert!(text.contains(said), "no {said} in {text}");
    };
    is_said(&page);
    let second = again(app, &page);
    check(&second.text());
    is_said(&second);
    let third = again(app, &second);
    check(&third.text());
    is_said(&third);
    let list = ask(app, {
        let form = form(&page.text());
        browser(&form[0].replace("/again", "/"))
    });
    check(&list.text());
}

#[test]
fn what_a_visitor_sends_is_text() {
    let app = debugger(fails("on purpose"));
    let path: String =
        EVIL.bytes().map(|b| format!("%{b:02x}")).collect();
    let escaped = EVIL.escape_debug().to_string();
    is_text(&app, browser(&format!("/{path}")), &escaped);
    for name in [
        "QUERY_STRING",
        "REQUEST_URI",
        "HTTP_USER_AGENT",
        "HTTP_REFERER",
        "HTTP_COOKIE",
        "HTTP_ACCEPT",
        "CONTENT_TYPE",
        "SERVER_NAME",
        "REMOTE_USER",
    ] {
        let mut request = browser("/");
        request.set(name, format!("text/html {EVIL}"));
        // The cookie is in the form and the command.
        is_text(&app, request, EVIL);
    }
    for name in [EVIL.to_string(), format!("HTTP_{EVIL}")] {
        let mut request = browser("/");
        request.set(&name, "value");
        is_text(&app, request, &EVIL[..20]);
    }
    let mut request = browser("/");
    request.set("REQUEST_METHOD", EVIL);
    is_text(&app, request, &escaped);
    // Below a folder of such a name.
    let mut request = browser("/");
    request.set("SCRIPT_NAME", format!("/{EVIL}"));
    let page = ask(&app, request);
    check(&page.text());
    assert!(form(&page.text())[0].starts_with(&format!("/{EVIL}/_")));
}

#[test]
fn a_body_is_text() {
    let app = debugger(app(|environ, _| {
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        Err("on purpose".into())
    }));
    is_text(&app, sends("/", EVIL), EVIL);
    is_text(&app, sends("/", [EVIL, "\n"].repeat(9).concat()), EVIL);
    let app = debugger(fails("nothing was read"));
    is_text(&app, sends("/", EVIL), EVIL);
}

struct Odd;

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EVIL)
    }
}

#[test]
fn what_the_program_says_is_text() {
    is_text(&debugger(fails(EVIL)), browser("/"), EVIL);
    is_text(
        &debugger(app(|_, _| {
            let failure = Failure::new("502 Bad Gateway", "no answer");
            Err(failure.caused_by(EVIL).into())
        })),
        browser("/"),
        EVIL,
    );
    is_text(
        &debugger(app(|_, _| panic!("{EVIL}"))),
        browser("/"),
        EVIL,
    );
    is_text(
        &debugger(app(|_, _| {
            watch!(Odd);
            watch!("</pre><script>".len());
            Err("on purpose".into())
        })),
        browser("/"),
        EVIL,
    );
    is_text(
        &debugger(app(|_, _| {
            watch!("</pre><script>alert(1)".len());
            Err("on purpose".into())
        })),
        browser("/"),
        "\"</pre><script>alert(1)\".len() = 22",
    );
    is_text(
        &debugger(app(|environ, _| {
            writeln!(environ.errors, "{EVIL}")?;
            Err("on purpose".into())
        })),
        browser("/"),
        EVIL,
    );
}

#[test]
fn an_answer_to_another_try_is_text() {
    let app = debugger(app(|environ, start_response| {
        if environ.bytes("HTTP_MENDED").is_none() {
            return Err("on purpose".into());
        }
        let html = [("Content-Type", "text/html"), ("X", EVIL)];
        Ok(start_response("200 OK", &html)?.body(EVIL))
    }));
    let page = ask(&app, browser("/"));
    let mut form = form(&page.text());
    form[2] += "HTTP_MENDED=yes\n";
    let answer = ask(&app, submitted(&form));
    let text = answer.text();
    check(&text);
    assert!(text.contains("<h1>It is answered</h1>"));
    assert_eq!(unescaped(&text).matches(EVIL).count(), 2);
}

/// The form's own fields come from who has the token, and are text.
#[test]
fn a_form_is_text() {
    let app = debugger(fails("on purpose"));
    let page = ask(&app, browser("/"));
    let [path, ..] = form(&page.text());
    for fields in [[EVIL, ""], ["", EVIL], [EVIL, EVIL]] {
        let [last, request] = fields.map(String::from);
        let form = [path.clone(), last, request + "=x\nX=y\n"];
        check(&ask(&app, submitted(&form)).text());
    }
}

/// Those turn a text's direction, end a line, or are orders to the
/// terminal that shows the report.
#[test]
fn no_character_is_an_order() {
    const ORDERS: &str = "a\u{202e}b\u{2066}c\u{2028}d\u{2029}e\0f\
        \x1b[31mg\u{7}h\ri\u{9b}j\u{85}k";
    let app = debugger(app(|environ, _| {
        writeln!(environ.errors, "{ORDERS}")?;
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        struct Odd;
        impl fmt::Debug for Odd {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(ORDERS)
            }
        }
        watch!(Odd);
        let failure = Failure::new("502 Bad Gateway", ORDERS);
        Err(failure.caused_by(ORDERS).into())
    }));
    for accept in ["*/*", "text/html"] {
        let path: String =
            ORDERS.bytes().map(|b| format!("%{b:02x}")).collect();
        let mut request = sends(&format!("/{path}"), ORDERS);
        request.set("QUERY_STRING", ORDERS);
        request.set("HTTP_USER_AGENT", ORDERS);
        request.set("HTTP_COOKIE", ORDERS);
        request.set("HTTP_ACCEPT", accept);
        let page = ask(&app, request);
        let text = page.text();
        let is_order = |c: &char| {
            let is_format = matches!(
                c,
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            );
            c.is_control() && *c != '\n' || is_format
        };
        assert_eq!(text.chars().find(is_order), None, "{text}");
        assert!(text.contains(r"a\u{202e}b\u{2066}c"), "{text}");
        assert!(text.contains(r"f\u{1b}[31mg"), "{text}");
        let log = page.log;
        assert_eq!(log.chars().find(is_order), None, "{log}");
    }
}

/// Titles, and the page as a whole, are made of nothing else.
#[test]
fn a_title_is_not_lost() {
    let app = debugger(fails("first\nsecond"));
    let page = ask(&app, browser("/page"));
    let text = page.text();
    assert_eq!(between(&text, "<title>", "<"), "GET /page: first");
    assert_eq!(between(&text, "<h1>", "<"), "GET /page: first");
}

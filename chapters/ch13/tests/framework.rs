//! The framework: routes, names, templates, forms and errors.

use ch13::framework::{Fields, Framework, Page, Request, Route};
use gateway::middleware::mount;
use gateway::testing::{Answer, ask, environ, get};
use gateway::{Application, Failure, Result};
use minijinja::context;
use std::io::Cursor;

type Site<'r> = Request<'r, &'static str>;

const ROUTES: &[Route<&'static str>] = &[
    Route("GET", "/", "home", home),
    Route("POST", "/", "send", send),
    Route("GET", "/entry/{number}", "entry", entry),
    Route("DELETE", "/entry/{number}", "delete", entry),
    Route("GET", "/entry/new", "new", home),
    Route("GET", "/file/{*path}", "file", file),
    Route("GET", "/fails/{how}", "fails", fails),
];

const TEMPLATES: &[(&str, &str)] = &[
    (
        "home.html",
        "<a href=\"{{ url_for('entry', number='a b&c') }}\">{{ state }}</a>",
    ),
    ("entry.html", "<p title=\"{{ number }}\">{{ number }}</p>"),
    ("entry.txt", "{{ number }}"),
    ("form.html", "{{ form.name.value }}|{{ form.name.error }}"),
    ("typo.html", "{{ nmae }}"),
    ("nowhere.html", "{{ url_for('nowhere') }}"),
    ("lacks.html", "{{ url_for('entry') }}"),
    ("error.html", "<h1>{{ status }}</h1>"),
];

fn home(request: &mut Site) -> Result<Page> {
    request.render("home.html", context! { state => *request.state })
}

fn send(request: &mut Site) -> Result<Page> {
    let mut form = request.fields(&["name"])?;
    form.require("name", "A name, please.");
    if form.are_right() {
        return request.see_other("home");
    }
    request.render("form.html", context! { form })
}

fn entry(request: &mut Site) -> Result<Page> {
    let number = request.parameters.get("number");
    let query = request.environ.query()?;
    let template = query.get("template").unwrap_or("entry.html");
    request.render(template, context! { number })
}

fn file(request: &mut Site) -> Result<Page> {
    let path = request.parameters.get("path").unwrap_or_default();
    Ok(Page::html(format!("{path:?}")))
}

fn fails(request: &mut Site) -> Result<Page> {
    match request.parameters.get("how") {
        Some("client") => Err(Failure::bad_request("no"))?,
        Some("server") => {
            Err(Failure::new("502 Bad Gateway", "no answer"))?
        }
        Some("redirect") => request.see_other("entry"),
        Some(template) => request.render(template, context! {}),
        None => unreachable!(),
    }
}

fn site() -> Framework<&'static str> {
    Framework::new("<state>", ROUTES, TEMPLATES).unwrap()
}

fn with(method: &str, path: &str) -> Answer {
    ask(&site(), environ(method, path))
}

#[test]
fn a_path_leads_to_its_page_with_its_parameters() {
    assert_eq!(get(&site(), "/entry/7").text(), "<p title=\"7\">7</p>");
    assert_eq!(get(&site(), "/file/a/b%20c").text(), "\"a/b c\"");
    assert!(get(&site(), "/entry/new").text().contains("state"));
    assert!(get(&site(), "").text().contains("state"));
}

#[test]
fn other_paths_are_not_found_and_other_methods_not_allowed() {
    for path in ["/entry", "/entry/", "/entry/7/", "//", "/\u{e9}"] {
        let answer = get(&site(), path);
        assert_eq!(answer.status, "404 Not Found", "{path}");
        assert_eq!(answer.text(), "<h1>404 Not Found</h1>", "{path}");
    }
    for (method, path, allowed) in [
        ("PUT", "/", "GET, HEAD, POST"),
        ("POST", "/entry/7", "GET, HEAD, DELETE"),
        ("DELETE", "/entry/new", "GET, HEAD"),
        ("get", "/", "GET, HEAD, POST"),
    ] {
        let answer = with(method, path);
        assert_eq!(answer.status, "405 Method Not Allowed");
        assert_eq!(answer.headers.get("Allow"), Some(allowed));
    }
    assert_eq!(with("DELETE", "/entry/7").status, "200 OK");
}

#[test]
fn head_has_the_head_of_get() {
    let answer = with("HEAD", "/entry/7");
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.text(), "");
    let length = "<p title=\"7\">7</p>".len().to_string();
    let told = answer.headers.get("Content-Length");
    assert_eq!(told, Some(&*length));
}

#[test]
fn what_is_put_into_html_is_escaped_and_into_text_is_not() {
    let path = "/entry/%3Cb%3E%22%26%27";
    let page = get(&site(), path);
    let page = page.text();
    let escaped = "&lt;b&gt;&quot;&amp;&#x27;";
    let right = format!("<p title=\"{escaped}\">{escaped}</p>");
    assert_eq!(page, right);
    let text = get(&site(), &format!("{path}?template=entry.txt"));
    assert_eq!(text.text(), "<b>\"&'");
}

#[test]
fn a_name_leads_to_its_path_below_where_the_site_is() {
    let page = get(&site(), "/");
    let link = "<a href=\"/entry/a%20b%26c\">&lt;state&gt;</a>";
    assert_eq!(page.text(), link);
    let mounted = mount().at("/a \"b", site());
    let page = get(&mounted, "/a%20%22b");
    let link = "<a href=\"/a%20%22b/entry/a%20b%26c\">";
    assert!(page.text().starts_with(link), "{}", page.text());
}

#[test]
fn what_is_named_and_not_there_is_an_error_that_says_so() {
    for (page, why) in [
        ("typo.html", "undefined value"),
        ("nowhere.html", "no page is named nowhere"),
        ("lacks.html", "no number for /entry/{number}"),
        ("redirect", "no number for /entry/{number}"),
        ("missing.html", "missing.html"),
    ] {
        let answer = get(&site(), &format!("/fails/{page}"));
        assert_eq!(answer.status, "500 Internal Server Error");
        assert!(answer.log.contains(why), "{page}: {}", answer.log);
    }
}

#[test]
fn a_failure_has_a_page_if_it_is_the_clients() {
    let answer = get(&site(), "/fails/client");
    assert_eq!(answer.text(), "<h1>400 Bad Request</h1>");
    let answer = get(&site(), "/fails/server");
    assert_eq!(answer.text(), "502 Bad Gateway\n");
}

fn post(form: &str) -> Answer {
    let mut environ = environ("POST", "/");
    let kind = "application/x-www-form-urlencoded";
    environ.set("CONTENT_TYPE", kind);
    environ.input = Box::new(Cursor::new(form.to_string()));
    ask(&site(), environ)
}

#[test]
fn a_form_comes_back_with_its_values_and_errors() {
    let answer = post("name=+%09");
    assert_eq!(answer.text(), "|A name, please.");
    let answer = post("name=+Zo%C3%AB+");
    assert_eq!(answer.status, "303 See Other");
    let to = answer.headers.get("Location");
    assert_eq!(to, Some("http://localhost/"));
    let long = format!("name={}", "x".repeat(16 * 1024));
    let answer = post(&long);
    assert_eq!(answer.text(), "<h1>413 Content Too Large</h1>");
    let mut form = Fields::of(&["a"], |_| Some(" b "));
    form.require("unknown", "An error.");
    assert!(form.are_right());
    assert_eq!((form.get("a"), form.get("unknown")), ("b", ""));
}

#[test]
fn two_paths_that_cannot_be_told_apart_are_refused() {
    const SAME: &[Route<()>] = &[
        Route("GET", "/{a}", "a", nothing),
        Route("GET", "/{b}", "b", nothing),
    ];
    fn nothing(_: &mut Request<'_, ()>) -> Result<Page> {
        unreachable!()
    }
    assert!(Framework::new((), SAME, &[]).is_err());
    let template = [("a.html", "{% if %}")];
    assert!(Framework::new((), &[], &template).is_err());
}

/// A link made from a name leads to the page, with the same parameter.
#[test]
fn what_url_for_makes_is_found_again() {
    let letters: Vec<char> =
        " %&+?#\"'<>{}é\u{1f980}.~aZ9\\;=@:".chars().collect();
    let mut number = 13u64;
    let mut any = |below: usize| {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number as usize % below
    };
    for _ in 0..2000 {
        let length = 1 + any(6);
        let text: String =
            (0..length).map(|_| letters[any(letters.len())]).collect();
        // A segment that is a dot is nowhere, to clients.
        if matches!(&*text, "." | "..") || text == "new" {
            continue;
        }
        let link = gateway::app(|environ, start_response| {
            let text = text.clone();
            struct State(String);
            const LINK: &[Route<State>] = &[
                Route("GET", "/", "link", link),
                Route("GET", "/e/{n}", "e", link),
            ];
            fn link(request: &mut Request<'_, State>) -> Result<Page> {
                let n = &[("n", &*request.state.0)];
                Ok(Page::html(request.url_for("e", n)?))
            }
            let site = Framework::new(State(text), LINK, &[])?;
            site.call(environ, start_response)
        });
        let url = get(&link, "/").text().into_owned();
        let path = url.replace("/e/", "/entry/");
        let page = get(&site(), &format!("{path}?template=entry.txt"));
        assert_eq!(page.text(), text, "{url}");
    }
}

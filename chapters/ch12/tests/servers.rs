//! Each way to fail, under every server, in debug and in release: the
//! page says where it began, and shows the right line.

#![cfg(unix)]
#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../../../tests/bound/mod.rs"]
mod bound;
mod failures;
#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../../tests/outside/process.rs"]
mod process;
#[path = "../../../tests/outside/required.rs"]
mod required;
#[path = "../../../tests/outside/matrix/servers.rs"]
mod sites;
#[path = "../../../tests/outside/web_servers.rs"]
mod web_servers;

use failures::page::{Form, HTML, Report, get};
use failures::program::{
    Installed, TOKEN, WITH_LINES, WITHOUT_LINES, debug,
};
use failures::{ALL, Failure, Place};
use process::{Running, until};
use sites::{Kind, MOUNT, Site};
use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

const GIVEN: (&str, &str) = ("GATEWAY_DEBUGGER", TOKEN);

const NOT_LOGGED: &str = "the log does not say so";

const SERVERS: [Kind; 9] = [
    Kind::CgiApache,
    Kind::CgiLighttpd,
    Kind::CgiBook,
    Kind::FastcgiApache,
    Kind::FastcgiLighttpd,
    Kind::FastcgiNginx,
    Kind::Http,
    Kind::HttpNginx,
    Kind::TinyHttp,
];

fn is_cgi(kind: Kind) -> bool {
    kind.name().starts_with("CGI")
}

/// The program under a server.
struct Failing {
    kind: Kind,
    mount: &'static str,
    // In this order: it ends before its folder goes.
    site: Site,
    installed: Installed,
}

impl Failing {
    /// `None` if the web server is not installed.
    fn start(kind: Kind, installed: Installed) -> Option<Self> {
        let site = Site::with(kind, &installed.program())?;
        let mount = match kind {
            Kind::Http | Kind::HttpNginx | Kind::TinyHttp => "",
            _ => MOUNT,
        };
        Some(Self { kind, mount, site, installed })
    }

    fn get(&self, path: &str) -> http::Answer {
        let path = format!("{}{path}", self.mount);
        get(self.site.address, &path, HTML)
    }

    /// The server itself, if there is another in between.
    fn back(&self) -> SocketAddr {
        match self.kind {
            Kind::HttpNginx => ([127, 0, 0, 1], self.site.back).into(),
            _ => self.site.address,
        }
    }

    /// Waits for what is found in the log.
    fn logged<T>(
        &self,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T, String> {
        let log = || self.installed.log(&self.site.folder);
        let found = until(|| find(&log()));
        found.ok_or_else(|| {
            let log = log();
            let lines: Vec<&str> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(20)..];
            format!("{NOT_LOGGED}; it ends\n{}", last.join("\n"))
        })
    }

    /// The path of the page about this failure, from the log.
    fn logged_path(&self, path: &str) -> Result<String, String> {
        let path = path.split('?').next().unwrap_or_default();
        let start = format!("GET {}{path}: ", self.mount);
        self.logged(|log| {
            let lines = log.split(&start).skip(1);
            let mut addresses = lines.filter_map(|line| {
                let line = line.lines().next()?;
                let (_, address) = line.split_once(", see ")?;
                // Without a host if who asked may not see the page.
                let at = address.find("/_debugger/")?;
                let is_token = |c: char| c.is_ascii_alphanumeric();
                let is_path = |c| is_token(c) || "/_".contains(c);
                let path =
                    address[at..].split(|c| !is_path(c)).next()?;
                Some(format!("{}{path}", self.mount))
            });
            addresses.next()
        })
    }

    /// The report of this failure, if the log has it whole.
    fn logged_report(&self, path: &str) -> Result<Report, String> {
        let start = format!("GET {}{path}: ", self.mount);
        self.logged(|log| {
            let mut said = log.split(&start).skip(1);
            let said =
                said.find(|said| said.contains("The environ"))?;
            // All lines after the first are indented.
            let lines = said.lines().map(|line| {
                let line = line.strip_prefix("    ");
                line.unwrap_or_default().to_string() + "\n"
            });
            Some(Report(lines.collect()))
        })
    }

    /// What is said of a failure, wherever one has to look for it.
    fn report(&self, failure: Failure) -> Result<Report, String> {
        let Failure { path, is_late, .. } = failure;
        let answer = self.get(path);
        if self.kind == Kind::HttpNginx && !is_late {
            // Who asks may be anybody: a proxy is in between.
            let text = answer.text();
            if !text.starts_with("50") || text.lines().count() != 1 {
                return Err(format!("it says through nginx: {text}"));
            }
        } else if !is_late {
            let status = &answer.status;
            return match status.starts_with("50") {
                true => Ok(Report::of(&answer)),
                false => Err(format!("its status is {status}")),
            };
        }
        if is_cgi(self.kind) {
            // The process has ended, and its pages with it.
            return self.logged_report(path);
        }
        let page = self.logged_path(path)?;
        let answer = get(self.back(), &page, HTML);
        match &*answer.status {
            "200 OK" => Ok(Report::of(&answer)),
            status => Err(format!("{page}: {status}")),
        }
    }
}

/// Whatever is not as it must be, under every server.
fn faults(
    program: &Path,
    variables: &[(&str, &str)],
    check: impl Fn(&Report) -> Option<String>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for kind in SERVERS {
        let installed = Installed::new(program, variables);
        let Some(site) = Failing::start(kind, installed) else {
            continue;
        };
        for failure in ALL {
            // It ends a program that has sent all that was announced.
            if kind == Kind::CgiLighttpd && failure.path == "/full" {
                continue;
            }
            let place = Place::of(failure.at);
            let fault = match site.report(failure) {
                Ok(report) => place.fault(&report).or(check(&report)),
                Err(fault) => Some(fault),
            };
            let path = failure.path;
            let Some(fault) = fault else { continue };
            faults.push(format!("{kind:?}, {path}: {fault}"));
            if fault.starts_with(NOT_LOGGED) {
                break; // to wait for all others would take an hour
            }
        }
    }
    faults
}

#[test]
fn a_debug_build_says_where_it_began() {
    let faults = faults(debug(), &[], |_| None);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_release_build_with_line_tables_does() {
    let faults = faults(&WITH_LINES, &[GIVEN], |_| None);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The compiler has put the place itself into the program, and the
/// sources are beside it.
#[test]
fn a_release_build_as_it_comes_says_what_would_help() {
    let faults = faults(&WITHOUT_LINES, &[GIVEN], |report| {
        let has_frames = report.0.contains("All functions on the way");
        let helps = report.0.contains("debug = \"line-tables-only\"");
        (has_frames && !helps).then(|| "nothing helps".into())
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn started(kind: Kind, variables: &[(&str, &str)]) -> Option<Failing> {
    Failing::start(kind, Installed::new(debug(), variables))
}

/// The folder in which a program was built is known from its lines.
#[test]
fn sources_are_found_from_anywhere() {
    for program in [debug(), &*WITH_LINES] {
        let installed = Installed::alone(program, &[GIVEN]);
        let site = Failing::start(Kind::Http, installed).unwrap();
        let failure = ALL[0];
        let report = site.report(failure).unwrap();
        let fault = Place::of(failure.at).fault(&report);
        assert_eq!(fault, None, "{report:?}");
    }
}

/// What the library refuses began there; who asked for it is shown.
#[test]
fn an_error_of_the_library_shows_who_called_it() {
    let right = Place::of("= |start_response(\"200 OK\", &headers)?");
    let site = started(Kind::Http, &[]).unwrap();
    let report = Report::of(&site.get("/refused"));
    let mut sections = report.0.split("On the way, in ").skip(1);
    let section = sections.find(|way| way.contains("failing.rs:"));
    let section = section.unwrap_or_else(|| panic!("{report:?}"));
    let (file, line) = (right.file, right.line);
    let place = format!("{file}:{line}:{}", right.column);
    assert!(section.contains(&place), "{place}: {section}");
    let marked = format!("\n> {line:4}  {}\n", right.text);
    assert!(section.contains(&marked), "{marked}: {section}");
}

/// Whoever wrote some of the middleware finds it on the way.
#[test]
fn the_readers_middleware_is_on_the_way() {
    let right = Place::of("= |app.call(environ, start)?");
    let site = started(Kind::Http, &[]).unwrap();
    let report = Report::of(&site.get("/number?number=x")).0;
    let place = format!("{}:{}:", right.file, right.line);
    let mut ways = report.split("On the way, in ").skip(1);
    assert!(ways.any(|way| way.contains(&place)), "{report}");
}

const CGI: [Kind; 3] =
    [Kind::CgiApache, Kind::CgiLighttpd, Kind::CgiBook];

#[test]
fn in_cgi_the_page_says_why_there_is_no_other_try() {
    for kind in CGI {
        let Some(site) = started(kind, &[]) else { continue };
        let answer = site.get("/number?number=x");
        let page = answer.text();
        assert!(page.contains("with the variable GATEWAY_DEBUGGER"));
        assert!(Form::of(&answer).is_none(), "{kind:?}: {page}");
    }
}

#[test]
fn in_cgi_a_token_that_is_given_makes_it_possible() {
    for kind in CGI {
        let Some(site) = started(kind, &[GIVEN]) else { continue };
        let form = Form::of(&site.get("/number?number=x"));
        let mut form = form.expect("a form");
        let again = Report::of(&form.send(site.site.address)).0;
        assert!(again.contains("Last time"), "{kind:?}: {again}");
        assert!(again.contains("It began at"), "{kind:?}: {again}");
        let right = form.request.replace("number=x", "number=2");
        form.request = right;
        let again = Report::of(&form.send(site.site.address)).0;
        assert!(again.starts_with("It is answered"), "{again}");
        assert!(again.contains("\n2\n"), "{kind:?}: {again}");
    }
}

/// Behind a proxy nobody sees a page, whose address is logged: it is
/// asked for at the program's own.
#[test]
fn behind_a_proxy_the_page_is_seen_from_within() {
    let Some(site) = started(Kind::HttpNginx, &[]) else { return };
    let answer = site.get("/number?number=x");
    assert_eq!(answer.text(), "500 Internal Server Error\n");
    let page = site.logged_path("/number").unwrap();
    let outside = Report::of(&site.get(&page)).0;
    assert!(!outside.contains("It began at"), "{outside}");
    let within = Report::of(&get(site.back(), &page, HTML)).0;
    assert!(within.contains("It began at"), "{within}");
}

/// Starts what was mended there, unless somebody has taken the port.
fn mended(address: SocketAddr) -> Option<Running> {
    let mut second = bound::bound(env::current_exe().unwrap());
    second.args(["--exact", "--ignored", "--nocapture"]);
    second.arg("serves_what_was_mended");
    second.env(GIVEN.0, GIVEN.1).env("MENDED", address.to_string());
    second.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut second = Running::start(&mut second);
    let output = BufReader::new(second.0.stdout.take().unwrap());
    let mut lines = output.lines().map_while(std::io::Result::ok);
    lines.any(|line| line.ends_with(LISTENS)).then_some(second)
}

const LISTENS: &str = "it listens";

/// A watcher stops the program, and starts another at its place.
#[test]
fn what_has_been_started_anew_is_tried_again() {
    let restarted = (0..5).find_map(|_| {
        let first = started(Kind::Http, &[GIVEN]).unwrap();
        let answer = first.get("/number?number=x");
        let address = first.site.address;
        drop(first);
        Some((answer, address, mended(address)?))
    });
    let (answer, address, _second) = restarted.expect("a port");
    let (form, last) = (Form::of(&answer), Report::of(&answer));
    let form = form.expect("a form");
    let again = Report::of(&form.send(address)).0;
    assert!(again.starts_with("It is answered"), "{again}");
    let (_, again) = again.split_once("Last time").unwrap();
    let (then, now) = again.split_once("Now").unwrap();
    assert!(then.contains("invalid digit found"), "{then}");
    let (place, marked) = last.began().unwrap();
    assert!(then.contains(place) && then.contains(marked), "{then}");
    assert!(now.contains("It is mended."), "{now}");
}

#[test]
#[ignore = "is started by the test above, at the place of another"]
fn serves_what_was_mended() {
    let address = env::var("MENDED").expect("an address");
    let app = gateway::app(|_, start_response| {
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body("It is mended."))
    });
    let server = gateway::http::Server::bind(&*address).unwrap();
    println!("{LISTENS}");
    server.serve(gateway::middleware::debugger(app)).unwrap();
}

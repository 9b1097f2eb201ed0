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

use failures::page::{HTML, Report, get};
use failures::program::{Installed, TOKEN, WITH_LINES, debug};
use failures::{ALL, Failure, Place};
use process::until;
use sites::{Kind, MOUNT, Site};
use std::net::SocketAddr;
use std::path::Path;

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
                let (_, address) = line.split_once(", see http://")?;
                let end = |c: char| {
                    !(c.is_alphanumeric() || "/_.:-".contains(c))
                };
                let address = address.split(end).next()?;
                Some(address[address.find('/')?..].to_string())
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
            // Before each line there is the request's name, and after
            // the first it is indented.
            let lines = said.lines().map(|line| {
                let line = line.split_once("]     ");
                line.map_or("", |(_, line)| line).to_string() + "\n"
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

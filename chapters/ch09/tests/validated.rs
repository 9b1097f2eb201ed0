//! What chapters 3 to 9 serve breaks no rule: under the validator each
//! answers as without it, and the log has not a word of a rule.

use gateway::cgi::Script;
use gateway::middleware::{Rule, validate};
use gateway::testing::{self, Answer};
use gateway::{Application, Environ};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

const FORM: &str = "application/x-www-form-urlencoded";

/// A request: `GET /page`, or `POST /page name=Ada`.
fn environ(request: &str) -> Environ {
    let mut words = request.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let mut environ = testing::environ(word(), word());
    let body = word().as_bytes().to_vec();
    if !body.is_empty() {
        environ.set("CONTENT_TYPE", FORM);
        environ.set("CONTENT_LENGTH", body.len().to_string());
        environ.input = Box::new(std::io::Cursor::new(body));
    }
    environ
}

/// Asks without the validator, and with it.
#[track_caller]
fn is_quiet(app: &dyn Application, request: &str) {
    let plain = testing::ask(app, environ(request));
    let answer = testing::ask(&validate(app), environ(request));
    for rule in Rule::ALL {
        let log = &answer.log;
        assert!(!log.contains(rule.text()), "{request}: {log}");
    }
    assert_eq!(sorted(answer), sorted(plain), "{request}");
}

/// In which order fields stand means nothing.
fn sorted(answer: Answer) -> (String, Vec<(String, String)>, Vec<u8>) {
    let owned = |(n, v): (&str, &str)| (n.into(), v.into());
    let pairs = answer.headers.pairs().into_iter();
    let mut pairs: Vec<_> = pairs.map(owned).collect();
    pairs.sort_unstable();
    (answer.status, pairs, answer.body)
}

const PATHS: [&str; 17] = [
    "/",
    "/title?2",
    "/title?two",
    "/page?3",
    "/page?none",
    "/status?4",
    "/status?none",
    "/late",
    "/upload",
    "/echo",
    "/values?REQUEST",
    "/parcel",
    "/url/a/b?c=d",
    "/nowhere",
    "/notice",
    "/caf%C3%A9%20",
    "/a//b/../c",
];

/// All of them, in every way that there is to ask.
#[track_caller]
fn each_request_is_quiet(app: &dyn Application) {
    for path in PATHS {
        for method in ["GET", "HEAD", "PUT"] {
            is_quiet(app, &format!("{method} {path}"));
        }
        let form = "name=Ada&message=Hello";
        is_quiet(app, &format!("POST {path} {form}"));
        is_quiet(app, &format!("POST {path} name="));
    }
}

#[test]
fn the_applications_of_chapters_3_to_5_are_quiet() {
    let applications: [&dyn Application; 9] = [
        &ch03::show_environ,
        &ch03::show_values,
        &ch03::echo,
        &ch04::application,
        &ch04::title,
        &ch04::title_or_page,
        &ch04::title_or_failure,
        &ch04::chapters,
        &ch05::application,
    ];
    for app in applications {
        each_request_is_quiet(app);
    }
    is_quiet(&ch05::application, "GET /clock");
}

/// A guest book of its own, removed with this value.
struct Entries(PathBuf);

impl Entries {
    fn new(name: &str) -> Self {
        let id = std::process::id();
        let name = format!("gateway-{id}-{name}.txt");
        Self(env::temp_dir().join(name))
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        // A test that fails early has made none.
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn the_guest_book_is_quiet() {
    let file = Entries::new("guest-book");
    let app: &dyn Application = &ch06::guest_book(&file.0);
    let name = "POST / name=Ada+%3Cb%3E&message=Hello%0d%0aWorld";
    // The second has what the first has written.
    for request in [name, name, "GET /?name=Ada", "PUT /", "HEAD /"] {
        let answer = testing::ask(&validate(app), environ(request));
        assert_eq!(answer.log, "", "{request}");
    }
    is_quiet(app, "GET /");
}

#[test]
fn what_chapters_6_to_9_serve_is_quiet() {
    let applications: [&dyn Application; 4] = [
        &ch06::parcel,
        &ch06::show_url,
        &ch06::application(),
        &ch07::application(),
    ];
    for app in applications {
        for path in ["/parcel", "/url/a?b", "/nowhere", "/late"] {
            for method in ["GET", "HEAD", "POST"] {
                is_quiet(app, &format!("{method} {path}"));
            }
        }
    }
}

/// The programs of chapters 3 to 6 that are run by CGI.
const PROGRAMS: [&str; 10] = [
    "ch03", "echo", "mine3", "mounts", "values", "ch04", "mine4",
    "records", "stamps", "cgi",
];

#[test]
fn so_are_the_programs_of_chapters_3_to_6_behind_cgi() {
    let file = Entries::new("cgi");
    let folder = built();
    for name in PROGRAMS {
        let script = Script::new(folder.join(name));
        let script = script.variable("GUEST_BOOK", &file.0);
        for request in [
            "GET /",
            "HEAD /page?3",
            "GET /status?none",
            "GET /page?none",
            "GET /values?a",
            "GET /late",
            "GET /nowhere/at/all",
            "POST / name=Ada",
        ] {
            let app = validate(script.clone());
            let answer = testing::ask(&app, environ(request));
            for rule in Rule::ALL {
                let log = &answer.log;
                let is_told = log.contains(rule.text());
                assert!(!is_told, "{name}, {request}: {log}");
            }
        }
    }
}

/// The folder of the chapters' programs, which are built now.
fn built() -> PathBuf {
    // <target>/debug/deps/validated-0123456789abcdef
    let this = env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap().to_path_buf();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--bins", "--target-dir"]);
    command.arg(&target).args(["-p", "ch03", "-p", "ch04"]);
    command.args(["-p", "ch06"]);
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    target.join("debug")
}

//! Twelve faults, put into a copy of chapter 8's server one at a time.

use crate::bound::bound;
use crate::probe;
use crate::servers::Running;
use std::path::Path;
use std::process::Command;
use std::{env, fs};
use tempfile::TempDir;

/// What is wrong then, the file in `src/http`, and the change.
const FAULTS: [(&str, &str, &str, &str); 12] = [
    (
        "a chunk's size may have a sign",
        "chunks.rs",
        "let text = before_cr.unwrap_or(line);",
        "let text = before_cr.unwrap_or(line);
        let text = text.strip_prefix(b\"+\").unwrap_or(text);",
    ),
    (
        "a chunk may be longer than its size",
        "chunks.rs",
        "bad(\"a chunk longer than its size\")",
        "Ok(())",
    ),
    (
        "a line between chunks may end in LF",
        "chunks.rs",
        "if before_cr.is_none() {",
        "if false {",
    ),
    (
        "a trailer may be anything",
        "chunks.rs",
        "if !is_field_line(line) =>",
        "if false && !is_field_line(line) =>",
    ),
    (
        "what follows a chunk's size may be anything",
        "chunks.rs",
        "rest = extension(rest)?;",
        "rest = extension(rest).unwrap_or_default();",
    ),
    (
        "nothing may come before a request line",
        "inbound.rs",
        "self.skip_breaks()?;",
        "",
    ),
    (
        "a broken body is over",
        "inbound.rs",
        "inspect_err(|_| self.body = Body::Broken)",
        "inspect_err(|_| self.body = Body::Length(0))",
    ),
    (
        "a body that is left is run as a request",
        "inbound.rs",
        "match self.skip(limits) {",
        "match Ok::<_, io::Error>(true) {",
    ),
    (
        "a 100 Continue has a length",
        "connection.rs",
        "HTTP/1.1 100 Continue\\r\\n\\r\\n",
        "HTTP/1.1 100 Continue\\r\\nContent-Length: 0\\r\\n\\r\\n",
    ),
    (
        "nobody is told to go on",
        "connection.rs",
        "if take(&mut *expects) {",
        "if take(&mut *expects) && false {",
    ),
    (
        "a version may be in lower case",
        "head.rs",
        "[b'H', b'T', b'T', b'P',",
        "[b'H' | b'h', b'T' | b't', b'T' | b't', b'P' | b'p',",
    ),
    (
        "a request line may have more words",
        "head.rs",
        "line.splitn(3, |&b| b == b' ')",
        "line.split(|&b| b == b' ')",
    ),
];

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A copy of the library, and a program that serves by it.
fn copy() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let list = Command::new("git")
        .args(["ls-files", "-z", "src", "tests/hostile", "Cargo.lock"])
        .current_dir(ROOT)
        .output()
        .expect("git");
    for name in list.stdout.split(|b| *b == 0).filter(|n| !n.is_empty())
    {
        let name = str::from_utf8(name).expect("a plain name");
        let to = folder.path().join(name);
        let parent = to.parent().expect("a folder");
        fs::create_dir_all(parent).expect("a folder");
        fs::copy(Path::new(ROOT).join(name), to).expect("a copy");
    }
    let text = fs::read_to_string(Path::new(ROOT).join("Cargo.toml"));
    let text = text.expect("it can be read");
    // Without what is only tested.
    let (package, rest) =
        text.split_once("[dev-dependencies]").expect("some");
    assert!(rest.contains("[lints]"));
    let (start, members) =
        package.split_once("members = [").expect("a workspace");
    let (_, end) =
        members.split_once("resolver").expect("its resolver");
    let package =
        format!("{start}resolver{end}[[bin]]\nname = \"serve\"\n");
    fs::write(folder.path().join("Cargo.toml"), package)
        .expect("a file");
    fs::create_dir(folder.path().join("src/bin")).expect("a folder");
    fs::write(folder.path().join("src/bin/serve.rs"), SERVE)
        .expect("a file");
    folder
}

const SERVE: &str = "\
#[path = \"../../tests/hostile/applications.rs\"]
mod applications;

fn main() {
    let server = gateway::http::Server::bind(\"127.0.0.1:0\").unwrap();
    println!(\"{}\", server.address());
    server.serve(applications::application).unwrap();
}
";

/// Builds it as it is now, and sends it the requests.
fn try_it(copy: &Path) -> crate::Probed {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/faults");
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let built = Command::new(cargo)
        .args(["build", "-q", "--offline", "--features", "http"])
        .args(["--bin", "serve", "--target-dir", target])
        .current_dir(copy)
        .output()
        .expect("cargo");
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{errors}");
    let serve = Path::new(target).join("debug/serve");
    let server = Running::start(&mut bound(serve));
    probe(&[&server.address.to_string()])
}

/// It compiles a server a dozen times, so `.ci/run` asks for it.
#[test]
#[ignore = "takes minutes"]
fn most_of_twelve_faults_are_found() {
    let copy = copy();
    let right = try_it(copy.path());
    assert_eq!(right.code, Some(0), "{}", right.out);
    let mut missed = Vec::new();
    for (fault, file, from, to) in FAULTS {
        let path = copy.path().join("src/http").join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert_eq!(text.matches(from).count(), 1, "{fault}: {from}");
        fs::write(&path, text.replace(from, to)).expect("a file");
        let probed = try_it(copy.path());
        let wrong = probed.out.lines().filter(|l| l.contains('✗'));
        let wrong: Vec<&str> = wrong.map(str::trim).collect();
        println!("{fault}:\n  {}", wrong.join("\n  "));
        match probed.code {
            Some(1) => {}
            Some(0) => missed.push(fault),
            _ => panic!("{fault}: {}", probed.errors),
        }
        fs::write(&path, text).expect("a file");
    }
    assert!(missed.len() <= 2, "not found: {missed:#?}");
}

//! An axum application that knows nothing of the gateway: the same
//! answers under hyper and, through `Tower`, under every server.

#![cfg(unix)]
#![allow(dead_code, reason = "what is shared has more than one user")]

mod app;
#[path = "../../../../tests/bound/mod.rs"]
mod bound;
mod client;
mod differences;
#[path = "../../../../tests/outside/exchange.rs"]
mod exchange;
#[path = "../../../../tests/outside/http.rs"]
mod http;
mod hyper;
#[path = "../../../../tests/outside/process.rs"]
mod process;
mod requests;
#[path = "../../../../tests/outside/required.rs"]
mod required;
#[path = "../../../../tests/outside/matrix/servers.rs"]
mod sites;
#[path = "../../../../tests/outside/web_servers.rs"]
mod web_servers;

use differences::{Table, differences};
use hyper::Hyper;
use requests::Request;
use sites::{ALL, Kind, MOUNT, Site};
use std::env;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Where the application is.
fn mount(kind: Kind) -> &'static str {
    match kind {
        Kind::Http | Kind::HttpNginx | Kind::TinyHttp => "",
        _ => MOUNT,
    }
}

/// The application's program, `examples/unaware.rs`: a test that is
/// named alone has no examples built.
fn program() -> PathBuf {
    // <target>/debug/deps/same-0123456789abcdef
    let this = env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--target-dir"]).arg(target);
    command.args(["-p", "ch13", "--example", "unaware"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(command.status().unwrap().success(), "{command:?}");
    target.join("debug/examples/unaware")
}

/// Files that are the same everywhere, to the second.
fn put_files(folder: &Path) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30);
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    for (name, text) in [
        ("page.html", "<p>A page</p>\n"),
        ("deep/caf\u{e9} 1.txt", "deep\n"),
        ("deep/er/index.html", "<p>An index</p>\n"),
        ("large.bin", &"0123456789abcdef".repeat(1 << 16)),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(time).unwrap();
        let open = Permissions::from_mode(0o644);
        fs::set_permissions(path, open).unwrap();
    }
    for name in ["deep", "deep/er"] {
        let open = Permissions::from_mode(0o755);
        fs::set_permissions(folder.join(name), open).unwrap();
    }
}

/// Apache gives a CGI program nothing of a body in chunks (RFC 3875,
/// section 4.2), and of any other all before it reads what is answered.
/// What comes back hangs on which of the two ends first.
fn can_have(kind: Kind, request: &Request) -> bool {
    let chunks: &[u8] = b"Transfer-Encoding: chunked";
    let is_chunked = |part: &requests::Part| {
        part.fields.iter().any(|field| field == chunks)
    };
    kind != Kind::CgiApache
        || !request.parts.iter().any(is_chunked)
            && request.name != "an echo of 3 MB"
}

#[test]
fn every_server_answers_as_hyper_does() {
    let program = program();
    let folder = process::Folder::new();
    put_files(&folder.path(""));
    let plain = Hyper::start(&folder.path(""), "");
    let mounted = Hyper::start(&folder.path(""), MOUNT);
    let mut found = Vec::new();
    let mut kinds = Vec::new();
    for kind in ALL.into_iter().chain([Kind::TinyHttp]) {
        let Some(site) = Site::with(kind, &program) else { continue };
        put_files(&site.folder.path("files"));
        let mount = mount(kind);
        let hyper = if mount.is_empty() { &plain } else { &mounted };
        let requests = requests::all().into_iter();
        for request in requests.filter(|r| can_have(kind, r)) {
            let ask = |address| request.ask(address, mount);
            let theirs = ask(hyper.address);
            let ours = ask(site.address);
            found.extend(differences(
                kind.name(),
                &request.name,
                [theirs, ours],
            ));
        }
        kinds.push(kind.name());
    }
    let table = Table::read(include_str!("differences.md"));
    let unexplained = table.unexplained(&found);
    assert!(unexplained.is_empty(), "not explained:\n{unexplained}");
    let unseen = table.unseen(&found, &kinds);
    assert!(unseen.is_empty(), "no longer so:\n{unseen}");
}

#[test]
fn there_are_at_least_70_requests_each_with_its_own_name() {
    let names =
        requests::all().into_iter().map(|Request { name, .. }| name);
    let names: std::collections::BTreeSet<String> = names.collect();
    assert_eq!(names.len(), requests::all().len());
    assert!(names.len() >= 70, "{}", names.len());
}

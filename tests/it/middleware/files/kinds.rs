//! What is there and is no file, or not for everybody.

use super::{is, write};
use crate::support::{Folder, PATIENCE};
use gateway::middleware::{Files, files};
use gateway::testing::{Answer, get};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;
use std::thread;

/// Asks, and fails if that takes its time.
fn soon(site: &Files, path: &'static str) -> Answer {
    let (send, receive) = mpsc::channel();
    let site = site.clone();
    thread::spawn(move || send.send(get(&site, path)));
    let answer = receive.recv_timeout(PATIENCE);
    answer.unwrap_or_else(|_| panic!("{path} blocks"))
}

#[test]
fn what_is_no_regular_file_is_not_there_and_does_not_block() {
    let folder = Folder::new("files-kinds");
    write(&folder, "shown/page.txt", "x");
    let make = |name, kind, device| {
        let mode = Mode::from_bits_retain(0o644);
        mknodat(CWD, folder.path(name), kind, mode, device)
    };
    make("fifo", FileType::Fifo, 0).unwrap();
    make("shown/index.html", FileType::Fifo, 0).unwrap();
    write(&folder, "other/page.txt", "x");
    let bind = |name| UnixListener::bind(folder.path(name)).unwrap();
    let _sockets = ["socket", "other/index.html"].map(bind);
    let site = files(folder.path(""));
    let mut paths =
        vec!["/fifo", "/fifo/", "/socket", "/shown/", "/other/"];
    let zero = makedev(1, 5);
    // Not everybody may make one.
    if make("zero", FileType::CharacterDevice, zero).is_ok() {
        paths.push("/zero");
    }
    for path in paths {
        let answer = soon(&site, path);
        is(&answer, "404");
        assert_eq!(answer.log, "");
    }
    // A FIFO at the place of an index is none.
    let site = Files { listing: true, ..site };
    assert!(soon(&site, "/shown/").text().contains("page.txt"));
}

#[test]
fn what_cannot_be_read_is_refused_and_the_log_says_why() {
    let folder = Folder::new("files-unreadable");
    write(&folder, "page.txt", "Hello");
    write(&folder, "sub/index.html", "index");
    let mode = |name, mode| {
        let mode = Permissions::from_mode(mode);
        fs::set_permissions(folder.path(name), mode).unwrap();
    };
    mode("page.txt", 0o000);
    mode("sub", 0o311);
    let site = files(folder.path(""));
    let answer = get(&site, "/page.txt");
    // root reads everything.
    match fs::read(folder.path("page.txt")) {
        Ok(_) => is(&answer, "200"),
        Err(_) => {
            is(&answer, "403");
            let reason = "not served: Permission denied";
            assert!(answer.log.contains(reason), "{}", answer.log);
        }
    }
    // To pass through a folder one need not be able to list it.
    is(&get(&site, "/sub"), "301");
    assert_eq!(get(&site, "/sub/").text(), "index");
    mode("sub", 0o755);
}

#[test]
fn hidden_files_are_served_only_if_that_is_asked_for() {
    let folder = Folder::new("files-hidden");
    for name in [
        ".env",
        ".git/config",
        "sub/.htpasswd",
        "sub/.cache/page.txt",
        ".well-known/.secret",
        "...",
        "..a",
    ] {
        write(&folder, name, "hidden");
    }
    write(&folder, ".well-known/security.txt", "open");
    write(&folder, "not.hidden", "open");
    let site = files(folder.path(""));
    let all = Files { hidden: true, ..site.clone() };
    for (path, is_hidden) in [
        ("/.env", true),
        ("/%2Eenv", true),
        ("/.git/config", true),
        ("/sub/.htpasswd", true),
        ("/sub/.cache/page.txt", true),
        ("/.well-known/.secret", true),
        ("/...", true),
        ("/..a", true),
        ("/.well-known/security.txt", false),
        ("/not.hidden", false),
    ] {
        is(&get(&site, path), if is_hidden { "404" } else { "200" });
        is(&get(&all, path), "200");
    }
    // Not even the slash is told.
    is(&get(&site, "/.git"), "404");
    is(&get(&all, "/.git"), "301");
}

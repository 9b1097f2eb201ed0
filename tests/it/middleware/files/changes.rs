//! Files that change while they are sent.

use super::{is, write};
use crate::support::Folder;
use gateway::exchange::{End, Outcome, Protocol, run};
use gateway::middleware::files;
use gateway::testing::{environ, get};
use gateway::{Application, Body, ErrorLog};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const LENGTH: usize = 300_000;

/// Something happens when so much has been sent.
struct Out<'a> {
    sent: Vec<u8>,
    after: usize,
    happens: Option<&'a dyn Fn()>,
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sent.extend_from_slice(bytes);
        if self.sent.len() > self.after
            && let Some(happens) = self.happens.take()
        {
            happens();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body, and how it ended, if this happens on the way.
fn sent(folder: &Folder, happens: &dyn Fn()) -> (Vec<u8>, Outcome) {
    let path = folder.path("file");
    fs::write(&path, [b'a'; LENGTH]).unwrap();
    open(folder).set_modified(old()).unwrap();
    let site = files(folder.path(""));
    let mut out = Out {
        sent: Vec::new(),
        after: 100_000,
        happens: Some(happens),
    };
    let mut environ = environ("GET", "/file");
    environ.errors = ErrorLog::new(io::sink());
    let protocol = Protocol::Cgi;
    let outcome = run(&site, &mut environ, protocol, &mut out);
    assert!(out.happens.is_none(), "nothing has happened");
    let head = out.sent.len() - outcome.bytes as usize;
    (out.sent.split_off(head), outcome)
}

fn old() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000)
}

fn open(folder: &Folder) -> File {
    let file = File::options().write(true).open(folder.path("file"));
    file.unwrap()
}

#[test]
fn a_file_that_is_changed_is_cut() {
    let folder = Folder::new("files-changes");
    let path = folder.path("file");
    let truncate = || open(&folder).set_len(150_000).unwrap();
    let empty = || open(&folder).set_len(0).unwrap();
    let append = || {
        let file = File::options().append(true).open(&path);
        file.unwrap().write_all(b"more").unwrap();
    };
    let rewrite = || open(&folder).write_all(b"bbb").unwrap();
    let replace = || fs::write(&path, [b'b'; LENGTH]).unwrap();
    let touch =
        || open(&folder).set_modified(SystemTime::now()).unwrap();
    let longer = || open(&folder).set_len(1 << 40).unwrap();
    let quietly = || {
        longer();
        open(&folder).set_modified(old()).unwrap();
    };
    let changes: [(&str, &dyn Fn()); 8] = [
        ("truncate", &truncate),
        ("empty", &empty),
        ("append", &append),
        ("rewrite", &rewrite),
        ("replace", &replace),
        ("touch", &touch),
        ("longer", &longer),
        ("quietly", &quietly),
    ];
    for (name, happens) in changes {
        let (body, outcome) = sent(&folder, happens);
        assert_eq!(outcome.end, End::Cut, "{name}");
        assert!(body.len() < LENGTH, "{name}: {}", body.len());
        assert!(body.iter().all(|&b| b == b'a'), "{name}");
    }
}

#[test]
fn a_file_that_only_loses_its_name_is_sent_whole() {
    let folder = Folder::new("files-renames");
    let path = folder.path("file");
    let remove = || fs::remove_file(&path).unwrap();
    let rename = || {
        let new = folder.path("new");
        fs::write(&new, "another").unwrap();
        fs::rename(&new, &path).unwrap();
    };
    let link = || fs::hard_link(&path, folder.path("link")).unwrap();
    let mode = || {
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, mode).unwrap();
    };
    let nothing = || {};
    let events: [(&str, &dyn Fn()); 5] = [
        ("nothing", &nothing),
        ("remove", &remove),
        ("rename", &rename),
        ("link", &link),
        ("mode", &mode),
    ];
    for (name, happens) in events {
        let (body, outcome) = sent(&folder, happens);
        assert_eq!(outcome.end, End::Close, "{name}");
        assert!(body == [b'a'; LENGTH], "{name}");
    }
}

#[test]
fn a_change_before_the_first_block_is_told() {
    let folder = Folder::new("files-changes-first");
    write(&folder, "file", "Hello");
    let site = files(folder.path(""));
    let path = folder.path("file");
    let app = gateway::app(|environ, start_response| {
        let response = site.call(environ, start_response)?;
        fs::write(&path, "Hello World!")?;
        Ok(response)
    });
    let answer = get(&app, "/file");
    is(&answer, "503");
    assert_eq!(answer.text(), "503 Service Unavailable\n");
    assert!(answer.log.contains("the file has changed"));
}

/// All of it was there, so nothing is missing.
#[test]
fn a_change_behind_the_last_block_does_not_matter() {
    let folder = Folder::new("files-changes-last");
    write(&folder, "file", "Hello");
    let site = files(folder.path(""));
    let path = folder.path("file");
    let app = gateway::app(|environ, start_response| {
        let response = site.call(environ, start_response)?;
        let path = path.clone();
        Ok(response.map(|mut body| {
            let first = body.next();
            fs::write(&path, "Hello World!").unwrap();
            // As one that is compressed: to its end.
            Body::blocks(first.into_iter().chain(body))
        }))
    });
    let answer = get(&app, "/file");
    is(&answer, "200");
    assert_eq!(answer.text(), "Hello");
}

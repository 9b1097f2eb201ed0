//! Sources that are none, or not what they were.

use crate::debugger::programs::{program, said};
use crate::debugger::{browser, formless, unescaped};
use crate::support::Folder;
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Environ, Error, Result, app};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// Where this file is, for who looks for it.
const HERE: &str = "tests/it/debugger/attacks/files.rs";

/// The place of an error of our own is known from its backtrace. That
/// of a program which was run is what it has written into the log.
fn failing(environ: &mut Environ) -> Result<gateway::Response> {
    writeln!(environ.errors, "thread 'main' panicked at {HERE}:20:5:")?;
    Err(Error::from("on purpose, in a source"))
}

/// Is not a test, but the program that the others start, in a folder
/// where this file is another.
#[test]
#[ignore = "is started by another test"]
fn is_a_program() {
    assert_eq!(file!(), HERE);
    let page = ask(
        &debugger(app(|environ, _| failing(environ))),
        browser("/"),
    );
    println!("{}", page.text());
}

/// The page that it makes in that folder.
fn page(folder: &Folder) -> String {
    let name = "debugger::attacks::files::is_a_program";
    let page = said(program(name).current_dir(folder.path("")));
    assert!(
        page.contains("<h2>The program panicked at</h2>"),
        "{page}"
    );
    page
}

fn folder(name: &str) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new(&format!("debugger-{name}"));
    let place = folder.path(HERE);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    (folder, place)
}

#[test]
fn a_source_is_text() {
    let (folder, place) = folder("markup");
    let line = "</pre><script>alert(1)</script>\u{202e}\x1b[31m &lt; \
                <textarea>\n";
    fs::write(place, line.repeat(300)).unwrap();
    let page = page(&folder);
    super::markup::check(page.trim_start_matches(|c| c != '<'));
    assert!(unescaped(&page).contains("> ") || page.contains("<mark>"));
    let shown = r"  </pre><script>alert(1)</script>\u{202e}\u{1b}[31m";
    assert!(unescaped(&page).contains(shown), "{page}");
}

/// Titles and marks of it are not ours.
#[test]
fn a_source_has_no_marks_but_ours() {
    let (folder, place) = folder("marks");
    let line = "> forged\r> forged\rForged …\n";
    fs::write(place, line.repeat(300)).unwrap();
    let page = page(&folder);
    for title in ["<h2>", "<summary>", "<mark>"] {
        for piece in page.split(title).skip(1) {
            assert!(!piece.starts_with("&gt; forged"), "{page}");
            assert!(!piece.starts_with("Forged"), "{page}");
        }
    }
}

/// Makes something there, and looks at what is shown of it.
#[track_caller]
fn is_not_shown(name: &str, make: impl Fn(&Path), why: &str) {
    let (folder, place) = folder(name);
    make(&place);
    let page = page(&folder);
    assert!(page.contains(&format!("  not shown: {why}")), "{page}");
    assert!(!page.contains("a secret of the machine"), "{page}");
}

/// Not through a link, wherever it leads.
const NONE: &str = "it is not a source file";

#[test]
fn a_link_is_not_followed() {
    let link = |place: &Path| symlink("/etc/passwd", place).unwrap();
    is_not_shown("passwd", link, NONE);
    let link = |place: &Path| {
        let secret = place.with_file_name("secret.rs");
        fs::write(&secret, "a secret of the machine\n".repeat(300))
            .unwrap();
        symlink(secret, place).unwrap();
    };
    is_not_shown("link", link, NONE);
    let link = |place: &Path| {
        let folder = place.parent().unwrap();
        let other = folder.with_file_name("other");
        fs::rename(folder, &other).unwrap();
        let text = "a secret of the machine\n".repeat(300);
        fs::write(other.join("files.rs"), text).unwrap();
        symlink(other, folder).unwrap();
    };
    is_not_shown("folder", link, NONE);
}

#[test]
fn what_is_no_text_is_not_shown() {
    let latin = |place: &Path| {
        let text = b"a secret of the machine \xe9\n".repeat(300);
        fs::write(place, text).unwrap();
    };
    is_not_shown("latin", latin, "stream did not contain valid UTF-8");
    let long = |place: &Path| {
        let file = File::create(place).unwrap();
        file.set_len(1 << 30).unwrap(); // a hole, which takes no room
    };
    is_not_shown("long", long, NONE);
}

#[test]
fn one_that_is_short_is_shown_as_far_as_it_goes() {
    let (folder, place) = folder("short");
    fs::write(place, "one line\n").unwrap();
    let page = page(&folder);
    let first = formless(&page);
    assert!(!first.contains("one line"));
    assert!(first.contains(HERE));
}

/// A program that was run says in the log where it has panicked, or
/// says that it did.
#[test]
fn a_place_that_the_log_names_is_a_source_or_is_not_shown() {
    let folder = Folder::new("debugger-log");
    let path = |name| folder.path(name).display().to_string();
    let pipe = path("pipe.rs");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    fs::create_dir(folder.path("folder.rs")).unwrap();
    symlink("/dev/zero", folder.path("zero.rs")).unwrap();
    symlink("/etc/passwd", folder.path("link.rs")).unwrap();
    fs::write(folder.path("text.txt"), "a secret\n").unwrap();
    fs::write(folder.path("good.rs"), "a source\n").unwrap();
    let up = format!("{}/../good.rs", path("folder.rs"));
    for place in [
        pipe,
        path("folder.rs"),
        path("zero.rs"),
        path("link.rs"),
        path("text.txt"),
        path("gone.rs"),
        up,
        "/etc/passwd".into(),
        "/dev/zero".into(),
        path("good.rs"),
    ] {
        let app = debugger(app(|environ, _| {
            writeln!(environ.errors, "it panicked at {place}:1:1:")?;
            Err("on purpose".into())
        }));
        let page = ask(&app, browser("/"));
        let text = page.text();
        let shown = text.contains("<mark>&gt;    1  a source</mark>");
        assert_eq!(shown, place == path("good.rs"), "{place}");
        assert_ne!(shown, text.contains("\n  not shown: "), "{place}");
        assert!(!text.contains("root:"), "{place}");
        assert!(!text.contains("a secret"), "{place}");
    }
}

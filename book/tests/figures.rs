//! What is run for figures, and what is not.

mod fixture;

use fixture::{
    CONSOLE, Fixture, MAIN, Served, assert_has, lines, main_part,
    wait_for_line,
};
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{fs, thread};

#[test]
fn a_command_that_fails_before_the_last_is_found() {
    let page = "# One\n\n```console exit=2\n$ exit 2\n$ exit 2\n```\n";
    assert_has(
        &Fixture::new(page).problems(),
        "book/text/ch01.md:3: console: `exit 2` ended with status 2, \
         not 0",
    );
}

/// Prints a page, by CGI, in pieces.
const SLOW: &str = r#"fn main() {
    println!("Content-Type: text/plain\n");
    for part in ["one", "two"] {
        println!("{part}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
"#;

#[test]
fn an_exchange_does_not_depend_on_how_the_output_comes() {
    let page = "# One\n\n```exchange ch01\nGET /cgi-bin/ch01 HTTP/1.1\n\
                Host: localhost\n\n```\n";
    let fixture = Fixture::new(page);
    fixture.write("chapters/ch01/src/main.rs", SLOW);
    assert_has(
        &fixture.page(),
        "8<span class=\"crlf\"></span>\none\ntwo\n\
         <span class=\"crlf\"></span>\n0<span",
    );
}

#[test]
fn a_sabotage_waits_for_another_that_is_under_way() {
    let page = "# One\n\n```sabotage chapters/ch01/src/main.rs\n\
                -    println!();\n$ echo done\n```\n";
    let fixture = Fixture::new(page);
    let folder = fixture.root.join("target/book");
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::File::create(folder.join("scratch.lock")).unwrap();
    lock.lock().unwrap();
    let mut build = fixture
        .command(&["build"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _lifeline = build.stdin.take();
    let said = lines(build.stderr.take().unwrap());
    wait_for_line(&said, "by another process");
    // Without the lock it would have done it by then.
    let soon = Instant::now() + Duration::from_secs(1);
    while Instant::now() < soon {
        assert!(!folder.join("scratch").exists());
        thread::sleep(Duration::from_millis(10));
    }
    lock.unlock().unwrap();
    let status = build.wait().unwrap();
    let said: Vec<String> = said.iter().collect();
    assert!(status.success(), "{status}: {said:?}");
    assert!(folder.join("scratch").exists());
}

#[cfg(unix)]
#[test]
fn what_an_editor_leaves_is_no_save() {
    let fixture = Fixture::new(CONSOLE);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    let page = main_part(&served.made());
    let source = fixture.root.join("chapters/ch01/src");
    for name in [".main.rs.swp", "4913", "main.rs~", "#main.rs#"] {
        fs::write(source.join(name), "half a line").unwrap();
    }
    for folder in [&source, &fixture.root.join("book/text")] {
        let lock = folder.join(".#ch01.md");
        std::os::unix::fs::symlink("me@here.1:2", lock).unwrap();
    }
    assert_eq!(main_part(&served.get("/ch01.html")), page);
    // A file of a new name is a reason to build all.
    fixture.write("book/text/new.md", "# New\n");
    assert_eq!(main_part(&served.get("/ch01.html")), page);
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    assert_has(&served.get("/ch01.html"), "<figure class=\"stale ");
}

//! Links, and what changes its place while it is asked for.

use super::{is, write};
use crate::support::{Folder, PATIENCE};
use gateway::middleware::files;
use gateway::testing::get;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

#[test]
fn a_link_that_stays_works_and_one_that_leaves_is_refused() {
    let folder = Folder::new("files-links");
    write(&folder, "site/docs/page.txt", "page");
    write(&folder, "outside/secret.txt", "secret");
    write(&folder, "site-2/secret.txt", "secret");
    let absolute = folder.path("site/docs/page.txt");
    let absolute = absolute.to_str().unwrap();
    for (to, name, status) in [
        ("docs/page.txt", "a", "200"),
        ("./docs/../docs/page.txt", "b", "200"),
        ("b", "c", "200"),
        ("../docs/page.txt", "docs/up", "200"),
        ("../outside/secret.txt", "d", "403"),
        ("../../outside/secret.txt", "docs/d", "403"),
        ("d", "e", "403"),
        ("../site-2/secret.txt", "f", "403"),
        // It leaves, and comes back.
        ("../site/docs/page.txt", "g", "403"),
        ("/etc/passwd", "h", "403"),
        (absolute, "i", "403"),
        ("/", "j", "403"),
        ("../none", "k", "403"),
        ("..", "l", "403"),
        ("none", "m", "404"),
        ("n", "n", "404"),
        ("/proc/self/root/etc/passwd", "o", "403"),
        ("docs", "p", "301"),
    ] {
        let name_of = format!("site/{name}");
        symlink(to, folder.path(&name_of)).unwrap();
        let answer =
            get(&files(folder.path("site")), &format!("/{name}"));
        is(&answer, status);
        let reason = "a path led outside of the filesystem";
        let is_logged = answer.log.contains(reason);
        assert_eq!(is_logged, status == "403", "{name}: {answer:?}");
        assert!(!answer.text().contains("secret"));
        if status == "200" {
            assert_eq!(answer.text(), "page");
        }
    }
    let site = files(folder.path("site"));
    is(&get(&site, "/p/page.txt"), "200");
    is(&get(&site, "/l/outside/secret.txt"), "403");
    is(&get(&site, "/j/etc/passwd"), "403");
}

#[test]
fn the_folder_may_be_a_link_that_comes_to_lead_elsewhere() {
    let folder = Folder::new("files-current");
    for version in ["1", "2"] {
        write(&folder, &format!("{version}/version.txt"), version);
    }
    let site = files(folder.path("current"));
    for version in ["1", "2"] {
        let new = folder.path("new");
        symlink(version, &new).unwrap();
        fs::rename(&new, folder.path("current")).unwrap();
        assert_eq!(get(&site, "/version.txt").text(), version);
    }
}

/// Between a look and the opening, a folder becomes a link to one
/// outside: to look first and to open then is no protection.
#[test]
fn a_link_that_is_exchanged_meanwhile_does_not_lead_out() {
    let folder = Folder::new("files-race");
    write(&folder, "site/sub/page.txt", "page");
    write(&folder, "outside/page.txt", "secret");
    symlink("../outside", folder.path("site/link")).unwrap();
    let [sub, link, spare] = ["sub", "link", "spare"]
        .map(|name| folder.path(&format!("site/{name}")));
    let stop = AtomicBool::new(false);
    let exchange = || {
        while !stop.load(Ordering::Relaxed) {
            fs::rename(&sub, &spare).unwrap();
            fs::rename(&link, &sub).unwrap();
            fs::rename(&sub, &link).unwrap();
            fs::rename(&spare, &sub).unwrap();
        }
    };
    let site = files(folder.path("site"));
    let mut seen = BTreeMap::new();
    thread::scope(|scope| {
        scope.spawn(exchange);
        let deadline = Instant::now() + PATIENCE;
        let mut count = 0;
        while count < 20_000
            || seen.len() < 3 && Instant::now() < deadline
        {
            count += 1;
            let answer = get(&site, "/sub/page.txt");
            let body = answer.text().into_owned();
            *seen.entry((answer.status, body)).or_insert(0) += 1;
        }
        // A thread that goes on would be waited for.
        stop.store(true, Ordering::Relaxed);
    });
    let seen: Vec<&str> =
        seen.keys().map(|(_, body)| body.as_str()).collect();
    assert_eq!(seen, ["page", "403 Forbidden\n", "404 Not Found\n"]);
}

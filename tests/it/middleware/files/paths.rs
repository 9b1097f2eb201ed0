//! Paths that a stranger makes up.

use super::{is, mounted, write};
use crate::support::Folder;
use gateway::middleware::{Files, files};
use gateway::testing::{Answer, get};
use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, iter};

const SECRET: &str = "a secret that nobody may see";

/// A site with a secret beside it, and ways that may lead there.
fn site(folder: &Folder) {
    for name in [
        "secret.txt",
        "outside/secret.txt",
        "site-2/secret.txt",
        "outside/a/page.txt",
    ] {
        write(folder, name, SECRET);
    }
    for name in [
        "site/index.html",
        "site/page.txt",
        "site/a/page.txt",
        "site/a/index.html",
        "site/a/b/page.txt",
        "site/A/Page.TXT",
        "site/%2e%2e/page.txt",
        "site/%2F",
        "site/a\\b",
        "site/..\\page.txt",
        "site/a b",
        "site/caf\u{e9}/page.txt",
        "site/.well-known/page.txt",
        "site/.env",
        "site/.git/config",
        "site/a/.secret/page.txt",
        "site/etc/passwd",
    ] {
        write(folder, name, format!("this is {name}"));
    }
    for (to, name) in [
        ("../outside", "out"),
        ("../secret.txt", "out.txt"),
        ("../../secret.txt", "a/out.txt"),
        ("..", "up"),
        ("/", "root"),
        ("/proc/self/cwd", "cwd"),
        ("out/secret.txt", "twice"),
        (".", "self"),
        ("..", "a/back"),
        ("../page.txt", "a/in.txt"),
        ("a/b", "in"),
        ("loop", "loop"),
        ("none", "dangling"),
        // Who makes such a link has chosen its name.
        ("a/../page.txt", "there-and-back"),
    ] {
        symlink(to, folder.path(&format!("site/{name}"))).unwrap();
    }
}

static PIECES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    // And an empty one.
    iter::once("").chain(TEXT.split_whitespace()).collect()
});

const TEXT: &str = r"
    . .. ... .... %2e %2e%2e %2E%2e .%2e %252e%252e %252e%252e%252f
    %25252e ..%2f ..%2F.. %2F %2f%2f %5c ..%5c \ ..\ \..\ %00 ..%00
    page.txt%00 %00/.. page.txt page.TXT PAGE.TXT index.html a A b in
    in.txt Page.TXT out out.txt up root cwd twice self back loop
    dangling there-and-back secret.txt SECRET.TXT outside site site-2
    etc passwd .env .git config %2egit .GIT .secret .well-known
    caf%C3%A9 caf%c3%a9 cafe%CC%81 caf%E9 %FF %C0%AE%C0%AE %C0%AF
    %E2%80%A5 %EF%BC%8E%EF%BC%8E a%20b a+b a%5Cb ..%5Cpage.txt %252F
    %25 % %2 %zz ; a;b ..; ~ ~root $HOME * ? ?/../.. # C: c:%5c con nul
    file: http: %0d%0a %20 ..%20 ..%09 - -- LONG PATH";

/// Knuth's linear congruential generator, of 64 bits.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    fn piece(&mut self) -> String {
        match PIECES[self.below(PIECES.len())] {
            "LONG" => "x".repeat(200 + self.below(200)),
            "PATH" => "x/".repeat(2000 + self.below(200)),
            piece => piece.into(),
        }
    }

    fn target(&mut self) -> String {
        let mut target = String::new();
        // Some have to lead somewhere.
        let walks = self.below(3) == 0;
        for _ in 0..=self.below(6) {
            target += if self.below(20) == 0 { "" } else { "/" };
            target += &match walks && self.below(5) > 0 {
                true => {
                    const WAYS: [&str; 8] = [
                        "a", "in", "self", "back", "b", "page.txt",
                        "out", "up",
                    ];
                    WAYS[self.below(WAYS.len())].into()
                }
                false => self.piece(),
            };
        }
        target + if self.below(4) == 0 { "/" } else { "" }
    }
}

/// Every file of the site, by the bytes in it.
fn contents(folder: &Path) -> BTreeMap<Vec<u8>, PathBuf> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(contents(&entry.path()));
        } else if entry.file_type().unwrap().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            found.insert(bytes, entry.path());
        }
    }
    found
}

/// The file that a path names by the rules of a URL, which know of no
/// links and decode once.
fn named(site: &Path, target: &str) -> PathBuf {
    let path = target.split(['?', '#']).next().unwrap();
    let path: Vec<u8> =
        percent_encoding::percent_decode_str(path).collect();
    let path = String::from_utf8(path).unwrap();
    let mut file = site.join(path.trim_start_matches('/'));
    if path.is_empty() || path.ends_with('/') {
        file.push("index.html");
    }
    let has_dots = Path::new(&path)
        .components()
        .any(|c| matches!(c, Component::ParentDir));
    assert!(!has_dots, "{target}");
    file.canonicalize().unwrap()
}

#[test]
fn a_hundred_thousand_paths_never_leave_the_folder() {
    let folder = Folder::new("files-paths");
    site(&folder);
    let root = folder.path("site").canonicalize().unwrap();
    let by_content = contents(&root);
    let plain = files(&root);
    let open = Files { hidden: true, listing: true, ..plain.clone() };
    let below = mounted(plain.clone());
    let seed = env::var("PATHS_SEED").ok();
    let seed = seed.map_or(10, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let mut seen = BTreeMap::new();
    for _ in 0..100_000 {
        let target = random.target();
        let case = format!("PATHS_SEED={seed}, {target:?}");
        let which = random.below(3);
        let answer = match which {
            0 => get(&plain, &target),
            1 => get(&open, &target),
            _ => get(&below, &format!("/mounted{target}")),
        };
        *seen.entry(answer.status[..3].to_string()).or_insert(0) += 1;
        match &answer.status[..3] {
            "200" if which == 1 && is_listing(&answer) => {}
            "200" => {
                let file = by_content.get(&answer.body);
                let file = file.unwrap_or_else(|| {
                    panic!("{case}: {}", answer.text())
                });
                // A mount leaves out what is empty.
                if which < 2 {
                    assert_eq!(*file, named(&root, &target), "{case}");
                }
                let name = file.strip_prefix(&root).unwrap();
                let name = name.to_str().unwrap();
                let is_hidden = name.split('/').any(|part| {
                    part.starts_with('.') && part != ".well-known"
                });
                assert!(which == 1 || !is_hidden, "{case}");
            }
            "301" => {
                let to = answer.headers.get("Location").unwrap();
                assert!(to.starts_with('/'), "{case}: {to}");
                assert!(!to.starts_with("//"), "{case}: {to}");
            }
            "403" | "404" => {}
            _ => panic!("{case}: {answer:?}"),
        }
        assert!(!answer.text().contains(SECRET), "{case}");
    }
    println!("{seen:?}");
    for status in ["200", "301", "403", "404"] {
        let times = seen.get(status).copied().unwrap_or(0);
        assert!(times > 1000, "{seen:?}");
    }
}

fn is_listing(answer: &Answer) -> bool {
    answer.text().contains("<title>Files</title>")
}

#[test]
fn a_path_has_one_name_below_the_folder() {
    let folder = Folder::new("files-names");
    site(&folder);
    let site = files(folder.path("site"));
    let long = format!("/{}", "x".repeat(256));
    let longer = "/x".repeat(2100);
    for (path, status) in [
        ("/page.txt", "200"),
        ("/%70age.txt", "200"),
        ("/a/page.txt", "200"),
        ("/a%2Fpage.txt", "200"),
        ("/%252e%252e/page.txt", "200"),
        ("/a%5Cb", "200"),
        ("/PAGE.TXT", "404"),
        ("//page.txt", "404"),
        ("/a//page.txt", "404"),
        ("/./page.txt", "404"),
        ("/a/./page.txt", "404"),
        ("/a/../page.txt", "404"),
        ("/..", "404"),
        ("/../", "404"),
        ("/../secret.txt", "404"),
        ("/..%2Fsecret.txt", "404"),
        ("/%2e%2e/secret.txt", "404"),
        ("/a/..%2F..%2Fsecret.txt", "404"),
        ("/..%5Csecret.txt", "404"),
        ("/page.txt%00", "404"),
        ("/%00", "404"),
        ("/page.txt%00.html", "404"),
        ("/%2Fetc%2Fpasswd", "404"),
        ("//etc/passwd", "404"),
        ("/caf%C3%A9/page.txt", "200"),
        ("/caf%E9/page.txt", "404"),
        (&long, "404"),
        (&longer, "404"),
    ] {
        let answer = get(&site, path);
        is(&answer, status);
        assert_eq!(answer.log, "", "{path}");
    }
}

/// PATH_INFO is the server's to set: one without a slash at its start
/// is none.
#[test]
fn a_path_that_does_not_begin_with_a_slash_is_no_path() {
    let folder = Folder::new("files-relative");
    site(&folder);
    let site = files(folder.path("site"));
    for path in ["page.txt", "*", "../secret.txt", "\\page.txt"] {
        let fields = [("PATH_INFO", path)];
        is(&super::with(&site, "GET", "/", &fields), "404");
    }
}

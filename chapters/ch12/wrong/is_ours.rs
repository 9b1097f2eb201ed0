//! The check of exercise 12.3, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "What is said";

pub const HINT: &str = "Make a `/` of every `\\` first; then there is \
    one way to write a folder. For the standard library `starts_with` \
    and `contains` are enough, with a `/` on both sides of a folder's \
    name. For Cargo's, `split` at `/registry/src/`, and look at what \
    follows: `rsplit_once('-')` of the next folder's name, 16 bytes, \
    all `is_ascii_hexdigit`.";

type Answer = fn(&str) -> bool;

const OURS: &str = "This is a file of the program itself, wherever the \
    program is.";
const RUST: &str = "A file that ends otherwise than with `.rs` was \
    written by somebody else, in another language.";
const STD: &str = "This is the standard library, as a compiler from \
    elsewhere names it.";
const DEPS: &str = "The standard library has crates of its own, below \
    `/rust/deps/`.";
const INSTALLED: &str = "Whoever has installed the sources of the \
    standard library (`rustup component add rust-src`) has them below \
    `lib/rustlib/src`.";
const CRATE: &str = "This is a crate that Cargo has fetched, wherever \
    Cargo keeps those, and from whichever registry.";
const GIT: &str = "This is a crate that Cargo has fetched from a \
    repository: `git/checkouts`.";
const WINDOWS: &str = "On Windows a `\\` is between folders, or both.";
const PLACE: &str = "A folder of ours may have a name of theirs. It is \
    theirs only in its place: `/rustc/` and `/rust/deps/` at the very \
    beginning, and `registry/src` before a folder of Cargo's.";
const HASH: &str = "A folder of Cargo's ends with a dash and 16 \
    hexadecimal digits. This one does not.";

const STD_HASH: &str =
    "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library";

const FILES: [(&str, bool, &str); 45] = [
    ("./src/main.rs", true, OURS),
    ("src/main.rs", true, OURS),
    ("./chapters/ch12/src/small.rs", true, OURS),
    ("/home/ada/tea/src/main.rs", true, OURS),
    ("/main.rs", true, OURS),
    ("/tmp/target/debug/build/tea-0123/out/made.rs", true, OURS),
    (r"C:\Users\Ada\tea\src\main.rs", true, WINDOWS),
    (r".\src\main.rs", true, WINDOWS),
    ("../tea/src/lib.rs", true, OURS),
    ("/home/ada/src/deps/std/library/core.rs", true, PLACE),
    ("./nptl/pthread_create.c", false, RUST),
    ("./misc/../sysdeps/unix/sysv/linux/x86_64/clone3.S", false, RUST),
    ("/home/ada/tea/src/letters", false, RUST),
    ("/home/ada/tea/src/main.rs.c", false, RUST),
    ("<unknown>", false, RUST),
    ("", false, RUST),
    ("STD/std/src/panicking.rs", false, STD),
    ("STD/core/src/ops/function.rs", false, STD),
    ("/rust/deps/hashbrown-0.16.1/src/map.rs", false, DEPS),
    (
        "/root/.rustup/toolchains/1.95/lib/rustlib/src/rust/library/\
         core/src/option.rs",
        false,
        INSTALLED,
    ),
    ("/usr/lib/rustlib/src/rust/library/a.rs", false, INSTALLED),
    (
        "/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/\
         mio-1.0.4/src/poll.rs",
        false,
        CRATE,
    ),
    (
        "/usr/local/cargo/registry/src/\
         index.crates.io-1949cf8c6b5b557f/mio-1.0.4/src/poll.rs",
        false,
        CRATE,
    ),
    (
        "/root/.cargo/registry/src/tea-house.example-00112233aabbccdd/\
         tea-1.0.0/src/lib.rs",
        false,
        CRATE,
    ),
    (
        "./cargo/registry/src/github.com-1ecc6299db9ec823/a/b.rs",
        false,
        CRATE,
    ),
    (
        "/home/ada/registry/src/cargo/registry/src/\
         index.crates.io-1949cf8c6b5b557f/mio-1.0.4/src/poll.rs",
        false,
        CRATE,
    ),
    (
        "/root/.cargo/git/checkouts/mio-2f8e0dc9d8b3a1c4/8a5c4d1/\
         src/lib.rs",
        false,
        GIT,
    ),
    (
        "C:\\Ada\\.cargo\\registry\\src\\\
         index.crates.io-1949cf8c6b5b557f\\mio-1.0.4\\src\\poll.rs",
        false,
        WINDOWS,
    ),
    (
        "C:\\Ada\\.cargo\\registry\\src/\
         index.crates.io-1949cf8c6b5b557f/mio-1.0.4\\src\\poll.rs",
        false,
        WINDOWS,
    ),
    (r"STD\std\src\panicking.rs", false, STD),
    (r"D:\rust\lib\rustlib\src\rust\library\a.rs", false, WINDOWS),
    (r"D:\git\checkouts\mio-2f8e0dc9d8b3a1c4\8a5\a.rs", false, WINDOWS),
    ("/home/ada/rustc/src/main.rs", true, PLACE),
    ("./rustc/main.rs", true, PLACE),
    ("/home/ada/rust/deps/src/main.rs", true, PLACE),
    ("/home/ada/rustlib/src/main.rs", true, PLACE),
    ("/home/ada/registry/src/main.rs", true, PLACE),
    ("/home/ada/.cargo/tea/src/main.rs", true, PLACE),
    ("tea-1949cf8c6b5b557f/registry/src/main.rs", true, PLACE),
    ("/my-registry/src/tea-1949cf8c6b5b557f/main.rs", true, PLACE),
    ("/home/ada/git/checkouts/tea/src/main.rs", true, HASH),
    ("/home/ada/registry/src/tea-house/main.rs", true, HASH),
    ("/home/ada/registry/src/tea-of-the-morning-sun/a.rs", true, HASH),
    ("/home/ada/registry/src/tea-1949cf8c6b5b557/a.rs", true, HASH),
    ("/home/ada/registry/src/tea-1949cf8c6b5b557ff/a.rs", true, HASH),
];

pub fn check(is_ours: Answer) -> Verdict {
    for (file, expected, hint) in FILES {
        let file = file.replace("STD", STD_HASH);
        expect(&file, || is_ours(&file), expected, hint)?;
    }
    // All digits count, and capitals are digits, too.
    let hash = "1949CF8C6B5B557F";
    for at in 0..=hash.len() {
        let mut hash = hash.to_string();
        let is_whole = at == hash.len();
        if !is_whole {
            hash.replace_range(at..=at, "g");
        }
        let file = format!("/cargo/registry/src/tea-{hash}/a/b.rs");
        let hint = if is_whole { CRATE } else { HASH };
        expect(&file, || is_ours(&file), !is_whole, hint)?;
    }
    Ok(())
}

fn is_std(file: &str) -> bool {
    file.starts_with("/rustc/")
        || file.starts_with("/rust/deps/")
        || file.contains("/lib/rustlib/src/")
}

fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Is it below one of these folders, in one that this is said of?
fn is_crate(
    file: &str,
    folders: &[&str],
    is_cargos: fn(&str) -> bool,
) -> bool {
    folders.iter().any(|folder| {
        let mut rests = file.split(folder).skip(1);
        rests.any(|rest| rest.split('/').next().is_some_and(is_cargos))
    })
}

fn is_fetched(file: &str) -> bool {
    let folders = ["/registry/src/", "/git/checkouts/"];
    is_crate(file, &folders, |folder| {
        folder.rsplit_once('-').is_some_and(|parts| is_hash(parts.1))
    })
}

fn is_rust(file: &str) -> bool {
    file.ends_with(".rs")
}

fn slashes(file: &str) -> String {
    file.replace('\\', "/")
}

pub const WRONG: [(&str, Answer); 21] = [
    // What is below the folder where it was started.
    (OURS, |file| file.starts_with("./") && is_rust(file)),
    // What has a folder `src`, if it is not too far away.
    (OURS, |file| file.contains("/src/") && !is_std(file)),
    // All but the compiler's.
    (RUST, |file| !is_std(&slashes(file))),
    // It ends with two letters.
    (RUST, |file| {
        let file = slashes(file);
        file.ends_with("rs") && !is_std(&file) && !is_fetched(&file)
    }),
    // Somewhere in it.
    (RUST, |file| {
        let file = slashes(file);
        file.contains(".rs") && !is_std(&file) && !is_fetched(&file)
    }),
    // All that is Rust.
    (STD, is_rust),
    // The compiler's own, and not what it is made of.
    (DEPS, |file| {
        let file = slashes(file);
        let is_std = file.starts_with("/rustc/")
            || file.contains("/lib/rustlib/src/");
        is_rust(&file) && !is_std && !is_fetched(&file)
    }),
    // Nobody has these.
    (INSTALLED, |file| {
        let file = slashes(file);
        let is_std =
            file.starts_with("/rustc/") || file.starts_with("/rust/");
        is_rust(&file) && !is_std && !is_fetched(&file)
    }),
    // The standard library alone.
    (CRATE, |file| {
        let file = slashes(file);
        is_rust(&file) && !is_std(&file)
    }),
    // Where most have Cargo.
    (CRATE, |file| {
        let file = slashes(file);
        let is_cargos = file.contains("/.cargo/");
        is_rust(&file) && !is_std(&file) && !is_cargos
    }),
    // The one that everybody uses.
    (CRATE, |file| {
        let file = slashes(file);
        let is_crate = file.contains("/registry/src/index.crates.io-");
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // The first of them decides.
    (CRATE, |file| {
        let file = slashes(file);
        let rest = file.split_once("/registry/src/");
        let folder = rest.and_then(|rest| rest.1.split('/').next());
        let hash = folder.and_then(|folder| folder.rsplit_once('-'));
        let is_crate = hash.is_some_and(|hash| is_hash(hash.1));
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // Registries alone.
    (GIT, |file| {
        let file = slashes(file);
        let is_crate = is_crate(&file, &["/registry/src/"], |folder| {
            folder.rsplit_once('-').is_some_and(|part| is_hash(part.1))
        });
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // As it is written elsewhere.
    (WINDOWS, |file| {
        is_rust(file) && !is_std(file) && !is_fetched(file)
    }),
    // What has none of the other kind.
    (WINDOWS, |file| {
        let is_windows = !file.contains('/');
        let other = slashes(file);
        let file = if is_windows { &*other } else { file };
        is_rust(file) && !is_std(file) && !is_fetched(file)
    }),
    // Wherever that is.
    (PLACE, |file| {
        let file = slashes(file);
        let is_std = file.contains("/rustc/")
            || file.starts_with("/rust/deps/")
            || file.contains("/lib/rustlib/src/");
        is_rust(&file) && !is_std && !is_fetched(&file)
    }),
    // What sounds like it.
    (PLACE, |file| {
        let file = slashes(file);
        let is_std = ["/library/", "/deps/", "/rustlib/"]
            .iter()
            .any(|folder| file.contains(folder));
        is_rust(&file) && !is_std && !is_fetched(&file)
    }),
    // Nobody calls a program like that.
    (PLACE, |file| {
        let file = slashes(file);
        let is_crate = file.contains("/registry/src/")
            || file.contains("/git/checkouts/");
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // A name and a dash.
    (HASH, |file| {
        let file = slashes(file);
        let folders = ["/registry/src/", "/git/checkouts/"];
        let is_crate =
            is_crate(&file, &folders, |folder| folder.contains('-'));
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // Sixteen of something.
    (HASH, |file| {
        let file = slashes(file);
        let folders = ["/registry/src/", "/git/checkouts/"];
        let is_crate = is_crate(&file, &folders, |folder| {
            let hash = folder.split('-').next_back();
            hash.is_some_and(|hash| hash.len() == 16)
        });
        is_rust(&file) && !is_std(&file) && !is_crate
    }),
    // Folder by folder.
    (RIGHT, |file| {
        let parts: Vec<&str> = file.split(['/', '\\']).collect();
        let theirs = parts.windows(3).any(|part| {
            let hash = part[2].rsplit_once('-').map(|parts| parts.1);
            matches!(
                part[..2],
                ["registry", "src"] | ["git", "checkouts"]
            ) && hash.is_some_and(is_hash)
                || part == ["lib", "rustlib", "src"]
        });
        let is_std = matches!(
            parts[..],
            ["", "rustc", ..] | ["", "rust", "deps", ..]
        );
        is_rust(file) && !theirs && !is_std
    }),
];

//! What a program of answers is made of: theirs where they have begun,
//! and ours elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A program of three pieces, of which one is as its stub is.
const PROGRAM: &str = r#"
#[path = "MINE"]
mod mine;
use mine::{attempt, piece, pieces};
pieces!(chapter in "..": "1.1" one, "1.2" two, "1.3" three);
fn main() {
    println!("{}", mine::whose(&[chapter::PIECES]));
    println!("{:?}", attempt(|| piece!(chapter::one)(1)));
    println!("{:?}", attempt(|| piece!(chapter::two)(1)));
    println!("{:?}", attempt(|| piece!(chapter::three)(1)));
}
"#;

/// Its folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn printed(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(self.0.join("program"));
        let output = command.args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn compiled() -> Folder {
    let name = format!("gateway-mine-{}", process::id());
    let folder = Folder(env::temp_dir().join(name));
    let piece = |name, body| {
        format!("pub fn {name}(n: u8) -> u8 {{\n    {body}\n}}\n")
    };
    for name in ["one", "two", "three"] {
        let stub = piece(name, "todo!(\"exercise {n}\")");
        folder.write(&format!("stubs/{name}.rs"), &stub);
        let solution = piece(name, "n + 10");
        folder.write(&format!("solutions/{name}.rs"), &solution);
        let theirs = match name {
            "one" => piece(name, "n + 20"),
            // Lines may end otherwise.
            "two" => stub.replace('\n', "\r\n"),
            _ => format!("{stub}// begun\n"),
        };
        folder.write(&format!("exercises/{name}.rs"), &theirs);
    }
    let mine = Path::new(ROOT).join("chapters/mine.rs");
    let mine = mine.canonicalize().unwrap();
    let program = PROGRAM.replace("MINE", mine.to_str().unwrap());
    folder.write("src/main.rs", &program);
    let rustc = env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut command = Command::new(rustc);
    command.args(["--edition", "2024", "-o"]);
    command.arg(folder.0.join("program"));
    let status = command.arg(folder.0.join("src/main.rs")).status();
    assert!(status.unwrap().success());
    folder
}

#[test]
fn what_they_have_begun_is_theirs_and_the_rest_is_ours() {
    let folder = compiled();
    let wanted = "yours: 1.1, 1.3; ours: 1.2\n\
                  Some(21)\nSome(11)\nNone\n";
    assert_eq!(folder.printed(&[]), wanted);
    let wanted = "yours: none; ours: 1.1, 1.2, 1.3\n\
                  Some(11)\nSome(11)\nSome(11)\n";
    assert_eq!(folder.printed(&["--ours"]), wanted);
}

/// What the program prints for a path, with our pieces.
fn answer(path: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mine3"));
    command.arg("--ours").env_clear().env("PATH_INFO", path);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let ours = "yours: none; ours: 3.1, 3.2, 3.3, 3.4, 3.5\n";
    assert_eq!(said, ours);
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

#[test]
fn each_answer_can_be_seen() {
    assert!(answer("/file/tea").ends_with("\n\nThe file: tea\n"));
    let python = answer("/python/caf\u{c3}\u{a9}");
    assert!(python.ends_with(": /café\n"), "{python}");
    assert!(answer("/").contains("\n\nVisit 1.\n"));
    let moved = answer("/values/tea");
    assert!(moved.contains("\nSCRIPT_NAME = /values\n"), "{moved}");
}

//! What a line of `sh` runs, if it runs cargo.

use crate::run::job::Input;
use crate::run::programs::is_chapter;
use std::path::PathBuf;

/// What the commands of a line depend on. What cargo does not build
/// may depend on everything.
pub fn inputs(line: &str) -> Vec<Input> {
    let commands = line.split([';', '|', '&', '\n']);
    let mut inputs: Vec<Input> =
        commands.filter_map(of_command).flatten().collect();
    if inputs.is_empty() {
        inputs.push(Input::Everything);
    }
    inputs.sort();
    inputs.dedup();
    inputs
}

/// `None` for a command that does not run cargo.
fn of_command(command: &str) -> Option<Vec<Input>> {
    let mut words = command.split_whitespace();
    words.find(|word| *word == "cargo")?;
    let is_test = match words.next() {
        Some("run" | "build") => false,
        Some("test") => true,
        _ => return Some(vec![Input::Everything]),
    };
    let (mut package, mut name) = (None, None);
    while let Some(word) = words.next().filter(|word| *word != "--") {
        match word {
            "-p" | "--package" => package = words.next(),
            "--test" => name = words.next().map(String::from),
            _ => {}
        }
    }
    let package = match package {
        None | Some("gateway") => PathBuf::new(),
        Some(name) if is_chapter(name) => {
            PathBuf::from("chapters").join(name)
        }
        Some("ch14-extension") => "chapters/ch14/extension".into(),
        Some(_) => return Some(vec![Input::Everything]),
    };
    Some(vec![match is_test {
        true => Input::Tests { package, name },
        false => Input::Package(package),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str) -> Input {
        Input::Package(name.into())
    }

    #[test]
    fn a_program_depends_on_its_package() {
        for line in [
            "cargo run -p ch01",
            "A=b cargo run -q -p ch01 --bin greet -- -p ch02",
            "printf 'a;b' | cargo run --package ch01 2>&1 | head -n 2",
            "cargo run -p ch01 -- --port 0 & sleep 2; kill -INT $!",
        ] {
            assert_eq!(inputs(line), [package("chapters/ch01")]);
        }
        assert_eq!(
            inputs("cargo build -q -p ch14-extension"),
            [package("chapters/ch14/extension")]
        );
        let two = "cargo run -p ch07 | head; \\\n  cargo run -p ch02";
        let both = ["chapters/ch02", "chapters/ch07"].map(package);
        assert_eq!(inputs(two), both);
    }

    #[test]
    fn a_test_depends_on_more() {
        let test = |package: &str, name: Option<&str>| {
            let name = name.map(String::from);
            [Input::Tests { package: package.into(), name }]
        };
        assert_eq!(
            inputs(
                "cargo test -q -p ch05 --test server a_b 2>&1 | grep x"
            ),
            test("chapters/ch05", Some("server"))
        );
        assert_eq!(
            inputs("cargo test -q -p ch03 a_key"),
            test("chapters/ch03", None)
        );
        assert_eq!(
            inputs("cargo test -q --features url --test it url::a"),
            test("", Some("it"))
        );
    }

    #[test]
    fn what_is_not_known_depends_on_everything() {
        for line in ["ls", "cargo bench", "cargo run -p peers"] {
            assert_eq!(inputs(line), [Input::Everything], "{line}");
        }
    }
}

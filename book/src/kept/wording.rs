//! What the compiler says, and the standard library when a thread
//! panics, told from what programs print: another version has other
//! words for the same.

/// The lines that are the programs' own.
pub fn without_compiler(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        is_inside = opens(line) || is_inside && goes_on(line);
        if !is_inside && !is_of_panic(line) {
            lines.push(line);
        }
    }
    lines
}

/// `thread 'main' (4711) panicked at src/main.rs:2:5:`, and the note
/// below.
fn is_of_panic(line: &str) -> bool {
    line.starts_with("thread '") && line.contains(" panicked at ")
        || line.starts_with("note: run with `RUST_BACKTRACE=1`")
}

/// `error[E0382]: …`, `warning: …`.
fn opens(line: &str) -> bool {
    let words = ["error", "warning"];
    let rest = words.iter().find_map(|word| line.strip_prefix(word));
    let closing =
        ["For more information about", "Some errors have detailed"];
    rest.is_some_and(|rest| rest.starts_with([':', '[']))
        || closing.iter().any(|words| line.starts_with(words))
}

/// Below it stand the code, with numbers at its side, and notes.
fn goes_on(line: &str) -> bool {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_code = digits.len() < line.len()
        && digits.trim_start().starts_with('|');
    is_code
        || line.starts_with([' ', '.'])
        || line.starts_with("help: ")
        || line.starts_with("note: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_is_the_compilers_and_the_rest_is_not() {
        let text = "\
warning: unused variable: `a`
  --> src/main.rs:1:5
   |
1  | let a;
   |     ^ help: if this is intentional, prefix it
...
12 | b
   = note: `#[warn(unused_variables)]` on by default
help: a word

error[E0382]: use of moved value
 --> a.rs:2:3
note: here it was moved

Some errors have detailed explanations: E0382.
For more information about this error, try `rustc --explain E0382`.
error: could not compile `ch02` (lib) due to 1 previous error
Content-Type: text/html
  indented by the program
errors: none
";
        let rest = ["", "", "Content-Type: text/html"];
        let rest = rest
            .iter()
            .chain(&["  indented by the program", "errors: none"]);
        let rest: Vec<&str> = rest.copied().collect();
        assert_eq!(without_compiler(text), rest);
    }

    #[test]
    fn a_panics_first_line_is_not_the_programs() {
        let text = "thread 'main' (4711) panicked at \
                    /rustc/…/library/std/src/io/stdio.rs:1165:9:\n\
                    failed printing to stdout\n\
                    note: run with `RUST_BACKTRACE=1` environment\n\
                    a thread 'x' panicked at noon\n";
        assert_eq!(
            without_compiler(text),
            [
                "failed printing to stdout",
                "a thread 'x' panicked at noon"
            ]
        );
    }
}

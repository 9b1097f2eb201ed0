//! `console`: commands, and what they print when the book is built.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::project::Project;
use crate::run::bytes;
use crate::run::cargo;
use crate::run::job::{Input, Job};
use crate::run::normalize::normalize;
use crate::run::shell::{Ended, Shell};

#[derive(Debug, PartialEq)]
pub struct Console {
    pub commands: Vec<String>,
    /// How the last command must end.
    pub exit: i32,
    /// Whether the ends of lines are shown.
    pub bytes: bool,
}

impl Console {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        let (mut exit, mut bytes) = (0, false);
        for word in info.split_whitespace() {
            match word {
                "bytes" => bytes = true,
                word => exit = exit_status(word)?,
            }
        }
        let commands = commands(body)?;
        Ok(Self { commands, exit, bytes })
    }
}

impl Job for Console {
    fn label(&self) -> String {
        format!("console {}", self.commands.join("; "))
    }

    fn inputs(&self) -> Vec<Input> {
        inputs(&self.commands)
    }

    fn names(&self) -> Vec<String> {
        names(&self.commands)
    }

    fn run(&self, project: &Project) -> Result<Vec<String>, String> {
        let shell = Shell::at(project);
        let outputs = run_all(&self.commands, self.exit, &shell)?;
        let normal = |o: &String| normalize(o, project);
        Ok(outputs.iter().map(normal).collect())
    }
}

impl Figure for Console {
    fn job(&self) -> Option<&dyn Job> {
        Some(self)
    }

    fn render(
        &self,
        _context: &Context,
        printed: &[String],
    ) -> Result<String, String> {
        let show = if self.bytes { html::bytes } else { html::output };
        let inside = transcript(&self.commands, printed, show);
        let inside = html::pre("transcript", &inside);
        Ok(html::figure("console", "", &inside))
    }
}

/// `exit=101`.
pub fn exit_status(word: &str) -> Result<i32, String> {
    let number = word.strip_prefix("exit=");
    number.and_then(|n| n.parse().ok()).ok_or_else(|| {
        format!(
            "`{word}` is not known here; write `exit=101` or leave it"
        )
    })
}

/// The commands behind `$ `. A line that ends in `\` goes on.
pub fn commands(body: &[&str]) -> Result<Vec<String>, String> {
    let mut commands: Vec<String> = Vec::new();
    for line in body.iter().filter(|line| !line.trim().is_empty()) {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push(command.into()),
            (None, Some(last)) if last.ends_with('\\') => {
                *last = format!("{last}\n{line}");
            }
            _ => {
                return Err(format!(
                    "`{line}` does not begin with `$ `; outputs are not \
                     typed, the command is run and prints them"
                ));
            }
        }
    }
    match commands.is_empty() {
        true => {
            Err("no command; write a line like `$ cargo run`".into())
        }
        false => Ok(commands),
    }
}

/// What commands depend on that are run by `run_all`.
pub fn inputs(commands: &[String]) -> Vec<Input> {
    let all = commands.iter().flat_map(|line| cargo::inputs(line));
    let by = Input::Path("book/src/figures/console.rs".into());
    all.chain([by]).collect()
}

/// What their outputs are called.
pub fn names(commands: &[String]) -> Vec<String> {
    match commands.len() {
        1 => vec!["output".into()],
        count => (1..=count).map(|n| format!("output {n}")).collect(),
    }
}

/// Runs commands in turn. The last must end as is said, those before
/// it well.
pub fn run_all(
    commands: &[String],
    exit: i32,
    shell: &Shell,
) -> Result<Vec<String>, String> {
    let mut outputs = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let ended = shell.run(command)?;
        let is_last = index + 1 == commands.len();
        let wanted = if is_last { exit } else { 0 };
        if ended.status != Some(wanted) {
            return Err(wrong_end(command, &ended, wanted));
        }
        outputs.push(ended.output);
    }
    Ok(outputs)
}

fn wrong_end(command: &str, ended: &Ended, wanted: i32) -> String {
    let status = match ended.status {
        Some(status) => format!("with status {status}"),
        None => "by a signal".into(),
    };
    format!(
        "`{command}` ended {status}, not {wanted}; mend it, or say \
         `exit=…` if it is the last and meant to. It printed:\n{}",
        bytes::shown(&ended.output)
    )
}

/// Commands and their outputs, as a terminal shows them.
pub fn transcript(
    commands: &[String],
    outputs: &[String],
    show: fn(&str) -> String,
) -> String {
    let mut html = String::new();
    for (command, output) in commands.iter().zip(outputs) {
        let command = html::escape(command);
        html.push_str("<span class=\"prompt\">$ </span>");
        html.push_str(&format!("<b>{command}</b>\n"));
        let end = match output.is_empty() || output.ends_with('\n') {
            true => "",
            false => "\n",
        };
        let output = show(output);
        html.push_str(&format!(
            "<span class=\"output\">{output}{end}</span>"
        ));
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_what_is_not_one() {
        let body = ["$ printf a \\", "  b", "", "$ ls"];
        let console = Console::parse("bytes exit=1", &body).unwrap();
        assert_eq!(console.commands, ["printf a \\\n  b", "ls"]);
        assert_eq!((console.exit, console.bytes), (1, true));

        let error = Console::parse("", &["$ ls", "a.txt"]).unwrap_err();
        assert!(error.starts_with("`a.txt` does not begin"), "{error}");
        let error = Console::parse("exit=x", &["$ ls"]).unwrap_err();
        assert!(error.starts_with("`exit=x` is not known"), "{error}");
        let error = Console::parse("", &[]).unwrap_err();
        assert!(error.starts_with("no command"), "{error}");
    }

    #[test]
    fn a_transcript_shows_prompt_command_and_output() {
        let html =
            transcript(&["a".into()], &["<b".into()], html::output);
        assert_eq!(
            html,
            "<span class=\"prompt\">$ </span><b>a</b>\n\
             <span class=\"output\">&lt;b\n</span>"
        );
    }
}

//! The reader's own server: how many requests it answers rightly.

use crate::exercises::exercise::{self, Entry};
use crate::project::Project;
use crate::run::programs::{Program, Programs, Target};
use crate::run::shell::Shell;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// The program, in the chapter that finishes it.
const CHAPTER: &str = "ch09";
const NAME: &str = "mine9";

/// The chapters whose exercises make the server.
pub const CHAPTERS: [&str; 2] = ["ch08", CHAPTER];

/// The longest that the requests may take: more than the program
/// grants itself.
const LIMIT: Duration = Duration::from_secs(90);

/// Runs it with 4 GiB of memory at most, and leaves no core file.
const LINE: &str = "{ ulimit -c 0; ulimit -v 4194304; } 2>/dev/null; \
    exec \"$0\" score --all";

/// A request, and what came of it.
#[derive(Debug, PartialEq)]
pub struct Judged {
    /// `right`, `wrong`, or `beyond` what the exercises ask for.
    mark: String,
    /// `shared` or `hostile`.
    list: String,
    name: String,
    right: String,
    came: String,
}

/// The program, if this repository has it.
pub fn target(project: &Project) -> Option<Target> {
    let folder = format!("chapters/{CHAPTER}/src/bin/{NAME}");
    let target = Target::parse(&format!("{CHAPTER}/{NAME}")).ok()?;
    project.root.join(folder).is_dir().then_some(target)
}

/// Whether some of these chapters of the server is the reader's. Who
/// is in chapter 1 need not wait for it.
fn is_theirs(project: &Project) -> bool {
    let entries = CHAPTERS.into_iter().filter_map(|chapter| {
        exercise::of_chapter(project, chapter).ok()
    });
    entries.flatten().any(|entry| !entry.is_untouched(project))
}

/// The score in a sentence, if there is something to score, and some
/// of these exercises are of it.
pub fn sentence(
    project: &Project,
    entries: &[&Entry],
) -> Option<String> {
    let target = target(project)?;
    let is_of_it = |entry: &&Entry| CHAPTERS.contains(&&*entry.chapter);
    let is_asked = entries.iter().any(is_of_it);
    (is_asked && is_theirs(project)).then(|| {
        let program = Programs::of(project).build(&target);
        let judged =
            program.and_then(|program| score(project, &program));
        match judged {
            Ok(judged) => summary(&judged),
            Err(_) => format!(
                "Your server ({NAME}) cannot be tried. See why:\n  \
                 cargo run -p {CHAPTER} --bin {NAME} -- score"
            ),
        }
    })
}

/// Sends it all requests.
pub fn score(
    project: &Project,
    program: &Program,
) -> Result<Vec<Judged>, String> {
    let folder = Path::new("");
    let shell = Shell { folder, limit: LIMIT, ..Shell::at(project) };
    let mut command = shell.command("sh")?;
    command.args(["-c", LINE]).arg(&program.path);
    let (_, printed) = shell.watch(command)?;
    let judged: Vec<Judged> =
        printed.lines().filter_map(Judged::read).collect();
    match judged.is_empty() {
        true => Err(format!("{NAME} says nothing of requests")),
        false => Ok(judged),
    }
}

impl Judged {
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split('\t').map(String::from);
        let mut next = || parts.next();
        Some(Self {
            mark: next()?,
            list: next()?,
            name: next()?,
            right: next()?,
            came: next()?,
        })
    }

    /// As our pages want it.
    pub fn value(&self) -> Value {
        let Self { mark, list, name, right, came } = self;
        json!({
            "mark": mark,
            "list": list,
            "name": name,
            "right": right,
            "came": came,
        })
    }
}

/// How many are right, and what to do next.
pub fn summary(judged: &[Judged]) -> String {
    let count = |list: &str| {
        let of = judged.iter().filter(|one| one.list == list);
        let right = of.clone().filter(|one| one.mark == "right");
        format!("{} of {}", right.count(), of.count())
    };
    let (shared, hostile) = (count("shared"), count("hostile"));
    let next = judged.iter().find(|one| one.mark == "wrong");
    let next = match next {
        Some(Judged { name, right, came, .. }) => {
            format!("the next: {name}: expected {right}, got {came}")
        }
        None => "the rest is beyond these pieces".into(),
    };
    format!(
        "Your server ({NAME}): {shared} requests, {hostile} hostile \
         ones; {next}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_both_lists_and_names_the_next() {
        let lines = [
            "right\tshared\ta page\t200\t200",
            "beyond\tshared\tLatin-1\t200\t?",
            "right\thostile\ta\t400\t400",
            "wrong\thostile\ta sign (RFC 9112, 7.1)\t400\t200",
            "wrong\thostile\tb\t400\t200",
            "a panic",
        ];
        let judged = lines.into_iter().filter_map(Judged::read);
        let mut judged: Vec<Judged> = judged.collect();
        assert_eq!(
            summary(&judged),
            "Your server (mine9): 1 of 2 requests, 1 of 3 hostile \
             ones; the next: a sign (RFC 9112, 7.1): expected 400, \
             got 200"
        );
        judged.truncate(3);
        let all = summary(&judged);
        assert!(all.ends_with("; the rest is beyond these pieces"));
    }
}

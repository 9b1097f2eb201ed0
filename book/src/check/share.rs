//! How much of the library the chapters print, module by module: what
//! is only on a page of files is not explained.

use crate::builder::{self, Options};
use crate::code::coverage::{Coverage, Part, Printed};
use crate::problem::{Place, Problem};
use crate::project::Project;
use crate::workshop::Programs;
use std::fmt::Write;
use std::fs;

/// Where the goal is.
const FILE: &str = "book/book.toml";

/// The least that is to be printed, in percent.
#[derive(Clone, Debug, PartialEq)]
struct Goal {
    /// Of all modules together.
    whole: usize,
    /// Of each.
    module: usize,
    /// Those whose paths begin so are apart: told by example.
    apart: Vec<String>,
}

impl Goal {
    /// The one in `book.toml`, if there is one.
    fn of(text: &str) -> Option<Self> {
        let config: toml::Table = text.parse().ok()?;
        let tables = ["preprocessor", "gateway", "printed"];
        let mut table = &config;
        for name in tables {
            table = table.get(name)?.as_table()?;
        }
        let percent = |name: &str| {
            let value = table.get(name)?.as_integer()?;
            usize::try_from(value).ok()
        };
        let (whole, module) = (percent("whole")?, percent("module")?);
        let apart = table.get("apart").and_then(|a| a.as_array());
        let apart = apart.into_iter().flatten();
        let apart = apart.filter_map(|a| Some(a.as_str()?.to_owned()));
        Some(Self { whole, module, apart: apart.collect() })
    }
}

pub struct Shares {
    library: Coverage,
    goal: Option<Goal>,
}

impl Shares {
    /// `explained` are the lines that the chapters print.
    pub fn of(
        project: &Project,
        explained: &Printed,
    ) -> Result<Self, String> {
        let mut library = Coverage::of(project, "src", explained)?;
        library.parts.retain(|module| module.code > 0);
        let goal = Goal::of(&project.read(FILE)?);
        Ok(Self { library, goal })
    }

    /// Those of the book as it is, without running any program.
    pub fn now(project: &Project) -> Result<Self, String> {
        let folder = project.workplace().join("share");
        let options = Options {
            destination: Some(folder.clone()),
            programs: Programs::None,
            is_read_here: true,
        };
        let built = builder::build(project, options)?;
        let _ = fs::remove_dir_all(folder);
        Self::of(project, &built.made.printed.explained)
    }

    /// A line for each module, and one for all.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let mut row = |name: &str, printed: usize, code: usize| {
            let share = percent(printed, code);
            let _ = writeln!(
                table,
                "{name:28} {printed:5} of {code:5} {share:4} %"
            );
        };
        for Part { path, code, missing } in &self.library.parts {
            row(path, code - missing.len(), *code);
        }
        let (printed, code) =
            (self.library.printed(), self.library.code());
        if code > 0 {
            row("src, printed in chapters", printed, code);
        }
        table
    }

    /// What falls short of the goal.
    pub fn problems(&self) -> Vec<Problem> {
        let Some(goal) = &self.goal else { return Vec::new() };
        let mut problems = Vec::new();
        let mut require = |file: &str, name, printed, code, least| {
            let share = percent(printed, code);
            if share < least {
                let message = format!(
                    "the chapters print {share} % of {name}, and are to \
                     print {least} % ({FILE}); tell more of it"
                );
                let place = Place::new(file, 1);
                problems.push(Problem::new(&place, message));
            }
        };
        let is_apart = |part: &&Part| {
            goal.apart.iter().any(|begin| part.path.starts_with(begin))
        };
        let parts = self.library.parts.iter();
        let parts: Vec<_> = parts.filter(|p| !is_apart(p)).collect();
        let code = parts.iter().map(|part| part.code).sum();
        let missing: usize =
            parts.iter().map(|part| part.missing.len()).sum();
        require(FILE, "src", code - missing, code, goal.whole);
        for Part { path, code, missing } in parts {
            let printed = code - missing.len();
            require(path, "this module", printed, *code, goal.module);
        }
        problems
    }
}

/// Rounded down: what is nearly reached is not reached.
fn percent(printed: usize, code: usize) -> usize {
    (printed * 100).checked_div(code).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(path: &str, code: usize, missing: usize) -> Part {
        let missing = (1..=missing).collect();
        Part { path: path.into(), code, missing }
    }

    fn shares(whole: usize, module: usize) -> Shares {
        let parts =
            vec![part("src/a.rs", 10, 1), part("src/b.rs", 30, 20)];
        let library = Coverage { folder: "src".into(), parts };
        let goal = Goal { whole, module, apart: Vec::new() };
        Shares { library, goal: Some(goal) }
    }

    #[test]
    fn each_module_has_a_line_and_all_have_one() {
        let wanted = "\
src/a.rs                         9 of    10   90 %
src/b.rs                        10 of    30   33 %
src, printed in chapters        19 of    40   47 %
";
        assert_eq!(shares(0, 0).table(), wanted);
    }

    #[test]
    fn what_falls_short_is_named() {
        assert_eq!(shares(47, 33).problems(), []);
        let texts = |shares: Shares| -> Vec<String> {
            let problems = shares.problems();
            problems.iter().map(|p| p.to_string()).collect()
        };
        let whole = texts(shares(48, 33));
        let begin = "book/book.toml:1: the chapters print 47 % of src, \
                     and are to print 48 %";
        assert!(whole[0].starts_with(begin), "{whole:?}");
        let module = texts(shares(47, 34));
        let begin =
            "src/b.rs:1: the chapters print 33 % of this module";
        assert!(module[0].starts_with(begin), "{module:?}");
        assert_eq!((whole.len(), module.len()), (1, 1));
        let mut shares = shares(90, 90);
        let goal = shares.goal.as_mut().unwrap();
        goal.apart = vec!["src/b".into()];
        assert_eq!(texts(shares), Vec::<String>::new());
    }

    #[test]
    fn the_goal_is_in_book_toml() {
        let text = "[preprocessor.gateway]\ncommand = 'x'\n\
                    [preprocessor.gateway.printed]\nwhole = 7\nmodule = 3\n";
        let mut goal = Goal { whole: 7, module: 3, apart: Vec::new() };
        assert_eq!(Goal::of(text).as_ref(), Some(&goal));
        goal.apart = vec!["src/a".into()];
        let text = format!("{text}apart = ['src/a']\n");
        assert_eq!(Goal::of(&text), Some(goal));
        assert_eq!(Goal::of("[book]\n"), None);
    }
}

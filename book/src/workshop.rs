//! Where a book's pages are made.

use crate::check::debts::Debts;
use crate::check::glossary::{self, Glossary};
use crate::code::coverage::Printed;
use crate::draft::{Draft, Page, Piece};
use crate::figures::context::Context;
use crate::figures::directive::Directive;
use crate::figures::html;
use crate::figures::inline::{Value, values};
use crate::problem::{Place, Problem};
use crate::project::Project;
use crate::run::cache::Cache;
use crate::run::progress::Progress;
use crate::run::runner::{GoesOn, Outcomes, Runner, Task};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which programs are run to make the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// Every one.
    All,
    /// Those whose output is not remembered.
    Missing,
    /// None: figures whose output is not remembered come later.
    None,
}

/// What stands for a figure that is still to be made.
const LATER: &str = "<figure class=\"pending\">\
    <p>This figure is being made.</p></figure>";

pub struct Workshop {
    pub project: Project,
    programs: Programs,
    cache: Cache,
    goes_on: GoesOn,
    pub progress: Progress,
    glossary: Glossary,
}

/// What was made.
#[derive(Default)]
pub struct Made {
    /// The pages, in Markdown, in the order in which they were asked for.
    pub pages: Vec<String>,
    /// What keeps the book from being right.
    pub problems: Vec<Problem>,
    /// What only `check` is strict about.
    pub advice: Vec<Problem>,
    pub printed: Printed,
    /// How many figures are still to be made.
    pub pending: usize,
}

impl Workshop {
    pub fn open(project: &Project, programs: Programs) -> Self {
        Self::with(project, programs, Arc::new(|| true))
    }

    /// One that may be told to stop running programs.
    pub fn with(
        project: &Project,
        programs: Programs,
        goes_on: GoesOn,
    ) -> Self {
        // A book need not have a glossary.
        let terms = project.read(glossary::FILE).unwrap_or_default();
        Self {
            project: project.clone(),
            programs,
            cache: Cache::open(project),
            goes_on,
            progress: Progress::new(),
            glossary: Glossary::of(&terms),
        }
    }

    /// Makes all pages. What cannot be made is a problem, and a box that
    /// says so on the page.
    pub fn make(&self, pages: &[Page]) -> Made {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        let outcomes = self.run_drafts(&drafts);
        let mut maker = Maker::new(self, &drafts, outcomes);
        for draft in &drafts {
            maker.page(draft);
        }
        if self.programs != Programs::None {
            self.cache.prune();
        }
        let texts: Vec<(&str, &str)> =
            pages.iter().map(|p| (&*p.file, &*p.text)).collect();
        let problems = self.glossary.problems(&texts, &maker.terms);
        maker.made.advice.extend(problems);
        self.progress.finish();
        maker.finish()
    }

    /// Makes some of the pages, and runs nothing; the others are empty.
    pub fn make_some(
        &self,
        pages: &[Page],
        is_wanted: impl Fn(&str) -> bool,
    ) -> Made {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        let mut maker = Maker::new(self, &drafts, Outcomes::new());
        for draft in &drafts {
            match is_wanted(&draft.page.file) {
                true => maker.page(draft),
                false => maker.made.pages.push(String::new()),
            }
        }
        maker.finish()
    }

    /// Runs the programs of all pages, and makes none of the pages.
    pub fn run(&self, pages: &[Page]) {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        self.run_drafts(&drafts);
        self.progress.finish();
    }

    fn run_drafts(&self, drafts: &[Draft]) -> Outcomes {
        let mut seen = BTreeSet::new();
        let is_due = |task: &Task| match self.programs {
            Programs::All => true,
            Programs::Missing => !self
                .cache
                .get(task.directive)
                .is_some_and(|(_, is_true)| is_true),
            Programs::None => false,
        };
        let tasks: Vec<Task> = drafts
            .iter()
            .flat_map(Draft::directives)
            .filter_map(|directive| {
                let job = directive.job()?;
                Some(Task { directive: &directive.text, job })
            })
            .filter(|task| seen.insert(task.directive))
            .filter(is_due)
            .collect();
        let runner = Runner {
            project: &self.project,
            goes_on: &self.goes_on,
            progress: &self.progress,
        };
        let keep = |task: &Task, printed: &[String]| {
            self.cache.put(task.directive, printed);
        };
        runner.run(&tasks, &keep)
    }
}

/// Makes one page after the other.
struct Maker<'a> {
    workshop: &'a Workshop,
    context: Context,
    debts: Debts,
    outcomes: Outcomes,
    /// The terms that some page has used.
    terms: BTreeSet<String>,
    made: Made,
}

impl<'a> Maker<'a> {
    fn new(
        workshop: &'a Workshop,
        drafts: &[Draft],
        outcomes: Outcomes,
    ) -> Self {
        let mut maker = Self {
            workshop,
            context: Context::of(&workshop.project),
            debts: Debts::default(),
            outcomes,
            terms: BTreeSet::new(),
            made: Made::default(),
        };
        maker.survey(drafts);
        maker
    }

    /// Finds all debts before the first page links to them.
    fn survey(&mut self, drafts: &[Draft]) {
        for draft in drafts {
            for (place, piece) in &draft.pieces {
                if let Piece::Prose(text) = piece {
                    self.note(text, place, &draft.page.html);
                }
            }
        }
        let pages: Vec<String> =
            drafts.iter().map(|d| d.page.html.clone()).collect();
        self.made.problems.extend(self.debts.problems(&pages));
    }

    fn note(&mut self, text: &str, place: &Place, page: &str) {
        for (_, inside) in values(text) {
            match Value::parse(inside) {
                Ok(Value::Debt(text)) => {
                    let owed = self.debts.owe(text, place, page);
                    if let Err(message) = owed {
                        let problem = Problem::new(place, message);
                        self.made.problems.push(problem);
                    }
                }
                Ok(Value::Repaid(id)) => {
                    self.debts.repay(id, place, page);
                }
                Ok(Value::Debts) => self.debts.list_at(page),
                // The others are found wrong when they are rendered.
                _ => {}
            }
        }
    }

    fn page(&mut self, draft: &Draft) {
        let mut text = String::new();
        let mut used = BTreeSet::new();
        let is_linked = glossary::is_linked(&draft.page.file);
        for (place, piece) in &draft.pieces {
            match piece {
                Piece::Code(code) => text.push_str(code),
                Piece::Prose(prose) => {
                    let prose = self.prose(prose, place);
                    let glossary = &self.workshop.glossary;
                    text.push_str(&match is_linked {
                        true => glossary.link(&prose, &mut used),
                        false => prose,
                    });
                }
                Piece::Figure { indent, directive } => {
                    let html = match directive {
                        Ok(directive) => self.figure(directive),
                        Err(message) => Err(message.clone()),
                    };
                    let html = html.unwrap_or_else(|message| {
                        self.fail(place, message, "pre")
                    });
                    // Blank lines keep it from running into its
                    // neighbors.
                    text.push_str(&format!("\n{indent}{html}\n"));
                }
            }
            text.push('\n');
            for message in self.context.take_advice() {
                self.made.advice.push(Problem::new(place, message));
            }
        }
        self.terms.extend(used);
        self.made.pages.push(text);
    }

    fn figure(
        &mut self,
        directive: &Directive,
    ) -> Result<String, String> {
        let show = |printed: &[String]| {
            directive.render(&self.context, printed)
        };
        if directive.job().is_none() {
            return show(&[]);
        }
        match self.outcomes.get(&directive.text) {
            Some(Ok(printed)) => return show(printed),
            Some(Err(message)) => return Err(directive.blame(message)),
            None => {}
        }
        match self.workshop.cache.get(&directive.text) {
            Some((printed, true)) => show(&printed),
            Some((printed, false)) => {
                self.made.pending += 1;
                // What it was before the last change.
                let stale = "<figure class=\"stale ";
                let html = show(&printed)?;
                Ok(html.replacen("<figure class=\"", stale, 1))
            }
            None => {
                self.made.pending += 1;
                Ok(LATER.into())
            }
        }
    }

    fn prose(&mut self, line: &str, place: &Place) -> String {
        let mut result = String::new();
        let mut at = 0;
        for (range, inside) in values(line) {
            result.push_str(&line[at..range.start]);
            let text = Value::parse(inside).and_then(|value| {
                value.render(&self.context, &self.debts)
            });
            let text = text.unwrap_or_else(|message| {
                self.fail(place, message, "strong")
            });
            result.push_str(&text);
            at = range.end;
        }
        result + &line[at..]
    }

    /// Notes a problem, and says so on the page, in an element that can
    /// stand where the figure or the value would have stood.
    fn fail(
        &mut self,
        place: &Place,
        message: String,
        element: &str,
    ) -> String {
        let problem = Problem::new(place, message);
        let text = html::escape(&problem.to_string());
        // Markdown must not make anything of it.
        let text = text.replace('\n', "&#10;").replace('`', "&#96;");
        self.made.problems.push(problem);
        format!(
            "<{element} class=\"problem\" role=\"alert\">{text}\
             </{element}>"
        )
    }

    fn finish(self) -> Made {
        let printed = self.context.into_printed();
        Made { printed, ..self.made }
    }
}

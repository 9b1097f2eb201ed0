//! Makes a book's pages, once their programs were run.

use crate::check::debts::Debts;
use crate::check::glossary::{self, Glossary};
use crate::draft::{Draft, Piece};
use crate::figures::context::{Context, Shares};
use crate::figures::directive::Directive;
use crate::figures::html;
use crate::figures::inline::{Value, values};
use crate::figures::places::Places;
use crate::kept::record::Record;
use crate::kept::store::{Kept, Store};
use crate::problem::{Place, Problem};
use crate::run::lack::{Lacks, lack};
use crate::run::runner::Outcomes;
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a figure that is still to be made.
const LATER: &str = "<figure class=\"pending\">\
    <p>This figure is being made.</p></figure>";

/// A figure from before the last change, if there is one, and why it
/// was not made here.
fn unrun(shown: Option<String>, lack: &str, is_new: bool) -> String {
    let before = match &shown {
        Some(_) => "from before the last change; ",
        None => "",
    };
    let why = match is_new {
        true => format!(": {lack}"),
        false => ", either".into(),
    };
    let said = format!("{before}it was not run here{why}");
    // Markdown must not make anything of it.
    let said = html::escape(&said).replace('`', "&#96;");
    let shown = shown.unwrap_or_else(|| html::figure("", "", ""));
    let unrun = "<figure class=\"stale unrun ";
    let shown = shown.replacen("<figure class=\"", unrun, 1);
    let (inside, rest) =
        shown.rsplit_once("</figure>").unwrap_or((&shown, ""));
    format!("{inside}<p>{said}</p></figure>{rest}")
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
    pub printed: Shares,
    /// The pages on which files are whole.
    pub files: BTreeMap<String, String>,
    /// How many figures are still to be made.
    pub pending: usize,
    /// Why figures could not be made here.
    pub lacks: BTreeSet<String>,
    /// What the repository ought to keep, if programs were run for it.
    pub record: Record,
}

/// Makes one page after the other.
pub struct Maker<'a> {
    store: &'a Store,
    glossary: &'a Glossary,
    context: Context,
    debts: Debts,
    outcomes: Outcomes,
    /// What cannot be run here.
    pub lacks: Lacks,
    /// The reasons that this page has told.
    told: BTreeSet<String>,
    /// The terms that some page has used.
    pub terms: BTreeSet<String>,
    pub made: Made,
}

impl<'a> Maker<'a> {
    pub fn new(
        store: &'a Store,
        glossary: &'a Glossary,
        drafts: &[Draft],
        outcomes: Outcomes,
    ) -> Self {
        let mut maker = Self {
            store,
            glossary,
            context: Context::of(&store.project, Places::of(drafts)),
            debts: Debts::default(),
            outcomes,
            lacks: Lacks::new(),
            told: BTreeSet::new(),
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

    pub fn page(&mut self, draft: &Draft) {
        self.context.turn_to(&draft.page.html);
        self.told.clear();
        let mut text = String::new();
        let mut used = BTreeSet::new();
        let is_linked = glossary::is_linked(&draft.page.file);
        for (place, piece) in &draft.pieces {
            match piece {
                Piece::Code(code) => text.push_str(code),
                Piece::Prose(prose) => {
                    let prose = self.prose(prose, place);
                    text.push_str(&match is_linked {
                        true => self.glossary.link(&prose, &mut used),
                        false => prose,
                    });
                }
                Piece::Figure { indent, directive } => {
                    let html = match directive {
                        Ok(directive) => self.figure(draft, directive),
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
        draft: &Draft,
        directive: &Directive,
    ) -> Result<String, String> {
        let show = |printed: &[String]| {
            directive.render(&self.context, printed)
        };
        let Some(task) = draft.task(directive) else {
            return show(&[]);
        };
        match self.outcomes.get(task.directive) {
            Some(Ok(printed)) => return show(printed),
            Some(Err(message)) => {
                let message = lack(message).unwrap_or(message);
                return Err(directive.blame(message));
            }
            None => {}
        }
        let kept = self.store.get(&task);
        if let Some(Kept { printed, is_true: true }) = &kept {
            return show(printed);
        }
        if let Some(lack) = self.lacks.get(task.directive) {
            let is_new = self.told.insert(lack.clone());
            self.made.lacks.insert(lack.clone());
            let shown = kept.map(|kept| show(&kept.printed));
            return Ok(unrun(shown.transpose()?, lack, is_new));
        }
        self.made.pending += 1;
        let Some(Kept { printed, .. }) = kept else {
            return Ok(LATER.into());
        };
        // What it was before the last change.
        let stale = "<figure class=\"stale ";
        Ok(show(&printed)?.replacen("<figure class=\"", stale, 1))
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

    pub fn finish(self) -> Made {
        let files = self.context.places.files().clone();
        let printed = self.context.into_printed();
        Made { printed, files, ..self.made }
    }
}

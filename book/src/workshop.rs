//! Where a book's pages are made: everything that directives share.

use crate::check::debts::Debts;
use crate::check::glossary::{self, Glossary};
use crate::code::source::{Lines, Source};
use crate::figures::directive::Directive;
use crate::figures::inline::{Value, values};
use crate::markdown::{Fence, Part, parts};
use crate::problem::{Place, Problem};
use crate::project::Project;
use crate::run::cache::Cache;
use crate::run::progress::Progress;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

/// The lines of each file that are printed on some page.
pub type Printed = BTreeMap<String, Lines>;

/// A page before it is made.
pub struct Page {
    /// The Markdown file, as seen from the root.
    pub file: String,
    /// What it becomes: `ch01.html`.
    pub html: String,
    pub text: String,
}

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

/// Says whether what is being made is still wanted.
pub type GoesOn = Arc<dyn Fn() -> bool + Send + Sync>;

pub struct Workshop {
    pub project: Project,
    pub debts: RefCell<Debts>,
    cache: Cache,
    programs: Programs,
    goes_on: GoesOn,
    progress: Arc<Progress>,
    sources: RefCell<BTreeMap<String, Rc<Source>>>,
    printed: RefCell<Printed>,
    pending: Cell<usize>,
    /// The place that is being worked on.
    place: RefCell<Place>,
    problems: RefCell<Vec<Problem>>,
    advice: RefCell<Vec<Problem>>,
    glossary: Glossary,
    /// The terms that some page has used.
    terms: RefCell<BTreeSet<String>>,
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
        Self {
            project: project.clone(),
            debts: RefCell::default(),
            cache: Cache::open(project, programs != Programs::All),
            programs,
            goes_on,
            pending: Cell::new(0),
            progress: Arc::new(Progress::new()),
            sources: RefCell::default(),
            printed: RefCell::default(),
            place: RefCell::new(Place::new("", 0)),
            problems: RefCell::default(),
            advice: RefCell::default(),
            // A book need not have one.
            glossary: Glossary::of(
                &project.read(glossary::FILE).unwrap_or_default(),
            ),
            terms: RefCell::default(),
        }
    }

    /// Makes some of the pages; the others are empty.
    pub fn make_some(
        &self,
        pages: &[Page],
        is_wanted: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        self.survey(pages);
        let make = |page: &Page| match is_wanted(&page.file) {
            true => self.page(page),
            false => String::new(),
        };
        pages.iter().map(make).collect()
    }

    /// Makes all pages, in the same order. What cannot be made is a
    /// problem, and a box that says so on the page.
    pub fn make(&self, pages: &[Page]) -> Vec<String> {
        self.survey(pages);
        if self.programs != Programs::None {
            self.run_ahead(pages);
        }
        let made = pages.iter().map(|page| self.page(page)).collect();
        if self.programs != Programs::None {
            self.cache.prune();
        }
        self.progress.finish();
        made
    }

    /// Runs all programs, and keeps what they print. Those of the
    /// repository and the broken ones of its copy do not get in each
    /// other's way, and are run at the same time.
    ///
    /// What fails is not kept, and fails again when its page is made.
    fn run_ahead(&self, pages: &[Page]) {
        let (project, programs) = (&self.project, self.programs);
        thread::scope(|scope| {
            for is_broken in [false, true] {
                let progress = Arc::clone(&self.progress);
                let goes_on = Arc::clone(&self.goes_on);
                scope.spawn(move || {
                    let lane = Self::with(project, programs, goes_on);
                    Self { progress, ..lane }
                        .run_slow(pages, is_broken);
                });
            }
        });
        self.cache.trust();
    }

    fn run_slow(&self, pages: &[Page], is_broken: bool) {
        let all = pages.iter().flat_map(|page| parts(&page.text));
        for part in all {
            let Part::Block(Fence { info, body, .. }) = part else {
                continue;
            };
            if let Ok(Some(directive)) = Directive::parse(info, &body)
                && directive.is_slow()
                && directive.is_sabotage() == is_broken
                && (self.goes_on)()
            {
                self.progress.count();
                let _ = directive.render(self);
            }
        }
    }

    /// Runs the programs of all pages, and makes none of the pages.
    pub fn run(&self, pages: &[Page]) {
        self.survey(pages);
        self.run_ahead(pages);
        self.progress.finish();
    }

    pub fn show(&self, text: &str) {
        self.progress.show(text);
    }

    pub fn clear(&self) {
        self.progress.finish();
    }

    /// What keeps the book from being right.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    /// What only `check` is strict about.
    pub fn advice(&self) -> Vec<Problem> {
        self.advice.borrow().clone()
    }

    pub fn all_printed(&self) -> Printed {
        self.printed.borrow().clone()
    }

    /// Counts what there is to run, and finds all debts before the
    /// first page links to them.
    fn survey(&self, pages: &[Page]) {
        let mut slow = 0;
        let mut debts = Debts::default();
        for page in pages {
            for part in parts(&page.text) {
                match part {
                    Part::Block(Fence { info, body, .. }) => {
                        let parsed = Directive::parse(info, &body);
                        let directive = parsed.ok().flatten();
                        slow += directive.is_some_and(|d| d.is_slow())
                            as usize;
                    }
                    Part::Text { line, text } => {
                        let place = Place::new(&page.file, line);
                        self.note(text, &place, page, &mut debts);
                    }
                }
            }
        }
        let html: Vec<String> =
            pages.iter().map(|page| page.html.clone()).collect();
        self.problems.borrow_mut().extend(debts.problems(&html));
        self.debts.replace(debts);
        self.progress.expect(slow);
    }

    fn note(
        &self,
        text: &str,
        place: &Place,
        page: &Page,
        debts: &mut Debts,
    ) {
        for (_, inside) in values(text) {
            match Value::parse(inside) {
                Ok(Value::Debt(text)) => {
                    if let Err(message) =
                        debts.owe(text, place, &page.html)
                    {
                        let problem = Problem::new(place, message);
                        self.problems.borrow_mut().push(problem);
                    }
                }
                Ok(Value::Repaid(id)) => {
                    debts.repay(id, place, &page.html);
                }
                Ok(Value::Debts) => debts.list_at(&page.html),
                // The others are found wrong when they are rendered.
                _ => {}
            }
        }
    }

    fn page(&self, page: &Page) -> String {
        let mut text = String::new();
        let mut used = BTreeSet::new();
        let is_linked = glossary::is_linked(&page.file);
        for part in parts(&page.text) {
            match part {
                Part::Text { line, text: prose } => {
                    self.place.replace(Place::new(&page.file, line));
                    let prose = self.prose(prose);
                    text.push_str(&match is_linked {
                        true => self.glossary.link(&prose, &mut used),
                        false => prose,
                    });
                }
                Part::Block(block) => {
                    let place = Place::new(&page.file, block.line);
                    self.place.replace(place);
                    text.push_str(&self.block(&block));
                }
            }
            text.push('\n');
        }
        self.terms.borrow_mut().extend(used);
        text
    }

    /// What is wrong with the glossary, given all pages that were made.
    pub fn glossary_problems(
        &self,
        pages: &[(String, String)],
    ) -> Vec<Problem> {
        self.glossary.problems(pages, &self.terms.borrow())
    }

    fn block(&self, block: &Fence) -> String {
        let pending = self.pending();
        let html = match Directive::parse(block.info, &block.body) {
            Ok(None) => return block.source.join("\n"),
            Ok(Some(directive)) => directive.render(self),
            Err(message) => Err(message),
        };
        let is_pending = self.pending() > pending;
        let html = match html {
            // What it was before the last change.
            Ok(html) if is_pending => {
                let stale = "<figure class=\"stale ";
                html.replacen("<figure class=\"", stale, 1)
            }
            Ok(html) => html,
            Err(_) if is_pending => LATER.into(),
            Err(message) => self.fail(message, "pre"),
        };
        // Blank lines keep it from running into its neighbors.
        format!("\n{}{html}\n", block.indent)
    }

    fn prose(&self, line: &str) -> String {
        let mut result = String::new();
        let mut at = 0;
        for (range, inside) in values(line) {
            result.push_str(&line[at..range.start]);
            let value = Value::parse(inside);
            let text = value.and_then(|value| value.render(self));
            match text {
                Ok(text) => result.push_str(&text),
                Err(message) => {
                    result.push_str(&self.fail(message, "strong"))
                }
            }
            at = range.end;
        }
        result + &line[at..]
    }

    /// Notes a problem, and says so on the page, in an element that can
    /// stand where the figure or the value would have stood.
    fn fail(&self, message: String, element: &str) -> String {
        let problem = Problem::new(&self.place.borrow(), message);
        let text = crate::figures::html::escape(&problem.to_string());
        // Markdown must not make anything of it.
        let text = text.replace('\n', "&#10;").replace('`', "&#96;");
        self.problems.borrow_mut().push(problem);
        format!(
            "<{element} class=\"problem\" role=\"alert\">{text}\
             </{element}>"
        )
    }

    /// How many figures are still to be made.
    pub fn pending(&self) -> usize {
        self.pending.get()
    }

    /// Notes something that only `check` is strict about.
    pub fn advise(&self, message: String) {
        let problem = Problem::new(&self.place.borrow(), message);
        self.advice.borrow_mut().push(problem);
    }

    /// A source file, parsed once.
    pub fn source(&self, path: &str) -> Result<Rc<Source>, String> {
        if let Some(source) = self.sources.borrow().get(path) {
            return Ok(Rc::clone(source));
        }
        let text = self.project.read(path)?;
        let source = Rc::new(Source::parse(path, text)?);
        let kept = Rc::clone(&source);
        self.sources.borrow_mut().insert(path.into(), kept);
        Ok(source)
    }

    /// Takes note of lines that a page prints.
    pub fn printed(&self, path: &str, lines: &Lines) {
        let mut printed = self.printed.borrow_mut();
        printed.entry(path.into()).or_default().extend(lines);
    }

    /// What a program printed the last time, if nothing has changed
    /// since; what it prints now, otherwise.
    pub fn remember(
        &self,
        key: &str,
        label: &str,
        run: impl FnOnce() -> Result<Vec<String>, String>,
    ) -> Result<Vec<String>, String> {
        let kept = self.cache.get(key);
        if let Some((texts, true)) = kept {
            return Ok(texts);
        }
        if self.programs == Programs::None {
            self.pending.set(self.pending() + 1);
            let before = kept.map(|(texts, _)| texts);
            return before.ok_or_else(|| "is made later".into());
        }
        self.progress.running(label);
        let texts = run()?;
        // What was saved in the meantime may be what was run.
        if (self.goes_on)() {
            self.cache.put(key, &texts);
        }
        Ok(texts)
    }
}

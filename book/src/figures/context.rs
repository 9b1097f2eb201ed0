//! What figures are made from, and what is noted of them.

use crate::code::coverage::Printed;
use crate::code::item::Lines;
use crate::code::source::Source;
use crate::figures::places::{Places, anchor, is_files};
use crate::project::Project;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub struct Context {
    pub project: Project,
    sources: RefCell<BTreeMap<String, Rc<Source>>>,
    pub places: Places,
    page: RefCell<OnPage>,
    printed: RefCell<Shares>,
    advice: RefCell<Vec<String>>,
}

/// Which lines are printed.
#[derive(Default)]
pub struct Shares {
    /// On any page.
    pub all: Printed,
    /// On the pages that explain them.
    pub explained: Printed,
}

/// The page that is being made.
#[derive(Default)]
struct OnPage {
    html: String,
    /// The places that it has already.
    anchors: BTreeSet<String>,
    /// The `impl` around the last listing, by its file and line.
    frame: Option<(String, usize)>,
}

impl Context {
    pub fn of(project: &Project, places: Places) -> Self {
        Self {
            project: project.clone(),
            sources: RefCell::default(),
            places,
            page: RefCell::default(),
            printed: RefCell::default(),
            advice: RefCell::default(),
        }
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

    /// What follows is for this page.
    pub fn turn_to(&self, html: &str) {
        let html = html.to_string();
        *self.page.borrow_mut() = OnPage { html, ..OnPage::default() };
    }

    /// `ch03.html`.
    pub fn page(&self) -> String {
        self.page.borrow().html.clone()
    }

    /// Names a place on the page, unless it has one of that name.
    pub fn anchor(&self, path: &str, line: Option<&usize>) -> String {
        let id = anchor(path, line);
        let mut page = self.page.borrow_mut();
        match page.anchors.insert(id.clone()) {
            true => id,
            false => String::new(),
        }
    }

    /// Whether an `impl`, by its first line, is shown around a listing
    /// that wants it: not if it was around the one before.
    pub fn enters(
        &self,
        path: &str,
        frame: Option<usize>,
        is_wanted: bool,
    ) -> bool {
        let frame = frame.map(|line| (path.to_string(), line));
        let mut page = self.page.borrow_mut();
        let is_new = page.frame != frame;
        if is_new {
            page.frame = frame.filter(|_| is_wanted);
        }
        is_new && page.frame.is_some()
    }

    /// Takes note of lines that the page prints.
    pub fn print(&self, path: &str, lines: &Lines) {
        let mut printed = self.printed.borrow_mut();
        let Shares { all, explained } = &mut *printed;
        all.entry(path.into()).or_default().extend(lines);
        if !is_files(&self.page.borrow().html) {
            explained.entry(path.into()).or_default().extend(lines);
        }
    }

    /// All lines that were printed.
    pub fn into_printed(self) -> Shares {
        self.printed.into_inner()
    }

    /// Takes note of something that only `check` is strict about.
    pub fn advise(&self, message: String) {
        self.advice.borrow_mut().push(message);
    }

    /// What was noted since this was asked last.
    pub fn take_advice(&self) -> Vec<String> {
        self.advice.take()
    }
}

//! What figures are made from, and what is noted of them.

use crate::code::coverage::Printed;
use crate::code::item::Lines;
use crate::code::source::Source;
use crate::project::Project;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub struct Context {
    pub project: Project,
    sources: RefCell<BTreeMap<String, Rc<Source>>>,
    printed: RefCell<Printed>,
    advice: RefCell<Vec<String>>,
}

impl Context {
    pub fn of(project: &Project) -> Self {
        Self {
            project: project.clone(),
            sources: RefCell::default(),
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

    /// Takes note of lines that a page prints.
    pub fn print(&self, path: &str, lines: &Lines) {
        let mut printed = self.printed.borrow_mut();
        printed.entry(path.into()).or_default().extend(lines);
    }

    /// All lines that were printed.
    pub fn into_printed(self) -> Printed {
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

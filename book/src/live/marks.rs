//! Which exercises are solved: what their checks say of the files as
//! they are now.

use crate::exercises::exercise::{self, Entry};
use crate::exercises::progress_table::{self, Checked};
use crate::live::fresh::State;
use crate::project::Project;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

pub struct Marks {
    project: Project,
    known: Mutex<BTreeMap<String, Known>>,
}

/// What is known of a chapter.
struct Known {
    /// The chapter's files when its checks were run.
    state: State,
    /// The names of the exercises that were solved; `None` while the
    /// checks are running.
    solved: Option<BTreeSet<String>>,
}

impl Marks {
    pub fn of(project: &Project) -> Self {
        Self { project: project.clone(), known: Mutex::default() }
    }

    /// For each chapter, the numbers of all exercises and whether they
    /// are solved. `null` is for those whose check is running.
    pub fn all(self: &Arc<Self>) -> Value {
        let chapters = exercise::chapters(&self.project).into_iter();
        let marks = chapters.map(|chapter| {
            let marks = self.chapter(&chapter);
            (chapter, marks)
        });
        Value::Object(marks.collect())
    }

    fn chapter(self: &Arc<Self>, chapter: &str) -> Value {
        let entries = exercise::of_chapter(&self.project, chapter);
        let entries = entries.unwrap_or_default();
        // A stub says that it is one: nothing is to be run for it.
        let is_stub = |entry: &Entry| {
            let text = self.project.read(&entry.stub());
            text.is_ok_and(|text| text.contains(&entry.mark()))
        };
        let stubs: BTreeSet<String> = entries
            .iter()
            .filter(|entry| is_stub(entry))
            .map(|entry| entry.name.clone())
            .collect();
        let solved = match stubs.len() == entries.len() {
            true => Some(BTreeSet::new()),
            false => self.solved(chapter),
        };
        let mark = |entry: Entry| {
            let is_solved =
                solved.as_ref().map(|all| all.contains(&entry.name));
            let is_stub = stubs.contains(&entry.name);
            json!([
                entry.number,
                is_solved
                    .filter(|_| !is_stub)
                    .or(is_stub.then_some(false))
            ])
        };
        entries.into_iter().map(mark).collect()
    }

    /// The solved ones, as far as they are known. If something was
    /// saved since, the checks are run again meanwhile.
    fn solved(
        self: &Arc<Self>,
        chapter: &str,
    ) -> Option<BTreeSet<String>> {
        let state = self.state(chapter);
        let mut known = self.known();
        if let Some(known) = known.get(chapter)
            && known.state == state
        {
            return known.solved.clone();
        }
        let before = known.get(chapter).and_then(|k| k.solved.clone());
        let running = Known { state, solved: None };
        known.insert(chapter.to_string(), running);
        drop(known);
        let (marks, name) = (Arc::clone(self), chapter.to_string());
        thread::spawn(move || {
            let checked =
                progress_table::check_chapter(&marks.project, &name);
            marks.keep(&name, &checked.unwrap_or_default());
        });
        before
    }

    /// Takes note of what the checks have said.
    pub fn keep(&self, chapter: &str, checked: &[Checked]) {
        let solved =
            checked.iter().filter(|one| one.complaint.is_none());
        let solved = solved.map(|one| one.entry.name.clone()).collect();
        let state = self.state(chapter);
        let known = Known { state, solved: Some(solved) };
        self.known().insert(chapter.to_string(), known);
    }

    fn state(&self, chapter: &str) -> State {
        let folder = format!("chapters/{chapter}/exercises");
        State::of(&self.project, &[&folder])
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

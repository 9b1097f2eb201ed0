//! Which exercises are solved: what their checks say of the files as
//! they are now.

use super::Trouble;
use crate::code::source::Source;
use crate::exercises::exercise::{self, Entry};
use crate::exercises::verdict::{
    self, Checked, UNSETTLED, Verdict, check, used,
};
use crate::figures::listing::Listing;
use crate::live::fresh::{CODE, State};
use crate::project::Project;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

pub struct Marks {
    project: Project,
    known: Mutex<BTreeMap<String, Known>>,
    /// Whether a thread is finding out what is not known.
    is_checking: AtomicBool,
}

/// What came of a check.
pub struct Found {
    pub verdict: Verdict,
    /// The answer that was checked, if it is still there.
    pub answer: Option<String>,
}

/// What is known of a chapter.
struct Known {
    /// Its files when they were checked.
    state: State,
    /// What was found, by the exercises' names.
    verdicts: BTreeMap<String, Verdict>,
}

impl Marks {
    pub fn of(project: &Project) -> Self {
        Self {
            project: project.clone(),
            known: Mutex::default(),
            is_checking: AtomicBool::new(false),
        }
    }

    /// For each chapter, the numbers of all exercises and a word on
    /// each: `checking` stands for those of which nothing is known yet.
    /// They are being checked meanwhile.
    pub fn all(self: &Arc<Self>) -> Value {
        let mut is_complete = true;
        let code = State::of(&self.project, &CODE);
        let chapters = exercise::chapters(&self.project).into_iter();
        let marks = chapters.map(|chapter| {
            let marks = self.chapter(&chapter, &code).into_iter();
            let marks = marks.map(|(entry, word)| {
                is_complete &= word.is_some();
                json!([entry.number, word.unwrap_or("checking")])
            });
            let marks = marks.collect();
            (chapter, marks)
        });
        let all = Value::Object(marks.collect());
        if !is_complete
            && !self.is_checking.swap(true, Ordering::AcqRel)
        {
            let checking = Checking(Arc::clone(self));
            thread::spawn(move || checking.0.check_unknown());
        }
        all
    }

    /// A chapter's exercises, and what is known of each in this state
    /// of the code.
    fn chapter(
        &self,
        chapter: &str,
        code: &State,
    ) -> Vec<(Entry, Option<&'static str>)> {
        let entries = exercise::of_chapter(&self.project, chapter);
        let entries = entries.unwrap_or_default();
        let is_untouched =
            |entry: &Entry| entry.is_untouched(&self.project);
        // Nothing is to be run for a stub.
        let state = (!entries.iter().all(is_untouched))
            .then(|| used(code.clone(), chapter));
        let known = self.known();
        let known = known
            .get(chapter)
            .filter(|known| state.as_ref() == Some(&known.state));
        let word = |entry: Entry| {
            let verdict =
                known.and_then(|known| known.verdicts.get(&entry.name));
            let word = match verdict {
                None if is_untouched(&entry) => Some("unsolved"),
                verdict => verdict.map(Verdict::word),
            };
            (entry, word)
        };
        entries.into_iter().map(word).collect()
    }

    /// Checks what is not known, a chapter after the other.
    fn check_unknown(&self) {
        for chapter in exercise::chapters(&self.project) {
            let code = State::of(&self.project, &CODE);
            let unknown = self.chapter(&chapter, &code).into_iter();
            let unknown: Vec<Entry> = unknown
                .filter_map(|(entry, word)| {
                    word.is_none().then_some(entry)
                })
                .collect();
            if unknown.is_empty() {
                continue;
            }
            let found = check(&self.project, &chapter, &unknown);
            // If there is none, this is not the time; see `all`.
            if let Some((state, checked)) = found {
                self.keep(&chapter, state, checked);
            }
        }
    }

    /// What is to be said of one exercise, now.
    pub fn check(&self, entry: &Entry) -> Result<Found, Trouble> {
        let (chapter, one) = (&entry.chapter, [entry.clone()]);
        let found = check(&self.project, chapter, &one);
        let unsettled = || Trouble::Run(UNSETTLED.into());
        let (state, checked) = found.ok_or_else(unsettled)?;
        let verdict = checked.first().map(|one| one.verdict.clone());
        let verdict = verdict.ok_or_else(unsettled)?;
        let answer = self.answer(entry);
        // What was saved meanwhile is not what was checked.
        let is_same = verdict::state(&self.project, chapter) == state;
        self.keep(chapter, state, checked);
        Ok(Found { verdict, answer: answer.filter(|_| is_same) })
    }

    /// What the reader has written, as the book prints it.
    fn answer(&self, entry: &Entry) -> Option<String> {
        let path = entry.answer();
        let text = self.project.read(&path).ok()?;
        let source = Source::parse(&path, text).ok()?;
        let listing = Listing { path, ..Listing::default() };
        listing.text(&source).ok()
    }

    /// Takes note of what was found in files of this state.
    fn keep(&self, chapter: &str, state: State, checked: Vec<Checked>) {
        let mut all = self.known();
        let known = all
            .entry(chapter.into())
            .or_insert_with(|| Known::of(state.clone()));
        if known.state != state {
            *known = Known::of(state);
        }
        let verdicts = checked
            .into_iter()
            .map(|one| (one.entry.name, one.verdict));
        known.verdicts.extend(verdicts);
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn of(state: State) -> Self {
        Self { state, verdicts: BTreeMap::new() }
    }
}

/// The thread that checks, of which there is one at a time.
struct Checking(Arc<Marks>);

impl Drop for Checking {
    fn drop(&mut self) {
        self.0.is_checking.store(false, Ordering::Release);
    }
}

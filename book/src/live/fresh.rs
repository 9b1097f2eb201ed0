//! Keeps the served pages as new as what they are made from.

pub use super::state::{CODE, State};

use super::desk::Desk;
use super::edition::{Age, Built, Edition, Found, Print};
use super::making::Making;
use crate::builder::{self, INDEX, PRINT, SEARCH, Wanted};
use crate::project::Project;
use proc_macro2::extra::invalidate_current_thread_spans;
use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A served book.
///
/// A page is built when it is asked for, if something was saved since
/// it was built last, with the figures that are there. That takes a
/// moment, and no program is run. Figures that are not there, or not
/// true any more, are made when nobody is busy.
pub struct Fresh {
    project: Project,
    edition: Mutex<Edition>,
    desk: Desk,
    making: Arc<Making>,
}

/// How long a request waits for its page. Then it has the one before.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same if there was none before.
const LONG: Duration = Duration::from_secs(60);

impl Fresh {
    /// Builds the first page.
    pub fn start(project: &Project) -> Result<Arc<Self>, String> {
        let fresh = Arc::new(Self {
            project: project.clone(),
            edition: Mutex::default(),
            desk: Desk::default(),
            making: Arc::new(Making::of(project)),
        });
        let builder = Arc::clone(&fresh);
        thread::spawn(move || builder.build_what_is_ordered());
        fresh.desk.wait(fresh.desk.order(INDEX), LONG);
        if let Some(message) = &fresh.edition().failure {
            return Err(message.clone());
        }
        let seen = Arc::clone(&fresh);
        thread::spawn(move || {
            seen.making.run(|| Arc::clone(&seen.edition().state))
        });
        Ok(fresh)
    }

    /// The reader is busy, and needs the compiler.
    pub fn touch(&self) {
        self.making.touch();
    }

    /// What is under a name. What is made of the texts is as new as
    /// they are.
    pub fn get(&self, name: &str) -> Found {
        // Its hash is that of an index which is old, or of a part.
        let is_search =
            name.starts_with("searchindex") && name.ends_with(".js");
        let name = if is_search { SEARCH } else { name };
        if is_search || name.ends_with(".html") {
            self.update(name);
        }
        self.edition().get(name)
    }

    /// Has a page built if it is not as new as it could be: as the
    /// files, whose state is the result.
    pub fn update(&self, name: &str) -> State {
        let state = State::of_all(&self.project);
        let made_at = self.making.made_at();
        let edition = self.edition();
        if let Some(file) = edition.source(name) {
            self.making.look_at(file);
        }
        if *edition.state != state {
            self.touch();
        }
        let age = edition.age(name, &state, made_at);
        drop(edition);
        match age {
            Age::New => {}
            // Who looks at it sees it change.
            Age::LacksFigures => drop(self.desk.order(name)),
            Age::Old => self.desk.wait(self.desk.order(name), PATIENCE),
            Age::Missing => self.desk.wait(self.desk.order(name), LONG),
        }
        state
    }

    /// The prints of a page; empty, if there is none of this name.
    pub fn print(&self, name: &str) -> Print {
        match self.edition().get(name) {
            Found::Page(page) => page.print.clone(),
            _ => Print::default(),
        }
    }

    fn build_what_is_ordered(&self) {
        loop {
            self.build(self.desk.next());
            self.desk.finish();
        }
    }

    fn build(&self, names: BTreeSet<String>) {
        let begun = Instant::now();
        let state = Arc::new(State::of_all(&self.project));
        let is_of_all =
            |name: &String| [PRINT, SEARCH].contains(&&**name);
        let wanted = match names.iter().any(is_of_all) {
            true => Wanted::All,
            false => Wanted::Pages(names),
        };
        let project = self.project.clone();
        let lacks = self.making.lacks();
        let built = catch_unwind(|| {
            builder::build_part(&project, wanted, lacks)
        });
        let built = built.unwrap_or_else(|_| {
            Err("the pages cannot be built".into())
        });
        // Where each token of each file was is kept by the thread.
        invalidate_current_thread_spans();
        if let Err(message) = &built {
            eprintln!("error: {message}");
        }
        // Others read meanwhile, so it is made ready before.
        let built = built.map(|part| Built::of(part, &state, begun));
        self.edition().add(built, &state);
    }

    fn edition(&self) -> MutexGuard<'_, Edition> {
        self.edition.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

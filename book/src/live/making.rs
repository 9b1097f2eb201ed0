//! Makes figures while nobody is busy.

use super::state::State;
use crate::builder;
use crate::project::Project;
use crate::run::lack::Lacks;
use crate::run::runner::Reader;
use proc_macro2::extra::invalidate_current_thread_spans;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long nothing must happen before figures are made again.
const QUIET: Duration = Duration::from_secs(5);

/// How often to look whether it has been quiet for so long.
const LOOK: Duration = Duration::from_millis(500);

/// How many of the pages that were looked at are remembered.
const PAGES_LOOKED_AT: usize = 8;

/// How often a page is built again while its figures are being made.
const WHILE_MAKING: Duration = Duration::from_secs(5);

/// Makes the figures that are not there, or not true any more.
pub struct Making {
    project: Project,
    /// When the reader last did something that needs the compiler.
    touched: Mutex<Instant>,
    /// What the pages are made from that were looked at, the newest
    /// first.
    looked_at: Mutex<Vec<String>>,
    made: Mutex<Made>,
    /// What could not be made, and why.
    lacks: Mutex<Lacks>,
}

#[derive(Clone, Copy)]
enum Made {
    Never,
    Now,
    At(Instant),
}

impl Making {
    pub fn of(project: &Project) -> Self {
        let now = Instant::now();
        let long_ago = now.checked_sub(QUIET).unwrap_or(now);
        Self {
            project: project.clone(),
            touched: Mutex::new(long_ago),
            looked_at: Mutex::default(),
            made: Mutex::new(Made::Never),
            lacks: Mutex::default(),
        }
    }

    /// The reader is busy, and needs the compiler.
    pub fn touch(&self) {
        *lock(&self.touched) = Instant::now();
    }

    /// A page that is made from this file is looked at.
    pub fn look_at(&self, file: &str) {
        let mut files = lock(&self.looked_at);
        files.retain(|other| other != file);
        files.insert(0, file.into());
        files.truncate(PAGES_LOOKED_AT);
    }

    /// What lacks figures and was built before may have them now.
    pub fn made_at(&self) -> Option<Instant> {
        match *lock(&self.made) {
            Made::Never => None,
            Made::Now => Instant::now().checked_sub(WHILE_MAKING),
            Made::At(time) => Some(time),
        }
    }

    /// The figures that this machine could not make.
    pub fn lacks(&self) -> Lacks {
        lock(&self.lacks).clone()
    }

    /// Makes figures for each new state of the files, for good.
    pub fn run(self: &Arc<Self>, state: impl Fn() -> Arc<State>) {
        let mut made = None;
        loop {
            let state = state();
            let is_new = made.as_ref() != Some(&state);
            if is_new && self.is_quiet() && self.make(&state) {
                made = Some(state);
            }
            thread::sleep(LOOK);
        }
    }

    /// Makes figures until somebody is busy again. Tells whether that
    /// was the end. What fails is tried again for the next state only.
    fn make(self: &Arc<Self>, state: &Arc<State>) -> bool {
        let reader = Arc::new(Waiting {
            making: Arc::clone(self),
            state: Arc::clone(state),
        });
        *lock(&self.made) = Made::Now;
        let ran = builder::run_programs(&self.project, reader.clone());
        match ran {
            Ok(lacks) => *lock(&self.lacks) = lacks,
            Err(message) => eprintln!("error: {message}"),
        }
        *lock(&self.made) = Made::At(Instant::now());
        invalidate_current_thread_spans();
        reader.goes_on()
    }

    fn is_quiet(&self) -> bool {
        lock(&self.touched).elapsed() >= QUIET
    }
}

/// Who waits for figures that are true of these files.
struct Waiting {
    making: Arc<Making>,
    state: Arc<State>,
}

impl Reader for Waiting {
    fn goes_on(&self) -> bool {
        self.making.is_quiet()
            && State::of_all(&self.making.project) == *self.state
    }

    fn pages(&self) -> Vec<String> {
        lock(&self.making.looked_at).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

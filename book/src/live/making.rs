//! Makes figures while nobody is busy.

use super::state::State;
use crate::builder;
use crate::project::Project;
use crate::workshop::GoesOn;
use proc_macro2::extra::invalidate_current_thread_spans;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long nothing must happen before figures are made again.
const QUIET: Duration = Duration::from_secs(5);

/// How often to look whether it has been quiet for so long.
const LOOK: Duration = Duration::from_millis(500);

/// How often a page is built again while its figures are being made.
const WHILE_MAKING: Duration = Duration::from_secs(5);

/// Makes the figures that are not there, or not true any more.
pub struct Making {
    project: Project,
    /// When the reader last did something that needs the compiler.
    touched: Mutex<Instant>,
    made: Mutex<Made>,
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
            made: Mutex::new(Made::Never),
        }
    }

    /// The reader is busy, and needs the compiler.
    pub fn touch(&self) {
        *lock(&self.touched) = Instant::now();
    }

    /// What lacks figures and was built before may have them now.
    pub fn made_at(&self) -> Option<Instant> {
        match *lock(&self.made) {
            Made::Never => None,
            Made::Now => Instant::now().checked_sub(WHILE_MAKING),
            Made::At(time) => Some(time),
        }
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
        let (making, state) = (Arc::clone(self), Arc::clone(state));
        let goes_on = move || {
            making.is_quiet()
                && State::of_all(&making.project) == *state
        };
        let goes_on: GoesOn = Arc::new(goes_on);
        *lock(&self.made) = Made::Now;
        let ran =
            builder::run_programs(&self.project, Arc::clone(&goes_on));
        *lock(&self.made) = Made::At(Instant::now());
        invalidate_current_thread_spans();
        if let Err(message) = ran {
            eprintln!("error: {message}");
        }
        goes_on()
    }

    fn is_quiet(&self) -> bool {
        lock(&self.touched).elapsed() >= QUIET
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

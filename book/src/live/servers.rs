//! Chapters' programs that serve, and stay for the next request.

use super::Trouble;
use crate::project::Project;
use crate::run::programs::{Programs, Target};
use crate::run::serving::Serving;
use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub struct Servers {
    project: Project,
    /// `None` when the book has been stopped.
    running: Mutex<Option<HashMap<String, Place>>>,
}

/// One program's, which is asked by one at a time.
type Place = Arc<Mutex<Option<Serving>>>;

impl Servers {
    pub fn of(project: &Project) -> Self {
        let running = Mutex::new(Some(HashMap::new()));
        Self { project: project.clone(), running }
    }

    /// Has something done with a program and a connection to it. It is
    /// started if it is not running, or is not the newest any more.
    pub fn with<T>(
        &self,
        target: &Target,
        is_new: bool,
        work: impl FnOnce(&Serving, TcpStream) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let place = {
            let mut running = lock(&self.running);
            let Some(running) = &mut *running else {
                return Err(Trouble::Run(
                    "the book is stopping".into(),
                ));
            };
            Arc::clone(running.entry(target.to_string()).or_default())
        };
        let mut serving = lock(&place);
        let mut running = serving.take().filter(|_| !is_new);
        if running.as_mut().is_some_and(Serving::has_ended) {
            running = None;
        }
        // One that is ending may be there still, and let nobody in.
        let connected = running.and_then(|running| {
            Some((running.connect().ok()?, running))
        });
        let (stream, running) = match connected {
            Some(connected) => connected,
            None => self.start(target)?,
        };
        let done = work(&running, stream);
        // What failed is not asked again.
        *serving = Some(running).filter(|_| done.is_ok());
        done
    }

    fn start(
        &self,
        target: &Target,
    ) -> Result<(TcpStream, Serving), Trouble> {
        let path = Programs::of(&self.project).path(target);
        let running = Serving::start(&self.project, &path)
            .map_err(Trouble::Run)?;
        let stream = running.connect().map_err(|e| {
            Trouble::Run(format!("the program lets nobody in: {e}"))
        })?;
        Ok((stream, running))
    }

    /// Ends all of them, for good.
    pub fn stop(&self) {
        lock(&self.running).take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

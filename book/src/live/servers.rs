//! Chapters' programs that serve, and stay for the next request.

use super::Trouble;
use crate::project::Project;
use crate::run::process;
use crate::run::programs::Program;
use crate::run::serving::Serving;
use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How long to wait for a program that somebody else is asking.
const WAIT: Duration = Duration::from_secs(3);

pub struct Servers {
    project: Project,
    /// By their targets. `None` when the book has been stopped.
    places: Mutex<Option<Places>>,
    left: Condvar,
}

type Places = HashMap<String, Place>;

/// One program's, which is asked by one at a time.
struct Place {
    /// When it was written.
    written: Option<SystemTime>,
    /// `None` while somebody asks it.
    serving: Option<Serving>,
}

impl Servers {
    pub fn of(project: &Project) -> Self {
        Self {
            project: project.clone(),
            places: Mutex::new(Some(HashMap::new())),
            left: Condvar::new(),
        }
    }

    /// Has something done with a program and a connection to it. It is
    /// started if it is not running, or has been built anew since.
    pub fn with<T>(
        &self,
        program: &Program,
        work: impl FnOnce(&mut Serving, TcpStream) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut visit = self.visit(program)?;
        let running = visit.serving.take();
        // One that is ending may be there still, and let nobody in.
        let connected = running.and_then(|mut running| {
            let is_well = running.ended().is_none();
            let stream = is_well.then(|| running.connect().ok());
            Some((stream??, running))
        });
        let (stream, mut running) = match connected {
            Some(connected) => connected,
            None => self.start(program)?,
        };
        let done = work(&mut running, stream);
        // What failed is not asked again.
        visit.serving = Some(running).filter(|_| done.is_ok());
        done
    }

    /// Waits for a program to be free, some seconds. One that has been
    /// built anew is waited for by nobody.
    fn visit(&self, program: &Program) -> Result<Visit<'_>, Trouble> {
        let name = program.target.to_string();
        let is_taken = |places: &mut Option<Places>| {
            let places = places.as_ref();
            places.and_then(|p| p.get(&name)).is_some_and(|place| {
                place.serving.is_none()
                    && place.written >= program.written
            })
        };
        let (mut guard, waited) = self
            .left
            .wait_timeout_while(self.places(), WAIT, is_taken)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(busy());
        }
        let Some(places) = &mut *guard else {
            return Err(Trouble::Run(process::STOPPING.into()));
        };
        let written = program.written;
        let taken = Place { written, serving: None };
        let before = places.insert(name.clone(), taken);
        drop(guard); // to end an old one takes a while
        let serving = before.filter(|place| place.written == written);
        let serving = serving.and_then(|place| place.serving);
        Ok(Visit { servers: self, name, written, serving })
    }

    fn start(
        &self,
        program: &Program,
    ) -> Result<(TcpStream, Serving), Trouble> {
        let running = Serving::start(&self.project, program)
            .map_err(Trouble::Run)?;
        let stream = running.connect().map_err(|e| {
            Trouble::Run(format!("the program lets nobody in: {e}"))
        })?;
        Ok((stream, running))
    }

    /// Ends all of them, for good.
    pub fn stop(&self) {
        let places = self.places().take();
        self.left.notify_all();
        drop(places);
    }

    fn places(&self) -> MutexGuard<'_, Option<Places>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn busy() -> Trouble {
    Trouble::Busy(
        "The program is busy: it still works on another request. Try \
         again in a moment."
            .into(),
    )
}

/// A program that was taken out of its place.
struct Visit<'a> {
    servers: &'a Servers,
    name: String,
    written: Option<SystemTime>,
    /// What is to be put back.
    serving: Option<Serving>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let serving = self.serving.take();
        let mut places = self.servers.places();
        if let Some(places) = &mut *places
            && let Some(place) = places.get_mut(&self.name)
            && place.written == self.written
        {
            match serving {
                Some(_) => place.serving = serving,
                None => drop(places.remove(&self.name)),
            }
        }
        self.servers.left.notify_all();
    }
}

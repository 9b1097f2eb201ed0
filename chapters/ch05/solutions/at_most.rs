use gateway::{Application, Body, Environ, StartResponse};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// An application that workers can share.
pub type Shared = Box<dyn Application + Send + Sync>;

/// The application, for so many requests at a time.
pub fn at_most(app: Shared, most: usize) -> Shared {
    let taken = Arc::default();
    Box::new(move |environ: &mut Environ, start: StartResponse<'_>| {
        let Some(place) = Place::take(&taken, most) else {
            let headers =
                [("Retry-After", "1"), ("Content-Type", "text/plain")];
            let started = start("503 Service Unavailable", &headers)?;
            return Ok(started.body("Busy.\n"));
        };
        let response = app.call(environ, start)?;
        Ok(response.map(|body| {
            Body::blocks(body.inspect(move |_| {
                // Kept as long as the body is.
                let _ = &place;
            }))
        }))
    })
}

/// The right to be served; dropping it makes room for another.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(taken: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let one_more = |n| (n < most).then_some(n + 1);
        // One step: two workers may not take the same last place.
        let order = Ordering::AcqRel;
        taken.fetch_update(order, Ordering::Acquire, one_more).ok()?;
        Some(Self(Arc::clone(taken)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

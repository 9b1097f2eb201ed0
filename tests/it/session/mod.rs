//! Sessions, whichever store they are in, and forms from elsewhere.

mod acts;
mod attacks;
mod basics;
mod cookies;
mod csrf;
mod edges;
mod life;
mod meanwhile;
mod pitfalls;
mod places;
mod processes;
mod races;
#[cfg(feature = "redis")]
mod redis_server;
#[allow(dead_code)]
#[path = "../../programs/session_cgi.rs"]
mod session_cgi;
mod stacked;
mod stores;

use gateway::middleware::session::{MemoryStore, Store};
use gateway::testing::{Answer, ask, environ};
use gateway::{Application, Environ};
use places::{Own, places};
use std::sync::Arc;

/// An empty store of each kind, with its name.
fn stores() -> Vec<(&'static str, Arc<dyn Store>)> {
    let mut stores: Vec<(_, Arc<dyn Store>)> =
        vec![("memory", Arc::new(MemoryStore::new()))];
    for place in places() {
        let store = place.open();
        let name = place.name;
        let own = Own { store, _place: place };
        stores.push((name, Arc::new(own)));
    }
    stores
}

/// A browser, as far as one cookie goes.
#[derive(Clone, Default)]
struct Visitor {
    /// What it sends in Cookie.
    cookie: Option<String>,
}

impl Visitor {
    /// Asks, and keeps the cookie that comes back, or forgets it.
    fn get(&mut self, app: &impl Application, path: &str) -> Answer {
        self.ask(app, environ("GET", path))
    }

    fn ask(
        &mut self,
        app: &impl Application,
        mut environ: Environ,
    ) -> Answer {
        if let Some(cookie) = &self.cookie {
            environ.set("HTTP_COOKIE", cookie);
        }
        let answer = ask(app, environ);
        if let Some(set) = answer.headers.get("Set-Cookie") {
            let pair = set.split(';').next().unwrap().to_string();
            let is_over = set.contains("Max-Age=0");
            self.cookie = (!is_over).then_some(pair);
        }
        answer
    }
}

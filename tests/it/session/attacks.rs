//! What somebody sends who means ill, against each store.

mod fixation;
mod forms;
mod ids;
mod sizes;

use super::acts::{Noting, cookies, site};
use super::{Visitor, stores};
use gateway::middleware::session::Store;
use gateway::testing::{ask, environ};
use std::sync::Arc;

/// Whom it is done to.
struct Target {
    store: Arc<dyn Store>,
    noting: Arc<Noting>,
}

type Attack = fn(&Target);

const ATTACKS: [(&str, Attack); 23] = [
    ("fixation: an id of one's own choice", fixation::own_choice),
    ("fixation: an id from before the login", fixation::before_login),
    ("fixation: an id that has ended", fixation::ended),
    ("fixation: an id that is over", fixation::over),
    ("fixation: a cookie from a neighbor host", fixation::tossed),
    ("fixation: an id in the URL", fixation::in_the_url),
    ("forging: a digit changed", ids::digit_changed),
    ("forging: the id written otherwise", ids::written_otherwise),
    ("forging: the key of the store", ids::key_of_the_store),
    ("traversal: an id that is a path", ids::paths),
    ("timing: more is asked for some ids", ids::timing),
    ("size: values and names without end", sizes::sizes),
    ("size: a session that grows request by request", sizes::growth),
    (
        "size: a Cookie of 64 KiB with 10,000 pairs",
        sizes::ten_thousand_pairs,
    ),
    ("size: a Cookie of ids alone", sizes::many_ids),
    ("injection: header fields in values and names", sizes::injection),
    ("tossing: several of one name", ids::several),
    ("tossing: a plain cookie under https", ids::plain_under_https),
    ("csrf: a form on another site", forms::of_another_site),
    ("csrf: the token of the attacker's session", forms::own_token),
    ("csrf: a token that was good before", forms::old_token),
    ("csrf: a token where none is looked for", forms::misplaced_token),
    ("csrf: a method that passes for another", forms::odd_methods),
];

#[test]
fn no_attack_succeeds() {
    for (of, store) in stores() {
        for (name, attack) in ATTACKS {
            println!("{of}: {name}"); // shown if it fails
            let noting = Noting::new(Arc::clone(&store));
            attack(&Target { store: noting.clone(), noting });
        }
    }
}

impl Target {
    /// What `name` is for who sends this Cookie, of which no session
    /// comes.
    #[track_caller]
    fn seen(&self, cookie: impl AsRef<[u8]>) -> String {
        self.seen_by("http", cookie)
    }

    #[track_caller]
    fn seen_by(
        &self,
        scheme: &'static str,
        cookie: impl AsRef<[u8]>,
    ) -> String {
        let site = site(&self.store, |session| {
            Ok(session.get("name")?.unwrap_or("-".into()))
        });
        let mut environ = environ("GET", "/");
        environ.url_scheme = scheme;
        environ.set("HTTP_COOKIE", cookie);
        let answer = ask(&site, environ);
        assert_eq!((&*answer.log, &*answer.status), ("", "200 OK"));
        assert_eq!(cookies(&answer), [""; 0]);
        answer.text().into_owned()
    }

    /// A session with the name Ada, and its id.
    fn ada(&self) -> (Visitor, String) {
        let ada = Visitor::ada(&self.store);
        let id = ada.id().to_string();
        self.noting.asked();
        (ada, id)
    }
}

//! The book as it is read: in memory, where nothing is missing while
//! something is built.

use super::state::State;
use crate::builder::Part;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::mem::replace;
use std::sync::Arc;
use std::time::Instant;

type Pages = BTreeMap<String, Arc<Page>>;
type Files = BTreeMap<String, Arc<[u8]>>;

/// What was built so far. Each page is as new as its last reader needed
/// it to be.
#[derive(Default)]
pub struct Edition {
    /// The state of the last build, whatever came of it.
    pub state: Arc<State>,
    /// Why that was nothing.
    pub failure: Option<String>,
    /// What each is made from.
    names: BTreeMap<String, String>,
    pages: Pages,
    /// What pages are shown with, of the newest build.
    files: Files,
    /// The same of the one before, for pages that are open still.
    old_files: Files,
}

/// A page, or what else is made of the texts.
pub struct Page {
    pub text: String,
    pub print: Print,
    state: Arc<State>,
    begun: Instant,
    has_pending: bool,
}

/// How old a page is.
#[derive(Debug, PartialEq)]
pub enum Age {
    New,
    /// There may be newer figures than those on it.
    LacksFigures,
    /// Something was saved since.
    Old,
    /// It was never built.
    Missing,
}

impl Page {
    fn lacks_figures_of(&self, made: Option<Instant>) -> bool {
        self.has_pending && made.is_some_and(|at| self.begun < at)
    }
}

/// What there is under a name.
pub enum Found {
    Page(Arc<Page>),
    File(Arc<[u8]>),
    /// A page that is not built yet.
    Later,
    Nothing,
}

impl Edition {
    /// How old is what there is of this name, given the state of the
    /// files, and when figures were made last?
    pub fn age(
        &self,
        name: &str,
        state: &State,
        figures: Option<Instant>,
    ) -> Age {
        let is_of_state = *self.state == *state;
        if self.failure.is_some() && is_of_state {
            return Age::New; // as new as it can be
        }
        match self.pages.get(name) {
            Some(page) if *page.state != *state => Age::Old,
            Some(page) if page.lacks_figures_of(figures) => {
                Age::LacksFigures
            }
            Some(_) => Age::New,
            None if self.files.contains_key(name) => Age::New,
            None if self.names.contains_key(name) => Age::Missing,
            None if is_of_state => Age::New,
            None => Age::Old,
        }
    }

    /// The file that a page is made from, if it is one.
    pub fn source(&self, name: &str) -> Option<&String> {
        self.names.get(name).filter(|file| !file.is_empty())
    }

    pub fn get(&self, name: &str) -> Found {
        let file = || self.files.get(name);
        let old_file = || self.old_files.get(name);
        match self.pages.get(name) {
            Some(page) => Found::Page(Arc::clone(page)),
            None if self.names.contains_key(name) => Found::Later,
            None => match file().or_else(old_file) {
                Some(bytes) => Found::File(Arc::clone(bytes)),
                None => Found::Nothing,
            },
        }
    }

    /// Takes in what was built from files in this state.
    pub fn add(
        &mut self,
        built: Result<Built, String>,
        state: &Arc<State>,
    ) {
        self.state = Arc::clone(state);
        self.failure = None;
        let built = match built {
            Ok(built) => built,
            Err(message) => {
                self.failure = Some(message);
                return;
            }
        };
        self.pages.extend(built.pages);
        self.names = built.names;
        let names = &self.names;
        self.pages.retain(|name, _| names.contains_key(name));
        // Their names change with what is in them.
        let old = replace(&mut self.files, built.files);
        if !old.keys().eq(self.files.keys()) {
            self.old_files = old;
        }
    }
}

/// What was built, ready to be read.
pub struct Built {
    names: BTreeMap<String, String>,
    pages: Pages,
    files: Files,
}

impl Built {
    /// From files in this state, and from the figures that were made
    /// before it was begun.
    pub fn of(part: Part, state: &Arc<State>, begun: Instant) -> Self {
        let page = |text: String| Page {
            print: Print::of(&text),
            has_pending: has_pending(&text),
            text,
            state: Arc::clone(state),
            begun,
        };
        let pages = part.pages.into_iter();
        let pages =
            pages.map(|(name, text)| (name, Arc::new(page(text))));
        let files = part.files.into_iter();
        let files = files.map(|(name, bytes)| (name, bytes.into()));
        Self {
            names: part.names,
            pages: pages.collect(),
            files: files.collect(),
        }
    }
}

/// Whether some of a page's figures are not there, or not true.
fn has_pending(html: &str) -> bool {
    ["pending\"", "stale "]
        .iter()
        .any(|class| html.contains(&format!("<figure class=\"{class}")))
}

/// What tells one state of a page from another.
#[derive(Clone, Default)]
pub struct Print {
    /// Of what was written, which running a program does not change.
    pub text: String,
    /// Of everything.
    pub page: String,
}

impl Print {
    fn of(html: &str) -> Self {
        let html = &without_index(html);
        Self { text: print(written(html)), page: print([&**html]) }
    }
}

/// A page without the hash of the search index, which is made when
/// somebody searches: the page is the same one as before.
fn without_index(html: &str) -> String {
    let mut parts = html.split(INDEX_NAME);
    let mut rest = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let hash = part.bytes().take_while(u8::is_ascii_hexdigit);
        rest += &part[hash.count()..];
    }
    rest
}

/// What the hash stands behind.
const INDEX_NAME: &str = "searchindex-";

fn print<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = DefaultHasher::new();
    parts.into_iter().for_each(|part| part.hash(&mut hasher));
    format!("{:016x}", hasher.finish())
}

/// A page without the figures that are made by running programs.
fn written(html: &str) -> impl Iterator<Item = &str> {
    html.split("<figure class=\"").enumerate().map(|(at, part)| {
        let is_written = ["listing\"", "drawing\""]
            .iter()
            .any(|class| part.starts_with(class));
        match part.split_once("</figure>") {
            Some((_, rest)) if at > 0 && !is_written => rest,
            _ => part,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_from_what_is_made() {
        let page = |figure| {
            format!(
                "a<figure class=\"listing\">b</figure>c\
                 <figure class=\"{figure}</figure>d"
            )
        };
        let text = |html: &str| written(html).collect::<String>();
        let pending = text(&page("pending\">x"));
        assert_eq!(pending, "alisting\">b</figure>cd");
        assert_eq!(pending, text(&page("stale console\">y")));
    }

    #[test]
    fn a_page_is_the_same_when_somebody_searches() {
        let print = |name| {
            let page = format!("a<script>\"{name}\"</script>b");
            let Print { text, page } = Print::of(&page);
            [text, page]
        };
        let before = print("searchindex-5dd3e974.js");
        assert_eq!(before, print("searchindex-7256eb7a.js"));
        let another = print("searchindex-5dd3e974.css");
        assert!(before.iter().zip(another).all(|(a, b)| *a != b));
    }

    /// Pages, and which of them were built.
    fn built(names: &[&str], pages: &[(&str, &str)]) -> Built {
        let pair = |(a, b): (&str, &str)| (a.into(), b.into());
        let part = Part {
            names: names.iter().map(|name| pair((name, ""))).collect(),
            pages: pages.iter().map(|page| pair(*page)).collect(),
            files: BTreeMap::from([("a.css".into(), b"a".to_vec())]),
        };
        Built::of(part, &Arc::default(), Instant::now())
    }

    #[test]
    fn a_figure_that_was_made_during_a_build_is_not_missed() {
        let state = Arc::new(State::default());
        let mut edition = Edition::default();
        let pending = "<figure class=\"pending\">x</figure>";
        let before = Instant::now();
        let pages = [("a", pending), ("b", "text")];
        let built = built(&["a", "b"], &pages);
        // Before the build was over, but not before it was begun.
        let during = Instant::now();
        edition.add(Ok(built), &state);
        let age = |name, made| edition.age(name, &state, made);
        assert_eq!(age("a", None), Age::New);
        assert_eq!(age("a", Some(before)), Age::New);
        assert_eq!(age("a", Some(during)), Age::LacksFigures);
        assert_eq!(age("b", Some(during)), Age::New);
    }

    #[test]
    fn what_is_not_built_is_told_from_what_is_not_there() {
        let state = Arc::new(State::default());
        let mut edition = Edition::default();
        edition.add(Ok(built(&["a", "b"], &[("a", "x")])), &state);
        assert!(matches!(edition.get("a"), Found::Page(_)));
        assert!(matches!(edition.get("b"), Found::Later));
        assert!(matches!(edition.get("a.css"), Found::File(_)));
        assert!(matches!(edition.get("c"), Found::Nothing));
        let age = |name| edition.age(name, &state, None);
        assert_eq!(age("b"), Age::Missing);
        assert_eq!(age("a.css"), Age::New);
        assert_eq!(age("c"), Age::New);
        // A page that is gone.
        edition.add(Ok(built(&["b"], &[("b", "x")])), &state);
        assert!(matches!(edition.get("a"), Found::Nothing));
        // A build that fails is not tried again and again.
        edition.add(Err("why".into()), &state);
        assert_eq!(edition.age("a", &state, None), Age::New);
        assert!(matches!(edition.get("b"), Found::Page(_)));
    }
}

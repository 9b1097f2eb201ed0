//! Where what was printed is looked for: in the repository, and among
//! what was made here since.

use crate::kept::cache::{Cache, Entry};
use crate::kept::inputs::{Inputs, Prints};
use crate::kept::record::Record;
use crate::project::Project;
use crate::run::runner::Task;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

pub struct Store {
    pub project: Project,
    record: Record,
    cache: Cache,
    inputs: Inputs,
    rustc: OnceLock<String>,
}

/// What was printed for a directive.
#[derive(Debug, PartialEq)]
pub struct Kept {
    pub printed: Vec<String>,
    /// If not, it is from before the last change.
    pub is_true: bool,
}

impl Store {
    pub fn open(project: &Project) -> Self {
        Self {
            project: project.clone(),
            record: Record::read(project),
            cache: Cache::open(project),
            inputs: Inputs::of(project),
            rustc: OnceLock::new(),
        }
    }

    /// What a reader sees. Whatever compiler a reader has, what is in
    /// the repository is true as long as the sources are those that it
    /// was made of.
    pub fn get(&self, task: &Task) -> Option<Kept> {
        let files = self.inputs.files(&task.job.inputs());
        let recorded = self.record.printed(task.directive);
        if self.record.is_made_of(&files) && recorded.is_some() {
            let is_true = true;
            return recorded.map(|printed| Kept { printed, is_true });
        }
        if let Some(entry) = self.cache.get(task.directive) {
            let is_true = entry.inputs == files.print()
                && entry.rustc == self.rustc();
            return Some(Kept { printed: entry.printed, is_true });
        }
        let is_true = false;
        recorded.map(|printed| Kept { printed, is_true })
    }

    /// What an author would write into the repository: what was printed
    /// last, if it was made by this compiler of what is there now.
    pub fn newest(&self, task: &Task) -> Option<Vec<String>> {
        let files = self.inputs.files(&task.job.inputs());
        let cached = self.cache.get(task.directive).filter(|entry| {
            entry.inputs == files.print() && entry.rustc == self.rustc()
        });
        if let Some(entry) = cached {
            return Some(entry.printed);
        }
        let recorded = self.record.printed(task.directive)?;
        let is_true = self.record.is_made_of(&files)
            && self.record.rustc == self.rustc();
        is_true.then_some(recorded)
    }

    /// Keeps what was printed, if nothing was saved since it was begun.
    pub fn put(&self, task: &Task, printed: &[String]) {
        let inputs = task.job.inputs();
        let before = self.inputs.files(&inputs);
        if Inputs::of(&self.project).files(&inputs) == before {
            let entry = Entry {
                rustc: self.rustc().into(),
                inputs: before.print(),
                printed: printed.to_vec(),
            };
            self.cache.put(task.directive, &entry);
        }
    }

    pub fn prune(&self) {
        self.cache.prune();
    }

    /// A print of each file that one of the tasks depends on.
    pub fn prints(&self, tasks: &[Task]) -> Prints {
        let files = |task: &Task| {
            let files = self.inputs.files(&task.job.inputs());
            files.prints.clone()
        };
        tasks.iter().flat_map(files).collect()
    }

    /// The version of the compiler, as it says so itself. To ask takes
    /// as long as to build a page, so the process asks once.
    pub fn rustc(&self) -> &str {
        static VERSION: OnceLock<String> = OnceLock::new();
        self.rustc.get_or_init(|| {
            let root = &self.project.root;
            VERSION.get_or_init(|| version(root)).clone()
        })
    }
}

fn version(root: &Path) -> String {
    let mut rustc = Command::new("rustc");
    let output = rustc.arg("--version").current_dir(root).output();
    let said = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::record;
    use crate::kept::transcript::{Text, Transcript};
    use crate::problem::Place;
    use crate::run::job::{Input, Job};
    use std::fs;
    use tempfile::TempDir;

    const DIRECTIVE: &str = "console\n$ x";

    /// What depends on a folder.
    struct Folder;

    impl Job for Folder {
        fn label(&self) -> String {
            "folder".into()
        }

        fn inputs(&self) -> Vec<Input> {
            vec![Input::Path("src".into())]
        }

        fn names(&self) -> Vec<String> {
            vec!["output".into()]
        }

        fn run(&self, _: &Project) -> Result<Vec<String>, String> {
            Ok(Vec::new())
        }
    }

    fn task() -> Task<'static> {
        let page = "book/text/ch01.md";
        Task { page, directive: DIRECTIVE, job: &Folder }
    }

    struct Repository {
        project: Project,
        _folder: TempDir,
    }

    impl Repository {
        /// With src/a.rs and other/b.rs, and a record of an older
        /// compiler's.
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let project = Project::at(folder.path());
            let new = Self { project, _folder: folder };
            new.save("src/a.rs", "one");
            new.save("other/b.rs", "two");
            let store = Store::open(&new.project);
            let prints = store.prints(&[task()]);
            let mut record = Record::new("rustc 0", &prints);
            let text = "recorded\n".into();
            let text = Text { name: "output".into(), text };
            let directive = DIRECTIVE.into();
            let texts = vec![text];
            let transcript = Transcript { directive, texts };
            record.add("ch01", &Place::new("x", 1), transcript);
            record.write(&new.project).unwrap();
            new
        }

        fn save(&self, name: &str, text: &str) {
            let path = self.project.root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn get(&self) -> (String, bool) {
            let kept = Store::open(&self.project).get(&task()).unwrap();
            (kept.printed.concat(), kept.is_true)
        }

        fn newest(&self) -> Option<String> {
            let newest = Store::open(&self.project).newest(&task());
            newest.map(|printed| printed.concat())
        }

        /// Runs it, and saves a file meanwhile.
        fn run(&self, printed: &str, saved: Option<(&str, &str)>) {
            let store = Store::open(&self.project);
            store.get(&task());
            if let Some((name, text)) = saved {
                self.save(name, text);
            }
            store.put(&task(), &[printed.into()]);
        }
    }

    fn recorded(is_true: bool) -> (String, bool) {
        ("recorded\n".into(), is_true)
    }

    #[test]
    fn what_is_recorded_is_true_until_something_is_saved() {
        let repository = Repository::new();
        assert_eq!(repository.get(), recorded(true));
        repository.save("other/b.rs", "more");
        assert_eq!(repository.get(), recorded(true));
        for (name, text) in [("src/a.rs", "other"), ("src/new.rs", "")]
        {
            repository.save(name, text);
            assert_eq!(repository.get(), recorded(false));
            repository.save("src/a.rs", "one");
        }
        fs::remove_file(repository.project.root.join("src/new.rs"))
            .unwrap();
        assert_eq!(repository.get(), recorded(true));
        fs::remove_file(repository.project.root.join("src/a.rs"))
            .unwrap();
        assert_eq!(repository.get(), recorded(false));
    }

    #[test]
    fn what_was_made_since_is_true_as_long_as_it_lasts() {
        let repository = Repository::new();
        repository.save("src/a.rs", "two");
        repository.run("made\n", None);
        assert_eq!(repository.get(), ("made\n".into(), true));
        repository.save("src/a.rs", "three");
        assert_eq!(repository.get(), ("made\n".into(), false));
        // Back where it came from, the record is right again.
        repository.save("src/a.rs", "one");
        assert_eq!(repository.get(), recorded(true));
        repository.save("src/a.rs", "two");
        assert_eq!(repository.get(), ("made\n".into(), true));
    }

    #[test]
    fn what_was_run_while_something_was_saved_is_not_kept() {
        let repository = Repository::new();
        repository.save("src/a.rs", "two");
        repository.run("made\n", Some(("src/a.rs", "three")));
        assert_eq!(repository.get(), recorded(false));
        repository.save("src/a.rs", "two");
        assert_eq!(repository.get(), recorded(false));
        repository.run("made\n", Some(("other/b.rs", "four")));
        assert_eq!(repository.get(), ("made\n".into(), true));
    }

    #[test]
    fn an_author_records_what_this_compiler_made() {
        let repository = Repository::new();
        assert_eq!(repository.newest(), None);
        repository.run("made\n", None);
        assert_eq!(repository.newest().unwrap(), "made\n");
        // A reader has no need of it.
        assert_eq!(repository.get(), recorded(true));
        repository.save("src/a.rs", "two");
        assert_eq!(repository.newest(), None);
        repository.save("src/a.rs", "one");
        let name = repository.project.root.join(record::SOURCES);
        let text = fs::read_to_string(&name).unwrap();
        let rustc =
            Store::open(&repository.project).rustc().to_string();
        fs::write(name, text.replace("rustc 0", &rustc)).unwrap();
        fs::remove_dir_all(repository.project.workplace()).unwrap();
        assert_eq!(repository.newest().unwrap(), "recorded\n");
    }

    #[test]
    fn what_another_compiler_made_here_is_made_anew() {
        let repository = Repository::new();
        repository.save("src/a.rs", "two");
        let store = Store::open(&repository.project);
        store.rustc.set("rustc 0".into()).unwrap();
        store.put(&task(), &["made\n".into()]);
        assert!(store.get(&task()).unwrap().is_true);
        assert_eq!(repository.get(), ("made\n".into(), false));
    }

    #[test]
    fn after_a_merge_a_file_may_have_two_prints() {
        let repository = Repository::new();
        let name = repository.project.root.join(record::SOURCES);
        let text = fs::read_to_string(&name).unwrap();
        let other = text.lines().last().unwrap();
        let other =
            format!("{text}{}{}\n", "0".repeat(16), &other[16..]);
        fs::write(name, other).unwrap();
        assert_eq!(repository.get(), recorded(true));
        repository.save("src/a.rs", "two");
        assert_eq!(repository.get(), recorded(false));
    }
}

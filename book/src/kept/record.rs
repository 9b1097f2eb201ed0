//! What is kept in the repository: for each page what was printed for
//! it, and for all of them what that came from.

use crate::kept::inputs::{Files, Prints};
use crate::kept::transcript::{self, Transcript};
use crate::problem::Place;
use crate::project::{Project, files};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

/// The folder with a file for each page.
pub const FOLDER: &str = "book/transcripts";

/// The file of those that programs were made of.
pub const SOURCES: &str = "book/transcripts/sources.txt";

/// What all begin with.
const HEAD: &str = "# Written by `cargo run -p book -- record`, and \
    compared by `check`.\n";

/// One is what there is in the repository; another, what it ought to be.
#[derive(Debug, Default, PartialEq)]
pub struct Record {
    /// The version of the compiler.
    pub rustc: String,
    /// A file's print; after a merge it may have two.
    sources: BTreeMap<String, BTreeSet<String>>,
    /// By the name of their page.
    pub pages: BTreeMap<String, Vec<Entry>>,
    /// Directives whose programs have failed.
    pub failed: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where it stands, or the directive that asks for it.
    pub place: Place,
    pub transcript: Transcript,
}

/// The file with what was printed for a page.
pub fn file(page: &str) -> String {
    format!("{FOLDER}/{page}.txt")
}

impl Record {
    pub fn new(rustc: &str, prints: &Prints) -> Self {
        let one = |(file, print): (&String, &String)| {
            (file.clone(), BTreeSet::from([print.clone()]))
        };
        Self {
            rustc: rustc.into(),
            sources: prints.iter().map(one).collect(),
            ..Self::default()
        }
    }

    /// Adds what was printed for a page, unless it is there.
    pub fn add(
        &mut self,
        page: &str,
        place: &Place,
        transcript: Transcript,
    ) {
        let entries = self.pages.entry(page.into()).or_default();
        let directive = &transcript.directive;
        if entries.iter().all(|e| e.transcript.directive != *directive)
        {
            let place = place.clone();
            entries.push(Entry { place, transcript });
        }
    }

    /// What is in the repository.
    pub fn read(project: &Project) -> Self {
        let mut record = Self::default();
        let text = project.read(SOURCES).unwrap_or_default();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            match line.split_once(' ') {
                Some(("rustc", _)) => record.rustc = line.into(),
                Some((print, file)) => {
                    let prints = record.sources.entry(file.into());
                    prints.or_default().insert(print.into());
                }
                None => {}
            }
        }
        for path in files(&project.root.join(FOLDER)) {
            let name = path.file_stem().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap_or_default();
            let entry = |(line, transcript)| {
                let place = Place::new(&file(&name), line);
                Entry { place, transcript }
            };
            let entries: Vec<Entry> = transcript::parse(&text)
                .into_iter()
                .map(entry)
                .collect();
            if !entries.is_empty() {
                record.pages.insert(name, entries);
            }
        }
        record
    }

    /// What was printed for a directive, on whichever page.
    pub fn printed(&self, directive: &str) -> Option<Vec<String>> {
        let mut all = self.pages.values().flatten();
        let entry = all.find(|e| e.transcript.directive == directive);
        entry.map(|entry| entry.transcript.printed())
    }

    /// Whether these files are what they were, and none is missing or
    /// new.
    pub fn is_made_of(&self, files: &Files) -> bool {
        let were = self.sources.keys().filter(|f| files.covers(f));
        were.eq(files.prints.keys())
            && files.prints.iter().all(|(file, print)| {
                self.sources
                    .get(file)
                    .is_some_and(|prints| prints.contains(print))
            })
    }

    /// The files that are other ones there.
    pub fn differing<'a>(
        &'a self,
        other: &'a Self,
    ) -> BTreeSet<&'a str> {
        let files = self.sources.keys().chain(other.sources.keys());
        files
            .filter(|f| self.sources.get(*f) != other.sources.get(*f))
            .map(String::as_str)
            .collect()
    }

    /// Puts it into the repository. Returns the files that are
    /// different now.
    pub fn write(
        &self,
        project: &Project,
    ) -> Result<Vec<String>, String> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (page, entries) in &self.pages {
            let text: String = entries
                .iter()
                .map(|entry| format!("\n{}", entry.transcript))
                .collect();
            texts.insert(file(page), format!("{HEAD}{text}"));
        }
        texts.insert(SOURCES.into(), self.sources());
        let mut changed = Vec::new();
        for path in files(&project.root.join(FOLDER)) {
            let name = path.strip_prefix(&project.root);
            let name = name.unwrap_or(&path).to_string_lossy();
            if name.ends_with(".txt") && !texts.contains_key(&*name) {
                let failed = |e| format!("{name}: {e}");
                fs::remove_file(&path).map_err(failed)?;
                changed.push(name.into_owned());
            }
        }
        for (name, text) in texts {
            if project.read(&name).is_ok_and(|old| old == text) {
                continue;
            }
            let failed = |e| format!("{name} cannot be written: {e}");
            let path = project.root.join(&name);
            fs::create_dir_all(project.root.join(FOLDER))
                .and_then(|()| fs::write(path, text))
                .map_err(failed)?;
            changed.push(name);
        }
        Ok(changed)
    }

    fn sources(&self) -> String {
        let mut text = format!("{HEAD}{}\n", self.rustc);
        for (file, prints) in &self.sources {
            for print in prints {
                let _ = writeln!(text, "{print} {file}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::transcript::Text;

    fn transcript(directive: &str, text: &str) -> Transcript {
        let (name, text) = ("output".into(), text.into());
        let texts = vec![Text { name, text }];
        Transcript { directive: directive.into(), texts }
    }

    fn record(entries: &[(&str, &str, &str)]) -> Record {
        let prints = [("a.rs", "01"), ("b.rs", "02")];
        let prints = prints.map(|(a, b)| (a.into(), b.into()));
        let mut record = Record::new("rustc 1", &prints.into());
        for (page, directive, text) in entries {
            let transcript = transcript(directive, text);
            record.add(page, &Place::new("x.md", 1), transcript);
        }
        record
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::at(folder.path());
        let entries = [
            ("ch01", "a", "1\n"),
            ("ch01", "b", "2"),
            ("ch02", "c", ""),
        ];
        let all = [
            "book/transcripts/ch01.txt",
            "book/transcripts/ch02.txt",
            "book/transcripts/sources.txt",
        ];
        assert_eq!(record(&entries).write(&project).unwrap(), all);
        let read = Record::read(&project);
        assert!(read.differing(&record(&[])).is_empty());
        assert_eq!(read.rustc, "rustc 1");
        assert_eq!(read.printed("b").unwrap(), ["2"]);
        assert_eq!(read.printed("d"), None);
        let second = &read.pages["ch01"][1].place;
        assert_eq!(second.to_string(), "book/transcripts/ch01.txt:7");

        // What is the same is left alone, what is gone is removed.
        let fewer = record(&entries[..2]);
        assert_eq!(fewer.write(&project).unwrap(), all[1..2]);
        assert_eq!(fewer.write(&project).unwrap(), [""; 0]);
        assert_eq!(Record::read(&project).pages.len(), 1);
    }

    #[test]
    fn a_directive_is_kept_once_a_page() {
        let record = record(&[("ch01", "a", "1"), ("ch01", "a", "1")]);
        assert_eq!(record.pages["ch01"].len(), 1);
    }
}

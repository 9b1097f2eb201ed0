//! Where a book's pages are made.

use crate::check::glossary::{self, Glossary};
use crate::draft::{Draft, Page};
use crate::kept::record::Record;
use crate::kept::store::Store;
use crate::kept::transcript::{Text, Transcript};
use crate::maker::{Made, Maker};
use crate::project::Project;
use crate::run::lack::{Lacks, take_lacks};
use crate::run::progress::Progress;
use crate::run::runner::{Nobody, Outcomes, Reader, Runner, Task};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Which programs are run to make the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// Every one.
    All,
    /// Those whose output cannot be recorded: it is not remembered, or
    /// was made by another compiler.
    Unrecorded,
    /// Those whose output is not remembered.
    Missing,
    /// None: figures whose output is not remembered come later.
    None,
}

pub struct Workshop {
    pub project: Project,
    programs: Programs,
    store: Store,
    reader: Arc<dyn Reader>,
    pub progress: Progress,
    glossary: Glossary,
}

impl Workshop {
    pub fn open(project: &Project, programs: Programs) -> Self {
        Self::with(project, programs, Arc::new(Nobody))
    }

    /// One for somebody who waits.
    pub fn with(
        project: &Project,
        programs: Programs,
        reader: Arc<dyn Reader>,
    ) -> Self {
        // A book need not have a glossary.
        let terms = project.read(glossary::FILE).unwrap_or_default();
        Self {
            project: project.clone(),
            programs,
            store: Store::open(project),
            reader,
            progress: Progress::new(),
            glossary: Glossary::of(&terms),
        }
    }

    /// Makes all pages. What cannot be made is a problem, and a box that
    /// says so on the page.
    pub fn make(&self, pages: &[Page]) -> Made {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        let mut outcomes = self.run_drafts(&drafts);
        let (record, lacks) = match self.programs {
            Programs::All | Programs::Unrecorded => {
                (self.record(&drafts, &outcomes), Lacks::new())
            }
            Programs::Missing | Programs::None => {
                (Record::default(), take_lacks(&mut outcomes))
            }
        };
        let (store, glossary) = (&self.store, &self.glossary);
        let mut maker = Maker::new(store, glossary, &drafts, outcomes);
        maker.made.record = record;
        maker.lacks = lacks;
        for draft in &drafts {
            maker.page(draft);
        }
        if self.programs != Programs::None {
            self.store.prune();
        }
        let texts: Vec<(&str, &str)> =
            pages.iter().map(|p| (&*p.file, &*p.text)).collect();
        let problems = self.glossary.problems(&texts, &maker.terms);
        maker.made.advice.extend(problems);
        self.progress.finish();
        maker.finish()
    }

    /// Makes some of the pages, and runs nothing; the others are empty.
    pub fn make_some(
        &self,
        pages: &[Page],
        lacks: Lacks,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Made {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        let (store, glossary) = (&self.store, &self.glossary);
        let none = Outcomes::new();
        let mut maker = Maker::new(store, glossary, &drafts, none);
        maker.lacks = lacks;
        for draft in &drafts {
            match is_wanted(&draft.page.file) {
                true => maker.page(draft),
                false => maker.made.pages.push(String::new()),
            }
        }
        maker.finish()
    }

    /// Runs the programs of all pages, and makes none of the pages.
    /// Tells which cannot be run here.
    pub fn run(&self, pages: &[Page]) -> Lacks {
        let drafts: Vec<Draft> = pages.iter().map(Draft::of).collect();
        let mut outcomes = self.run_drafts(&drafts);
        self.progress.finish();
        take_lacks(&mut outcomes)
    }

    fn run_drafts(&self, drafts: &[Draft]) -> Outcomes {
        let store = &self.store;
        let is_due = |task: &Task| match self.programs {
            Programs::All => true,
            Programs::Unrecorded => store.newest(task).is_none(),
            Programs::Missing => {
                !store.get(task).is_some_and(|kept| kept.is_true)
            }
            Programs::None => false,
        };
        let mut due = tasks(drafts);
        due.retain(is_due);
        let all: BTreeSet<&str> =
            due.iter().map(|task| task.directive).collect();
        self.progress.expect(all.len());
        let runner = Runner {
            project: &self.project,
            reader: &*self.reader,
            begin: &|task| {
                self.progress.count();
                self.progress.running(&task.job.label());
            },
            keep: &|task, printed| store.put(task, printed),
        };
        runner.run(due)
    }

    /// What the repository ought to keep of the pages.
    fn record(&self, drafts: &[Draft], outcomes: &Outcomes) -> Record {
        let prints = self.store.prints(&tasks(drafts));
        let mut record = Record::new(self.store.rustc(), &prints);
        for draft in drafts {
            for (place, directive) in draft.directives() {
                let Some(task) = draft.task(directive) else {
                    continue;
                };
                let printed = match outcomes.get(task.directive) {
                    Some(outcome) => outcome.clone().ok(),
                    None => self.store.newest(&task),
                };
                let Some(printed) = printed else {
                    record.failed.insert(directive.text.clone());
                    continue;
                };
                let transcript = transcript(&task, printed);
                record.add(&draft.page.name(), place, transcript);
            }
        }
        record
    }
}

/// All that would have to be run.
fn tasks<'a>(drafts: &'a [Draft]) -> Vec<Task<'a>> {
    let of = |draft: &'a Draft| {
        let all = draft.directives();
        all.filter_map(|(_, directive)| draft.task(directive))
    };
    drafts.iter().flat_map(of).collect()
}

fn transcript(task: &Task, printed: Vec<String>) -> Transcript {
    let texts = task.job.names().into_iter().zip(printed);
    let text = |(name, text)| Text { name, text };
    let directive = task.directive.to_string();
    Transcript { directive, texts: texts.map(text).collect() }
}

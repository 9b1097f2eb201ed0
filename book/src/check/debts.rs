//! Simplifications, and the chapters that repay them.

use crate::figures::html;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;

/// `{{debt ID chNN: what is simplified}}`.
#[derive(Debug)]
struct Debt {
    place: Place,
    page: String,
    due: String,
    what: String,
}

/// Every debt of the book, by its name.
#[derive(Debug, Default)]
pub struct Debts {
    debts: BTreeMap<String, Debt>,
    repaid: BTreeMap<String, (Place, String)>,
    /// The page that lists them.
    list: Option<String>,
}

impl Debts {
    /// Takes note of a debt; `text` is `ID chNN: what`.
    pub fn owe(
        &mut self,
        text: &str,
        place: &Place,
        page: &str,
    ) -> Result<(), String> {
        let (id, due, what) = parse(text)?;
        let debt = Debt {
            place: place.clone(),
            page: page.into(),
            due: due.into(),
            what: what.into(),
        };
        match self.debts.insert(id.into(), debt) {
            Some(old) => Err(format!(
                "debt: `{id}` is the name of the one at {}; find another",
                old.place
            )),
            None => Ok(()),
        }
    }

    pub fn repay(&mut self, id: &str, place: &Place, page: &str) {
        self.repaid.insert(id.into(), (place.clone(), page.into()));
    }

    pub fn list_at(&mut self, page: &str) {
        self.list = Some(page.into());
    }

    /// What is wrong, given the pages that the book has.
    pub fn problems(&self, pages: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (id, debt) in &self.debts {
            let due = &debt.due;
            let is_due = pages.contains(&format!("{due}.html"));
            if is_due && !self.repaid.contains_key(id) {
                let message = format!(
                    "debt: `{id}` is due in {due}, which has no \
                     `{{{{repaid {id}}}}}`; repay it or name a later chapter"
                );
                problems.push(Problem::new(&debt.place, message));
            }
            if self.list.is_none() {
                let message = "debt: no page lists the debts; write \
                               `{{debts}}` on one";
                problems.push(Problem::new(&debt.place, message));
            }
        }
        for (id, (place, _)) in &self.repaid {
            if !self.debts.contains_key(id) {
                let message =
                    format!("repaid: no debt is named `{id}`");
                problems.push(Problem::new(place, message));
            }
        }
        problems
    }

    /// The mark at the place where something is owed.
    pub fn mark(&self, id: &str) -> String {
        let list = self.list.as_deref().unwrap_or_default();
        let debt = self.debts.get(id);
        let what = debt.map_or("", |debt| &debt.what).replace('`', "");
        let what = html::escape(&what);
        let due = debt.map_or("", |debt| &debt.due);
        format!(
            "<a class=\"debt\" id=\"debt-{id}\" href=\"{list}#{id}\" \
             aria-label=\"A debt, repaid in {due}: {what}\" \
             title=\"{due}: {what}\">§</a>"
        )
    }

    /// The mark at the place where it is repaid.
    pub fn repaid_mark(&self, id: &str) -> String {
        let list = self.list.as_deref().unwrap_or_default();
        format!(
            "<a class=\"debt repaid\" id=\"repaid-{id}\" \
             href=\"{list}#{id}\" aria-label=\"Repaid: {id}\">✓</a>"
        )
    }

    /// The list, in Markdown.
    pub fn list(&self) -> String {
        if self.debts.is_empty() {
            return "Nothing is owed.".into();
        }
        // Those that are still owed first, then in the book's order.
        let mut debts: Vec<_> = self.debts.iter().collect();
        debts.sort_by_key(|(id, debt)| {
            (self.repaid.contains_key(*id), &debt.page, debt.place.line)
        });
        let entry = |(id, debt): (&String, &Debt)| self.entry(id, debt);
        debts.into_iter().map(entry).collect()
    }

    fn entry(&self, id: &str, debt: &Debt) -> String {
        let Debt { page, due, what, .. } = debt;
        let state = match self.repaid.get(id) {
            Some((_, page)) => {
                let chapter = page.trim_end_matches(".html");
                format!("[repaid in {chapter}]({page}#repaid-{id})")
            }
            None => format!("to be repaid in {due}"),
        };
        let from = page.trim_end_matches(".html");
        format!(
            "- <span id=\"{id}\"></span>{what} \
             ([{from}]({page}#debt-{id}), {state})\n"
        )
    }
}

/// `ID chNN: what`.
pub fn parse(text: &str) -> Result<(&str, &str, &str), String> {
    let parts = text.split_once(' ').and_then(|(id, rest)| {
        let (due, what) = rest.split_once(": ")?;
        Some((id, due.trim(), what.trim()))
    });
    parts
        .filter(|(_, due, _)| crate::run::programs::is_chapter(due))
        .ok_or(
            "debt: write `{{debt ID chNN: what is simplified}}`"
                .to_string(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debts() -> Debts {
        let mut debts = Debts::default();
        debts.list_at("debts.html");
        let place = Place::new("book/text/ch01.md", 3);
        let text = "limits ch05: nothing is bounded";
        debts.owe(text, &place, "ch01.html").unwrap();
        debts
    }

    #[test]
    fn a_debt_is_due_when_its_chapter_is_there() {
        let mut debts = debts();
        assert_eq!(debts.problems(&["ch01.html".into()]), []);
        let pages = ["ch01.html".into(), "ch05.html".into()];
        let problem = debts.problems(&pages).remove(0).to_string();
        let begin =
            "book/text/ch01.md:3: debt: `limits` is due in ch05";
        assert!(problem.starts_with(begin), "{problem}");
        let place = Place::new("book/text/ch05.md", 1);
        debts.repay("limits", &place, "ch05.html");
        assert_eq!(debts.problems(&pages), []);
    }

    #[test]
    fn what_is_repaid_must_have_been_owed() {
        let mut debts = debts();
        let place = Place::new("book/text/ch05.md", 1);
        debts.repay("limit", &place, "ch05.html");
        let problem = debts.problems(&[]).remove(0).to_string();
        let all =
            "book/text/ch05.md:1: repaid: no debt is named `limit`";
        assert_eq!(problem, all);
    }

    #[test]
    fn a_debt_says_what_and_when() {
        assert!(parse("a ch01: b").is_ok());
        for bad in ["a", "a ch01", "a soon: b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

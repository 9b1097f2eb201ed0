//! `map`: the chapters, what one builds in each, and how long it takes
//! to read. A script of the page's own adds how far the reader is.

use crate::exercises::{exercise, own_server};
use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html::escape;
use crate::figures::reading;
use crate::run::programs::is_chapter;

#[derive(Debug, PartialEq)]
pub struct Map(Vec<Stop>);

/// A line of the map.
#[derive(Debug, PartialEq)]
struct Stop {
    /// `ch01`.
    page: String,
    side: &'static str,
    /// What one builds there.
    what: String,
}

const SIDES: [&str; 3] = ["client", "server", "application"];

impl Map {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if !info.is_empty() {
            return Err(format!("`{info}` is not expected here"));
        }
        let stops: Result<_, _> =
            body.iter().map(|line| stop(line)).collect();
        Ok(Self(stops?))
    }
}

fn stop(line: &str) -> Result<Stop, String> {
    let parts = line.split_once(' ').and_then(|(page, rest)| {
        let (name, what) = rest.split_once(": ")?;
        let side = SIDES.into_iter().find(|side| *side == name)?;
        Some(Stop { page: page.into(), side, what: what.into() })
    });
    parts.ok_or(format!(
        "`{line}` is not as in `ch01 application: what one builds`"
    ))
}

impl Figure for Map {
    fn render(
        &self,
        context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let has =
            |page: &String| self.0.iter().any(|s| s.page == *page);
        let all = exercise::chapters(&context.project);
        if let Some(missing) = all.iter().find(|page| !has(page)) {
            return Err(format!("{missing} has no line"));
        }
        let items: Result<Vec<_>, _> =
            self.0.iter().map(|stop| stop.item(context)).collect();
        let first = self.0.first().ok_or("it has no lines")?;
        let begin = first.title(context)?;
        let server = own_server::CHAPTERS.join(" ");
        // The style sheet and the script are of this page alone.
        Ok(format!(
            "<div class=\"way\" data-server=\"{server}\">\
             <link rel=\"stylesheet\" href=\"scripts/map.css\">\
             <div class=\"go\"><a class=\"filled\" \
             href=\"{}.html\">Begin: {begin}</a></div>{LEGEND}\
             <ol>{}</ol></div>\
             <script src=\"scripts/map.js\" defer></script>",
            first.page,
            items?.concat()
        ))
    }
}

/// The sides, by shape, color and word.
const LEGEND: &str = "<p class=\"legend\">\
    <span class=\"client\">on the browser’s side</span> \
    <span class=\"server\">on the server’s</span> \
    <span class=\"application\">on the application’s</span></p>";

impl Stop {
    fn item(&self, context: &Context) -> Result<String, String> {
        let Self { page, side, what } = self;
        let entries = match is_chapter(page) {
            true => exercise::of_chapter(&context.project, page)?,
            false => Vec::new(),
        };
        let number = page.trim_start_matches(|c: char| {
            !c.is_ascii_digit() || c == '0'
        });
        let count = match entries.len() {
            0 => String::new(),
            1 => "1 exercise".into(),
            many => format!("{many} exercises"),
        };
        Ok(format!(
            "<li class=\"{side}\" data-page=\"{page}\">\
             <b class=\"node\">{number}</b>\
             <a href=\"{page}.html\">{}</a>\
             <p class=\"what\">{} · {} min</p>\
             <p class=\"count\">{count}</p></li>",
            self.title(context)?,
            escape(what),
            reading::minutes(context, &self.text(context)?),
        ))
    }

    fn text(&self, context: &Context) -> Result<String, String> {
        context.project.read(&format!("book/text/{}.md", self.page))
    }

    fn title(&self, context: &Context) -> Result<String, String> {
        let text = self.text(context)?;
        let title = reading::title(&text);
        let none = || format!("{} has no title", self.page);
        title.map(escape).ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::places::Places;
    use crate::figures::reading::END;
    use crate::project::Project;
    use std::fs;
    use std::path::Path;

    /// A book with a chapter of so many words and lines.
    fn project(root: &Path, words: usize, lines: usize) -> Context {
        let text = format!(
            "# A <b>\n\n{}\n\n```listing a.txt\n```\n\n{END}\n\n{}\n",
            "word ".repeat(words - 3),
            "more ".repeat(9000),
        );
        let list = "1.1 one;\n1.2 two;\n";
        for (path, text) in [
            ("book/text/ch01.md", &*text),
            ("book/text/introduction.md", "# Before\n"),
            ("chapters/ch01/exercises/mod.rs", list),
            ("a.txt", &"x\n".repeat(lines)),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Context::of(&Project::at(root), Places::default())
    }

    const BODY: [&str; 2] =
        ["introduction client: see", "ch01 application: a & b"];

    #[test]
    fn a_chapter_has_its_title_its_minutes_and_its_exercises() {
        let root = tempfile::tempdir().unwrap();
        let context = project(root.path(), 2000, 100);
        let map = Map::parse("", &BODY).unwrap();
        let html = map.render(&context, &[]).unwrap();
        assert!(!html.contains('\n'), "{html}");
        let item = "<li class=\"application\" data-page=\"ch01\">\
                    <b class=\"node\">1</b>\
                    <a href=\"ch01.html\">A &lt;b&gt;</a>\
                    <p class=\"what\">a &amp; b · 15 min</p>\
                    <p class=\"count\">2 exercises</p></li>";
        assert!(html.contains(item), "{html}");
        let begin = "href=\"introduction.html\">Begin: Before</a>";
        assert!(html.contains(begin), "{html}");
        assert!(html.contains("see · 5 min</p>"), "{html}");
    }

    #[test]
    fn a_chapter_without_a_line_is_missed() {
        let root = tempfile::tempdir().unwrap();
        let context = project(root.path(), 9, 9);
        let map = Map::parse("", &BODY[..1]).unwrap();
        let error = map.render(&context, &[]).unwrap_err();
        assert_eq!(error, "ch01 has no line");
    }

    #[test]
    fn a_side_is_one_of_three() {
        let error = Map::parse("", &["ch01 browser: a"]).unwrap_err();
        assert!(error.starts_with("`ch01 browser: a` is not as in"));
    }
}

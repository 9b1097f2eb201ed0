//! `opener`: how a chapter opens.

use crate::exercises::exercise;
use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::{html, reading};

#[derive(Debug, Default, PartialEq)]
pub struct Opener {
    /// The chapter's title: Markdown.
    title: String,
    /// What falls short.
    short: String,
    /// What the reader will have built.
    built: String,
    drawing: Option<Drawing>,
}

/// A drawing of two files, one wide and one for a phone.
#[derive(Debug, PartialEq)]
struct Drawing {
    name: String,
    /// What is said to who does not see it.
    alternative: String,
}

/// The book's sign, spelled out: what the shapes and inks of messages
/// and drawings mean.
const SIGN: &str = "<span><span class=\"client\">○ client</span> – \
    <span class=\"server\">◇ server</span> – \
    <span class=\"application\">■ application</span></span>";

impl Opener {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if info.is_empty() {
            return Err("it has no title; write `opener TITLE`".into());
        }
        let title = info.into();
        let mut opener = Self { title, ..Self::default() };
        for line in body {
            let (key, text) =
                line.split_once(':').unwrap_or((line, ""));
            let text = text.trim();
            match key.trim() {
                "" => {}
                "short" => opener.short = text.into(),
                "built" => opener.built = text.into(),
                "drawing" => opener.drawing = Some(drawing(text)?),
                _ => {
                    return Err(format!(
                        "`{line}` is not expected here"
                    ));
                }
            }
        }
        let texts =
            [("short", &opener.short), ("built", &opener.built)];
        match texts.iter().find(|(_, text)| text.is_empty()) {
            Some((key, _)) => Err(format!("`{key}: TEXT` is missing")),
            None => Ok(opener),
        }
    }
}

fn drawing(text: &str) -> Result<Drawing, String> {
    let (name, alternative) = text.split_once(' ').ok_or(
        "the drawing has no text alternative; write `drawing: NAME TEXT`",
    )?;
    let (name, alternative) = (name.into(), alternative.into());
    Ok(Drawing { name, alternative })
}

impl Figure for Opener {
    fn render(
        &self,
        context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let page = context.page();
        let chapter = page.trim_end_matches(".html");
        let number = chapter.trim_start_matches("ch");
        let number = number.trim_start_matches('0');
        let project = &context.project;
        let text = project.read(&format!("book/text/{chapter}.md"))?;
        let minutes = reading::minutes(context, &text);
        let exercises = exercise::of_chapter(project, chapter)?.len();
        let Self { title, short, built, .. } = self;
        let [short, built] = [short, built].map(|t| html::escape(t));
        let drawing = match &self.drawing {
            Some(drawing) => drawing.html(context)?,
            None => String::new(),
        };
        // mdBook makes the heading, which has a place to link to.
        Ok(format!(
            "<header class=\"opener\" style=\"--number:'{number}'\">\
             <p>{SIGN}<b>{minutes} minutes</b>{exercises} exercises</p>\
             \n\n# {title}\n\n\
             <dl><div><dt>What falls short now</dt><dd>{short}</dd></div>\
             <div><dt>What you will have built</dt><dd>{built}</dd></div>\
             </dl>{drawing}</header>\n"
        ))
    }
}

impl Drawing {
    fn html(&self, context: &Context) -> Result<String, String> {
        let Self { name, alternative } = self;
        let svg = |shape: &str| {
            let path = format!("book/theme/openers/{name}-{shape}.svg");
            let text = context.project.read(&path)?;
            Ok::<_, String>(text.replace('\n', ""))
        };
        let (wide, tall) = (svg("wide")?, svg("tall")?);
        let label = html::escape(alternative);
        let inside = format!(
            "<div role=\"img\" aria-label=\"{label}\">{wide}{tall}</div>"
        );
        Ok(html::figure("drawing moves", "", &inside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::places::Places;
    use crate::project::Project;
    use std::fs;

    const BODY: [&str; 2] = ["short: No <port>.", "built: A server."];

    /// What chapter 1 of a small project has for an opener.
    fn opened(body: &[&str]) -> Result<String, String> {
        let folder = tempfile::TempDir::new().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("book/text/ch01.md", &"word ".repeat(1900));
        write("chapters/ch01/exercises/mod.rs", "1.1 a;\n1.2 b;\n");
        write("book/theme/openers/way-wide.svg", "<svg>\n</svg>");
        write("book/theme/openers/way-tall.svg", "<svg></svg>");
        let project = Project::at(folder.path());
        let context = Context::of(&project, Places::default());
        context.turn_to("ch01.html");
        Opener::parse("A *Title*", body)?.render(&context, &[])
    }

    #[test]
    fn a_chapter_opens_with_what_is_counted_and_said() {
        let html = opened(&BODY).unwrap();
        for part in [
            "--number:'1'",
            "<b>10 minutes</b>2 exercises",
            "\n\n# A *Title*\n\n",
            "now</dt><dd>No &lt;port&gt;.</dd>",
            "built</dt><dd>A server.</dd>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<figure"), "{html}");
    }

    #[test]
    fn its_drawing_is_there_twice_and_described_once() {
        let line = "drawing: way From \"a\" to b.";
        let html = opened(&[BODY[0], BODY[1], line]).unwrap();
        let wanted = "<div role=\"img\" aria-label=\"From \
            &quot;a&quot; to b.\"><svg></svg><svg></svg></div>";
        assert!(html.contains(wanted), "{html}");
    }

    #[test]
    fn what_is_missing_or_not_known_is_said() {
        let error = |body: &[&str]| opened(body).unwrap_err();
        assert_eq!(error(&BODY[..1]), "`built: TEXT` is missing");
        let error = |line| error(&[BODY[0], BODY[1], line]);
        assert_eq!(error("by: us"), "`by: us` is not expected here");
        assert!(error("drawing: way").contains("no text alternative"));
        assert!(error("drawing: none x").contains("none-wide.svg"));
        assert!(Opener::parse("", &BODY).is_err());
    }
}

//! `drawing`: a drawing made of characters, as one made of lines.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::{html, roles};

#[derive(Debug, PartialEq)]
pub struct Drawing {
    /// What is said to who does not see it.
    pub alternative: String,
    pub art: String,
}

impl Drawing {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if info.is_empty() {
            return Err(
                "it has no text alternative; say in the rest of \
                        the line what the drawing shows"
                    .into(),
            );
        }
        if body.iter().all(|line| line.trim().is_empty()) {
            return Err("nothing is drawn".into());
        }
        let (alternative, art) = (info.into(), body.join("\n"));
        Ok(Self { alternative, art })
    }

    fn svg(&self) -> String {
        let options = aasvg::RenderOptions::new().with_stretch(true);
        let svg = aasvg::render_with_options(&self.art, &options);
        let svg = themed(&svg);
        let label = html::escape(&self.alternative);
        let size = attribute(&svg, "width").unwrap_or_default();
        let head = format!(
            "<svg role=\"img\" aria-label=\"{label}\" \
             style=\"--width: {size}px\" "
        );
        let svg = svg.replacen("<svg ", &head, 1);
        // Over the lines of the boxes, and under what is written there.
        let boxes = roles::rectangles(&self.art);
        let svg = svg.replacen("<g ", &format!("{boxes}<g "), 1);
        svg.replace('\n', "")
    }
}

impl Figure for Drawing {
    fn render(
        &self,
        _context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        Ok(html::figure("drawing", "", &self.svg()))
    }
}

/// The page's own colors. mdBook's themes are classes of the page, and
/// aasvg's style sheet knows the system's preference only.
fn themed(svg: &str) -> String {
    let mut svg = svg.to_string();
    if let (Some(start), Some(end)) =
        (svg.find("<style>"), svg.find("</style>"))
    {
        svg.replace_range(start..end + "</style>".len(), "");
    }
    // What no browser needs in a page, and how a text is fitted in.
    for name in [" xmlns", " version", " lengthAdjust", " class"] {
        while let Some(value) = attribute(&svg, name.trim()) {
            svg = svg.replace(&format!("{name}=\"{value}\""), "");
        }
    }
    for name in ["stroke", "fill", "text"] {
        let variable = format!("var(--aasvg-{name})");
        svg = svg.replace(&variable, "currentColor");
    }
    joined(&svg.replace("var(--aasvg-bg)", "var(--bg)"))
}

/// With the lines that look alike and follow one another in one path.
fn joined(svg: &str) -> String {
    let end = "\" fill=\"none\" stroke=\"currentColor\"/>";
    let between = format!("{end}<path d=\"");
    svg.replace(">\n<path", "><path").replace(&between, " ")
}

fn attribute<'a>(svg: &'a str, name: &str) -> Option<&'a str> {
    let lead = format!(" {name}=\"");
    let start = svg.find(&lead)? + lead.len();
    let length = svg[start..].find('"')?;
    Some(&svg[start..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_a_text_alternative_and_no_colors_of_its_own() {
        let art = ["+---+", "| a |-->", "+---+"];
        let drawing = Drawing::parse("a \"box\"", &art).unwrap();
        let html = drawing.svg();
        assert!(html.contains("aria-label=\"a &quot;box&quot;\""));
        // Lines that look alike are one.
        assert_eq!(html.matches("<path").count(), 1, "{html}");
        assert!(html.contains("currentColor"), "{html}");
        assert!(!html.contains("#000"), "{html}");
        assert!(!html.contains("aasvg"), "{html}");
        assert!(!html.contains('\n'), "{html}");
    }

    #[test]
    fn one_without_is_refused() {
        let error = Drawing::parse("", &["-->"]).unwrap_err();
        assert!(error.starts_with("it has no text alternative"));
    }
}

//! Whether the caption of each listing leads to the whole file.

use crate::problem::{Place, Problem};
use crate::project::Project;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How each listing begins.
const FIGURE: &str = "<figure class=\"listing";

/// Where a file of the library has to be whole.
const LIBRARY: &str = "src/";

/// Checks the built pages in `folder`; `files` are the pages on which
/// files are whole.
pub fn problems(
    project: &Project,
    folder: &Path,
    pages: &[(String, String)],
    files: &BTreeMap<String, String>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, page) in pages {
        let html =
            fs::read_to_string(folder.join(page)).unwrap_or_default();
        let markdown = project.read(file).unwrap_or_default();
        for path in unlinked(&html) {
            if let Some(message) = missing(path, page, files) {
                let place = Place::new(file, line_of(&markdown, path));
                problems.push(Problem::new(&place, message));
            }
        }
    }
    problems
}

/// The files of those listings whose captions are no links.
fn unlinked(html: &str) -> impl Iterator<Item = &str> {
    html.split(FIGURE).skip(1).filter_map(|figure| {
        let (_, caption) = figure.split_once("<figcaption>")?;
        let path = caption.strip_prefix("<b>")?;
        Some(path.split_once("</b>")?.0)
    })
}

/// What is wrong with a caption that does not link.
fn missing(
    path: &str,
    page: &str,
    files: &BTreeMap<String, String>,
) -> Option<String> {
    match files.get(path) {
        Some(file) if file == page => None,
        Some(file) => Some(format!(
            "the caption of a listing of {path} does not link to {file}"
        )),
        None if path.starts_with(LIBRARY) => Some(format!(
            "{path} is printed here and whole on no page of files; add \
             `listing {path}` to one"
        )),
        None => None,
    }
}

/// The line of the first listing of a file.
fn line_of(markdown: &str, path: &str) -> usize {
    let listing = format!("listing {path}");
    let mut lines = markdown.lines();
    let at = lines.position(|line| line.contains(&listing));
    at.map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<figure class=\"listing\" id=\"a\"><figcaption>\
        <a href=\"b#c\">src/a.rs</a> <b>x</b> <i>line 1</i></figcaption>\
        <figure class=\"listing\"><figcaption><b>src/b.rs</b> <b>y</b>";

    fn missing_on(page: &str) -> Option<String> {
        let path = unlinked(HTML).next().unwrap();
        let file = ("src/b.rs".into(), "ch03-files.html".into());
        missing(path, page, &BTreeMap::from([file]))
    }

    #[test]
    fn a_caption_without_a_link_is_found() {
        assert_eq!(unlinked(HTML).collect::<Vec<_>>(), ["src/b.rs"]);
        let problem = missing_on("ch03.html").unwrap();
        assert!(
            problem
                .ends_with("src/b.rs does not link to ch03-files.html")
        );
        assert_eq!(missing_on("ch03-files.html"), None);
    }

    #[test]
    fn the_library_is_whole_on_some_page() {
        let of = |path| missing(path, "ch03.html", &BTreeMap::new());
        let problem = of("src/b.rs").unwrap();
        assert!(problem.contains("whole on no page of files"));
        assert_eq!(of("chapters/ch01/src/lib.rs"), None);
    }

    #[test]
    fn the_line_is_that_of_the_first_listing() {
        let markdown = "one\n```listing src/b.rs y\n```\n";
        assert_eq!(line_of(markdown, "src/b.rs"), 2);
    }
}

//! Links and pictures of the built pages.

use crate::problem::{Place, Problem};
use crate::project::Project;
use crate::run::programs::is_chapter;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What a page links to, what can be linked to on it, and the pictures
/// that say nothing to who does not see them.
struct Html {
    links: Vec<String>,
    ids: BTreeSet<String>,
    mute: Vec<String>,
}

/// Checks the pages in `folder`; `pages` are the Markdown files and what
/// they became.
pub fn problems(
    project: &Project,
    folder: &Path,
    pages: &[(String, String)],
) -> Vec<Problem> {
    let html: BTreeMap<&str, Html> = pages
        .iter()
        .filter_map(|(_, page)| {
            let text = fs::read_to_string(folder.join(page)).ok()?;
            Some((&**page, read(&text)))
        })
        .collect();
    let mut problems = Vec::new();
    for (file, page) in pages {
        let Some(read) = html.get(&**page) else {
            continue;
        };
        let markdown = project.read(file).unwrap_or_default();
        let place =
            |wanted: &str| Place::new(file, line_of(&markdown, wanted));
        let links: BTreeSet<&String> = read.links.iter().collect();
        for link in links {
            if let Err(why) =
                resolve(project, folder, &html, page, link)
            {
                let message = format!("link to `{link}`: {why}");
                problems.push(Problem::new(&place(link), message));
            }
        }
        for source in &read.mute {
            let message = format!(
                "the image `{source}` has no text alternative; write \
                 `![what it shows]({source})`"
            );
            problems.push(Problem::new(&place(source), message));
        }
    }
    problems
}

fn resolve(
    project: &Project,
    folder: &Path,
    html: &BTreeMap<&str, Html>,
    page: &str,
    link: &str,
) -> Result<(), String> {
    let link = link.split('?').next().unwrap_or_default();
    if let Some(rest) = link.strip_prefix("/cgi-bin/") {
        let chapter = rest.split('/').next().unwrap_or_default();
        let path = project.root.join("chapters").join(chapter);
        let is_there = is_chapter(chapter) && path.is_dir();
        return match is_there {
            true => Ok(()),
            false => Err(format!("there is no chapters/{chapter}")),
        };
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => page.to_string(),
        path => join(page, path),
    };
    if !folder.join(&target).exists() {
        return Err(format!("the book has no `{target}`"));
    }
    match html.get(&*target) {
        Some(read) if !anchor.is_empty() => {
            let anchor = crate::percent::decode(anchor);
            match read.ids.contains(&anchor) {
                true => Ok(()),
                false => Err(format!("`{target}` has no `#{anchor}`")),
            }
        }
        _ => Ok(()),
    }
}

/// The path of a link on a page, from the book's root.
fn join(page: &str, path: &str) -> String {
    let path = crate::percent::decode(path);
    if let Some(path) = path.strip_prefix('/') {
        return path.into();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The line of the Markdown that speaks of `link`, as well as can be
/// told from the page: its anchor, or its file.
fn line_of(markdown: &str, link: &str) -> usize {
    let anchor = link.split_once('#').map_or("", |(_, anchor)| anchor);
    let path = link.split(['#', '?']).next().unwrap_or_default();
    let stem = path.strip_suffix(".html").unwrap_or(path);
    let wanted = [link, &link.replace(".html", ".md"), anchor, stem];
    wanted
        .iter()
        .filter(|text| !text.is_empty())
        .find_map(|text| {
            markdown.lines().position(|line| line.contains(*text))
        })
        .map_or(1, |index| index + 1)
}

/// Finds attributes in the page's own part, between `<main>`s.
fn read(text: &str) -> Html {
    let main = text.split_once("<main>").map_or(text, |(_, rest)| rest);
    let main =
        main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut html = Html {
        links: Vec::new(),
        ids: BTreeSet::new(),
        mute: Vec::new(),
    };
    for tag in main.split('<').skip(1) {
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        html.ids.extend(attribute(tag, "id"));
        let source = attribute(tag, "src");
        let target = attribute(tag, "href").or(source.clone());
        html.links.extend(target.filter(|link| is_internal(link)));
        let alternative = attribute(tag, "alt").unwrap_or_default();
        if tag.starts_with("img") && alternative.trim().is_empty() {
            html.mute.push(source.unwrap_or_default());
        }
    }
    html
}

fn is_internal(link: &str) -> bool {
    let scheme = link.split(['/', '#', '?']).next().unwrap_or_default();
    !scheme.contains(':') && !link.starts_with("//")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let lead = format!(" {name}=\"");
    let tag = tag.replace('\n', " ");
    let start = tag.find(&lead)? + lead.len();
    let length = tag[start..].find('"')?;
    let value = &tag[start..start + length];
    Some(value.replace("&amp;", "&").replace("&quot;", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_in_the_main_part() {
        let html = read(
            "<nav href=\"no\"><main><h2 id=\"a\"><img src=\"x.png\">\
             <a href=\"b.html#c&amp;d\"><a href=\"https://a.b/\">\
             </main><a href=\"no\">",
        );
        assert_eq!(html.links, ["x.png", "b.html#c&d"]);
        assert!(html.ids.contains("a"));
        assert_eq!(html.mute, ["x.png"]);
    }

    #[test]
    fn links_are_seen_from_their_page() {
        assert_eq!(join("ch01.html", "ch02.html"), "ch02.html");
        assert_eq!(join("a/b.html", "../c.html"), "c.html");
        assert_eq!(join("a/b.html", "./c%20d.html"), "a/c d.html");
    }

    #[test]
    fn the_line_is_that_of_the_link() {
        let markdown = "one\n[x](ch02.md#steps)\n[y](ch03.md)\n";
        assert_eq!(line_of(markdown, "ch02.html#steps"), 2);
        assert_eq!(line_of(markdown, "ch03.html"), 3);
        assert_eq!(line_of(markdown, "none.html"), 1);
    }
}

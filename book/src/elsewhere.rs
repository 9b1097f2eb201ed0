//! What a published book leaves out: links to programs on the reader's
//! machine, which lead nowhere until the reader has them.

use mdbook_driver::book::Book;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// Where this machine is, and what the book serves.
const HERE: [&str; 2] = ["http://127.0.0.1", "/cgi-bin/"];

/// Makes text of all links to this machine.
pub fn unlink(book: &mut Book) {
    book.for_each_chapter_mut(|chapter| {
        chapter.content = unlinked(&chapter.content);
    });
}

fn unlinked(page: &str) -> String {
    let mut text = String::new();
    let mut end = 0;
    for (link, inside) in links(page) {
        text.push_str(&page[end..link.start]);
        text.push('`');
        text.push_str(&page[inside]);
        text.push('`');
        end = link.end;
    }
    text.push_str(&page[end..]);
    text
}

/// Where the links to this machine are, and what stands inside.
fn links(page: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let is_here = |url: &str| HERE.iter().any(|h| url.starts_with(h));
    let mut links = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match (event, &mut open) {
            (Event::Start(Tag::Link { dest_url, .. }), _)
                if is_here(&dest_url) =>
            {
                open = Some(range.end..range.start);
            }
            (Event::End(TagEnd::Link), Some(inside)) => {
                links.push((range, inside.clone()));
                open = None;
            }
            (_, Some(inside)) => {
                inside.start = inside.start.min(range.start);
                inside.end = inside.end.max(range.end);
            }
            _ => {}
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_this_machine_becomes_text() {
        let page = "Go to [http://127.0.0.1:1/cgi-bin/a?b_c_d]\
                    (/cgi-bin/a?b_c_d), <http://127.0.0.1:8000>, \
                    [there](ch01.md#here), <https://a.example> and \
                    `[as](/cgi-bin/is)`.\n\n```\n\
                    <http://127.0.0.1>\n```\n";
        let text = "Go to `http://127.0.0.1:1/cgi-bin/a?b_c_d`, \
                    `http://127.0.0.1:8000`, \
                    [there](ch01.md#here), <https://a.example> and \
                    `[as](/cgi-bin/is)`.\n\n```\n\
                    <http://127.0.0.1>\n```\n";
        assert_eq!(unlinked(page), text);
    }
}

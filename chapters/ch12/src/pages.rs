//! The guest book's entries, three on a page.

use gateway::{Environ, Response, Result, StartResponse, watch};

const ENTRIES: [&str; 7] = [
    "Ada: First!",
    "Ferris: Free beer for everybody",
    "Grace: Who is Ferris?",
    "Ferris: I am",
    "Ada: No, I am",
    "Grace: See chapter 11",
    "Ferris: Good night",
];

const PER_PAGE: usize = 3;

/// Shows the page of entries that is asked for.
pub fn pages(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let number = number(environ)?;
    let page = page(number);
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(page))
}

/// The number in the query: `number=2`. The first page needs none.
fn number(environ: &Environ) -> Result<usize> {
    let query = environ.query()?;
    let number = query.get("number").unwrap_or("1");
    watch!(number);
    Ok(number.parse()?)
}

fn page(number: usize) -> String {
    let first = (number - 1) * PER_PAGE;
    watch!(first);
    let entries = &ENTRIES[first..first + PER_PAGE];
    entries.join("\n") + "\n"
}

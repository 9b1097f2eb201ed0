//! WsgiDAV: a folder in the web.

use super::{CHUNKED, chunks, long};
use crate::visit::Visit;

const LOCK: &[u8] = b"<?xml version=\"1.0\"?>\
    <lockinfo xmlns=\"DAV:\"><lockscope><exclusive/></lockscope>\
    <locktype><write/></locktype><owner>ada</owner></lockinfo>";

pub fn visit(visit: &mut Visit) {
    visit.masked = &["etag", "last-modified"];
    visit.masks = &[
        ("getlastmodified>", '<'),
        ("creationdate>", '<'),
        ("getetag>", '<'),
        ("quota-available-bytes>", '<'),
        ("quota-used-bytes>", '<'),
        ("opaquelocktoken:", '<'),
        ("opaquelocktoken:", '>'),
        ("WsgiDAV/4.4.0</a> - ", '<'),
    ];
    visit.ask("OPTIONS /", &[], b"");
    visit.ask("PUT /note.txt", &[], b"first\n");
    visit.ask("PUT /note.txt", &[], b"second, which is longer\n");
    let body = chunks(&long(80_000), 4096);
    visit.ask("PUT /chunks.txt", &[CHUNKED], &body);
    visit.ask("PUT /none/note.txt", &[], b"nowhere");
    visit.ask("PUT /empty.txt", &["Content-Length: 0"], b"");
    visit.ask("PUT /caf%C3%A9%20%26.txt", &[], b"a name");
    visit.ask("MKCOL /folder", &[], b"");
    visit.ask("MKCOL /folder", &[], b"");
    let to = "Destination: http://localhost/folder/copy.txt";
    visit.ask("COPY /note.txt", &[to], b"");
    visit.ask("COPY /note.txt", &[to, "Overwrite: F"], b"");
    let to = "Destination: http://localhost/folder/moved.txt";
    visit.ask("MOVE /folder/copy.txt", &[to], b"");
    for line in ["GET /chunks.txt", "HEAD /chunks.txt"] {
        visit.ask(line, &[], b"");
    }
    for range in ["0-9", "79990-", "-10", "90000-"] {
        let field = format!("Range: bytes={range}");
        visit.ask("GET /chunks.txt", &[&field], b"");
    }
    visit.ask("PUT /large.bin", &[], &long(100_000_000));
    let answer = visit.get("/large.bin");
    assert_eq!(answer.body, long(100_000_000));
    for depth in ["0", "1"] {
        let field = format!("Depth: {depth}");
        visit.ask("PROPFIND /folder/", &[&field], b"");
    }
    visit.ask("LOCK /note.txt", &["Timeout: Second-60"], LOCK);
    visit.ask("PUT /note.txt", &[], b"locked");
    visit.get("/none.txt");
    visit.get("/folder");
    visit.ask("POST /note.txt", &[], b"");
    visit.ask("DELETE /folder", &[], b"");
    visit.ask("DELETE /none.txt", &[], b"");
    visit.ask("DELETE /caf%C3%A9%20%26.txt", &[], b"");
}

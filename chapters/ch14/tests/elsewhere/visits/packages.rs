//! pypiserver: an index of packages.

use super::PARTS;
use crate::visit::Visit;

pub fn visit(visit: &mut Visit) {
    visit.masked = &["last-modified"];
    visit.get("/");
    visit.get("/simple");
    visit.get("/simple/");
    visit.ask("POST /", &[PARTS], &upload("file_upload"));
    visit.ask("POST /", &[PARTS], &upload("file_upload"));
    visit.ask("POST /", &[PARTS], &upload("verify"));
    visit.ask("POST /", &[PARTS], &upload("other"));
    visit.get("/simple/");
    visit.get("/simple/tiny-thing/");
    visit.get("/simple/Tiny_Thing/");
    visit.get("/simple/none/");
    visit.get("/packages/");
    visit.get("/packages/tiny_thing-1.0.tar.gz");
    visit.ask("HEAD /packages/tiny_thing-1.0.tar.gz", &[], b"");
    visit.get("/packages/none-1.0.tar.gz");
    visit.get("/tiny-thing/json");
    visit.post("/", ":action=doc_upload&name=tiny-thing");
    visit.post("/", ":action=remove_pkg&name=tiny-thing&version=1.0");
    visit.get("/simple/");
}

fn upload(action: &str) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in [
        (":action\"", action),
        ("name\"", "tiny-thing"),
        ("version\"", "1.0"),
        ("content\"; filename=\"tiny_thing-1.0.tar.gz\"", "no archive"),
    ] {
        body += &format!(
            "--limit\r\nContent-Disposition: form-data; name=\"{name}\
             \r\n\r\n{value}\r\n"
        );
    }
    (body + "--limit--\r\n").into_bytes()
}

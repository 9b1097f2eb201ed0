//! A table of what each server's environ says, as the book prints it.

use super::servers::{MOUNT, Site};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A row's cells, one for each server.
type Cells = Vec<String>;

/// The environ of one request, with what changes from run to run
/// replaced by what the configurations say.
pub fn environ(site: &Site) -> BTreeMap<String, String> {
    let request = format!(
        "POST {MOUNT}/environ/caf%C3%A9?a=%20b HTTP/1.1\r\n\
         Host: {}\r\nConnection: close\r\nContent-Type: text/plain\r\n\
         X-Name: value\r\nContent-Length: 5\r\n\r\nHello",
        site.address
    );
    let page = site.ask(request.as_bytes()).text();
    let port = site.address.port().to_string();
    let back = site.back.to_string();
    let folder = site.folder.text();
    let pairs = page.lines().filter_map(|line| line.split_once('='));
    let pair = |(name, value): (&str, &str)| {
        let value = match name {
            "PATH" => "its own".to_string(),
            "REMOTE_PORT" => "a port".to_string(),
            "SERVER_SOFTWARE" => {
                let name = value.split('/').next().unwrap_or_default();
                format!("{name}/…")
            }
            _ => value.replace(folder, "/srv/site"),
        };
        let value = match (name, value) {
            ("SERVER_PORT", value) if value != port => {
                assert_eq!(value, back);
                "9000".into()
            }
            (_, value) => value.replace(&port, "8080"),
        };
        (name.to_string(), value)
    };
    pairs.map(pair).collect()
}

/// The table, with a column for each server.
pub fn html(
    names: &[&str],
    outcomes: &[String],
    environs: &[BTreeMap<String, String>],
) -> String {
    let keys: BTreeSet<&String> =
        environs.iter().flat_map(BTreeMap::keys).collect();
    let mut table = String::from(
        "<div class=\"table-wrapper\"><table class=\"matrix\">\n<thead>",
    );
    let names: Cells = names.iter().map(|n| n.to_string()).collect();
    table += &row("compared", &names, "th");
    table += "</thead>\n<tbody>\n";
    table += &row("requests answered as they must be", outcomes, "td");
    for key in keys {
        let cells: Cells =
            environs.iter().map(|e| cell(e, key)).collect();
        table += &row(&format!("<code>{key}</code>"), &cells, "td");
    }
    table + "</tbody>\n</table></div>\n"
}

fn cell(environ: &BTreeMap<String, String>, key: &str) -> String {
    match environ.get(key).map(String::as_str) {
        None => "—".into(),
        Some("") => "empty".into(),
        Some(value) => {
            let value =
                value.replace('&', "&amp;").replace('<', "&lt;");
            format!("<code>{value}</code>")
        }
    }
}

/// A row, in which neighbors of the same content are one cell.
fn row(head: &str, cells: &[String], tag: &str) -> String {
    let mut row = format!("<tr><th scope=\"row\">{head}</th>");
    for same in cells.chunk_by(|a, b| a == b) {
        let (count, text) = (same.len(), &same[0]);
        let _ = match count {
            1 => write!(row, "<{tag}>{text}</{tag}>"),
            _ => {
                write!(row, "<{tag} colspan=\"{count}\">{text}</{tag}>")
            }
        };
    }
    row + "</tr>\n"
}

//! Conditional requests, and If-Range.

use super::{is, with, write};
use crate::support::{Folder, wait_until};
use gateway::middleware::{Files, files};
use gateway::testing::get;
use httpdate::HttpDate;
use std::fs::{self, File};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn etag(site: &Files) -> String {
    get(site, "/file").headers.get("ETag").unwrap().into()
}

fn last_modified(site: &Files) -> String {
    let answer = get(site, "/file");
    answer.headers.get("Last-Modified").unwrap().into()
}

/// A file that may be told from others of its name for certain.
fn settled(folder: &Folder) -> Files {
    write(folder, "file", "0123456789");
    let site = files(folder.path(""));
    let is_strong = || !etag(&site).starts_with("W/");
    wait_until("a strong tag", is_strong);
    site
}

#[test]
fn a_condition_decides_before_a_range_does() {
    let folder = Folder::new("files-conditions");
    let site = settled(&folder);
    let (tag, date) = (&*etag(&site), &*last_modified(&site));
    let weak = &*format!("W/{tag}");
    let both = &*format!("\"other\", {tag}");
    let old = "Sun, 06 Nov 1994 08:49:37 GMT";
    let none_match = "HTTP_IF_NONE_MATCH";
    let matches = "HTTP_IF_MATCH";
    let since = "HTTP_IF_MODIFIED_SINCE";
    let unless = "HTTP_IF_UNMODIFIED_SINCE";
    let range = ("HTTP_RANGE", "bytes=0-1");
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let table: &[(Fields, &str)] = &[
        (&[(none_match, tag)], "304"),
        (&[(none_match, weak)], "304"),
        (&[(none_match, both)], "304"),
        (&[(none_match, "*")], "304"),
        (&[(none_match, "\"other\"")], "200"),
        (&[(none_match, tag), range], "304"),
        (&[(none_match, "\"other\""), range], "206"),
        (&[(none_match, "\"other\""), (since, date)], "200"),
        (&[(since, date)], "304"),
        (&[(since, date), range], "304"),
        (&[(since, old)], "200"),
        (&[(since, old), range], "206"),
        (&[(since, "yesterday")], "200"),
        (&[(matches, tag)], "200"),
        (&[(matches, tag), range], "206"),
        (&[(matches, "*")], "200"),
        (&[(matches, weak)], "412"),
        (&[(matches, "\"other\"")], "412"),
        (&[(matches, "\"other\""), range], "412"),
        (&[(matches, "\"other\""), (none_match, tag)], "412"),
        (&[(unless, date)], "200"),
        (&[(unless, old)], "412"),
        (&[(matches, tag), (unless, old)], "200"),
        (&[(matches, tag), (none_match, tag)], "304"),
        (&[(none_match, tag), ("HTTP_RANGE", "bytes=99-")], "304"),
        (&[(matches, "\"x\""), ("HTTP_RANGE", "bytes=99-")], "412"),
    ];
    for (fields, status) in table {
        for method in ["GET", "HEAD"] {
            let status = match (method, *status) {
                ("HEAD", "206") => "200",
                (_, status) => status,
            };
            let answer = with(&site, method, "/file", fields);
            assert_eq!(&answer.status[..3], status, "{fields:?}");
            if status != "412" {
                let sent = answer.headers.get("ETag");
                assert_eq!(sent, Some(tag), "{fields:?}");
            }
            if status == "304" {
                let names = ["Content-Type", "Content-Length"];
                let sent = names.map(|n| answer.headers.get(n));
                assert_eq!(sent, [None, None], "{fields:?}");
            }
        }
    }
    is(&with(&site, "GET", "/none", &[(matches, "*")]), "404");
}

#[test]
fn if_range_asks_for_what_is_the_same_for_certain() {
    let folder = Folder::new("files-if-range");
    let site = settled(&folder);
    let (tag, date) = (etag(&site), last_modified(&site));
    let second = Duration::from_secs(1);
    let modified = date.parse::<HttpDate>().unwrap();
    let later = HttpDate::from(SystemTime::from(modified) + second);
    for (value, status) in [
        (tag.clone(), "206"),
        (format!("W/{tag}"), "200"),
        ("\"other\"".into(), "200"),
        (tag.trim_matches('"').into(), "200"),
        (format!("{tag}, \"other\""), "200"),
        (date.clone(), "206"),
        ("Sun, 06 Nov 1994 08:49:37 GMT".into(), "200"),
        // Not the very date: later does not do.
        (later.to_string(), "200"),
        ("yesterday".into(), "200"),
        ("".into(), "200"),
    ] {
        let range = ("HTTP_RANGE", "bytes=0-1");
        let fields = [range, ("HTTP_IF_RANGE", &*value)];
        let answer = with(&site, "GET", "/file", &fields);
        is(&answer, status);
        // Without a range there is nothing to ask.
        let answer = with(&site, "GET", "/file", &fields[1..]);
        is(&answer, "200");
        // What cannot be had is sent whole if it is another.
        let fields = [("HTTP_RANGE", "bytes=99-"), fields[1]];
        let answer = with(&site, "GET", "/file", &fields);
        let beyond = if status == "206" { "416" } else { "200" };
        is(&answer, beyond);
    }
}

/// It may be written to again in the same tick of the clock.
#[test]
fn what_is_new_has_a_weak_tag_and_no_range_by_its_date() {
    let folder = Folder::new("files-new");
    write(&folder, "file", "0123456789");
    let site = files(folder.path(""));
    let (tag, date) = (etag(&site), last_modified(&site));
    assert!(tag.starts_with("W/\""), "{tag}");
    for value in [&tag, &tag[2..], &*date] {
        let range = ("HTTP_RANGE", "bytes=0-1");
        let fields = [range, ("HTTP_IF_RANGE", value)];
        let answer = with(&site, "GET", "/file", &fields);
        is(&answer, "200");
    }
    // To know that one has it, the weak one is enough.
    let fields = [("HTTP_IF_NONE_MATCH", &*tag)];
    is(&with(&site, "GET", "/file", &fields), "304");
    // And it is the same tag, which becomes strong.
    wait_until("a strong tag", || etag(&site) == tag[2..]);
    is(&with(&site, "GET", "/file", &fields), "304");
}

/// `cp -p`, `rsync -t`, `tar` and build tools set the time of the last
/// modification: another content, of the same length and date.
#[test]
fn a_file_of_the_same_length_and_date_has_another_tag() {
    let folder = Folder::new("files-same-date");
    write(&folder, "file", "one");
    let site = files(folder.path(""));
    let set = |seconds| {
        let file = folder.path("file");
        let file = File::options().write(true).open(file).unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    };
    set(1);
    let (tag, date) = (etag(&site), last_modified(&site));
    write(&folder, "file", "two");
    set(1);
    assert_eq!(last_modified(&site), date);
    assert_ne!(etag(&site), tag, "written to");
    let tag = etag(&site);
    write(&folder, "new", "six");
    fs::rename(folder.path("new"), folder.path("file")).unwrap();
    set(1);
    assert_eq!(last_modified(&site), date);
    assert_ne!(etag(&site), tag, "replaced");
}

#[test]
fn a_date_before_1970_or_in_the_future_is_not_told() {
    let folder = Folder::new("files-dates");
    write(&folder, "file", "Hello");
    let site = files(folder.path(""));
    let file = File::options().write(true).open(folder.path("file"));
    let file = file.unwrap();
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    file.set_modified(UNIX_EPOCH - century).unwrap();
    let answer = get(&site, "/file");
    is(&answer, "200");
    assert_eq!(answer.headers.get("Last-Modified"), None);
    let date =
        ("HTTP_IF_MODIFIED_SINCE", "Thu, 01 Jan 1970 00:00:00 GMT");
    is(&with(&site, "GET", "/file", &[date]), "200");

    file.set_modified(SystemTime::now() + century).unwrap();
    let date: HttpDate = last_modified(&site).parse().unwrap();
    assert!(SystemTime::from(date) <= SystemTime::now());
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_it_is_still_known_and_a_part_is_not_compressed() {
    let folder = Folder::new("files-gzip");
    write(&folder, "file.txt", "a line\n".repeat(10_000));
    let site = gateway::middleware::gzip(files(folder.path("")));
    let accept = ("HTTP_ACCEPT_ENCODING", "gzip");
    let whole = with(&site, "GET", "/file.txt", &[accept]);
    let field = |name| whole.headers.get(name);
    assert_eq!(field("Content-Encoding"), Some("gzip"));
    assert_eq!(field("Vary"), Some("Accept-Encoding"));
    let tag = field("ETag").unwrap();
    assert!(tag.starts_with("W/"), "{tag}");

    let known = ("HTTP_IF_NONE_MATCH", tag);
    let answer = with(&site, "GET", "/file.txt", &[accept, known]);
    is(&answer, "304");

    let range = ("HTTP_RANGE", "bytes=0-5");
    let answer = with(&site, "GET", "/file.txt", &[accept, range]);
    is(&answer, "206");
    assert_eq!(answer.text(), "a line");
    assert_eq!(answer.headers.get("Content-Encoding"), None);
    // A part of what is not compressed does not fit to what is.
    let same = ("HTTP_IF_RANGE", tag);
    let fields = [accept, range, same];
    is(&with(&site, "GET", "/file.txt", &fields), "200");
}

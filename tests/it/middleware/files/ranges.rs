//! Ranges, by RFC 9110, section 14.

use super::{is, with, write};
use crate::support::Folder;
use gateway::middleware::files;
use gateway::testing::get;

const LENGTH: usize = 10_000;

/// No two places look alike.
fn file() -> Vec<u8> {
    (0..LENGTH / 4).flat_map(|n| (n as u32).to_be_bytes()).collect()
}

/// What a Range asks of a file of 10000 bytes.
enum Asked {
    Whole,
    /// From the first to the last.
    Part(usize, usize),
    Beyond,
}

use Asked::{Beyond, Part, Whole};

const TABLE: &[(&str, Asked)] = &[
    // Section 14.1.2's own examples.
    ("bytes=0-499", Part(0, 499)),
    ("bytes=500-999", Part(500, 999)),
    ("bytes=-500", Part(9500, 9999)),
    ("bytes=9500-", Part(9500, 9999)),
    ("bytes=0-0,-1", Whole),
    ("bytes= 0-0, -1", Whole),
    ("bytes= 0-999, 4500-5499, -1000", Whole),
    ("bytes=500-600,601-999", Whole),
    ("bytes=500-700,601-999", Whole),
    // Edges.
    ("bytes=0-0", Part(0, 0)),
    ("bytes=0-", Part(0, 9999)),
    ("bytes=0-9999", Part(0, 9999)),
    ("bytes=0-10000", Part(0, 9999)),
    ("bytes=9999-", Part(9999, 9999)),
    ("bytes=9999-9999", Part(9999, 9999)),
    ("bytes=9999-10000", Part(9999, 9999)),
    ("bytes=00-00009", Part(0, 9)),
    ("bytes=-1", Part(9999, 9999)),
    ("bytes=-9999", Part(1, 9999)),
    ("bytes=-10000", Part(0, 9999)),
    ("bytes=-10001", Part(0, 9999)),
    // Beyond the end.
    ("bytes=10000-", Beyond),
    ("bytes=10000-10000", Beyond),
    ("bytes=12345-99999", Beyond),
    ("bytes=-0", Beyond),
    ("bytes=-000", Beyond),
    // Huge numbers: of 2^64 and far more.
    ("bytes=0-18446744073709551615", Part(0, 9999)),
    ("bytes=0-18446744073709551616", Part(0, 9999)),
    ("bytes=5-99999999999999999999999999999", Part(5, 9999)),
    ("bytes=-18446744073709551616", Part(0, 9999)),
    ("bytes=18446744073709551615-", Beyond),
    ("bytes=18446744073709551616-", Beyond),
    ("bytes=18446744073709551615-18446744073709551615", Beyond),
    // The last before the first is no range.
    ("bytes=1-0", Whole),
    ("bytes=10001-10000", Whole),
    ("bytes=18446744073709551616-5", Whole),
    // Space around elements of the list, and empty ones (section
    // 5.6.1.2); inside of a range there is none.
    ("bytes=,0-9", Part(0, 9)),
    ("bytes= , ,0-9 ,", Part(0, 9)),
    ("bytes=\t0-9\t", Part(0, 9)),
    ("bytes=0 -9", Whole),
    ("bytes=0- 9", Whole),
    ("bytes=- 9", Whole),
    ("bytes =0-9", Whole),
    (" bytes=0-9", Whole),
    // Units: a name without regard to case, and others.
    ("Bytes=0-9", Part(0, 9)),
    ("BYTES=0-9", Part(0, 9)),
    ("pages=0-9", Whole),
    ("seconds=-5", Whole),
    ("byte=0-9", Whole),
    ("=0-9", Whole),
    // What is none.
    ("", Whole),
    ("bytes", Whole),
    ("bytes=", Whole),
    ("bytes=,", Whole),
    ("bytes=-", Whole),
    ("bytes=--1", Whole),
    ("bytes=1", Whole),
    ("bytes=a-b", Whole),
    ("bytes=0x0-0x9", Whole),
    ("bytes=+0-+9", Whole),
    ("bytes=0-9-", Whole),
    ("bytes=0-9;", Whole),
    ("bytes=0-9/10000", Whole),
    ("bytes 0-9/10000", Whole),
    ("bytes:0-9", Whole),
    ("bytes==0-9", Whole),
    ("bytes=\u{661}-\u{665}", Whole),
    // Several, two of them in two fields, none to be had.
    ("bytes=0-9,20-29", Whole),
    ("bytes=0-9, bytes=20-29", Whole),
    ("bytes=0-9,x", Whole),
    ("bytes=10000-,20000-", Whole),
    ("bytes=0-,0-,0-,0-,0-,0-,0-,0-", Whole),
];

#[test]
fn a_part_is_what_rfc_9110_makes_of_the_range() {
    let folder = Folder::new("files-ranges");
    let file = file();
    write(&folder, "file", &file);
    let site = files(folder.path(""));
    let etag = get(&site, "/file").headers.get("ETag").map(length_of);
    for (range, asked) in TABLE {
        let answer =
            with(&site, "GET", "/file", &[("HTTP_RANGE", range)]);
        let field = |name| answer.headers.get(name);
        let (status, body, of) = match *asked {
            Whole => ("200", &file[..], None),
            Part(first, last) => {
                let of = format!("bytes {first}-{last}/{LENGTH}");
                ("206", &file[first..=last], Some(of))
            }
            Beyond => {
                let of = format!("bytes */{LENGTH}");
                let page = &b"416 Range Not Satisfiable\n"[..];
                ("416", page, Some(of))
            }
        };
        is(&answer, status);
        assert_eq!(answer.body, body, "{range}");
        assert_eq!(field("Content-Range"), of.as_deref(), "{range}");
        let length = body.len().to_string();
        assert_eq!(field("Content-Length"), Some(&*length), "{range}");
        if status != "416" {
            assert_eq!(field("Accept-Ranges"), Some("bytes"));
            assert_eq!(field("ETag").map(length_of), etag);
            assert!(field("Last-Modified").is_some());
        }
        assert_eq!(answer.log, "", "{range}");
    }
}

/// Of the part that does not change when the file is two seconds old.
fn length_of(etag: &str) -> String {
    etag.trim_start_matches("W/").into()
}

#[test]
fn a_range_is_for_get_alone() {
    let folder = Folder::new("files-range-head");
    write(&folder, "file", file());
    let site = files(folder.path(""));
    for range in ["bytes=0-9", "bytes=10000-"] {
        let fields = [("HTTP_RANGE", range)];
        let answer = with(&site, "HEAD", "/file", &fields);
        is(&answer, "200");
        let length = answer.headers.get("Content-Length");
        assert_eq!(length, Some("10000"));
        assert_eq!(answer.headers.get("Content-Range"), None);
    }
}

#[test]
fn of_an_empty_file_there_is_no_part() {
    let folder = Folder::new("files-range-empty");
    write(&folder, "file", "");
    let site = files(folder.path(""));
    for (range, status) in [
        ("bytes=0-", "416"),
        ("bytes=0-0", "416"),
        ("bytes=-0", "416"),
        // That is all of it, and there is no way to say so.
        ("bytes=-1", "200"),
        ("bytes=-99999999999999999999", "200"),
    ] {
        let fields = [("HTTP_RANGE", range)];
        let answer = with(&site, "GET", "/file", &fields);
        is(&answer, status);
        let of = answer.headers.get("Content-Range");
        let expected = (status == "416").then_some("bytes */0");
        assert_eq!(of, expected, "{range}");
    }
}

#[test]
fn a_range_may_have_bytes_that_are_no_text() {
    let folder = Folder::new("files-range-bytes");
    write(&folder, "file", file());
    let site = files(folder.path(""));
    let mut environ = gateway::testing::environ("GET", "/file");
    environ.set("HTTP_RANGE", b"bytes=\xff0-\xfe");
    is(&gateway::testing::ask(&site, environ), "200");
}

#[test]
fn parts_of_a_file_larger_than_a_block_fit_together() {
    let folder = Folder::new("files-range-parts");
    let file: Vec<u8> = (0..300_000).map(|n| (n / 7) as u8).collect();
    write(&folder, "file", &file);
    let site = files(folder.path(""));
    for size in [300_000, 65_536, 65_535, 65_537, 99_999] {
        let mut parts = Vec::new();
        while parts.len() < file.len() {
            let first = parts.len();
            let range = format!("bytes={first}-{}", first + size - 1);
            let fields = [("HTTP_RANGE", &*range)];
            let answer = with(&site, "GET", "/file", &fields);
            is(&answer, "206");
            parts.extend(answer.body);
        }
        assert!(parts == file, "{size}");
    }
}

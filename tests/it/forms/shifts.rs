//! What `wsgiref.util.shift_path_info` does, as Python says itself in
//! `tests/outside/urls.rs`.

/// SCRIPT_NAME and PATH_INFO; and the name, and the two afterwards.
pub type Shift = (
    (&'static str, &'static str),
    (Option<&'static str>, &'static str, &'static str),
);

pub const SHIFTS: &[Shift] = &[
    (("", "/a/b"), (Some("a"), "/a", "/b")),
    (("/x", "/a"), (Some("a"), "/x/a", "")),
    (("/x", "/a/"), (Some("a"), "/x/a", "/")),
    // Whether there was a slash at the end can be told.
    (("/x/a", "/"), (Some(""), "/x/a/", "")),
    (("", "/"), (Some(""), "/", "")),
    (("/x", "//"), (Some(""), "/x/", "")),
    (("/x", "/./"), (Some(""), "/x/", "")),
    (("/x/", "/"), (Some(""), "/x/", "")),
    (("/", "/"), (Some(""), "/", "")),
    // Empty segments go, and dots, but for one at the very end.
    (("", "//a"), (Some("a"), "/a", "")),
    (("", "/./a"), (Some("a"), "/a", "")),
    (("/x", "/a//b"), (Some("a"), "/x/a", "/b")),
    (("/x", "/a//./b//c/"), (Some("a"), "/x/a", "/b/c/")),
    (("/x", "/a/."), (Some("a"), "/x/a", "/.")),
    (("/x", "/."), (None, "/x", "")),
    (("", "/."), (None, "", "")),
    (("/x/", "/."), (None, "/x", "")),
    // A slash at the end of SCRIPT_NAME is not doubled.
    (("/s/", "/a"), (Some("a"), "/s/a", "")),
    (("/s/t/", "/a/b"), (Some("a"), "/s/t/a", "/b")),
    (("/s", "/..."), (Some("..."), "/s/...", "")),
    (("/s", "/.a"), (Some(".a"), "/s/.a", "")),
    (("/s", "/a/../b"), (Some("a"), "/s/a", "/../b")),
    // Two slashes at the start are something else in POSIX.
    (("//s", "/a"), (Some("a"), "//s/a", "")),
    // What a server does not make, but an application might.
    (("s", "/a"), (Some("a"), "s/a", "")),
];

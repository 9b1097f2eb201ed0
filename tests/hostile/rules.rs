//! What the sections say that the requests are about, in a clause each.

/// In the order of the documents.
const CLAUSES: &[(&str, &str)] = &[
    ("2.2", "lines end in CR LF, and nothing stands before the first"),
    ("2.3", "a version is HTTP, a slash, and two digits with a dot"),
    ("3", "a request line is a method, a target and a version"),
    ("3.2", "one Host, and a target that is one"),
    ("3.2.1", "a path and a query are sent without a fragment"),
    ("3.2.2", "an absolute target is understood, and needs a Host"),
    ("3.2.3", "an authority is CONNECT's target alone"),
    ("3.2.4", "an asterisk is the target of OPTIONS alone"),
    ("5", "a field is a name, a colon and a value"),
    ("5.1", "nothing stands between a field's name and its colon"),
    ("5.2", "a folded line is refused, or unfolded"),
    (
        "6.1",
        "Transfer-Encoding wins over a length, and ends the connection",
    ),
    (
        "6.3",
        "how long a body is; where that is in doubt, a 400 and the end",
    ),
    ("6.5.1", "a trailer is not taken for a field of the head"),
    ("7.1", "a chunk is a size in hexadecimal, and as much data"),
    ("7.1.1", "what follows a size is an extension, which is ignored"),
    ("7.1.2", "trailers are fields, after the last chunk"),
    ("8", "a message that is cut is not a whole one"),
    ("9.3", "a connection goes on, unless one side has said otherwise"),
    ("9.3.2", "requests at once are answered in their order"),
    ("9.5", "a client may go at any time"),
    ("9.6", "after Connection: close, there is one more answer"),
    ("9110 2.5", "a higher minor version is served like one's own"),
    ("9110 4.2.1", "an http URL has a host"),
    ("9110 4.2.3", "a scheme and a host may be in capitals"),
    ("9110 4.2.4", "a user in an http URL is an error"),
    ("9110 5.1", "a field's name is a token, in any case"),
    ("9110 5.4", "fields that are too long are refused with a 4xx"),
    (
        "9110 5.5",
        "a value may have any byte but for control characters",
    ),
    ("9110 5.6.1", "an empty element of a list is no element"),
    ("9110 5.6.2", "a token has letters, digits and some signs"),
    ("9110 7.2", "a Host is a host, and perhaps a port"),
    ("9110 7.8", "an upgrade may be ignored"),
    ("9110 8.6", "a Content-Length is digits"),
    (
        "9110 9.1",
        "a method is a token; it may be unknown, and has its case",
    ),
    ("9110 9.3.1", "a GET may have a body, which means nothing"),
    ("9110 9.3.2", "the answer to a HEAD has no body"),
    ("9110 9.3.5", "a DELETE may have a body, which means nothing"),
    ("9110 9.3.6", "CONNECT is for proxies"),
    (
        "9110 10.1.1",
        "who is asked for a 100 sends it, or the answer at once",
    ),
    ("9110 15.5.9", "who waits no longer says so with a 408"),
    ("9110 15.5.15", "a target that is too long is refused with a 414"),
    ("9110 15.6.1", "an error of the application is a 500"),
    ("9110 15.6.6", "another major version is refused with a 505"),
    ("9113 3.4", "HTTP/2 begins with what HTTP/1.1 refuses"),
];

/// A section, such as `RFC 9112, 6.3`.
pub fn title(section: &str) -> String {
    let (rfc, number) =
        section.split_once(' ').unwrap_or(("9112", section));
    format!("RFC {rfc}, {number}")
}

/// The same that a link leads to.
pub fn url(section: &str) -> String {
    let (rfc, number) =
        section.split_once(' ').unwrap_or(("9112", section));
    let site = "https://www.rfc-editor.org/rfc";
    format!("{site}/rfc{rfc}.html#section-{number}")
}

/// The sections, each with its clause and those that are about it.
pub fn by_section<T: Copy>(
    all: &[T],
    section: impl Fn(T) -> &'static str,
) -> Vec<(&'static str, &'static str, Vec<T>)> {
    let of = |name: &str| -> Vec<T> {
        all.iter()
            .copied()
            .filter(|one| section(*one) == name)
            .collect()
    };
    let groups =
        CLAUSES.iter().map(|(name, clause)| (*name, *clause, of(name)));
    groups.filter(|(.., group)| !group.is_empty()).collect()
}

/// Has this section a clause?
pub fn is_known(section: &str) -> bool {
    CLAUSES.iter().any(|(name, _)| *name == section)
}

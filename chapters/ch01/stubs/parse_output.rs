/// A status, header fields, and a body.
pub type Parsed = (String, Vec<(String, String)>, Vec<u8>);

/// The server's side: what a CGI program's output means.
///
/// Header fields come first, one a line, then an empty line, then the
/// body. A line ends with LF or with CR LF. A name and a value are
/// parted by the first colon; white space around the value does not
/// belong to it. `Status` is no header field of the response: it is
/// the status, `200 OK` if there is none. The body is bytes, and none
/// of them is changed. Return `None` if the header does not end, or a
/// line of it has no colon.
///
/// `A: b\n\nhi` is `("200 OK", [("A", "b")], "hi")`.
pub fn parse_output(output: &[u8]) -> Option<Parsed> {
    todo!("exercise 1.7: parse {} bytes", output.len())
}

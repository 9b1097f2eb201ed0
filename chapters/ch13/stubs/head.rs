/// A head: the code of its status, and its headers, a name and a value
/// each.
pub type Head<'w> = (u16, Vec<(&'w [u8], &'w [u8])>);

/// The head of an answer, of which this has been written so far, and
/// what of its body has come with it. `None` while the head is not
/// whole.
///
/// It is what an exchange writes in CGI's form. Each line of the head
/// ends with CRLF. The first is `Status: `, a code of three digits, a
/// space and a reason, and is not a header. Each other is a header: a
/// name, `: ` and a value. Then comes an empty line, and all after that
/// is the body, as it is.
///
/// ```text
/// Status: 404 Not Found␍␊
/// Content-Type: text/plain␍␊
/// ␍␊
/// No tea
/// ```
///
/// An application may have any number of headers, more than one of a
/// name, a value with colons in it, or an empty one. Values are in
/// Latin-1, and bodies in anything. What has been written may end
/// anywhere: inside of a name, or of a CRLF.
pub fn head(written: &[u8]) -> Option<(Head<'_>, &[u8])> {
    let text = written.escape_ascii();
    todo!("exercise 13.4: where does the head of {text} end?")
}

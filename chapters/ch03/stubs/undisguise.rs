/// The bytes behind a native string.
///
/// A WSGI application in Python finds `/cafÃ©` in its environ when a
/// visitor has asked for `/café`: each character is the byte with its
/// number. Whoever passes such a text on, to a Rust application for
/// one, has to take the disguise off. A character above U+00FF is no
/// byte; then somebody has forgotten to put the disguise on, and the
/// answer is `None`.
///
/// `undisguise("/caf\u{c3}\u{a9}")` is `Some` of the bytes
/// `/caf\xc3\xa9`, six of them.
pub fn undisguise(text: &str) -> Option<Vec<u8>> {
    todo!("exercise 3.2: find the bytes behind {text:?}")
}

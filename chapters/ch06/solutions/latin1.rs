/// The fields of a form whose bytes are Latin-1: each byte, whether it
/// was escaped or not, is the character of that number.
///
/// Otherwise it is read as the chapter's forms are: fields are
/// separated by `&`, where nothing between two is no field; the first
/// `=` ends the name, and may be missing; `+` is a space; and a `%`
/// that begins no escape stands for itself. An escape has two digits,
/// of either case.
///
/// `name=Zo%EB+%26+Co` is one field, with the value `Zoë & Co`.
pub fn latin1(form: &[u8]) -> Vec<(String, String)> {
    let fields = form.split(|&byte| byte == b'&');
    let fields = fields.filter(|field| !field.is_empty());
    let pair = |field: &[u8]| {
        let mut parts = field.splitn(2, |&byte| byte == b'=');
        let mut next = || decoded(parts.next().unwrap_or_default());
        (next(), next())
    };
    fields.map(pair).collect()
}

fn decoded(mut text: &[u8]) -> String {
    let mut decoded = String::new();
    while let [first, rest @ ..] = text {
        let (byte, rest) = match (first, escaped(rest)) {
            (b'+', _) => (b' ', rest),
            (b'%', Some(byte)) => (byte, &rest[2..]),
            (&byte, _) => (byte, rest),
        };
        decoded.push(char::from(byte));
        text = rest;
    }
    decoded
}

/// The byte that two hexadecimal digits stand for.
fn escaped(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

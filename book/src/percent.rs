//! Percent-decoding (RFC 3986, section 2.1).

/// Decodes what is validly encoded, and leaves the rest.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => (high * 16 + low, tail),
                    _ => (b'%', &rest[1..]),
                }
            }
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_is_encoded() {
        assert_eq!(decode("a%20b%2e%C3%A9"), "a b.é");
        assert_eq!(decode("100%, %zz%4"), "100%, %zz%4");
    }
}

//! Name-value pairs, in which variables travel (section 3.4).

/// The pairs in some bytes.
///
/// ```
/// use gateway::fastcgi::pairs::Pairs;
///
/// let mut pairs = Pairs(b"\x0c\x00QUERY_STRING");
/// let query = (&b"QUERY_STRING"[..], &b""[..]);
/// assert_eq!(pairs.next(), Some(Ok(query)));
/// assert_eq!(pairs.next(), None);
/// ```
///
/// After an error there are no more.
#[derive(Debug, Clone)]
pub struct Pairs<'a>(pub &'a [u8]);

/// A name and its value.
pub type Pair<'a> = (&'a [u8], &'a [u8]);

/// The bytes end in the middle of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut;

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<Pair<'a>, Cut>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let pair = self.pair().ok_or(Cut);
        Some(pair.inspect_err(|_| self.0 = &[]))
    }
}

impl<'a> Pairs<'a> {
    fn pair(&mut self) -> Option<Pair<'a>> {
        let (name, value) = (self.length()?, self.length()?);
        Some((self.0.split_off(..name)?, self.0.split_off(..value)?))
    }

    /// A length below 128 is one byte. A longer one is four, with the
    /// first bit set.
    fn length(&mut self) -> Option<usize> {
        if self.0.first()? < &0x80 {
            return Some((*self.0.split_off_first()?).into());
        }
        let four = self.0.split_off(..4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four) as usize & 0x7fff_ffff)
    }
}

/// Appends a pair.
///
/// ```
/// let mut bytes = Vec::new();
/// gateway::fastcgi::pairs::push(&mut bytes, "N", [b'v'; 128]);
/// assert_eq!(&bytes[..6], b"\x01\x80\0\0\x80N");
/// ```
pub fn push(
    to: &mut Vec<u8>,
    name: impl AsRef<[u8]>,
    value: impl AsRef<[u8]>,
) {
    let (name, value) = (name.as_ref(), value.as_ref());
    for length in [name.len(), value.len()] {
        match length {
            0..0x80 => to.push(length as u8),
            _ => {
                let four = length as u32 | 0x8000_0000;
                to.extend_from_slice(&four.to_be_bytes());
            }
        }
    }
    to.extend_from_slice(name);
    to.extend_from_slice(value);
}

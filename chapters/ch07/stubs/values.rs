/// The content of the record GET_VALUES_RESULT.
///
/// `asked` are the names that the web server asks for, in its order,
/// and `known` what this application can tell. The answer has a pair
/// for each name that is asked for and known, in the order of `asked`;
/// a name that is asked for again is not told again, and what is not
/// known is left out.
///
/// A pair is the name's length, the value's length, the name and the
/// value. All of them are shorter than 128 bytes here, so each length
/// is one byte.
///
/// `values(&["A", "B"], &[("B", "1")])` is `b"\x01\x01B1"`.
pub fn values(asked: &[&str], known: &[(&str, &str)]) -> Vec<u8> {
    todo!("exercise 7.4: {asked:?}, of which {known:?} is known")
}

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
    todo!("exercise 6.5: {}", form.escape_ascii())
}

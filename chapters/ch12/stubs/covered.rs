/// A name with one of these in it is the name of a secret.
pub const WORDS: [&str; 7] = [
    "apikey",
    "authorization",
    "cookie",
    "passw",
    "private",
    "secret",
    "token",
];

/// The value of a variable in the environ, or a form, as a page may
/// show it.
///
/// If `name` is a secret's, all that comes back is `(covered)`.
/// Otherwise the value may be a form, a query, or a URL with one, which
/// are pairs with `&` in between: a name, `=`, and all up to the next
/// `&` or the end. If there is a `?` in front of that `=`, the name
/// begins after the last one. If it is a secret's, what is after the
/// `=` becomes `(covered)`, even if that is nothing. All else comes
/// back as it was, to the letter.
///
/// In names capitals do not matter, nor do `-` and `_`: `X-API-KEY` is
/// a secret's. In the name of a pair a letter may be written as `%` and
/// two hexadecimal digits. Who gets the form decodes that, so it counts
/// as the letter; the crate `percent-encoding` is at hand.
///
/// Of `/login?user=Ada&Pass%77ord=tea` the last three letters are
/// covered.
pub fn covered(name: &str, value: &str) -> String {
    let _ = WORDS;
    todo!("exercise 12.4: may everybody see that {name} is {value}?")
}

/// The path that a route leads to, with these parameters: a name and a
/// value each.
///
/// The pattern of a route has parameters in braces. `{number}` is one
/// segment of a path, and `{*path}` is a rest, with all its slashes. In
/// their places come the values, percent-encoded: letters and digits of
/// ASCII stay, and so do `-`, `.`, `_` and `~`, and each other byte
/// becomes `%` and two hexadecimal digits, with capitals. The slashes
/// of a rest stay; in a segment, a slash is a byte like others. What is
/// outside of braces is a path already, and stays as it is.
///
/// With `("number", "1/2")`, `/entry/{number}` becomes `/entry/1%2F2`.
///
/// Parameters that are not in the pattern are not used. If a value is
/// missing, or is empty, then there is no such page: the error is the
/// name of the first one, without the `*`.
pub fn url_for<'p>(
    pattern: &'p str,
    parameters: &[(&str, &str)],
) -> Result<String, &'p str> {
    todo!("exercise 13.1: where is {pattern} with {parameters:?}?")
}

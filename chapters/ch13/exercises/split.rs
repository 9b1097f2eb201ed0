/// Where the path that was asked for is to be cut, so that what is
/// before is SCRIPT_NAME and what comes after is PATH_INFO.
///
/// `asked` is the path of REQUEST_URI, as the client has sent it. The
/// other two are decoded: `%2F`, or `%2f`, has become a slash, and so
/// on, once. A `%` without two hexadecimal digits after it has stayed,
/// and so has a `+`.
///
/// The cut is in front of a slash, or at the end. One that is written
/// `%2F` begins no segment, and there is no cut. Nothing else in a path
/// is to be tidied: who asks for `//` gets `//`.
///
/// Of `/a%20b/c%2Fd`, `/a b` and `/c/d`, the answer is 6: the rest,
/// `/c%2Fd`, is what a router has to see. If there is no place where
/// both fit, as some web servers rewrite paths, it is `None`.
pub fn split(asked: &str, script: &[u8], path: &[u8]) -> Option<usize> {
    let [script, path] = [script, path].map(<[u8]>::escape_ascii);
    todo!("exercise 13.3: where in {asked} are {script} and {path}?")
}

use gateway::Environ;

/// Whether a request is for what is mounted at `place`.
///
/// Several applications can share a program, each at a place of its
/// own. If the path leads to `place` or further, the place moves from
/// the beginning of `PATH_INFO` to the end of `SCRIPT_NAME`, and the
/// answer is true; the application that is called next sees its own
/// part of the path. If not, nothing changes and the answer is false.
/// A place begins with a slash and does not end with one.
///
/// At `/shop`, a `SCRIPT_NAME` of `/cgi` and a `PATH_INFO` of
/// `/shop/tea` become `/cgi/shop` and `/tea`. A path of `/shopping`
/// leads elsewhere.
pub fn mount(environ: &mut Environ, place: &str) -> bool {
    let _ = environ;
    todo!("exercise 3.4: cut the path behind {place}")
}

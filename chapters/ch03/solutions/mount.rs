use gateway::Environ;

/// Whether a request is for what is mounted at `place`.
pub fn mount(environ: &mut Environ, place: &str) -> bool {
    let path = environ.bytes("PATH_INFO").unwrap_or_default();
    let rest = path.strip_prefix(place.as_bytes());
    let Some(rest @ ([] | [b'/', ..])) = rest else {
        return false;
    };
    let rest = rest.to_vec();
    let before = environ.bytes("SCRIPT_NAME").unwrap_or_default();
    let script = [before, place.as_bytes()].concat();
    environ.set("SCRIPT_NAME", script);
    environ.set("PATH_INFO", rest);
    true
}

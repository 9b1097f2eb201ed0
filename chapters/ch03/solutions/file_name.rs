use gateway::Environ;

/// The name of the file that a path asks for: all that stands behind
/// the last slash.
pub fn file_name(environ: &Environ) -> Vec<u8> {
    let path = environ.bytes("PATH_INFO").unwrap_or_default();
    let mut parts = path.rsplit(|&byte| byte == b'/');
    parts.next().unwrap_or_default().into()
}

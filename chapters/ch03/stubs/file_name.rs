use gateway::Environ;

/// The name of the file that a path asks for: all that stands behind
/// the last slash.
///
/// A file's name is bytes, at least on a Unix system. The visitor asks
/// for `/docs/Andr%E9`, and `PATH_INFO` is `/docs/Andr` and the byte
/// `E9`. Predict how many bytes the function returns. Then mend it:
/// two lines change.
///
/// For `/docs/` there is no name, nor is there without a `PATH_INFO`,
/// and no bytes are returned.
pub fn file_name(environ: &Environ) -> Vec<u8> {
    // exercise 3.1: bytes are lost here; remove this line as well.
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.into()
}

/// Is it a file of the program itself, this one that a backtrace names?
pub fn is_ours(file: &str) -> bool {
    let file = file.replace('\\', "/");
    let is_std = file.starts_with("/rustc/")
        || file.starts_with("/rust/deps/")
        || file.contains("/lib/rustlib/src/");
    let is_crate = ["/registry/src/", "/git/checkouts/"]
        .iter()
        .flat_map(|folder| file.split(folder).skip(1))
        .any(is_fetched);
    file.ends_with(".rs") && !is_std && !is_crate
}

/// Does it begin with a folder of Cargo's: a name, a dash, and 16
/// hexadecimal digits?
fn is_fetched(rest: &str) -> bool {
    let folder = rest.split('/').next().unwrap_or_default();
    let hash = folder.rsplit_once('-').map_or("", |parts| parts.1);
    hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
}

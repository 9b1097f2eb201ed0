/// Is it a file of the program itself, this one that a backtrace names?
/// It is if it ends with `.rs` and belongs to none of these:
///
/// - The standard library. Its files are `/rustc/`, the hash of a
///   commit, and so on, and those of the crates in it `/rust/deps/` and
///   so on. Where its sources are installed, they are in a folder
///   `lib/rustlib/src`.
/// - Crates that Cargo has fetched. They are below `registry/src` or
///   `git/checkouts`, each in a folder whose name ends with a dash and
///   16 hexadecimal digits:
///   `registry/src/index.crates.io-1949cf8c6b5b557f/mio-1.0.4` or
///   `git/checkouts/mio-2f8e0dc9d8b3a1c4/8a5c4d1`.
///
/// Between folders is `/` or, on Windows, `\`, and some files have
/// both. A program may be called `registry`, or sit in a folder
/// `rustc`: such a name is theirs only in its place.
pub fn is_ours(file: &str) -> bool {
    todo!("exercise 12.3: is {file} ours?")
}

//! Programs that tests need and a machine may lack.

use std::io::{self, Write};
use std::path::PathBuf;
use std::{env, iter};

/// Is this program installed? If not, says that a test is skipped.
///
/// # Panics
///
/// It is not, and the variable CI is set: there, nothing is skipped.
pub fn required(program: &str) -> bool {
    if find(program).is_some() {
        return true;
    }
    let missing = format!("{program} is not installed");
    assert!(env::var_os("CI").is_none(), "{missing}, and CI is set");
    // Not by eprintln!, which a passing test keeps to itself.
    let _ = writeln!(io::stderr(), "skipped: {missing}");
    false
}

/// The program's path: from PATH, or from the folder `sbin` beside,
/// which Debian does not give to users.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path).flat_map(|folder| {
        let sbin = folder.with_file_name("sbin");
        iter::once(folder).chain([sbin])
    });
    folders.map(|f| f.join(program)).find(|file| file.is_file())
}

//! One program under all servers: the same requests, and what each
//! server's environ says.

mod files;
mod keys;
mod middleware;
mod requests;
mod servers;
mod table;

use servers::{Kind, Site};
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

impl Site {
    /// Starts a server with the program; `None` if the web server is
    /// not installed.
    fn start(kind: Kind) -> Option<Self> {
        Self::with(kind, &PROGRAM)
    }
}

/// The program, which is built once.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    // <target>/debug/deps/outside-0123456789abcdef
    let this = env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap().to_path_buf();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--target-dir"]).arg(&target);
    command.args(["-p", "gateway", "--all-features"]);
    command.args(["--example", "one_for_all"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    target.join("debug/examples/one_for_all")
});

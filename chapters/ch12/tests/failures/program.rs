//! The program that fails, built in three ways, in a place where web
//! servers can run it.

use super::SOURCES;
use crate::process::Folder;
use crate::web_servers::error_log;
use std::env;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What the addresses of pages have in them, where it is given.
pub const TOKEN: &str = "0123456789abcdef";

/// A release build knows its lines, if it is asked to.
pub static WITH_LINES: LazyLock<PathBuf> =
    LazyLock::new(|| released("line-tables-only"));

/// As it comes.
pub static WITHOUT_LINES: LazyLock<PathBuf> =
    LazyLock::new(|| released("none"));

/// The debug build.
pub fn debug() -> &'static Path {
    env!("CARGO_BIN_EXE_ch12").as_ref()
}

fn released(lines: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(lines);
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release", "-p", "ch12"]);
    command.args(["--bin", "ch12", "--target-dir"]).arg(&target);
    command.env("CARGO_PROFILE_RELEASE_DEBUG", lines);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    target.join("release/ch12")
}

/// Where the program is, and what it writes into its log.
pub struct Installed {
    pub folder: Folder,
}

impl Installed {
    /// A web server may run it as another user, who may not read the
    /// folder that it was built in: its sources are put beside it.
    pub fn new(program: &Path, variables: &[(&str, &str)]) -> Self {
        let installed = Self::alone(program, variables);
        let folder = &installed.folder;
        for (file, source) in SOURCES {
            let path = folder.path(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, source).unwrap();
        }
        installed
    }

    /// Without its sources.
    pub fn alone(program: &Path, variables: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let here = folder.text();
        let variables = variables
            .iter()
            .map(|(name, value)| format!("export {name}='{value}'\n"));
        let variables: String = variables.collect();
        let script = format!(
            "#!/bin/sh\n{variables}cd '{here}'\n\
             case $1 in\n\
             http) set -- --port 0 ;;\n\
             tiny_http) set -- --tiny-http --port 0 ;;\n\
             fastcgi) set -- --fastcgi 127.0.0.1:0 ;;\n\
             esac\n\
             exec ./ch12 \"$@\" 2>>log\n"
        );
        fs::write(folder.path("log"), "").unwrap();
        for path in ["", "log"] {
            let open = Permissions::from_mode(0o777);
            fs::set_permissions(folder.path(path), open).unwrap();
        }
        fs::write(folder.path("text"), script).unwrap();
        install(program, folder.path("ch12"));
        install(folder.path("text"), folder.path("program"));
        Self { folder }
    }

    /// The program, which serves by `http`, `tiny_http` or `fastcgi` if
    /// that is its argument.
    pub fn program(&self) -> PathBuf {
        self.folder.path("program")
    }

    /// Its log, and that of the web server in this folder.
    pub fn log(&self, web_server: &Folder) -> String {
        let own = fs::read(self.folder.path("log")).unwrap();
        let own = String::from_utf8_lossy(&own).into_owned();
        own + &error_log(web_server)
    }
}

/// Copies a program, by a process of its own. If this one had written
/// it, whatever another thread starts might have it open still, and
/// then it does not start: "Text file busy".
fn install(from: impl AsRef<OsStr>, to: PathBuf) {
    let mut command = Command::new("install");
    command.args(["-m", "755"]).arg(from).arg(to);
    assert!(command.status().unwrap().success(), "{command:?}");
}

//! Looks for Python and links with its library, or says what to
//! install.

use std::path::Path;
use std::process::Command;

/// The folder of Python's library, and its file to link with.
const ASK: &str = "from sysconfig import get_config_var as get; \
                   print(get('LIBDIR'), get('LDLIBRARY'), sep='\\n')";

const INSTALL: &str = "Chapter 14 needs Python 3.9 or later and its \
    library. On Debian and Ubuntu: apt install python3-dev. A Python \
    of one's own is built with --enable-shared, and PYTHON says \
    where it is. All other chapters do without";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for variable in ["PYTHON", "PATH"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    if let Err(reason) = link() {
        println!("cargo::error={reason}. {INSTALL}.");
    }
}

fn link() -> Result<(), String> {
    let python = std::env::var("PYTHON");
    let python = python.unwrap_or_else(|_| "python3".into());
    let said = Command::new(&python).args(["-c", ASK]).output();
    let said = said
        .map_err(|error| format!("{python} cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout);
    let Some((folder, file)) = said.trim_end().split_once('\n') else {
        return Err(format!("{python} does not say where it is"));
    };
    let name = file.strip_suffix(".so").or(file.strip_suffix(".dylib"));
    match name.and_then(|name| name.strip_prefix("lib")) {
        Some(name) if Path::new(folder).join(file).exists() => {
            println!("cargo::rustc-link-search=native={folder}");
            println!("cargo::rustc-link-lib={name}");
            // Behind all that needs it, whatever the linker.
            println!("cargo::rustc-link-arg=-l{name}");
            // Or another of the same name is found at run time.
            println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
            Ok(())
        }
        _ => Err(format!("{python} has no library to link with")),
    }
}

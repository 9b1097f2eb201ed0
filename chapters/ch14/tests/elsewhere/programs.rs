//! Other people's clients: litmus, twine and pip.

use crate::python::{environment, prepare};
use crate::required::required;
use crate::servers::{Kind, Site};
use std::path::Path;
use std::process::Command;

/// What a program prints, in a folder of its own.
fn printed(site: &Site, python: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("env");
    prepare(&mut command, python, &site.folder);
    command.env("HOME", site.folder.path(""));
    let output = command.args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

/// Debian's tests of WebDAV, all of which WsgiDAV passes under cheroot,
/// its own server.
#[test]
fn litmus_passes() {
    let Some(python) = environment() else { return };
    if !required("litmus") {
        return;
    }
    for kind in [Kind::Http, Kind::Nginx] {
        let Some(site) = Site::start(kind, "dav", &python) else {
            continue;
        };
        let url = format!("http://{}/", site.address);
        let text = printed(&site, &python, &["litmus", &url]);
        let passed = text.matches(" 0 failed. 100.0%").count();
        assert_eq!(passed, 5, "{kind:?}: {text}");
    }
}

#[test]
fn twine_uploads_and_pip_installs() {
    let Some(python) = environment() else { return };
    for kind in [Kind::Http, Kind::Nginx] {
        let Some(site) = Site::start(kind, "packages", &python) else {
            continue;
        };
        let run =
            |arguments: &[&str]| printed(&site, &python, arguments);
        let url = format!("http://{}/", site.address);
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/elsewhere/apps/wheel.py"
        );
        run(&["python", script, "."]);
        let wheel = "tiny_thing-1.2-py3-none-any.whl";
        let twine = ["python", "-m", "twine", "upload"];
        let options =
            ["--non-interactive", "-u", "ada", "-p", "b", wheel];
        let place = ["--repository-url", &*url];
        run(&[&twine[..], &place, &options].concat());
        let index = format!("{url}simple/");
        let pip = ["python", "-m", "pip", "install", "--no-cache-dir"];
        let from = ["--index-url", &*index, "--target", "installed"];
        let text = run(&[&pip[..], &from, &["tiny-thing"]].concat());
        assert!(text.contains("installed tiny-thing-1.2"), "{text}");
    }
}

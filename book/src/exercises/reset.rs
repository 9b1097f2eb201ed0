//! `reset`: an exercise as it was before the reader came.
//!
//! The stub comes from git: the newest version in the history that is
//! still a stub, which its mark tells. So it is found as well when the
//! reader has committed an answer, and it has every improvement that
//! its authors have made.

use crate::exercises::exercise::{self, Entry};
use crate::project::Project;
use std::fs;
use std::io::{self, Write};
use std::process::Command;

/// Puts a stub back, after asking.
pub fn run(project: &Project, number: &str) -> Result<(), String> {
    let entry = exercise::find(project, number)?;
    let path = entry.stub();
    let text = project.read(&path).unwrap_or_default();
    let stub = stub(project, &entry)?;
    if text == stub {
        println!("{path} is as it was; there is nothing to put back.");
        return Ok(());
    }
    print!("Put {path} back to what it was before you wrote? [y/N] ");
    let _ = io::stdout().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|e| e.to_string())?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        println!("Nothing was changed.");
        return Ok(());
    }
    let kept = keep(project, &entry, &text)?;
    fs::write(project.root.join(&path), stub)
        .map_err(|e| format!("{path} cannot be written: {e}"))?;
    println!("It is back. What you wrote is kept in {kept}");
    Ok(())
}

/// Keeps what the reader wrote, until `cargo clean`.
fn keep(
    project: &Project,
    entry: &Entry,
    text: &str,
) -> Result<String, String> {
    let folder = project.workplace().join("answers");
    let path = folder.join(format!("{}.rs", entry.name));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|e| format!("your answer cannot be kept: {e}"))?;
    Ok(path.display().to_string())
}

/// The newest version that is still a stub.
fn stub(project: &Project, entry: &Entry) -> Result<String, String> {
    let path = entry.stub();
    let commits = git(project, &["log", "--format=%H", "--", &path])?;
    for commit in commits.lines() {
        // A commit that deletes the file has no version of it.
        let version = format!("{commit}:./{path}");
        let Ok(text) = git(project, &["show", &version]) else {
            continue;
        };
        if text.contains(&entry.mark()) {
            return Ok(text);
        }
    }
    Err(format!("git has no version of {path} that is a stub"))
}

fn git(
    project: &Project,
    arguments: &[&str],
) -> Result<String, String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(&project.root)
        .output()
        .map_err(|e| format!("git does not start: {e}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git: {}", text.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

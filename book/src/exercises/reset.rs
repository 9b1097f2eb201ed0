//! `reset`: an exercise as it was before the reader came.

use crate::exercises::exercise::{self, Entry};
use crate::project::Project;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Puts a stub back, after asking.
pub fn run(project: &Project, number: &str) -> Result<(), String> {
    let entry = exercise::find(project, number)?;
    let path = entry.answer();
    let stub = project.read(&entry.stub())?;
    if entry.is_untouched(project) {
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
    let path = project.root.join(path);
    // Who has removed it has nothing to keep.
    let kept = match path.exists() {
        true => Some(keep(project, &entry, &path)?),
        false => None,
    };
    fs::write(&path, stub)
        .map_err(|e| format!("{} stays: {e}", path.display()))?;
    match kept {
        Some(kept) => {
            println!("It is back. What you wrote is kept in {kept}");
        }
        None => println!("It is back."),
    }
    Ok(())
}

/// Keeps what the reader wrote, beside what was kept before, until
/// `cargo clean`.
fn keep(
    project: &Project,
    entry: &Entry,
    answer: &Path,
) -> Result<String, String> {
    let folder = project.workplace().join("answers");
    let name = &entry.name;
    let mut kept = folder.join(format!("{name}.rs"));
    let mut number = 1;
    while kept.exists() {
        number += 1;
        kept = folder.join(format!("{name}-{number}.rs"));
    }
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(answer, &kept))
        .map_err(|e| format!("your answer cannot be kept: {e}"))?;
    Ok(kept.display().to_string())
}

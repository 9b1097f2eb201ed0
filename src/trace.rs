//! Where an error began and how the program got there: what a
//! backtrace says, and the sources.

use std::backtrace::Backtrace;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where an error or a panic began, and how the program got there.
#[derive(Debug)]
pub(crate) struct Trace {
    /// Its file, line and column, with colons between.
    pub place: String,
    backtrace: Backtrace,
}

impl Trace {
    /// The backtrace is not read yet: that takes a thousand times as
    /// long.
    pub fn here(at: &Location<'_>) -> Self {
        let backtrace = Backtrace::force_capture();
        Self { place: at.to_string(), backtrace }
    }

    /// The functions on the way, the inmost first, and the place in
    /// each.
    pub fn frames(&self) -> Vec<(String, String)> {
        frames(&self.backtrace.to_string())
    }

    /// Where it began. The compiler leaves out the folder that it was
    /// in; a backtrace does not.
    pub fn began<'a>(
        &'a self,
        frames: &'a [(String, String)],
    ) -> &'a str {
        let mut places = frames.iter().map(|(_, place)| place);
        let found = places.find(|place| place.ends_with(&self.place));
        found.unwrap_or(&self.place)
    }
}

/// How a release build gets to know its lines.
const LINES: &str =
    "but with `debug = \"line-tables-only\"` below [profile.release]";

/// What a [`Backtrace`] writes, the inmost first: `  7: ch12::page` is
/// a function, and `at ./src/page.rs:12:34`, on the next line, where it
/// was.
fn frames(backtrace: &str) -> Vec<(String, String)> {
    let mut frames: Vec<(String, String)> = Vec::new();
    for line in backtrace.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            let (file, place) = divided(place);
            if let Some((_, frame)) = frames.last_mut() {
                *frame = format!("{}{place}", absolute(file).display());
            }
        } else if let Some((_, name)) = line.split_once(": ") {
            frames.push((name.into(), "an unknown place".into()));
        }
    }
    if !backtrace.contains(".rs:") {
        frames.insert(0, ("no place is known".into(), LINES.into()));
    }
    frames
}

/// A place's file, and `:line:column`.
fn divided(place: &str) -> (&str, &str) {
    let column = place.rfind(':').unwrap_or(place.len());
    let line = place[..column].rfind(':').unwrap_or(column);
    place.split_at(line)
}

/// Where a file is that the compiler or a backtrace names: they leave
/// out the folder of the workspace, or the current one.
pub(crate) fn absolute(file: &str) -> PathBuf {
    let starts = [env::current_dir(), env::current_exe()];
    let folders = starts.iter().flatten().flat_map(|p| p.ancestors());
    let mut places = folders.map(|folder| folder.join(file));
    let found = places.find(|place| place.is_file());
    found.unwrap_or(file.into()).components().collect()
}

/// Where a program has panicked that was run by this one, as the log
/// has it: `thread 'main' panicked at src/main.rs:12:34:`.
pub(crate) fn source_of_panic(log: &str) -> Option<String> {
    log.lines().find_map(|line| {
        let (_, place) = line.split_once(" panicked at ")?;
        Some(around(place.strip_suffix(':')?))
    })
}

/// A place as it is seen from the current folder.
pub(crate) fn nearby(place: &str) -> String {
    let folder = env::current_dir().unwrap_or_default();
    let path = Path::new(place);
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

/// A place in this program, and the source around it: lines with their
/// ends, indented but for a mark before the one of the place.
pub(crate) fn source(place: &str) -> String {
    let text = around(place);
    match is_edited(&absolute(divided(place).0)) {
        Ok(true) => text + "  (edited since this program was built)\n",
        _ => text,
    }
}

/// A place, and the source around it.
fn around(place: &str) -> String {
    let (file, numbers) = divided(place);
    let file = absolute(file);
    let mut numbers = numbers.split(':').skip(1);
    let line = numbers.next().and_then(|line| line.parse().ok());
    let line: usize = line.unwrap_or_default();
    let mut lines = format!("  {}\n", nearby(place));
    match text(&file) {
        Ok(text) => {
            let around = text.lines().enumerate();
            let around = around.skip(line.saturating_sub(6)).take(11);
            lines.extend(around.map(|(at, text)| {
                let mark = if at + 1 == line { '>' } else { ' ' };
                format!("{mark} {:4}  {text}\n", at + 1)
            }));
        }
        Err(error) => lines += &format!("  not shown: {error}\n"),
    }
    lines
}

/// The longest source that is shown, in bytes.
const LONGEST: u64 = 1 << 20;

/// A source, and nothing else: what a link leads to may be anything,
/// and a pipe may have no end.
fn text(file: &Path) -> io::Result<String> {
    let about = file.metadata()?;
    if file.canonicalize()? != file
        || file.extension() != Some("rs".as_ref())
        || !about.is_file()
        || about.len() > LONGEST
    {
        return Err(io::Error::other("it is not a source file"));
    }
    fs::read_to_string(file)
}

/// Has the file been changed after this program was built?
fn is_edited(file: &Path) -> io::Result<bool> {
    let program = env::current_exe()?.metadata()?.modified()?;
    Ok(file.metadata()?.modified()? > program)
}

#[cfg(test)]
#[path = "../tests/trace/format.rs"]
mod tests;

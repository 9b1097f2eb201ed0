//! The way to an error: what stands in a backtrace, and in the sources.

use crate::diagnostics::Trace;
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A function that had been called and had not returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its name, of which little is left if it was inlined.
    pub name: String,
    /// The file, if that is known.
    pub file: String,
    /// The line and the column in it.
    pub place: (u32, u32),
}

/// What the text of a [`Backtrace`](std::backtrace::Backtrace) says,
/// the innermost function first: `  7: ch12::page` is a function, and
/// `at ./src/page.rs:12:34` where it was, in the line after it.
///
/// ```
/// use gateway::middleware::debugger::frames;
///
/// let text = "  7: ch12::page\n        at ./src/page.rs:12:34\n";
/// let [frame] = &frames(text)[..] else { panic!("{text}") };
/// assert_eq!(frame.name, "ch12::page");
/// assert_eq!(frame.file, "./src/page.rs");
/// assert_eq!(frame.place, (12, 34));
/// ```
pub fn frames(backtrace: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in backtrace.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ")
            && let Some(frame) = frames.last_mut()
        {
            let mut parts = place.rsplitn(3, ':');
            let mut number = || parts.next()?.parse().ok();
            if let (Some(column), Some(line)) = (number(), number()) {
                frame.place = (line, column);
                frame.file = parts.next().unwrap_or_default().into();
            }
        } else if let Some((number, name)) = line.split_once(": ")
            && number.parse::<u32>().is_ok()
        {
            let (name, file) = (name.to_string(), String::new());
            frames.push(Frame { name, file, place: (0, 0) });
        }
    }
    frames
}

/// Where this library lies.
const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");

impl Frame {
    /// All of a trace's, from its place on and as far out as the
    /// application goes: what called the debugger is a server.
    pub(super) fn of(trace: &Trace) -> Vec<Self> {
        let mut all = frames(&trace.backtrace.to_string());
        for frame in &mut all {
            frame.file = absolute(&frame.file);
        }
        let is_server = |frame: &Self| {
            let path = frame.file.strip_prefix(LIBRARY);
            path.is_some_and(|path| {
                path == "middleware/debugger.rs"
                    || path.starts_with("exchange")
            })
        };
        let end = all.iter().position(is_server);
        all.truncate(end.unwrap_or(all.len()));
        all
    }

    /// Is it of the program itself, and not of what it was built from?
    pub fn is_ours(&self) -> bool {
        let is_theirs = ["/rustc/", "/registry/src/", "/checkouts/"]
            .iter()
            .chain(["/rustlib/", LIBRARY].iter())
            .any(|part| self.file.contains(part));
        self.file.starts_with('/') && !is_theirs
    }

    /// The middleware of this library that it belongs to.
    pub fn middleware(&self) -> Option<&str> {
        let path = self.file.strip_prefix(LIBRARY)?;
        let name = path.strip_prefix("middleware/")?;
        name.split(['/', '.']).next()
    }

    /// The function's own name: neither its path, nor of a closure in
    /// it.
    pub fn function(&self) -> &str {
        function(&self.name)
    }
}

/// The last part of a function's path that is a name.
pub fn function(path: &str) -> &str {
    let is_name = |part: &&str| !part.starts_with(['{', '<']);
    path.rsplit("::").find(is_name).unwrap_or(path)
}

/// Where a file is that the compiler or a backtrace names: they leave
/// the workspace's folder out, or the current one.
pub fn absolute(file: &str) -> String {
    if file.starts_with('/') {
        return file.into();
    }
    let file = Path::new(file.strip_prefix("./").unwrap_or(file));
    let start = [env::current_dir(), env::current_exe()];
    let folders = start.iter().flatten().flat_map(|p| p.ancestors());
    let mut places = folders.map(|folder| folder.join(file));
    let found = places.find(|place| place.is_file());
    found.map_or_else(
        || file.display().to_string(),
        |place| place.display().to_string(),
    )
}

/// The lines of a source around one, with their numbers; or why they
/// are not shown. What a link leads to may be anything.
pub fn excerpt(file: &str, line: u32) -> Result<Vec<String>, String> {
    const AROUND: usize = 5;
    let mut path = PathBuf::new();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => _ = path.pop(),
            part => path.push(part),
        }
    }
    let real =
        path.canonicalize().map_err(|error| error.to_string())?;
    if real != path {
        return Err(format!("it leads to {}", real.display()));
    }
    if real.extension().is_none_or(|extension| extension != "rs") {
        return Err("it is not Rust".into());
    }
    let text = fs::read_to_string(real).map_err(|e| e.to_string())?;
    let first = (line as usize).saturating_sub(AROUND + 1);
    let numbered = text.lines().enumerate().skip(first);
    let lines: Vec<_> = numbered
        .take(2 * AROUND + 1)
        .map(|(at, text)| format!("{:4}  {text}", at + 1))
        .collect();
    Ok(lines)
}

/// Has the file been changed after this program was built?
pub fn is_edited(file: &str) -> bool {
    let modified = |path: PathBuf| fs::metadata(path)?.modified();
    let program = env::current_exe().and_then(modified);
    let source = modified(file.into());
    matches!((program, source), (Ok(p), Ok(s)) if s > p)
}

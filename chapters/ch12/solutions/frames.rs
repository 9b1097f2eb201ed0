/// A function on the way to here: its name, its file, and the line.
pub type Frame<'b> = (&'b str, &'b str, u32);

/// The functions in a backtrace that have a place.
pub fn frames(backtrace: &str) -> Vec<Frame<'_>> {
    let (mut frames, mut function) = (Vec::new(), None);
    for line in backtrace.lines().map(str::trim) {
        let before = function.take();
        if let Some(place) = line.strip_prefix("at ") {
            let frame = before.zip(divided(place));
            frames.extend(frame.map(|(name, (f, l))| (name, f, l)));
        } else if let Some((number, name)) = line.split_once(": ") {
            let is_function = number.parse::<u32>().is_ok();
            function = is_function.then_some(name);
        }
    }
    frames
}

/// The file and the line. Two numbers at the end are a line and a
/// column; one is a line.
fn divided(place: &str) -> Option<(&str, u32)> {
    let (start, last) = place.rsplit_once(':')?;
    let last = last.parse().ok()?;
    let both = start.rsplit_once(':');
    let both = both.and_then(|(f, line)| Some((f, line.parse().ok()?)));
    Some(both.unwrap_or((start, last)))
}

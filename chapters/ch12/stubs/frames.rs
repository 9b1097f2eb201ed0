/// A function on the way to here: its name, its file, and the line.
pub type Frame<'b> = (&'b str, &'b str, u32);

/// The functions in a backtrace, in the order in which it has them.
///
/// A line with a number, `: ` and a name is a function. Its place may
/// be on the next line: `at `, a file, a line and a column with `:` in
/// between. There are spaces in front of both. Only functions that have
/// a place are of interest, and only the file and the line of it.
///
/// ```text
///    7: ch12::small::share
///              at ./chapters/ch12/src/small.rs:24:8
///    8: __rust_try
/// ```
///
/// That is `("ch12::small::share", "./chapters/ch12/src/small.rs", 24)`
/// and nothing else. A name may have anything in it, even `: ` and
/// ` at `, and a file may have spaces and colons: `C:\tea\main.rs:12:5`
/// is line 12 of `C:\tea\main.rs`. Some places have no column. All
/// other lines are skipped: a program that prints a backtrace says more
/// before it and after it.
pub fn frames(backtrace: &str) -> Vec<Frame<'_>> {
    todo!("exercise 12.2: which functions are in {backtrace}")
}

use std::io::{self, BufRead};

/// What a method of `wsgi.input` gives to Python, with its size (PEP
/// 3333, "Input and Error Streams"):
///
/// - `read` gives one string of bytes, which has as many as `size`
///   says. A client sends them in parts: they are waited for until all
///   are there, or the input has ended.
/// - `readline` gives one, too: a line, with the `\n` at its end, which
///   the last line may lack. Of a longer line than `size` it is the
///   beginning, and the next call gives more of it.
/// - `readlines` gives one for each line, and each is whole. No other
///   line is read when those that were have `size` bytes or more. (So
///   does Python's `io.BytesIO`; its `io.BufferedReader` wants more
///   than `size`.) Here, 0 means all.
///
/// `None` means all, and so does less than nothing. Where the input
/// ends, the one string of bytes is empty, and there are no lines.
///
/// What is not asked for stays in `input`, and is not waited for. An
/// error is passed on, but for `Interrupted`, after which one reads
/// on. The size is often the client's word, as in
/// `read(int(environ["CONTENT_LENGTH"]))`, so make no room for what has
/// not come.
pub fn input(
    input: &mut dyn BufRead,
    method: &str,
    size: Option<i64>,
) -> io::Result<Vec<Vec<u8>>> {
    let _ = input;
    todo!("exercise 14.5: what does {method} give, with {size:?}?")
}

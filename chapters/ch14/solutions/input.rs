use std::io::{self, BufRead, Read};

/// What a method of `wsgi.input` gives to Python.
pub fn input(
    input: &mut dyn BufRead,
    method: &str,
    size: Option<i64>,
) -> io::Result<Vec<Vec<u8>>> {
    let limit = size.and_then(|size| size.try_into().ok());
    let limit = limit.unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    match method {
        "read" => input.take(limit).read_to_end(&mut bytes)?,
        "readline" => {
            input.take(limit).read_until(b'\n', &mut bytes)?
        }
        _ if limit == 0 => return lines(input, u64::MAX),
        _ => return lines(input, limit),
    };
    Ok(vec![bytes])
}

/// Lines, until they have so many bytes.
fn lines(
    input: &mut dyn BufRead,
    enough: u64,
) -> io::Result<Vec<Vec<u8>>> {
    let (mut lines, mut length) = (Vec::new(), 0);
    while length < enough {
        let mut line = Vec::new();
        match input.read_until(b'\n', &mut line)? {
            0 => break,
            more => length += more as u64,
        }
        lines.push(line);
    }
    Ok(lines)
}

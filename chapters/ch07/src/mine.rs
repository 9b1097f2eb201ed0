//! A connection, served with the reader's pieces.

use crate::mine::{piece, pieces};
use gateway::exchange::{self, Protocol};
use gateway::{Application, Environ};
use std::io::{self, Cursor, Read, Write};

pieces!(chapter7 in "..":
    "7.2" pair_length, "7.3" records, "7.4" values, "7.5" answer);
pub use self::chapter7::PIECES;

const GET_VALUES: u8 = 9;
const KNOWN: [(&str, &str); 1] = [("FCGI_MPXS_CONNS", "0")];

/// Answers a request, or a question, and that is all.
pub fn serve(
    stream: &mut (impl Read + Write),
    app: &dyn Application,
) -> io::Result<()> {
    let (mut bytes, mut block) = (Vec::new(), [0; 8192]);
    let (mut params, mut body) = (Vec::new(), Vec::new());
    loop {
        let length = stream.read(&mut block)?;
        bytes.extend(&block[..length]);
        let (found, taken) = piece!(chapter7::records)(&bytes);
        bytes.drain(..taken);
        for (kind, id, content) in found {
            match (kind, &*content) {
                (GET_VALUES, asked) => tell(stream, asked)?,
                (4, content) => params.extend(content),
                (5, []) => {
                    let page = call(app, &params, body);
                    let page = piece!(chapter7::answer)(id, &[&page]);
                    return stream.write_all(&page);
                }
                (5, content) => body.extend(content),
                _ => {}
            }
        }
        if length == 0 {
            return Ok(());
        }
    }
}

fn call(
    app: &dyn Application,
    params: &[u8],
    body: Vec<u8>,
) -> Vec<u8> {
    let mut environ = Environ::new();
    for (name, value) in pairs(params) {
        environ.set(&String::from_utf8_lossy(name), value);
    }
    environ.input = Box::new(Cursor::new(body));
    let mut page = Vec::new();
    exchange::run(app, &mut environ, Protocol::Cgi, &mut page);
    page
}

/// The pairs, up to one that is cut.
fn pairs(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let pair = || {
        let mut length = || {
            let (length, size) = piece!(chapter7::pair_length)(bytes)?;
            bytes = bytes.get(size..)?;
            Some(length)
        };
        let (name, value) = (length()?, length()?);
        Some((bytes.split_off(..name)?, bytes.split_off(..value)?))
    };
    std::iter::from_fn(pair).collect()
}

/// Answers `GET_VALUES`, with a record of type 10.
fn tell(stream: &mut impl Write, asked: &[u8]) -> io::Result<()> {
    let names = pairs(asked).into_iter().map(|(name, _)| name);
    let names: Vec<_> = names.map(String::from_utf8_lossy).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let content = piece!(chapter7::values)(&names, &KNOWN);
    let length = content.len() as u8;
    let header = [1, 10, 0, 0, 0, length, 0, 0];
    stream.write_all(&[&header, &content[..]].concat())
}

//! FastCGI in a page: variables, a body, an answer.

use gateway::exchange::{self, Protocol};
use gateway::{Application, Environ};
use std::io::{self, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A web server, and what of its bytes we have read ahead.
pub type Connection = BufReader<TcpStream>;

/// Gives each connection a thread, until the process ends.
pub fn serve(
    listener: &TcpListener,
    app: &(dyn Application + Sync),
) -> io::Result<()> {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let mut connection = BufReader::new(stream?);
            scope.spawn(move || {
                while let Ok(true) = answer(&mut connection, app) {}
            });
        }
        Ok(())
    })
}

const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;

/// What travels.
struct Record {
    kind: u8,
    id: [u8; 2],
    content: Vec<u8>,
}

fn read_record(connection: &mut Connection) -> io::Result<Record> {
    let mut header = [0; 8];
    connection.read_exact(&mut header)?;
    let [_, kind, id1, id0, length1, length0, padding, _] = header;
    let length = u16::from_be_bytes([length1, length0]);
    let mut content = vec![0; length.into()];
    connection.read_exact(&mut content)?;
    connection.read_exact(&mut vec![0; padding.into()])?;
    Ok(Record { kind, id: [id1, id0], content })
}

/// Answers one request. May another one follow?
///
/// # Errors
///
/// The web server has gone.
pub fn answer(
    connection: &mut Connection,
    app: &dyn Application,
) -> io::Result<bool> {
    let (mut params, mut body) = (Vec::new(), Vec::new());
    let mut keep = false;
    let id = loop {
        let Record { kind, id, content } = read_record(connection)?;
        match kind {
            BEGIN_REQUEST => keep = content.get(2) == Some(&1),
            PARAMS => params.extend(content),
            STDIN if content.is_empty() => break id,
            STDIN => body.extend(content),
            _ => {}
        }
    };
    let mut environ = environ(&params).unwrap_or_default();
    environ.input = Box::new(Cursor::new(body));
    let mut out = Out { stream: connection.get_mut(), id };
    exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
    out.record(STDOUT, b"")?;
    out.record(END_REQUEST, &[0; 8])?;
    Ok(keep)
}

/// The variables; `None` if one of them is cut.
fn environ(mut params: &[u8]) -> Option<Environ> {
    let mut environ = Environ::new();
    environ.multithread = true;
    while !params.is_empty() {
        let name = length(&mut params)?;
        let value = length(&mut params)?;
        let name = params.split_off(..name)?;
        let value = params.split_off(..value)?;
        environ.set(&String::from_utf8_lossy(name), value);
    }
    Some(environ)
}

/// The length that comes first: one byte, or four.
fn length(bytes: &mut &[u8]) -> Option<usize> {
    if bytes.first()? < &128 {
        return Some((*bytes.split_off_first()?).into());
    }
    let four = bytes.split_off(..4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four) as usize & 0x7fff_ffff)
}

/// Where the answer goes: what is written becomes records.
struct Out<'a> {
    stream: &'a mut TcpStream,
    id: [u8; 2],
}

impl Out<'_> {
    fn record(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        let [id1, id0] = self.id;
        let [length1, length0] = (content.len() as u16).to_be_bytes();
        let header = [1, kind, id1, id0, length1, length0, 0, 0];
        self.stream.write_all(&[&header, content].concat())
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(u16::MAX.into());
        self.record(STDOUT, &bytes[..length])?;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

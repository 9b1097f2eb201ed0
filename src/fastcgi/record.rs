//! Records, in which all of FastCGI travels (section 3.3).

use std::io;

/// Begins a request: its role, and whether the connection is kept.
pub const BEGIN_REQUEST: u8 = 1;
/// Asks for the end of a request.
pub const ABORT_REQUEST: u8 = 2;
/// Ends a request.
pub const END_REQUEST: u8 = 3;
/// A stream of name-value pairs: the variables.
pub const PARAMS: u8 = 4;
/// The stream of the request's body.
pub const STDIN: u8 = 5;
/// The stream of the answer.
pub const STDOUT: u8 = 6;
/// The stream of the error log.
pub const STDERR: u8 = 7;
/// Asks what the application can do.
pub const GET_VALUES: u8 = 9;
/// Tells what it can do.
pub const GET_VALUES_RESULT: u8 = 10;
/// Tells that a type of record is not known.
pub const UNKNOWN_TYPE: u8 = 11;

/// The role that answers a request, as a CGI program does.
pub const RESPONDER: u16 = 1;
/// The flag that leaves it to the web server to close.
pub const KEEP_CONN: u8 = 1;

/// In END_REQUEST: the request is answered.
pub const REQUEST_COMPLETE: u8 = 0;
/// In END_REQUEST: one request at a time.
pub const CANT_MPX_CONN: u8 = 1;
/// In END_REQUEST: another role than a responder's.
pub const UNKNOWN_ROLE: u8 = 3;

/// The most that we put into a record, in bytes: 65,535 fit, but these
/// need no padding.
pub const CONTENT_LIMIT: usize = 65_528;

/// The eight bytes before a record's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What the record is.
    pub kind: u8,
    /// The request that it belongs to; 0 for none.
    pub id: u16,
    /// The length of the content, in bytes.
    pub length: u16,
    /// How many bytes of no meaning follow the content.
    pub padding: u8,
}

impl Header {
    /// The length of a header, in bytes.
    pub const SIZE: usize = 8;

    /// Reads a header.
    ///
    /// # Errors
    ///
    /// It is not of the protocol's one version.
    pub fn parse(bytes: [u8; Self::SIZE]) -> io::Result<Self> {
        let [version, kind, id1, id0, length1, length0, padding, _] =
            bytes;
        if version != 1 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a record of version {version}, not 1"),
            ));
        }
        Ok(Self {
            kind,
            id: u16::from_be_bytes([id1, id0]),
            length: u16::from_be_bytes([length1, length0]),
            padding,
        })
    }

    /// The header as it is sent.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let [id1, id0] = self.id.to_be_bytes();
        let [length1, length0] = self.length.to_be_bytes();
        let padding = self.padding;
        [1, self.kind, id1, id0, length1, length0, padding, 0]
    }
}

/// Appends a record, with so much padding that the next one begins at
/// a multiple of eight, as the specification recommends.
///
/// ```
/// use gateway::fastcgi::record::{STDOUT, push};
///
/// let mut bytes = Vec::new();
/// push(&mut bytes, STDOUT, 1, b"Hello");
/// assert_eq!(bytes, b"\x01\x06\0\x01\0\x05\x03\0Hello\0\0\0");
/// ```
///
/// # Panics
///
/// On more than [`CONTENT_LIMIT`] bytes.
pub fn push(to: &mut Vec<u8>, kind: u8, id: u16, content: &[u8]) {
    assert!(content.len() <= CONTENT_LIMIT, "is for several records");
    let length = content.len() as u16;
    let padding = (length.wrapping_neg() % 8) as u8;
    let header = Header { kind, id, length, padding };
    to.extend_from_slice(&header.to_bytes());
    to.extend_from_slice(content);
    to.extend_from_slice(&[0; 7][..usize::from(padding)]);
}

/// Appends the record that ends a request.
pub fn push_end(to: &mut Vec<u8>, id: u16, protocol_status: u8) {
    let content = [0, 0, 0, 0, protocol_status, 0, 0, 0];
    push(to, END_REQUEST, id, &content);
}

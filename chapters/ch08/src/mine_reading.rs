//! Bytes of a client, for as long as there is patience.

use super::{Connection, chapter8};
use crate::mine::piece;
use gateway::Failure;
use std::io::{self, BufRead, ErrorKind};
use std::time::{Duration, Instant};

/// The patience with a client that says nothing.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Reads until `find` has found something, and tells how many bytes
/// that was; `None` if the end comes first.
pub fn read_until(
    connection: &mut Connection,
    mut find: impl FnMut(&[u8]) -> io::Result<Option<(Vec<u8>, usize)>>,
) -> io::Result<Option<Vec<u8>>> {
    let (mut bytes, mut left) = (Vec::new(), PATIENCE);
    loop {
        let before = bytes.len();
        let come = read(connection, &mut left)?;
        bytes.extend_from_slice(come);
        let length = come.len();
        if length == 0 {
            return Ok(None);
        }
        if let Some((found, used)) = find(&bytes)? {
            connection.consume(used.saturating_sub(before));
            return Ok(Some(found));
        }
        connection.consume(length);
    }
}

/// What has come, or comes as long as there is patience.
pub fn read<'a>(
    connection: &'a mut Connection,
    left: &mut Duration,
) -> io::Result<&'a [u8]> {
    let late = || Failure::new("408 Request Timeout", "a slow client");
    let start = Instant::now();
    connection.get_ref().set_read_timeout(Some(*left))?;
    let come =
        connection.fill_buf().map_err(|error| match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                late().into()
            }
            _ => error,
        })?;
    let (waited, bytes) = (start.elapsed(), come.len() as u64);
    let more =
        piece!(chapter8::patience)(*left, waited, bytes, PATIENCE);
    // A time-out of nothing would be none.
    *left = more.filter(|left| !left.is_zero()).ok_or_else(late)?;
    Ok(come)
}

use gateway::Error;
use std::io;

/// The error of an application that could not read a file.
///
/// An application writes `File::open(path).map_err(file_error)?`. If
/// the file is not there, the visitor is told `404 Not Found`; if it
/// must not be read, `403 Forbidden`. The log gets the error's own
/// text behind the status. Any other error stays what it is, for it
/// may have a status in it already.
///
/// `file_error(ErrorKind::NotFound.into())` is a `gateway::Failure`
/// with the status `404 Not Found` and the reason `entity not found`.
pub fn file_error(error: io::Error) -> Error {
    todo!("exercise 4.3: find a status for {error}")
}

use gateway::{Error, Failure};
use std::io::{self, ErrorKind};

/// The error of an application that could not read a file.
pub fn file_error(error: io::Error) -> Error {
    let status = match error.kind() {
        ErrorKind::NotFound => "404 Not Found",
        ErrorKind::PermissionDenied => "403 Forbidden",
        _ => return error.into(),
    };
    Failure::new(status, error.to_string()).into()
}

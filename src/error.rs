//! An error that knows what the client should be told.

use crate::{Application, Environ, Response, Result, StartResponse};
use std::{error, fmt, io};

/// An error with a status of its own, where any other is answered
/// with `500 Internal Server Error`.
///
/// The request's body is a usual source: reading it fails with this
/// when it is cut short or grows past its limit, and `?` in the
/// application passes it on. The reason goes to the log alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the client gets: `400 Bad Request`.
    pub status: &'static str,
    /// What the log gets, and why.
    pub reason: String,
}

impl Failure {
    /// A failure of this status, for this reason.
    pub fn new(
        status: &'static str,
        reason: impl Into<String>,
    ) -> Self {
        Self { status, reason: reason.into() }
    }

    /// The client's mistake: `400 Bad Request`.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        let status = "400 Bad Request";
        Self { status, reason: reason.into() }
    }

    /// Finds a failure in an error, also inside an [`io::Error`].
    pub fn find(error: &crate::Error) -> Option<&Self> {
        let inner = match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|e| e as &dyn error::Error),
            None => Some(&**error as &dyn error::Error),
        };
        inner.and_then(|error| error.downcast_ref())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.reason)
    }
}

impl error::Error for Failure {}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, failure)
    }
}

impl Application for Failure {
    /// Answers any request with this failure.
    fn call(
        &self,
        _environ: &mut Environ,
        _start_response: StartResponse<'_>,
    ) -> Result<Response> {
        Err(self.clone().into())
    }
}

//! How the end of an answer is told, and what that makes of the
//! connection.

/// How the peer wants an answer framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A `Status` field, for a web server that does the rest.
    Cgi,
    /// HTTP/1.0 or 1.1.
    Http {
        /// The second digit of the client's version. From 1 on, a body
        /// of unknown length is sent in chunks; before, the end of the
        /// connection ends it.
        minor: u8,
        /// May the client send another request?
        keep_alive: bool,
    },
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is whole, and the connection may serve another request.
    Keep,
    /// It is whole, and the connection must be closed.
    Close,
    /// It was cut short, and the client can tell: its length is not
    /// reached, or its last chunk is missing. The connection must be
    /// closed.
    Cut,
    /// It was cut short, and a closed connection would pass for its
    /// end: it must be reset, or a program end with an error.
    Reset,
    /// The client has gone.
    Gone,
}

/// How the end of a body is told (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is no body: HEAD, 204, 205, 304.
    Nothing,
    /// By Content-Length: so many bytes are still to come.
    Exactly(u64),
    /// By a last chunk of no bytes.
    Chunked,
    /// By the end of the connection, or of the CGI program's output.
    UntilClose,
}

impl Protocol {
    /// The same, for who is going to close the connection.
    pub fn closing(mut self) -> Self {
        if let Protocol::Http { keep_alive, .. } = &mut self {
            *keep_alive = false;
        }
        self
    }

    /// What becomes of the connection behind a whole answer, and the
    /// header that says so, where it is not understood.
    pub(crate) fn end(self, framing: Framing) -> (End, &'static str) {
        match self {
            Protocol::Cgi => (End::Close, ""),
            Protocol::Http { minor: 1.., keep_alive: true } => {
                (End::Keep, "")
            }
            Protocol::Http { minor: 0, keep_alive: true }
                if framing != Framing::UntilClose =>
            {
                (End::Keep, "Connection: keep-alive\r\n")
            }
            _ => (End::Close, "Connection: close\r\n"),
        }
    }
}

impl Framing {
    /// How many of a block's bytes are to be sent.
    pub(crate) fn take(&mut self, length: usize) -> usize {
        match self {
            Framing::Nothing => 0,
            Framing::Chunked | Framing::UntilClose => length,
            Framing::Exactly(left) => {
                let room = (*left).min(length as u64);
                *left -= room;
                room as usize
            }
        }
    }

    /// Is there no room for another byte?
    pub(crate) fn is_full(self) -> bool {
        matches!(self, Framing::Nothing | Framing::Exactly(0))
    }
}

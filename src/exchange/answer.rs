//! An answer on its way to the wire: its head, its blocks, its end, and
//! what the log is told of it.

use super::{EXPLAIN, Outcome};
use crate::error::{describe, guarded};
use crate::framing::{End, Framing, Protocol};
use crate::headers::find;
use crate::response_head::{check, read_back};
use crate::{
    Block, Body, Environ, Error, Failure, Layer, ResponseHead, Result,
    SOFTWARE,
};
use httpdate::HttpDate;
use std::io::{self, Write};
use std::mem;
use std::time::SystemTime;

/// Is asked before a head is completed whether the connection can serve
/// another request: a body of which nobody knows whether it will be
/// read may prevent that.
pub(crate) type Keeps = Box<dyn Fn() -> bool>;

/// The state of one answer.
pub(super) struct Answer {
    protocol: Protocol,
    keeps: Option<Keeps>,
    is_head: bool,
    stage: Stage,
    /// The outermost first.
    pub(super) layers: Vec<Box<dyn Layer>>,
    /// The body's length, where it is known.
    length: Option<u64>,
    /// What goes out in the next write.
    buffer: Vec<u8>,
    /// Has any of it been sent? Until then it can be another.
    pub(super) has_begun: bool,
    /// Has its head another begun before?
    pub(super) is_another: bool,
    /// What it is if no more is sent.
    pub(super) outcome: Outcome,
    /// What the error log is to be told.
    complaints: Vec<String>,
}

/// The head is not sent with `start_response` but with the first
/// block that is not empty, so that an error can still replace it.
#[derive(Clone, Copy)]
enum Stage {
    Waiting,
    /// Is there a Content-Length, a Content-Type, a Date and a Server,
    /// or need not be?
    Started([bool; 4]),
    Sending(Framing),
    /// A block is on its way through the layers, or was lost there.
    Torn,
}

const SHORT: &str = "bytes short of its Content-Length";

const TOO_LONG: &str =
    "the body is longer than its Content-Length; the rest is not sent";

/// The longest block that is copied to go out in one write with what
/// is around it, in bytes.
const COPY_LIMIT: usize = 16 * 1024;

impl Answer {
    pub(super) fn new(
        protocol: Protocol,
        keeps: Option<Keeps>,
        is_head: bool,
    ) -> Self {
        Self {
            protocol,
            keeps,
            is_head,
            stage: Stage::Waiting,
            layers: Vec::new(),
            length: None,
            buffer: Vec::with_capacity(1000),
            has_begun: false,
            is_another: false,
            outcome: Outcome {
                status: 0,
                bytes: 0,
                end: End::Cut,
                label: String::new(),
            },
            complaints: Vec::new(),
        }
    }

    /// Begins a head, in the place of any that was begun before.
    pub(super) fn start(
        &mut self,
        status: &str,
        headers: &[(&str, &str)],
    ) -> Result<(), String> {
        check(status, headers)?;
        self.buffer.clear();
        let is_cgi = self.protocol == Protocol::Cgi;
        let first = if is_cgi { "Status: " } else { "HTTP/1.1 " };
        self.push(&[first, status, "\r\n"]);
        for (name, value) in headers {
            self.push(&[name, ": ", value, "\r\n"]);
        }
        let length = find(headers, "Content-Length");
        self.length = length.and_then(|length| length.parse().ok());
        self.stage = Stage::Started([
            length.is_some(),
            find(headers, "Content-Type").is_some(),
            is_cgi || find(headers, "Date").is_some(),
            is_cgi || find(headers, "Server").is_some(),
        ]);
        self.outcome.status = status[..3].parse().unwrap_or(500);
        Ok(())
    }

    /// Puts a part of the head into the buffer, in Latin-1.
    fn push(&mut self, texts: &[&str]) {
        let to = &mut self.buffer;
        for text in texts {
            match text.is_ascii() {
                true => to.extend_from_slice(text.as_bytes()),
                false => to.extend(text.chars().map(|c| c as u8)),
            }
        }
    }

    /// Does a response of this status have no content, ever (RFC 9110,
    /// sections 15.3.5, 15.3.6 and 15.4.5)?
    fn is_bodiless(&self) -> bool {
        matches!(self.outcome.status, 204 | 205 | 304)
    }

    /// Sends the body, block by block, and ends it as its framing
    /// demands.
    pub(super) fn send(
        &mut self,
        body: &mut Body,
        out: &mut dyn Write,
    ) -> Result<()> {
        self.length = self.length.or(body.length());
        if self.is_head || self.is_bodiless() {
            self.open()?; // not a block is asked for
        }
        while !self.is_full() {
            let Some(block) = body.next() else {
                self.length = self.length.or(Some(0));
                self.put(Block::default(), true, out)?;
                break;
            };
            self.put(block?, false, out)?;
        }
        let framing = self.framing()?;
        if let Framing::Exactly(left @ 1..) = framing {
            return Err(format!("the body is {left} {SHORT}").into());
        }
        if framing == Framing::Chunked {
            self.buffer.extend_from_slice(b"0\r\n\r\n");
        }
        self.deliver(b"", out)?;
        self.outcome.end = self.protocol.end(framing).0;
        Ok(())
    }

    /// Is all of the body sent that may be?
    pub(super) fn is_full(&self) -> bool {
        matches!(self.stage, Stage::Sending(f) if f.is_full())
    }

    /// The framing of a body that goes on, or why it may not.
    fn framing(&self) -> Result<Framing> {
        match self.stage {
            Stage::Sending(framing) => Ok(framing),
            // The application may have passed over the error.
            Stage::Torn => Err("a block was not sent".into()),
            _ => Err("a response without start_response".into()),
        }
    }

    /// Completes the head in the buffer, if it is not yet, with what
    /// the application left to the server: how the body ends, Date and
    /// Server (RFC 9110, section 6.6.1), and what becomes of the
    /// connection.
    fn open(&mut self) -> Result<()> {
        if let Stage::Started(_) = self.stage
            && (self.is_another
                || self.layers.iter().any(|layer| layer.has_head()))
        {
            self.settle()?;
        }
        let Stage::Started(has) = self.stage else { return Ok(()) };
        let [has_length, has_type, has_date, has_server] = has;
        self.check_type(has_type);
        let (framing, length) = self.choose();
        if !has_length && let Some(length) = length {
            write!(self.buffer, "Content-Length: {length}\r\n")?;
        }
        if framing == Framing::Chunked {
            self.push(&["Transfer-Encoding: chunked\r\n"]);
        }
        if !has_date {
            let now = HttpDate::from(SystemTime::now());
            write!(self.buffer, "Date: {now}\r\n")?;
        }
        if !has_server {
            self.push(&["Server: ", SOFTWARE, "\r\n"]);
        }
        if self.keeps.as_ref().is_some_and(|keeps| !keeps()) {
            self.protocol = self.protocol.closing();
        }
        self.push(&[self.protocol.end(framing).1, "\r\n"]);
        self.stage = Stage::Sending(framing);
        Ok(())
    }

    /// Lets the layers change the head, from the inmost on.
    fn settle(&mut self) -> Result<()> {
        let (status, mut headers) = read_back(&self.buffer);
        let is_declared = headers.remove("Content-Length").is_some();
        let (before, length) = (status.clone(), self.length);
        let mut head = ResponseHead { status, headers, length };
        self.stage = Stage::Torn;
        for layer in self.layers.iter_mut().rev() {
            layer.head(&mut head)?;
        }
        // A 304 and an answer to HEAD may have one, and no body.
        if let (true, Some(length)) = (is_declared, head.length)
            && head.status == before
        {
            head.headers.push("Content-Length", length);
        }
        self.start(&head.status, &head.headers.pairs())?;
        self.length = self.length.or(head.length);
        Ok(())
    }

    /// A body needs a Content-Type, and a response without a body has
    /// none (RFC 3875, section 6.3.1).
    fn check_type(&mut self, has_type: bool) {
        self.complain(match (self.is_bodiless(), has_type) {
            (false, false) if self.length != Some(0) => {
                "a body without a Content-Type"
            }
            (true, true) => "a Content-Type without a body",
            _ => return,
        });
    }

    /// How the end of the body will be told, and the length that the
    /// head has for it.
    fn choose(&self) -> (Framing, Option<u64>) {
        use Framing::{Chunked, Exactly, Nothing, UntilClose};
        match (self.length, self.protocol) {
            // Clients wait for a body of it (RFC 9112, section 6.3).
            _ if self.outcome.status == 205 => (Nothing, Some(0)),
            _ if self.is_bodiless() => (Nothing, None),
            // To HEAD it is told if the body was made all the same.
            (None | Some(0), _) if self.is_head => (Nothing, None),
            (length, _) if self.is_head => (Nothing, length),
            (Some(length), _) => (Exactly(length), Some(length)),
            (None, Protocol::Http { minor: 1.., .. }) => {
                (Chunked, None)
            }
            (None, _) => (UntilClose, None),
        }
    }

    /// Sends a block through the layers, as far as Content-Length
    /// leaves room for it. What they still have goes with the last.
    ///
    /// An empty block is legal, and sends nothing: not the head, and
    /// not the chunk of length zero that would end the body.
    fn put(
        &mut self,
        mut block: Block,
        is_last: bool,
        out: &mut dyn Write,
    ) -> Result<()> {
        if block.is_empty() && !is_last {
            return Ok(());
        }
        self.open()?;
        let framing = self.framing()?;
        self.stage = Stage::Torn; // until it is through
        if !framing.is_full() {
            for layer in self.layers.iter_mut().rev() {
                if !block.is_empty() {
                    block = layer.block(block)?;
                }
                if is_last {
                    block = [&*block, &*layer.end()?].concat().into();
                }
            }
        }
        self.frame(&block, framing, out)
    }

    /// Sends what the application writes. Without layers it is not
    /// copied for that.
    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        out: &mut dyn Write,
    ) -> Result<()> {
        if !self.layers.is_empty() {
            return self.put(bytes.to_vec().into(), false, out);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.open()?;
        self.frame(bytes, self.framing()?, out)
    }

    /// Sends a block as its framing demands.
    fn frame(
        &mut self,
        block: &[u8],
        mut framing: Framing,
        out: &mut dyn Write,
    ) -> Result<()> {
        let room = framing.take(block.len());
        self.stage = Stage::Sending(framing);
        if block.is_empty() {
            return Ok(());
        }
        if framing == Framing::Chunked {
            write!(self.buffer, "{room:x}\r\n")?;
        }
        if room > COPY_LIMIT {
            self.deliver(&block[..room], out)?;
        } else {
            self.buffer.extend_from_slice(&block[..room]);
        }
        if framing == Framing::Chunked {
            self.buffer.extend_from_slice(b"\r\n");
        }
        self.deliver(b"", out)?;
        self.outcome.bytes += room as u64;
        if room < block.len() && framing != Framing::Nothing {
            return Err(TOO_LONG.into());
        }
        match framing.is_full() {
            true => Ok(()), // its end goes out with it
            false => Ok(self.flush(out)?),
        }
    }

    /// Sends the buffer, and `block` behind it.
    ///
    /// What is short goes in one write: a second packet would wait for
    /// the first to be acknowledged. After a failure nothing is sent:
    /// it would follow a gap.
    fn deliver(
        &mut self,
        block: &[u8],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.has_begun = true;
        if self.outcome.end == End::Gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let sent = out.write_all(&self.buffer);
        self.check(sent.and_then(|()| out.write_all(block)))?;
        self.buffer.clear();
        self.outcome.end = match self.stage {
            Stage::Sending(f) if f.is_full() => self.protocol.end(f).0,
            Stage::Sending(Framing::UntilClose) => End::Reset,
            _ => End::Cut,
        };
        Ok(())
    }

    pub(super) fn flush(
        &mut self,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.check(out.flush())
    }

    /// Whatever fails, the client has gone. One that takes nothing has
    /// not, and is let go by us: that is worth a line.
    fn check(&mut self, sent: io::Result<()>) -> io::Result<()> {
        sent.map_err(|error| {
            if error.kind() == io::ErrorKind::TimedOut {
                self.complain(format!("the answer is cut: {error}"));
            }
            self.outcome.end = End::Gone;
            io::ErrorKind::BrokenPipe.into()
        })
    }

    /// Notes for the log what went wrong, once.
    pub(super) fn complain(&mut self, complaint: impl Into<String>) {
        let complaint = complaint.into();
        if !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }

    /// What is put in the place of an error by who explains it. That a
    /// client has gone is none.
    pub(super) fn explained(
        &mut self,
        error: Error,
        environ: &mut Environ,
    ) -> Error {
        if self.outcome.end == End::Gone {
            return error;
        }
        let Some(explain) = environ.take(EXPLAIN) else { return error };
        let explained = guarded(|| Ok(explain(&error, environ)));
        environ.insert(EXPLAIN, explain); // another may follow
        if let Err(own) = &explained {
            self.note(own);
        }
        explained.ok().flatten().unwrap_or(error)
    }

    /// Notes an error. That a client has gone is none.
    pub(super) fn note(&mut self, error: &Error) {
        if self.outcome.end != End::Gone {
            let text = guarded(|| Ok(describe(error)));
            self.complain(text.unwrap_or_else(|e| e.to_string()));
        }
    }

    /// Notes an error, and starts what the client is told of it, if it
    /// can still be told something: this is the page.
    fn explain(&mut self, error: &Error) -> Option<Body> {
        self.note(error);
        if self.has_begun {
            return None;
        }
        let failure = guarded(|| Ok(Failure::find(error).cloned()));
        let ours = Failure::new("500 Internal Server Error", "");
        let failures = failure.ok().flatten().into_iter();
        for failure in failures.chain([ours]) {
            let headers = failure.headers.pairs();
            match self.start(&failure.status, &headers) {
                Ok(()) => return Some(failure.page.into()),
                Err(illegal) => self.complain(illegal),
            }
        }
        None
    }

    /// Logs an error, and tells the client what can be told.
    pub(super) fn fail(
        &mut self,
        error: &Error,
        environ: &mut Environ,
        out: &mut dyn Write,
    ) {
        let page = self.explain(error);
        // Before the client is told: lighttpd ends a CGI program as
        // soon as it has the whole answer.
        self.log(environ);
        if let Some(mut page) = page {
            let layers = mem::take(&mut self.layers);
            // If this fails, the client has gone, and that is noted.
            let _ = self.send(&mut page, out);
            self.layers = layers;
        }
    }

    /// Writes what was noted into the log.
    pub(super) fn log(&mut self, environ: &mut Environ) {
        if self.complaints.is_empty() {
            return;
        }
        let mut errors = environ.errors.clone();
        errors.set_label(&self.outcome.label);
        for complaint in self.complaints.drain(..) {
            // Lines after the first would pass for somebody else's.
            let text = complaint.replace('\n', "\n    ");
            let line = format!("{}: {text}\n", request(environ));
            // Nobody is left to be told that a log cannot be written.
            let _ = guarded(|| Ok(errors.write_all(line.as_bytes())?));
        }
    }
}

/// Method and path, with whatever could end a line escaped. A program
/// that is run from a terminal may have neither.
pub(crate) fn request(environ: &Environ) -> String {
    let get = |name| environ.get(name).unwrap_or_default();
    let method = environ.get("REQUEST_METHOD").unwrap_or("-".into());
    let path = [get("SCRIPT_NAME"), get("PATH_INFO")].concat();
    let line = format!("{method} {path}");
    line.trim_end().escape_debug().to_string()
}

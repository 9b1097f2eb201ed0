//! What an exchange writes, as hyper wants it.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use std::io::{self, ErrorKind, Write};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::{mpsc, oneshot};

/// The body of an application's answer.
#[derive(Debug, Default)]
pub struct AnswerBody {
    /// What came with the head.
    first: Bytes,
    /// What comes later: one block, until it is taken.
    rest: Option<mpsc::Receiver<io::Result<Bytes>>>,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let first = mem::take(&mut self.first);
        if !first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let block = rest.poll_recv(context);
        block.map(|block| block.map(|block| block.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.rest {
            None => SizeHint::with_exact(self.first.len() as u64),
            Some(_) => SizeHint::default(),
        }
    }
}

/// Where an exchange writes: a head in CGI's form, and the body.
pub struct Out {
    stage: Stage,
}

enum Stage {
    Head(Vec<u8>, oneshot::Sender<Response<AnswerBody>>),
    Body(mpsc::Sender<io::Result<Bytes>>),
    /// All of it is sent.
    Over,
}

impl Out {
    pub fn new(to: oneshot::Sender<Response<AnswerBody>>) -> Self {
        Self { stage: Stage::Head(Vec::new(), to) }
    }

    /// Tells the client that this was not all.
    pub fn cut(self) {
        if let Stage::Body(to) = self.stage {
            let error = io::Error::other("the answer was cut short");
            // Or it has left.
            let _ = to.blocking_send(Err(error));
        }
    }

    /// Sends the head, and what of the body came with it. If that is
    /// all, it is one message.
    fn send(
        &mut self,
        bytes: &[u8],
        end: usize,
        to: oneshot::Sender<Response<AnswerBody>>,
    ) -> io::Result<()> {
        let (head, first) = bytes.split_at(end);
        let first = Bytes::copy_from_slice(first);
        let (head, length) = parse(head)?;
        let (stage, rest) = match length == Some(first.len() as u64) {
            true => (Stage::Over, None),
            false => {
                let (to, rest) = mpsc::channel(1);
                (Stage::Body(to), Some(rest))
            }
        };
        self.stage = stage;
        let answer = head.map(|()| AnswerBody { first, rest });
        to.send(answer).map_err(|_| gone())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // It is copied, and a block may have all of a long body.
        let bytes = &bytes[..bytes.len().min(64 * 1024)];
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Head(mut head, to) => {
                head.extend_from_slice(bytes);
                let end =
                    head.windows(4).position(|w| w == b"\r\n\r\n");
                match end {
                    Some(end) => self.send(&head, end + 4, to)?,
                    None => self.stage = Stage::Head(head, to),
                }
            }
            Stage::Body(to) => {
                let block = Bytes::copy_from_slice(bytes);
                to.blocking_send(Ok(block)).map_err(|_| gone())?;
                self.stage = Stage::Body(to);
            }
            Stage::Over => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gone() -> io::Error {
    io::Error::new(ErrorKind::BrokenPipe, "the client has left")
}

/// A head as the exchange writes it, and the length of its body.
fn parse(head: &[u8]) -> io::Result<(Response<()>, Option<u64>)> {
    let mut answer = Response::new(());
    let mut length = None;
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii_end();
        let Some(colon) = line.iter().position(|&b| b == b':') else {
            continue;
        };
        let (name, value) =
            (&line[..colon], line[colon + 1..].trim_ascii());
        if name == b"Status" {
            let code = StatusCode::from_bytes(&value[..3]);
            *answer.status_mut() = code.map_err(io::Error::other)?;
            continue;
        }
        let name =
            HeaderName::from_bytes(name).map_err(io::Error::other)?;
        let value =
            HeaderValue::from_bytes(value).map_err(io::Error::other)?;
        if name == "content-length" {
            let text = value.to_str().unwrap_or_default();
            length = text.parse().ok();
        }
        answer.headers_mut().append(name, value);
    }
    // These have no body, and no length (RFC 9110, section 15).
    if matches!(answer.status().as_u16(), 204 | 304) {
        length = Some(0);
    }
    Ok((answer, length))
}

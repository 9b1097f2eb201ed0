//! The environ of a request that hyper has read.

use crate::BoxError;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, OriginalUri};
use axum::http::{Request, Uri, Version, request};
use gateway::request_head::{
    RequestHead, address_and_port, fill_addresses,
};
use gateway::{Environ, Failure};
use http_body::Body;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::future::poll_fn;
use std::io::{self, BufReader, Read};
use std::net::SocketAddr;
use std::pin::Pin;
use tokio::runtime::Handle;

/// Puts the request into the environ, and its body.
pub fn fill<B>(
    environ: &mut Environ,
    request: Request<B>,
    runtime: Handle,
) -> Result<(), Failure>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (head, body) = request.into_parts();
    environ.multithread = true;
    fill_head(environ, &head)?;
    if !body.is_end_stream() {
        let body = Box::pin(body);
        let input = Input { body, runtime, block: Bytes::new() };
        environ.input = Box::new(BufReader::new(input));
    }
    Ok(())
}

fn fill_head(
    environ: &mut Environ,
    head: &request::Parts,
) -> Result<(), Failure> {
    let original = head.extensions.get::<OriginalUri>();
    let original = original.map_or(&head.uri, |original| &original.0);
    let target = original.to_string();
    let fields = head.headers.iter();
    let mut fields: Vec<_> = fields
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    // HTTP/2 has it in the URI.
    let authority = head.uri.authority().map(|host| host.as_str());
    if let Some(host) = authority
        && !head.headers.contains_key("host")
    {
        fields.push(("host", host.as_bytes()));
    }
    let version = match head.version {
        Version::HTTP_10 => (1, 0),
        _ => (1, 1),
    };
    let read = RequestHead {
        method: head.method.as_str(),
        target: target.as_bytes(),
        version,
        fields: &fields,
    };
    read.read_into(environ, u64::MAX)?;
    if head.version > Version::HTTP_11 {
        environ.set("SERVER_PROTOCOL", format!("{:?}", head.version));
    }
    if head.uri.scheme_str() == Some("https") {
        environ.url_scheme = "https";
    }
    fill_paths(environ, original, &head.uri);
    let client = head.extensions.get::<ConnectInfo<SocketAddr>>();
    let client = client.map(|client| address_and_port(client.0));
    let host = environ.get("HTTP_HOST").unwrap_or_default();
    let host: Uri = host.parse().unwrap_or_default();
    let server = (
        host.host().unwrap_or("localhost").to_string(),
        host.port_u16().unwrap_or(80).to_string(),
    );
    fill_addresses(environ, &server, client.as_ref());
    Ok(())
}

/// What `nest` has taken off the path is SCRIPT_NAME.
fn fill_paths(environ: &mut Environ, original: &Uri, uri: &Uri) {
    let (whole, rest) = (original.path(), uri.path());
    if whole == rest {
        return;
    }
    let script = whole.strip_suffix(rest);
    let (script, rest) = match script.or(whole.strip_suffix('/')) {
        Some(script) => (script, rest),
        // Of what is nested at `/a`, `/a` has become `/`.
        None if rest == "/" => (whole, ""),
        None => return,
    };
    let decoded = |text| Cow::from(percent_decode_str(text));
    environ.set("SCRIPT_NAME", decoded(script));
    environ.set("PATH_INFO", decoded(rest));
}

/// `wsgi.input`, for a thread that may block.
struct Input<B> {
    body: Pin<Box<B>>,
    runtime: Handle,
    /// What has come and is not read yet.
    block: Bytes,
}

impl<B> Read for Input<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.block.is_empty() {
            let frame = poll_fn(|cx| self.body.as_mut().poll_frame(cx));
            match self.runtime.block_on(frame) {
                None => return Ok(0),
                Some(Err(error)) => {
                    let error = error.into().to_string();
                    return Err(Failure::bad_request(error).into());
                }
                // Trailers are not for an application.
                Some(Ok(frame)) => {
                    self.block = frame.into_data().unwrap_or_default();
                }
            }
        }
        let length = to.len().min(self.block.len());
        to[..length].copy_from_slice(&self.block.split_to(length));
        Ok(length)
    }
}

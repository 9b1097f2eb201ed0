//! What a proxy tells of the client that it speaks for.

use crate::{Application, Environ, StartResponse};
use std::net::{IpAddr, SocketAddr};

/// The fields in which a proxy tells it. Only those that it sets may
/// be believed: any others come from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyFields {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
    XForwarded,
}

/// All the variables that such fields arrive in.
const VARIABLES: [&str; 4] = [
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
];

/// What one proxy says of who asked it.
#[derive(Debug, Default, PartialEq)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
}

/// Middleware that puts the client's address, host and scheme where the
/// proxy's are: REMOTE_ADDR, HTTP_HOST and `wsgi.url_scheme`.
///
/// Proxies at the `trusted` addresses are believed, and so is whoever
/// comes through a Unix socket, without an address. The fields are gone
/// afterwards.
///
/// ```
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// use gateway::{ProxyFields, behind_proxy};
/// use std::net::Ipv4Addr;
///
/// let nginx = Ipv4Addr::LOCALHOST.into();
/// let app =
///     behind_proxy(application, [nginx], ProxyFields::XForwarded);
/// ```
pub fn behind_proxy(
    app: impl Application,
    trusted: impl Into<Vec<IpAddr>>,
    fields: ProxyFields,
) -> impl Application {
    let trusted = trusted.into();
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let mut hops = match fields {
            ProxyFields::Forwarded => forwarded(environ),
            ProxyFields::XForwarded => x_forwarded(environ),
        };
        for name in VARIABLES {
            environ.remove(name);
        }
        let is_trusted = |client: Option<IpAddr>| {
            client.is_some_and(|address| trusted.contains(&address))
        };
        let mut is_believed = match environ.get("REMOTE_ADDR") {
            Some(address) => is_trusted(address.parse().ok()),
            None => true,
        };
        // Each has added to the end of what the one before it said.
        while is_believed && let Some(hop) = hops.pop() {
            is_believed = is_trusted(hop.client);
            hop.fill(environ);
        }
        app.call(environ, start_response)
    }
}

impl Hop {
    fn fill(self, environ: &mut Environ) {
        if let Some(client) = self.client {
            environ.set("REMOTE_ADDR", client.to_string());
            environ.remove("REMOTE_PORT");
        }
        if let Some(host) = self.host {
            environ.set("HTTP_HOST", host);
        }
        match self.scheme.as_deref() {
            Some("https") => environ.url_scheme = "https",
            Some("http") => environ.url_scheme = "http",
            _ => {}
        }
    }
}

/// RFC 7239, section 4: `for=192.0.2.1;proto=https, for=…`.
fn forwarded(environ: &Environ) -> Vec<Hop> {
    let field = environ.get("HTTP_FORWARDED").unwrap_or_default();
    let hops = split(&field, ',').into_iter().map(|element| {
        let mut hop = Hop::default();
        for pair in split(element, ';') {
            let (name, value) =
                pair.split_once('=').unwrap_or_default();
            let value = value.trim_matches('"');
            match name.to_ascii_lowercase().as_str() {
                "for" => hop.client = address(value),
                "proto" => hop.scheme = Some(value.to_lowercase()),
                "host" => hop.host = Some(value.to_string()),
                _ => {}
            }
        }
        hop
    });
    hops.collect()
}

/// The same in three fields, of which the first has a value for each
/// proxy, and the others often only the last one's.
fn x_forwarded(environ: &Environ) -> Vec<Hop> {
    let list = |name| {
        let field = environ.get(name).unwrap_or_default();
        let values = field.split(',').map(|v| v.trim().to_string());
        values.rev().collect::<Vec<_>>()
    };
    let schemes = list("HTTP_X_FORWARDED_PROTO");
    let hosts = list("HTTP_X_FORWARDED_HOST");
    let clients = list("HTTP_X_FORWARDED_FOR");
    let hops = clients.iter().enumerate().map(|(at, client)| Hop {
        client: address(client),
        scheme: schemes.get(at).map(|s| s.to_lowercase()),
        host: hosts.get(at).filter(|h| !h.is_empty()).cloned(),
    });
    hops.rev().collect()
}

/// An address, perhaps with a port: `192.0.2.1:4711`, `[2001:db8::1]`.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = text.parse().map(|both: SocketAddr| both.ip());
    let inner =
        text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    with_port.or_else(|_| inner.unwrap_or(text).parse()).ok()
}

/// Splits a list, but not within quotes.
fn split(list: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = list.split(move |c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    });
    parts.map(str::trim).collect()
}

//! What a proxy tells of the client that it speaks for.

use crate::request_head::names_host;
use crate::{Application, Environ, StartResponse};
use std::net::{IpAddr, SocketAddr};

/// A field in which a proxy tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyField {
    /// `X-Forwarded-For`: the client's address.
    For,
    /// `X-Forwarded-Proto`: `http` or `https`.
    Proto,
    /// `X-Forwarded-Host`: the host that the client asked for.
    Host,
}

/// Middleware that puts the client's address, scheme and host where
/// the proxy's are: REMOTE_ADDR, `wsgi.url_scheme` and HTTP_HOST.
///
/// Proxies at the `trusted` addresses are believed, and one that has no
/// address, because it comes through a Unix socket. `fields` are those
/// that they set, or add to, in every request. Name no others: what a
/// proxy passes on as it came was written by the client.
///
/// A field is a list. It is read from the end, where our proxy wrote,
/// and goes on while the address that it gives is a trusted one. What
/// is no scheme or no host changes nothing. If `For` is named, and it
/// gives no address or is missing, REMOTE_ADDR becomes `unknown`: with
/// the proxy's own left in it, a rule like "only from this machine"
/// would let everybody in.
///
/// REMOTE_HOST and REMOTE_PORT go together with the proxy's address.
/// The fields go in any case, named or not, and `Forwarded` (RFC 7239),
/// which is not supported: nobody vouches for what is left in them.
///
/// ```
/// # use gateway::{Environ, Response, Result, StartResponse};
/// # fn application(_: &mut Environ, start_response: StartResponse)
/// #     -> Result<Response> { unimplemented!() }
/// use gateway::{ProxyField, behind_proxy};
/// use std::net::Ipv4Addr;
///
/// let nginx = Ipv4Addr::LOCALHOST.into();
/// let fields = [ProxyField::For, ProxyField::Proto];
/// let app = behind_proxy(application, [nginx], fields);
/// ```
pub fn behind_proxy(
    app: impl Application,
    trusted: impl Into<Vec<IpAddr>>,
    fields: impl Into<Vec<ProxyField>>,
) -> impl Application {
    let (trusted, fields) = (trusted.into().into_iter(), fields.into());
    let trusted: Vec<_> =
        trusted.map(|ip| Some(ip.to_canonical())).collect();
    move |environ: &mut Environ, start_response: StartResponse<'_>| {
        let said = take(environ, &fields);
        // Each has added to the end of what the one before it said.
        let [mut clients, mut schemes, mut hosts] =
            said.each_ref().map(|list| from_the_end(list));
        let mut peer = environ.bytes("REMOTE_ADDR").map(address);
        while peer.is_none_or(|peer| trusted.contains(&peer))
            && let Some(client) = clients.next()
        {
            let client = *peer.insert(address(client));
            if fields.contains(&ProxyField::For) {
                set_client(environ, client);
            }
            set_scheme(environ, schemes.next().unwrap_or_default());
            if let Some(host) = hosts.next().filter(|h| names_host(h)) {
                environ.set("HTTP_HOST", host);
            }
        }
        app.call(environ, start_response)
    }
}

/// Takes the fields out of the environ. Those that are not named are
/// as good as empty.
fn take(environ: &mut Environ, fields: &[ProxyField]) -> [Vec<u8>; 3] {
    environ.remove("HTTP_FORWARDED");
    let all = [
        (ProxyField::For, "HTTP_X_FORWARDED_FOR"),
        (ProxyField::Proto, "HTTP_X_FORWARDED_PROTO"),
        (ProxyField::Host, "HTTP_X_FORWARDED_HOST"),
    ];
    all.map(|(field, name)| {
        let said = environ.remove(name);
        said.filter(|_| fields.contains(&field)).unwrap_or_default()
    })
}

fn from_the_end(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.rsplit(|b| *b == b',').map(<[u8]>::trim_ascii)
}

/// An address, perhaps in brackets or with a port: `192.0.2.1:4711`,
/// `[2001:db8::1]`.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let whole = [text, &format!("{text}:0"), &format!("[{text}]:0")];
    let mut whole = whole.iter().filter_map(|text| text.parse().ok());
    whole.next().map(|whole: SocketAddr| whole.ip().to_canonical())
}

fn set_client(environ: &mut Environ, client: Option<IpAddr>) {
    let client = client.map_or("unknown".into(), |c| c.to_string());
    environ.set("REMOTE_ADDR", client);
    environ.remove("REMOTE_HOST");
    environ.remove("REMOTE_PORT");
}

fn set_scheme(environ: &mut Environ, said: &[u8]) {
    for scheme in ["http", "https"] {
        if said.eq_ignore_ascii_case(scheme.as_bytes()) {
            environ.url_scheme = scheme;
        }
    }
}

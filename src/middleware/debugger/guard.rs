//! Who may see what went wrong: nobody but who sits at this machine.

use crate::Environ;
use std::collections::hash_map::RandomState;
use std::env;
use std::hash::BuildHasher;
use std::net::IpAddr;

/// The variable that holds the token, if it is not to be a new one for
/// each process.
pub const TOKEN: &str = "GATEWAY_DEBUGGER";

/// Decides who may see pages about this program, and where they are.
pub(crate) struct Guard {
    /// Whoever has it has read a page of ours, or our log.
    token: String,
    /// Do other processes of the program have the same?
    pub is_given: bool,
}

impl Guard {
    /// With the token that was given, or a random one. A release build
    /// that was given none has no guard, and shows no pages.
    pub fn new() -> Option<Self> {
        let given = env::var(TOKEN).ok().filter(|t| is_token(t));
        let is_given = given.is_some();
        let new = || cfg!(debug_assertions).then(random);
        Some(Self { token: given.or_else(new)?, is_given })
    }

    /// May whoever asks see a page? The connection has to come from
    /// this machine and the request be for a name of it: another name
    /// belongs to a page from elsewhere that was made to lead here (DNS
    /// rebinding). A proxy hides where a request came from.
    pub fn admits(&self, environ: &Environ) -> bool {
        let peer = environ.get("REMOTE_ADDR").unwrap_or_default();
        let peer = peer.parse::<IpAddr>();
        let is_here =
            peer.is_ok_and(|p| p.to_canonical().is_loopback());
        let host = environ.get("HTTP_HOST").unwrap_or_default();
        let is_proxied = environ.variables().into_keys().any(|name| {
            name.starts_with("HTTP_X_FORWARDED")
                || matches!(
                    name,
                    "HTTP_FORWARDED" | "HTTP_VIA" | "HTTP_X_REAL_IP"
                )
        });
        is_here && is_name(&host) && !is_proxied && !environ.is_open
    }

    /// May the request do something? Pages of other origins cannot
    /// know the token; and if one does, the browser still says who it
    /// is.
    pub fn allows(&self, environ: &Environ) -> bool {
        let own = self.origin(environ);
        environ.bytes("REQUEST_METHOD") == Some(b"POST")
            && environ.bytes("HTTP_ORIGIN") == Some(own.as_bytes())
            && self.admits(environ)
    }

    /// Who is asked, as browsers write it: the origin.
    pub fn origin(&self, environ: &Environ) -> String {
        let host = environ.get("HTTP_HOST").unwrap_or_default();
        format!("{}://{host}", environ.url_scheme)
    }

    /// The address of a page of ours.
    pub fn address(&self, environ: &Environ, page: &str) -> String {
        self.origin(environ) + &self.path(environ, page)
    }

    /// The path of a page of ours, below the application's own.
    pub fn path(&self, environ: &Environ, page: &str) -> String {
        let script = environ.get("SCRIPT_NAME").unwrap_or_default();
        format!("{script}/_debugger/{}/{page}", self.token)
    }

    /// Which page of ours is asked for.
    pub fn page(&self, environ: &Environ) -> Option<String> {
        let path = environ.bytes("PATH_INFO")?;
        let rest = path.strip_prefix(b"/_debugger/")?;
        let (token, page) = rest.split_at_checked(self.token.len())?;
        // Each byte is looked at, however many are right.
        let pairs = token.iter().zip(self.token.as_bytes());
        let differ = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        let page = page.strip_prefix(b"/")?;
        let is_ours = differ == 0 && self.admits(environ);
        is_ours.then(|| String::from_utf8_lossy(page).into_owned())
    }
}

/// Is it long enough not to be guessed, and fit for a path?
fn is_token(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// 128 bits. The keys of hash maps are what `std` has of chance.
pub fn random() -> String {
    let half = || RandomState::new().hash_one("gateway");
    format!("{:016x}{:016x}", half(), half())
}

/// A name of this machine, with a port or without.
fn is_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

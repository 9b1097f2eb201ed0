//! Pages about the program itself: who may see them, and how they are
//! sent.

use crate::error_log::harmless;
use crate::{Environ, Failure};
use percent_encoding::percent_decode_str;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

/// The variable that holds the token, if it is not to be a new one for
/// each process.
const TOKEN: &str = "GATEWAY_DEBUGGER";

/// Decides who may see pages about this program, and where they are.
pub(crate) struct Guard {
    name: &'static str,
    /// Who has it has read a page of ours, or our log.
    token: String,
    /// Do other processes of the program have the same?
    pub is_given: bool,
}

impl Guard {
    /// With the token that was given, or a random one. A release build
    /// that was given none has no guard, and shows no pages.
    pub fn new(name: &'static str) -> Option<Self> {
        let is_token = |text: &String| {
            text.len() >= 16
                && text.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let given = env::var(TOKEN).ok().filter(is_token);
        let is_given = given.is_some();
        let new = || cfg!(debug_assertions).then(random);
        Some(Self { name, token: given.or_else(new)?, is_given })
    }

    /// May who asks see a page? The connection has to come from this
    /// machine, through no proxy, and the request be for a name of the
    /// machine: another name belongs to a page from elsewhere that was
    /// made to lead here (DNS rebinding).
    pub fn admits(&self, environ: &Environ) -> bool {
        let peer = environ.get("REMOTE_ADDR").unwrap_or_default();
        let peer = peer.parse::<IpAddr>();
        let host = environ.get("HTTP_HOST").unwrap_or_default();
        let port = host.trim_end_matches(|c: char| c.is_ascii_digit());
        let name = port.strip_suffix(':').unwrap_or(&host);
        let is_proxys = |name: &str| {
            name.starts_with("HTTP_X_FORWARDED")
                || name.starts_with("HTTP_FORWARDED")
                || matches!(name, "HTTP_VIA" | "HTTP_X_REAL_IP")
        };
        peer.is_ok_and(|peer| peer.to_canonical().is_loopback())
            && ["localhost", "127.0.0.1", "[::1]"].contains(&name)
            && !environ.variables().into_keys().any(is_proxys)
            // nginx asks so, unless it is told more, and of a visitor
            // it says nothing then.
            && environ.bytes("SERVER_PROTOCOL") != Some(b"HTTP/1.0")
            && !environ.is_open
    }

    /// May the request do something? Other origins' pages cannot know
    /// the token; if one does, the browser still says whose it is.
    pub fn allows(&self, environ: &Environ) -> bool {
        let origin = environ.get("HTTP_ORIGIN");
        environ.bytes("REQUEST_METHOD") == Some(b"POST")
            && origin.is_some_and(|o| *o == environ.origin())
    }

    /// The path of a page of ours, below the application's own.
    pub fn path(&self, environ: &Environ, page: &str) -> String {
        let script = environ.get("SCRIPT_NAME").unwrap_or_default();
        format!("{script}/_{}/{}/{page}", self.name, self.token)
    }

    /// The address of one, for the log. The host is a stranger's word
    /// unless the stranger is here, and may not be told the token.
    pub fn address(&self, environ: &Environ, page: &str) -> String {
        let path = self.path(environ, page);
        match self.admits(environ) {
            true => environ.origin() + &path,
            false => path,
        }
    }

    /// Which page of ours is asked for, by who may see it.
    pub fn page(&self, environ: &Environ) -> Option<String> {
        let path = environ.bytes("PATH_INFO")?.strip_prefix(b"/_")?;
        let path = path.strip_prefix(self.name.as_bytes())?;
        let path = path.strip_prefix(b"/")?;
        let (token, page) = path.split_at_checked(self.token.len())?;
        // Each byte is looked at, however many are right.
        let pairs = token.iter().zip(self.token.as_bytes());
        let differ = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        let page = page.strip_prefix(b"/")?;
        let is_ours = differ == 0 && self.admits(environ);
        is_ours.then(|| String::from_utf8_lossy(page).into_owned())
    }
}

/// 128 bits. The keys of hash maps are what `std` has of chance.
fn random() -> String {
    let half = || RandomState::new().hash_one("gateway");
    format!("{:016x}{:016x}", half(), half())
}

/// A page for one reader, and for no other site: it is not kept, not
/// framed, and nothing is run or loaded in it. `html` has to be escaped.
pub(super) fn page(page: Failure, title: &str, html: &str) -> Failure {
    let (title, nonce) = (escape(title), random());
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let style = include_str!("guard.css");
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style nonce=\"{nonce}\">{style}\
         </style>\n<main><h1>{title}</h1>\n{html}</main>\n"
    );
    let page = page.page("text/html; charset=utf-8", text);
    private(page.header("Content-Security-Policy", policy))
}

/// The same without a page. The program may have opened its failure to
/// other origins' pages.
pub(super) fn private(mut page: Failure) -> Failure {
    page.headers.remove("Access-Control-Allow-Origin");
    page.header("X-Frame-Options", "DENY")
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "same-origin")
        .header("Cache-Control", "no-store")
}

/// As text in a page, or as an attribute's value.
pub(super) fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// As a shell takes it for one word, whatever is in it.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let printed = printed(bytes);
    match printed.strip_prefix("printf %s ") {
        Some(word) => word.into(),
        None => format!("\"$({printed})\""),
    }
}

/// The shell's command that writes it. It is pasted into a terminal, and
/// has nothing that one obeys.
pub(super) fn printed(bytes: &[u8]) -> String {
    let text = harmless(bytes);
    if text.as_bytes() == bytes {
        return format!("printf %s '{}'", text.replace('\'', r"'\''"));
    }
    let octal = |byte| format!("\\{byte:03o}");
    let octal: String = bytes.iter().map(octal).collect();
    format!("printf '{octal}'")
}

/// A value, unless its name or the value itself speaks of what nobody
/// else should see.
pub(crate) fn covered<'a>(name: &str, value: &'a str) -> &'a str {
    const WORDS: &str =
        "apikey authorization cookie passw private secret token";
    let text = [name, value].concat();
    let text = percent_decode_str(&text).decode_utf8_lossy();
    let text = text.to_lowercase().replace(['-', '_'], "");
    match WORDS.split(' ').any(|word| text.contains(word)) {
        true => "(covered)",
        false => value,
    }
}

//! A cookie that the visitor can read, and cannot write.

use crate::small::cookie;
use gateway::{Environ, Response, Result, StartResponse};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The first signs; all of them verify. A new one is put in front, and
/// the last one goes when nothing that it has signed is of use.
pub const KEYS: [&str; 2] = [
    "never in the source, but read from a file",
    "the key of the year before",
];

/// Greets a visitor, and remembers the name.
pub fn hello(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let query = environ.query()?;
    let mut headers = vec![("Content-Type", "text/plain")];
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let set = match query.get("name") {
        _ if path == "/logout" => "name=; Max-Age=0".to_string(),
        Some(name) => format!("name={}", signed(&KEYS, name)?),
        None => String::new(),
    };
    if !set.is_empty() {
        headers.push(("Set-Cookie", &set));
    }
    let name = cookie(environ, "name");
    let name = name.and_then(|cookie| verified(&KEYS, cookie));
    let page = match name {
        Some(name) => format!("Hello {name}!\n"),
        None => "Who is there?\n".into(),
    };
    Ok(start_response("200 OK", &headers)?.body(page))
}

/// The text with its signature behind it.
pub fn signed(keys: &[&str], text: &str) -> Result<String> {
    let key = keys.first().ok_or("there is no key to sign with")?;
    let signature = mac(key, text)?.finalize().into_bytes();
    let digits: String =
        signature.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{text}.{digits}"))
}

/// The text in front of a signature, if that is one of ours.
pub fn verified<'c>(keys: &[&str], cookie: &'c str) -> Option<&'c str> {
    let (text, digits) = cookie.rsplit_once('.')?;
    let signature = bytes(digits)?;
    let is_its = |key: &&str| {
        let mac = mac(key, text);
        // Takes as long for a wrong byte in front as for one behind.
        mac.is_ok_and(|mac| mac.verify_slice(&signature).is_ok())
    };
    keys.iter().any(is_its).then_some(text)
}

fn mac(key: &str, text: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())?;
    mac.update(text.as_bytes());
    Ok(mac)
}

/// What hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte =
        |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

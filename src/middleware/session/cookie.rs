//! The cookie that carries an id.

use super::id::Id;

/// How many different ids of one field are looked at.
const MOST: usize = 4;

/// The name of the cookie. Only a page of this very host, and only one
/// that came encrypted, can set a cookie whose name begins with
/// `__Host-` (RFC 6265bis, section 4.1.3.2).
fn name(base: &str, is_https: bool) -> String {
    let prefix = if is_https { "__Host-" } else { "" };
    format!("{prefix}{base}")
}

/// The ids in a Cookie field. Whatever else is there is somebody
/// else's, and none of it is an error.
///
/// There may be several of one name, from another path or a neighbor
/// host, and their order tells nothing (RFC 6265bis, section 4.2.2).
pub(super) fn ids(field: &[u8], base: &str, is_https: bool) -> Vec<Id> {
    let name = name(base, is_https);
    let mut ids = Vec::new();
    for pair in field.split(|&byte| byte == b';') {
        let value = pair
            .trim_ascii()
            .strip_prefix(name.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="));
        if let Some(id) = value.and_then(Id::parse)
            && ids.len() < MOST
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// The value of a Set-Cookie: for an id, or to have the browser forget
/// the one it has.
pub(super) fn set(
    base: &str,
    id: Option<Id>,
    is_https: bool,
) -> String {
    let name = name(base, is_https);
    let value = id.map(Id::text).unwrap_or_default();
    let secure = if is_https { "; Secure" } else { "" };
    let end = if id.is_some() { "" } else { "; Max-Age=0" };
    format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}"
    )
}

use gateway::Environ;
use std::net::IpAddr;

/// May this request make the program send another one?
pub fn may_replay(environ: &Environ, token: &str) -> bool {
    let get = |name| environ.get(name).unwrap_or_default();
    let (peer, host) = (get("REMOTE_ADDR"), get("HTTP_HOST"));
    let peer = peer.parse().map(|peer: IpAddr| peer.to_canonical());
    let path = get("PATH_INFO");
    let sent = path.strip_prefix("/again/").unwrap_or_default();
    get("REQUEST_METHOD") == "POST"
        && peer.is_ok_and(|peer| peer.is_loopback())
        && ["localhost", "127.0.0.1", "[::1]"].contains(&name(&host))
        && get("HTTP_ORIGIN")
            == format!("{}://{host}", environ.url_scheme)
        && !environ.keys().into_iter().any(is_proxys)
        && !token.is_empty()
        && is_same(token, sent)
}

/// A host without its port.
fn name(host: &str) -> &str {
    let start = host.trim_end_matches(|c: char| c.is_ascii_digit());
    start.strip_suffix(':').unwrap_or(host)
}

fn is_proxys(name: &str) -> bool {
    name.starts_with("HTTP_X_FORWARDED")
        || matches!(name, "HTTP_FORWARDED" | "HTTP_VIA")
}

/// Looks at all bytes, wherever the first is that differs.
fn is_same(ours: &str, theirs: &str) -> bool {
    let pairs = ours.bytes().zip(theirs.bytes());
    let differ = pairs.fold(0, |all, (a, b)| all | (a ^ b));
    ours.len() == theirs.len() && differ == 0
}

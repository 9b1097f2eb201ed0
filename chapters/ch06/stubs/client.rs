use std::net::IpAddr;

/// The address of the client, behind any number of proxies.
///
/// The request came from `peer`. Each proxy has put the address of
/// whoever asked it at the end of `forwarded_for`, with a comma before
/// it and perhaps spaces around it. What a proxy in `trusted` says is
/// believed, and nobody else. Where a trusted proxy gives no address,
/// the client is not known: it is not the proxy. If `peer` and all
/// addresses of the list are trusted, the client is the list's first.
///
/// If 10.0.0.1 is trusted, and `1.1.1.1, 192.0.2.7` comes from it, the
/// client is 192.0.2.7.
pub fn client(
    peer: IpAddr,
    forwarded_for: &str,
    trusted: &[IpAddr],
) -> Option<IpAddr> {
    todo!("exercise 6.3: {peer} {forwarded_for:?} {trusted:?}")
}

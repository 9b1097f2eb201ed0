use gateway::Environ;

/// May this request make the program send another one?
///
/// It may if all of this is so:
///
/// - Its method is POST.
/// - Its peer, `REMOTE_ADDR`, is this machine: an address for which
///   `IpAddr` says `is_loopback`. There is more than one, and one of
///   IPv4 may be written as one of IPv6, `::ffff:127.0.0.1`.
/// - The host that it asks for, `HTTP_HOST`, is `localhost`,
///   `127.0.0.1` or `[::1]`, with a port or without one. If another
///   name leads here, somebody has made it do so.
/// - Its Origin is the scheme, `environ.url_scheme`, then `://`, then
///   that host with its port, as it is.
/// - No proxy has passed it on: there is no `HTTP_FORWARDED` and no
///   `HTTP_VIA`, nor anything that begins with `HTTP_X_FORWARDED`.
/// - Its path, `PATH_INFO`, is `/again/` and the token, which is not
///   empty. Compare the two in a time that does not depend on how much
///   of a guess is right. (The check cannot see so little time.)
///
/// What is missing, or cannot be read, is no reason to trust.
pub fn may_replay(environ: &Environ, token: &str) -> bool {
    let _ = environ;
    todo!("exercise 12.5: may whoever says {token} do that?")
}

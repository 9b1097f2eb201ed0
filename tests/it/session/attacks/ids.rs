//! Ids that were not given out, or are not where they should be.

use super::Target;
use crate::session::acts::key;

pub fn digit_changed(target: &Target) {
    let (mut ada, id) = target.ada();
    for at in 0..32 {
        let mut forged = id.clone().into_bytes();
        forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
        let cookie = [b"gateway_session=", &forged[..]].concat();
        assert_eq!(target.seen(cookie), "-", "digit {at}");
    }
    assert_eq!(ada.sees(&target.store, "name"), "Ada");
}

pub fn written_otherwise(target: &Target) {
    // One that has a letter, a zero in front, or whatever is wanted.
    let (id, zero) = loop {
        let (_, id) = target.ada();
        if let Some(zero) = id.strip_prefix('0') {
            break (id.clone(), zero.to_string());
        }
    };
    let wide = id.replacen('0', "\u{ff10}", 1);
    let arabic = id.replacen('0', "\u{660}", 1);
    let upper = id.to_uppercase();
    let escaped = id.replacen('0', "%30", 1);
    for value in [
        format!("0x{id}"),
        format!("0x{}", &id[2..]),
        format!("+{zero}"),
        format!("-{zero}"),
        format!("+{id}"),
        format!(" {zero}"),
        format!("00{id}"),
        format!("{id}0"),
        format!("{id},"),
        format!("{id} x"),
        format!("{id}\0"),
        format!("{id}\u{b}x"),
        format!("\"{id}\""),
        format!("'{id}'"),
        format!("{id}={id}"),
        format!("={id}"),
        format!("{}_{}", &id[..15], &id[16..]),
        zero,
        wide,
        arabic,
        escaped,
    ] {
        let cookie = format!("gateway_session={value}");
        assert_eq!(target.seen(&cookie), "-", "{cookie:?}");
        assert_eq!(target.noting.asked(), [""; 0], "{cookie:?}");
    }
    if upper != id {
        let cookie = format!("gateway_session={upper}");
        assert_eq!(target.seen(cookie), "-");
        assert_eq!(target.noting.asked(), [""; 0]);
    }
    for name in [
        "Gateway_session",
        "gateway_session ",
        "gateway_session2",
        "xgateway_session",
        "__Host-gateway_session",
        "gateway_session[]",
        "=gateway_session",
        "gateway%5fsession",
    ] {
        let cookie = format!("{name}={id}");
        assert_eq!(target.seen(&cookie), "-", "{cookie:?}");
        assert_eq!(target.noting.asked(), [""; 0], "{cookie:?}");
    }
}

pub fn key_of_the_store(target: &Target) {
    let (_, id) = target.ada();
    let cookie = format!("gateway_session={}", key(&id));
    assert_eq!(target.seen(cookie), "-");
}

pub fn paths(target: &Target) {
    for id in [
        &b"../../../../../../../etc/passwd"[..],
        b"../../../../../../../../etc/pass",
        b"..%2f..%2f..%2f..%2fetc%2fpasswd",
        b"..\\..\\..\\..\\windows\\system.ini",
        b"/etc/passwd",
        b"/dev/null/dev/null/dev/null/dev/",
        b".",
        b"..",
        b"",
        b"0123456789abcdef0123456789abcde\0",
        b"0123456789abcdef0123456789abcd/.",
        b"0123456789abcdef0123456789abc%00",
        b"0123456789abcdef0123456789abc.gz",
        b"CON",
        b"\xff\xfe0123456789abcdef0123456789abcd",
        b"*",
        b"' OR 1=1 --0123456789abcdef01234",
        b"FLUSHALL",
    ] {
        let cookie = [b"gateway_session=", id].concat();
        assert_eq!(
            target.seen(&cookie),
            "-",
            "{}",
            cookie.escape_ascii()
        );
        assert_eq!(target.noting.asked(), [""; 0]);
    }
    for long in [33, 64, 4096, 64 * 1024] {
        let cookie = format!("gateway_session={}", "a".repeat(long));
        assert_eq!(target.seen(cookie), "-");
        assert_eq!(target.noting.asked(), [""; 0]);
    }
}

/// One look by a hash, whoever's it is.
pub fn timing(target: &Target) {
    let (_, id) = target.ada();
    let near = match id.strip_suffix('0') {
        Some(start) => format!("{start}1"),
        None => format!("{}0", &id[..31]),
    };
    let far = "0".repeat(32);
    for id in [id, near, far] {
        target.seen(format!("gateway_session={id}"));
        let asked = target.noting.asked();
        assert_eq!(asked, [format!("load {}", key(&id))]);
        assert!(!asked[0].contains(&id[..8]));
    }
}

pub fn several(target: &Target) {
    let (ada, _) = target.ada();
    let own = ada.cookie.unwrap();
    let strange = |n: u32| format!("gateway_session={n:032x}");
    for at in 0..4 {
        let mut pairs: Vec<_> = (1..4).map(strange).collect();
        pairs.insert(at, own.clone());
        assert_eq!(target.seen(pairs.join("; ")), "Ada", "place {at}");
    }
    for odd in
        ["gateway_session=", "gateway_session=x", "gateway_session"]
    {
        let all = vec![odd; 50].join("; ");
        assert_eq!(target.seen(format!("{all}; {own}")), "Ada");
        assert_eq!(target.seen(format!("{own}; {all}")), "Ada");
    }
}

/// A neighbor host, or somebody on the way, can set that one.
pub fn plain_under_https(target: &Target) {
    let (_, id) = target.ada();
    let plain = format!("gateway_session={id}");
    let host = format!("__Host-gateway_session={id}");
    let secure = format!("__Secure-gateway_session={id}");
    assert_eq!(target.seen_by("https", &plain), "-");
    assert_eq!(target.seen_by("https", &secure), "-");
    assert_eq!(target.seen_by("https", &host), "Ada");
    assert_eq!(target.seen_by("http", &host), "-");
    assert_eq!(target.seen_by("http", &plain), "Ada");
    let both = format!("{plain}; __Host-gateway_session={:032x}", 0);
    assert_eq!(target.seen_by("https", both), "-");
}

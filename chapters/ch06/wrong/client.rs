//! The check of exercise 6.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::net::IpAddr;

pub const READ: &str = "Behind a proxy";

pub const HINT: &str = "Begin with `peer`. As long as the address that \
    you have is trusted, the next one from the end of the list is whom \
    it speaks for: `rsplit` goes through a list from its end.";

type Answer = fn(IpAddr, &str, &[IpAddr]) -> Option<IpAddr>;

const PEER: &str = "The peer is no proxy of ours: what it says is not \
    even looked at.";
const LAST: &str = "The end of the list was written by the proxy that \
    we know, and the rest by anybody.";
const CHAIN: &str = "A trusted proxy may have been asked by another \
    one, which is to be believed as well.";
const SPACES: &str = "There may be spaces around an address, or none.";
const BROKEN: &str = "A trusted proxy that gives no address speaks for \
    a client whom nobody knows: what comes before it, anybody may have \
    written, and the proxy itself is not the client.";
const ALL: &str = "If all of them are proxies, the first is as far as \
    anybody knows.";

pub fn check(client: Answer) -> Verdict {
    let address = |text: &str| text.parse::<IpAddr>().expect("one");
    let trusted = ["10.0.0.1", "10.0.0.2", "::1"].map(address);
    for (peer, list, expected, hint) in [
        ("192.0.2.1", "", "192.0.2.1", PEER),
        ("192.0.2.1", "1.1.1.1", "192.0.2.1", PEER),
        ("192.0.2.1", "1.1.1.1, 10.0.0.1", "192.0.2.1", PEER),
        ("127.0.0.1", "1.1.1.1", "127.0.0.1", PEER),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7", LAST),
        ("10.0.0.1", "192.0.2.7,192.0.2.7", "192.0.2.7", SPACES),
        ("10.0.0.1", "192.0.2.7, 192.0.2.7", "192.0.2.7", SPACES),
        ("10.0.0.1", "1.1.1.1,192.0.2.7", "192.0.2.7", LAST),
        ("10.0.0.1", "10.0.0.2,192.0.2.7", "192.0.2.7", LAST),
        ("10.0.0.1", "unknown, 192.0.2.7", "192.0.2.7", LAST),
        ("10.0.0.1", "1.1.1.1,192.0.2.7,10.0.0.2", "192.0.2.7", CHAIN),
        ("10.0.0.2", "192.0.2.7,::1,10.0.0.1", "192.0.2.7", CHAIN),
        ("::1", "2001:db8::7", "2001:db8::7", LAST),
        ("10.0.0.1", "192.0.2.7 , 10.0.0.2", "192.0.2.7", SPACES),
        ("10.0.0.1", " 192.0.2.7\t", "192.0.2.7", SPACES),
        ("10.0.0.1", "", "", BROKEN),
        ("10.0.0.1", "unknown", "", BROKEN),
        ("10.0.0.1", "192.0.2.7, unknown", "", BROKEN),
        ("10.0.0.1", "192.0.2.7, x, 10.0.0.2", "", BROKEN),
        ("10.0.0.1", "192.0.2.7,", "", BROKEN),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2", ALL),
        ("10.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2", ALL),
    ] {
        let sent = format!("{list:?} from {peer}");
        let answer = || client(address(peer), list, &trusted);
        // "" is nobody's address.
        expect(sent, answer, expected.parse().ok(), hint)?;
    }
    Ok(())
}

fn addresses(list: &str) -> impl DoubleEndedIterator<Item = IpAddr> {
    list.split(',').filter_map(|text| text.trim().parse().ok())
}

pub const WRONG: [(&str, Answer); 6] = [
    // The first of the list, from a proxy.
    (LAST, |peer, list, trusted| {
        let first = addresses(list).next();
        first.filter(|_| trusted.contains(&peer)).or(Some(peer))
    }),
    // The last of it, whoever that is.
    (CHAIN, |peer, list, trusted| {
        let last = addresses(list).next_back();
        last.filter(|_| trusted.contains(&peer)).or(Some(peer))
    }),
    // The last that is no proxy, from anybody.
    (PEER, |peer, list, trusted| {
        let mut others = addresses(list).rev();
        others.find(|a| !trusted.contains(a)).or(Some(peer))
    }),
    // What is no address ends the list, and the proxy is the client.
    (BROKEN, |peer, list, trusted| {
        let mut client = peer;
        for address in list.rsplit(',') {
            match address.trim().parse() {
                Ok(before) if trusted.contains(&client) => {
                    client = before
                }
                _ => break,
            }
        }
        Some(client)
    }),
    // What is no address is passed over.
    (BROKEN, |peer, list, trusted| {
        let mut client = peer;
        for address in addresses(list).rev() {
            if trusted.contains(&client) {
                client = address;
            }
        }
        Some(client)
    }),
    // All of the list has to be addresses, whoever wrote it.
    (LAST, |peer, list, trusted| {
        if !trusted.contains(&peer) {
            return Some(peer);
        }
        let all = list.split(',').map(|text| text.trim().parse().ok());
        let all: Vec<IpAddr> = all.collect::<Option<_>>()?;
        let client = all.iter().rfind(|a| !trusted.contains(a));
        client.or(all.first()).copied()
    }),
];

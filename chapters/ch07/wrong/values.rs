//! The check of exercise 7.4, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};

pub const READ: &str = "Records of no request";

pub const HINT: &str = "Go through `asked`, and look each name up in \
    `known`; `enumerate` and a slice of `asked` tell whether it came \
    before.";

type Answer = fn(&[&str], &[(&str, &str)]) -> Vec<u8>;

const PAIR: &str = "A pair is two lengths, and then the name and the \
    value.";
const UNKNOWN: &str = "What is not known is left out: an empty value \
    would be an answer.";
const ASKED: &str = "Only what was asked for is told, in that order.";
const EMPTY: &str = "A value that is known and empty is told.";
const NAME: &str = "A name is known when it is the same, to its last \
    letter and in its case.";
const ALIKE: &str = "Two names are two answers, even if their values \
    are the same.";
const TWICE: &str = "Nothing is told twice, but where it was asked for \
    first.";

pub fn check(values: Answer) -> Verdict {
    let known = [
        ("FCGI_MAX_CONNS", "256"),
        ("FCGI_MPXS_CONNS", "0"),
        ("EMPTY", ""),
        ("FCGI_MAX_REQS", "256"),
    ];
    let conns = b"\x0e\x03FCGI_MAX_CONNS256";
    let mpxs = b"\x0f\x01FCGI_MPXS_CONNS0";
    let reqs = b"\x0d\x03FCGI_MAX_REQS256";
    let alike = [&conns[..], reqs].concat();
    let both = [&conns[..], mpxs].concat();
    let turned = [&mpxs[..], conns].concat();
    let (max, multiplexing) = ("FCGI_MAX_CONNS", "FCGI_MPXS_CONNS");
    let cases: [(&[&str], &[u8], _); 10] = [
        (&[max], conns, PAIR),
        (&[max, multiplexing], &both, PAIR),
        (&[], b"", ASKED),
        (&[multiplexing, max], &turned, ASKED),
        (&["FCGI_OTHER", max], conns, UNKNOWN),
        (&["FCGI_MAX"], b"", NAME),
        (&["fcgi_max_conns", "empty"], b"", NAME),
        (&[max, "FCGI_MAX_REQS"], &alike, ALIKE),
        (&["EMPTY"], b"\x05\0EMPTY", EMPTY),
        (&[max, multiplexing, max], &both, TWICE),
    ];
    for (asked, expected, hint) in cases {
        let sent = format!("values(&{asked:?}, &{known:?})");
        let call = || Bytes(values(asked, &known));
        expect(sent, call, Bytes(expected.to_vec()), hint)?;
    }
    Ok(())
}

fn pair(name: &str, value: &str) -> Vec<u8> {
    let lengths = [name.len() as u8, value.len() as u8];
    [&lengths, name.as_bytes(), value.as_bytes()].concat()
}

fn find<'a>(name: &str, known: &[(&str, &'a str)]) -> Option<&'a str> {
    known.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
}

pub const WRONG: [(&str, Answer); 6] = [
    // Whatever is known, asked for or not.
    (PAIR, |_, known| {
        known
            .iter()
            .flat_map(|(name, value)| pair(name, value))
            .collect()
    }),
    // The length stands before each, not both before the pair.
    (PAIR, |asked, known| {
        let told = asked.iter().filter_map(|name| {
            let value = find(name, known)?;
            let (name, value) = (pair(name, ""), pair(value, ""));
            let (n, v) = (name[0], value[0]);
            Some([&[n], &name[2..], &[v], &value[2..]].concat())
        });
        told.flatten().collect()
    }),
    // An unknown name with an empty value.
    (UNKNOWN, |asked, known| {
        let told = asked.iter().flat_map(|name| {
            pair(name, find(name, known).unwrap_or_default())
        });
        told.collect()
    }),
    // As often as it was asked for.
    (TWICE, |asked, known| {
        let told = asked.iter().filter_map(|name| {
            find(name, known).map(|value| pair(name, value))
        });
        told.flatten().collect()
    }),
    // A name for any that begins with it, in whatever case.
    (NAME, |asked, known| {
        let told = asked.iter().filter_map(|name| {
            let name = name.to_uppercase();
            let mut all = known.iter();
            let (name, value) =
                all.find(|(n, _)| n.starts_with(&name))?;
            Some(pair(name, value))
        });
        told.flatten().collect()
    }),
    // A map the wrong way round.
    (ALIKE, |asked, known| {
        let mut told: Vec<(&str, &str)> = Vec::new();
        for name in asked {
            match find(name, known) {
                Some(value) if !told.iter().any(|t| t.1 == value) => {
                    told.push((name, value));
                }
                _ => {}
            }
        }
        told.iter().flat_map(|(n, v)| pair(n, v)).collect()
    }),
];

//! Cookie fields and ids by chance. FUZZ_EXECUTIONS says how many, and
//! FUZZ_SEED with which numbers; what fails is printed with its own.

#[path = "../../fuzz/mutated.rs"]
mod mutated;

use super::acts::site;
use super::{Visitor, stores};
use gateway::Application;
use gateway::middleware::session::{MemoryStore, Store};
use gateway::testing::{ask, environ};
use mutated::{Chance, mutated};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cookies to begin with, beside our own.
const FOREIGN: &[&[u8]] = &[
    b"theme=dark; ",
    b"_ga=GA1.2.1034567.1700000000; ",
    b"PHPSESSID=0123456789abcdef0123456789abcdef; ",
    b"cart=\"a, b; c\"; ",
    b"consent={\"a\":[1,2]}; ",
    b"token=eyJhbGciOiJIUzI1NiJ9.eyJuIjoxfQ.c2ln==; ",
    b"name=Zo\xc3\xab; ",
    b"latin=Zo\xeb; ",
    b"gateway_session=; ",
    b"gateway_session=none; ",
    b"__Host-gateway_session=0123; ",
    b"flag; ",
    b"; ",
];

/// Pieces that matter to somebody who reads cookies.
const TOKENS: &[&[u8]] = &[
    b";",
    b"; ",
    b",",
    b"=",
    b"\"",
    b"\\",
    b" ",
    b"\t",
    b"\0",
    b"\r\n",
    b"\x0b",
    b"\xa0",
    b"\xff",
    b"\xc3",
    b"%3B",
    b"$Version=1",
    b"gateway_session",
    b"gateway_session=",
    b"GATEWAY_SESSION=",
    b"__Host-",
    b"__Host-gateway_session=",
    b"+",
    b"0x",
    b"0",
    b"f",
    b"F",
    b"Path=/",
    b"Max-Age=0",
];

/// Whose session it is, said by somebody who reads in another way: of
/// the first four ids that are written as ours are, the first that was
/// given out.
fn expected<'a>(
    field: &[u8],
    name: &str,
    issued: &'a BTreeMap<String, String>,
) -> &'a str {
    // Bytes of Latin-1 are characters, and none is a letter of ours.
    let text: String = field.iter().map(|&b| char::from(b)).collect();
    let blank = |c: char| " \t\n\r\x0c".contains(c);
    let mut ids = Vec::new();
    for pair in text.split(';') {
        let Some((of, id)) = pair.split_once('=') else { continue };
        let (of, id) = (of.trim_start_matches(blank), id);
        let id = id.trim_end_matches(blank);
        let is_digit = |c: char| "0123456789abcdef".contains(c);
        if of == name && id.len() == 32 && id.chars().all(is_digit) {
            ids.push(id.to_string());
        }
    }
    let mut different: Vec<String> = Vec::new();
    for id in ids {
        if !different.contains(&id) {
            different.push(id);
        }
    }
    let mut first = different.iter().take(4);
    let known = first.find_map(|id| issued.get(id));
    known.map_or("-", String::as_str)
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().unwrap())
}

/// What the site shows to who sends this field.
#[track_caller]
fn shown(
    site: &impl Application,
    scheme: &'static str,
    field: &[u8],
    case: &str,
) -> String {
    let mut environ = environ("GET", "/");
    environ.url_scheme = scheme;
    environ.set("HTTP_COOKIE", field);
    let answer = ask(site, environ);
    let said = (&*answer.log, &*answer.status);
    let field = field.escape_ascii();
    assert_eq!(said, ("", "200 OK"), "{case}: {field}");
    let set = answer.headers.get("Set-Cookie");
    assert_eq!(set, None, "{case}: {field}");
    answer.text().into_owned()
}

fn shows_name(store: &Arc<dyn Store>) -> impl Application {
    site(store, |session| {
        Ok(session.get("name")?.unwrap_or("-".into()))
    })
}

/// In memory alone: whichever store it is, it is asked for a hash.
#[test]
fn no_field_is_a_session_that_was_not_given_out() {
    let executions = number("FUZZ_EXECUTIONS", 20_000);
    let seed = number("FUZZ_SEED", 1);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let site = shows_name(&store);
    let mut issued = BTreeMap::new();
    for name in ["Ada", "Ferris"] {
        let mut visitor = Visitor::default();
        visitor.sets(&store, "name", name);
        issued.insert(visitor.id().to_string(), name.to_string());
    }
    let ids: Vec<_> = issued.keys().cloned().collect();
    let own = ids.iter().flat_map(|id| {
        ["", "__Host-"]
            .map(|host| format!("{host}gateway_session={id}; "))
    });
    let own: Vec<_> = own.collect();
    let all: Vec<&[u8]> = own
        .iter()
        .map(|own| own.as_bytes())
        .chain(FOREIGN.iter().copied())
        .collect();
    let (mut found, mut none) = (0, 0);
    for execution in seed..seed + executions {
        let mut chance = Chance::new(execution);
        let case = format!("FUZZ_EXECUTIONS=1 FUZZ_SEED={execution}");
        let is_https = chance.below(2) == 1;
        let scheme = if is_https { "https" } else { "http" };
        let host = if is_https { "__Host-" } else { "" };
        let name = format!("{host}gateway_session");
        let field = mutated(&mut chance, &all, TOKENS);
        let expected = expected(&field, &name, &issued);
        let seen = shown(&site, scheme, &field, &case);
        let field = field.escape_ascii();
        assert_eq!(seen, expected, "{case}: {field}");
        match expected {
            "-" => none += 1,
            _ => found += 1,
        }
        // Whatever stands beside ours, it is found.
        let foreign = mutated(&mut chance, FOREIGN, TOKENS);
        let (id, name) = issued.first_key_value().unwrap();
        let own = format!("{host}gateway_session={id}");
        let beside = match chance.below(2) {
            0 => [&foreign, own.as_bytes()].join(&b"; "[..]),
            _ => [own.as_bytes(), &foreign].join(&b"; "[..]),
        };
        let seen = shown(&site, scheme, &beside, &case);
        let beside = beside.escape_ascii();
        assert_eq!(seen, *name, "{case}: {beside}");
    }
    // Neither is what mistakes make of everything.
    if executions >= 1000 {
        assert!(found > executions / 20, "{found} of {executions}");
        assert!(none > executions / 20, "{none} of {executions}");
    }
}

#[test]
fn of_all_ids_ours_is_the_only_one() {
    let seed = number("FUZZ_SEED", 1);
    for (name, store) in stores() {
        let ids = if name == "memory" { 100_000 } else { 2_000 };
        let mut ada = Visitor::ada(&store);
        let own = u128::from_str_radix(ada.id(), 16).unwrap();
        let site = shows_name(&store);
        let mut chance = Chance::new(seed);
        for _ in 0..ids / 4 {
            let mut field = String::new();
            for _ in 0..4 {
                let bits = u128::from(chance.next()) << 64
                    | u128::from(chance.next());
                let id = match chance.below(3) {
                    0 => bits,
                    1 => own ^ 1 << chance.below(128),
                    _ => {
                        own.wrapping_add(bits >> chance.below(127) | 1)
                    }
                };
                assert_ne!(id, own, "FUZZ_SEED={seed}");
                field += &format!("gateway_session={id:032x}; ");
            }
            let case = format!("{name}, FUZZ_SEED={seed}");
            let seen = shown(&site, "http", field.as_bytes(), &case);
            assert_eq!(seen, "-", "{case}: {field}");
        }
        assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
    }
}

//! Too much, too many, and what would be something else elsewhere.

use super::Target;
use crate::session::Visitor;
use crate::session::acts::{cookies, key, now, site};

fn refused(
    target: &Target,
    visitor: &mut Visitor,
    name: &str,
    value: &str,
) {
    let sets = site(&target.store, |session| {
        session.set("page", 1)?;
        session.set(name, value)?;
        Ok(String::new())
    });
    let answer = visitor.get(&sets, "/");
    assert!(answer.log.contains("16384 may be kept"), "{}", answer.log);
    assert_eq!(visitor.sees(&target.store, "page"), "-");
    assert_eq!(visitor.sees(&target.store, name), "-");
}

pub fn sizes(target: &Target) {
    let most = 16 * 1024 - "nameAda".len();
    let long = "x".repeat(most + 1);
    let (mut ada, _) = target.ada();
    refused(target, &mut ada, "", &long);
    refused(target, &mut ada, &long, "");
    refused(target, &mut ada, &long[..most / 2], &long[..most / 2 + 2]);
    assert_eq!(ada.sees(&target.store, "name"), "Ada");
    // A byte less may be kept.
    ada.sets(&target.store, "", &long[1..]);
    assert_eq!(ada.sees(&target.store, "").len(), most);
    refused(target, &mut ada, "x", "");
    ada.sets(&target.store, "", "");
    // In bytes, not in characters.
    let (mut ada, _) = target.ada();
    refused(target, &mut ada, "", &"é".repeat(most / 2 + 1));
    ada.sets(&target.store, "", &"é".repeat(most / 2));
}

pub fn growth(target: &Target) {
    let (mut ada, _) = target.ada();
    let grow = site(&target.store, |session| {
        session.update("list", |list| {
            Some(list.unwrap_or_default().to_owned() + &"x".repeat(999))
        })?;
        Ok(String::new())
    });
    let statuses: Vec<_> = (0..20)
        .map(|_| ada.get(&grow, "/").status[..3].to_string())
        .collect();
    assert_eq!(statuses[..16], ["200"; 16]);
    assert_eq!(statuses[16..], ["500"; 4]);
    assert_eq!(ada.sees(&target.store, "list").len(), 16 * 999);
}

pub fn ten_thousand_pairs(target: &Target) {
    let (ada, id) = target.ada();
    let own = ada.cookie.unwrap();
    for pair in ["a=1", "a", "=", "", "\"", "gateway_session=", "é=é"]
    {
        let mut pairs = vec![pair; 10_000];
        for at in [0, 5_000, 10_000] {
            pairs.insert(at, &own);
            assert_eq!(target.seen(pairs.join("; ")), "Ada");
            assert_eq!(target.seen(pairs.join(";")), "Ada");
            pairs.remove(at);
        }
        assert_eq!(target.seen(pairs.join("; ")), "-");
    }
    let wide = format!(
        "{}; {own}; x={}",
        "x".repeat(32 << 10),
        "y".repeat(32 << 10)
    );
    assert_eq!(target.seen(wide), "Ada");
    let asked = target.noting.asked();
    assert!(asked.iter().all(|a| *a == format!("load {}", key(&id))));
}

/// No more than four are looked for: who sends more is no browser.
pub fn many_ids(target: &Target) {
    let (ada, _) = target.ada();
    let own = ada.cookie.unwrap();
    let ids: Vec<_> = (0..1300)
        .map(|n| format!("gateway_session={n:032x}"))
        .collect();
    assert_eq!(target.seen(ids.join("; ")), "-");
    assert_eq!(target.noting.asked().len(), 4);
    // The same one again does not count.
    let same = [&ids[0]; 1000].map(String::as_str).join("; ");
    assert_eq!(target.seen(format!("{same}; {own}")), "Ada");
    assert_eq!(target.noting.asked().len(), 2);
}

pub fn injection(target: &Target) {
    for text in [
        "x\r\nSet-Cookie: admin=1",
        "x\nSet-Cookie: admin=1\n\n<script>",
        "x; Domain=example.org; Max-Age=99999999",
        "gateway_session=0123456789abcdef0123456789abcdef",
        "\0\u{1b}[2J\u{7f}\u{2028}",
        "user=admin&name=x 9999999999 9999999999",
        "é\u{fffd}\u{10ffff}🦀",
        " ",
        "\n",
        "&",
        "=",
        "%0d%0a",
        "+",
    ] {
        let mut ada = Visitor::default();
        let answer = ada.does(&target.store, |session| {
            session.set(text, text)?;
            session.flash(text)
        });
        let [cookie] = &cookies(&answer)[..] else {
            panic!("{answer:?}")
        };
        let id = ada.id();
        let expected = format!(
            "gateway_session={id}; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(*cookie, expected, "{text:?}");
        assert_eq!(answer.headers.pairs().len(), 5, "{answer:?}");
        assert_eq!(ada.sees(&target.store, text), text);
        ada.does(&target.store, |session| {
            assert_eq!(session.flashes()?, [text]);
            Ok(())
        });
        let record =
            target.store.load(&key(ada.id())).unwrap().unwrap();
        let values = [(text.to_string(), text.to_string())].into();
        assert_eq!(record.values, values);
        assert!(record.expires > now() && record.ends > now());
    }
}

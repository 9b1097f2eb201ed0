//! The check of exercise 14.2, and answers that it must reject or take.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "For an evening with Flask";

pub const HINT: &str = "`split_once(':')` says whether there is \
    something besides the module, and `strip_suffix(\"()\")` whether it \
    is called. Then go through the parts of both, in their order, \
    before anything is returned.";

type Name<'n> = (&'n str, Vec<&'n str>, bool);

type Answer = for<'n> fn(&'n str) -> Result<Name<'n>, &'n str>;

const PLAIN: &str = "In front of the colon is the module, and after it \
    the attribute.";
const DEFAULT: &str = "Without a colon, all of it is the module, and \
    the attribute is `application`.";
const PACKAGE: &str = "The module's name stays in one piece, with its \
    dots: Python imports it whole.";
const WAY: &str = "Each attribute belongs to the one before it, so \
    they come one by one, in this order.";
const CALLED: &str = "With `()` at the end, it is called, and `()` is \
    not a part of the attribute.";
const ONCE: &str = "What the first `()` has made is not called again: \
    one is taken off, and the rest is not a name.";
const PLACE: &str = "`()` means a call at the end of attributes, and \
    nowhere else.";
const COLON: &str = "It is the first colon that ends the module.";
const LETTERS: &str = "Python has names in all alphabets, and with \
    `_`.";
const DIGIT: &str = "Digits are a part of names, but not the first \
    character.";
const SIGNS: &str = "This part is not a name in Python: it has a \
    character that is not a letter, a digit or `_`.";
const EMPTY: &str = "Where nothing is, there is no name, and the part \
    that is wrong is empty.";
const FIRST: &str = "If more than one part is wrong, the first is \
    named.";

pub fn check(application_name: Answer) -> Verdict {
    type Case = (
        &'static str,
        Result<Name<'static>, &'static str>,
        &'static str,
    );
    let is = |module, parts: &[&'static str], is_called| {
        Ok((module, parts.to_vec(), is_called))
    };
    let cases: [Case; 24] = [
        ("shop:app", is("shop", &["app"], false), PLAIN),
        ("shop", is("shop", &["application"], false), DEFAULT),
        ("shop.web", is("shop.web", &["application"], false), DEFAULT),
        ("a.b.c:app", is("a.b.c", &["app"], false), PACKAGE),
        (
            "shop:web.app.x",
            is("shop", &["web", "app", "x"], false),
            WAY,
        ),
        ("shop:make()", is("shop", &["make"], true), CALLED),
        ("shop:web.make()", is("shop", &["web", "make"], true), CALLED),
        ("shop()", Err("shop()"), PLACE),
        ("shop:make().app", Err("make()"), PLACE),
        ("shop():app", Err("shop()"), PLACE),
        ("shop:make()()", Err("make()"), ONCE),
        ("shop:make(1)", Err("make(1)"), SIGNS),
        ("shop:a:b", Err("a:b"), COLON),
        ("_boutique:café", is("_boutique", &["café"], false), LETTERS),
        ("a1:b_2", is("a1", &["b_2"], false), DIGIT),
        ("2shop:app", Err("2shop"), DIGIT),
        ("my-shop:app", Err("my-shop"), SIGNS),
        ("web/shop:app", Err("web/shop"), SIGNS),
        ("shop: app", Err(" app"), SIGNS),
        ("", Err(""), EMPTY),
        ("shop:", Err(""), EMPTY),
        (":app", Err(""), EMPTY),
        ("shop:web..app()", Err(""), EMPTY),
        ("a.b-c:d-e.f", Err("b-c"), FIRST),
    ];
    for (name, expected, hint) in cases {
        let answer = || application_name(name);
        expect(format!("{name:?}"), answer, expected, hint)?;
    }
    Ok(())
}

fn is_name(part: &str) -> bool {
    let is_inside = |c: char| c == '_' || c.is_alphanumeric();
    part.chars().all(is_inside)
        && part.starts_with(|c: char| !c.is_numeric())
}

/// All that is right, but for what is a name.
fn named(
    text: &str,
    is_name: impl Fn(&str) -> bool,
) -> Result<Name<'_>, &str> {
    let (module, place) =
        text.split_once(':').unwrap_or((text, "application"));
    cut(module, place, is_name)
}

fn cut<'n>(
    module: &'n str,
    place: &'n str,
    is_name: impl Fn(&str) -> bool,
) -> Result<Name<'n>, &'n str> {
    let made = place.strip_suffix("()");
    let parts: Vec<_> = made.unwrap_or(place).split('.').collect();
    let mut all = module.split('.').chain(parts.clone());
    match all.find(|part| !is_name(part)) {
        Some(part) => Err(part),
        None => Ok((module, parts, made.is_some())),
    }
}

pub const WRONG: [(&str, Answer); 15] = [
    // The other way around.
    (PLAIN, |text| {
        let (module, place) = text.split_once(':').unwrap_or_default();
        cut(place, module, is_name)
    }),
    // There has to be a colon.
    (DEFAULT, |text| {
        let (module, place) = text.split_once(':').ok_or(text)?;
        cut(module, place, is_name)
    }),
    // Another name is usual as well.
    (DEFAULT, |text| {
        let (module, place) =
            text.split_once(':').unwrap_or((text, "app"));
        cut(module, place, is_name)
    }),
    // The package alone.
    (PACKAGE, |text| {
        let (module, place) =
            text.split_once(':').unwrap_or((text, "application"));
        let end = module.find('.').filter(|_| text != module);
        cut(&module[..end.unwrap_or(module.len())], place, is_name)
    }),
    // One attribute.
    (WAY, |text| {
        let (module, parts, is_called) = named(text, is_name)?;
        Ok((module, parts[..1].to_vec(), is_called))
    }),
    // From the end.
    (WAY, |text| {
        let (module, mut parts, is_called) = named(text, is_name)?;
        parts.reverse();
        Ok((module, parts, is_called))
    }),
    // Nothing is called.
    (CALLED, |text| {
        named(text, is_name)
            .map(|(module, parts, _)| (module, parts, false))
    }),
    // All of them.
    (ONCE, |text| {
        let (module, place) =
            text.split_once(':').unwrap_or((text, "application"));
        let all = place.trim_end_matches("()");
        let (module, parts, _) = cut(module, all, is_name)?;
        Ok((module, parts, all != place))
    }),
    // Before the colon is looked for.
    (PLACE, |text| {
        let made = text.strip_suffix("()");
        let (module, parts, _) = named(made.unwrap_or(text), is_name)?;
        Ok((module, parts, made.is_some()))
    }),
    // The last colon.
    (COLON, |text| {
        let (module, place) =
            text.rsplit_once(':').unwrap_or((text, "application"));
        cut(module, place, is_name)
    }),
    // ASCII.
    (LETTERS, |text| {
        named(text, |part| part.is_ascii() && is_name(part))
    }),
    // Digits anywhere.
    (DIGIT, |text| {
        let is_inside = |c: char| c == '_' || c.is_alphanumeric();
        named(text, |p| !p.is_empty() && p.chars().all(is_inside))
    }),
    // No digits.
    (DIGIT, |text| {
        named(text, |p| is_name(p) && !p.contains(char::is_numeric))
    }),
    // Nothing is a name.
    (EMPTY, |text| {
        named(text, |part| part.is_empty() || is_name(part))
    }),
    // Attributes first.
    (FIRST, |text| {
        let (module, place) =
            text.split_once(':').unwrap_or((text, "application"));
        cut("a", place, is_name)?;
        cut(module, place, is_name)
    }),
];

//! The items of a Rust file, and the names a listing may call them by.

use quote::ToTokens;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use syn::spanned::Spanned;

/// The numbers of some lines, from 1.
pub type Lines = BTreeSet<usize>;

pub fn lines_of(span: proc_macro2::Span) -> RangeInclusive<usize> {
    span.start().line..=span.end().line
}

/// An item, with every name that it answers to.
struct Named {
    names: Vec<String>,
    lines: Lines,
}

/// The items of a file, found by name.
pub struct Items(Vec<Named>);

impl Items {
    pub fn of(file: &syn::File) -> Self {
        let mut all = Vec::new();
        for item in &file.items {
            add(item, "", &mut all);
        }
        Self(all)
    }

    /// Those of another language.
    pub fn named(all: Vec<(String, Lines)>) -> Self {
        let one = |(name, lines)| Named { names: vec![name], lines };
        Self(all.into_iter().map(one).collect())
    }

    /// The lines of the item called `name`.
    ///
    /// `use` and `mod` stand for all such lines of a file or module;
    /// any other name must be that of one item.
    pub fn find(&self, name: &str) -> Result<Lines, String> {
        let wanted = squeeze(name);
        let all = self.0.iter();
        let found: Vec<&Named> =
            all.filter(|i| i.names.contains(&wanted)).collect();
        let many = wanted.rsplit("::").next();
        match &found[..] {
            [] => {
                let has = names(&self.0);
                Err(format!("has no item `{name}`; it has: {has}"))
            }
            [one] => Ok(one.lines.clone()),
            several if matches!(many, Some("use" | "mod")) => {
                let lines = several.iter().flat_map(|i| &i.lines);
                Ok(lines.copied().collect())
            }
            several => {
                let names: BTreeSet<&str> =
                    several.iter().map(|i| &*i.names[0]).collect();
                let names: Vec<&str> = names.into_iter().collect();
                Err(format!(
                    "has {} items `{name}`; say which: {}",
                    several.len(),
                    names.join(", ")
                ))
            }
        }
    }
}

/// A list for an error message.
fn names(all: &[Named]) -> String {
    let names: BTreeSet<&str> =
        all.iter().map(|item| &*item.names[0]).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn add(item: &syn::Item, prefix: &str, all: &mut Vec<Named>) {
    if let syn::Item::Impl(i) = item {
        add_impl(i, prefix, all);
    }
    let Some(name) = name(item) else { return };
    let name = format!("{prefix}{name}");
    add_members(item, &name, all);
    let lines = lines_of(item.span()).collect();
    all.push(Named { names: vec![name], lines });
}

/// What an item is called; those of an `impl` are not among these.
fn name(item: &syn::Item) -> Option<String> {
    use syn::Item::*;
    Some(match item {
        Fn(i) => i.sig.ident.to_string(),
        Const(i) => i.ident.to_string(),
        Static(i) => i.ident.to_string(),
        Type(i) => i.ident.to_string(),
        Union(i) => i.ident.to_string(),
        Struct(i) => i.ident.to_string(),
        Enum(i) => i.ident.to_string(),
        Trait(i) => i.ident.to_string(),
        Use(_) => "use".into(),
        Mod(i) if i.content.is_none() => "mod".into(),
        Mod(i) => i.ident.to_string(),
        Macro(i) => match &i.ident {
            Some(name) => name.to_string(),
            None => format!("{}!", squeeze_tokens(&i.mac.path)),
        },
        _ => return None,
    })
}

/// What has a name within an item: a field, a variant, a function.
fn add_members(item: &syn::Item, owner: &str, all: &mut Vec<Named>) {
    match item {
        syn::Item::Struct(i) => {
            for field in &i.fields {
                if let Some(name) = &field.ident {
                    all.push(member(&[owner], name, field));
                }
            }
        }
        syn::Item::Enum(i) => {
            for variant in &i.variants {
                all.push(member(&[owner], &variant.ident, variant));
            }
        }
        syn::Item::Trait(i) => {
            for inside in &i.items {
                if let Some(name) = trait_item(inside) {
                    all.push(member(&[owner], name, inside));
                }
            }
        }
        syn::Item::Mod(i) => {
            let prefix = format!("{owner}::");
            let items = i.content.iter().flat_map(|(_, items)| items);
            items.for_each(|inside| add(inside, &prefix, all));
        }
        _ => {}
    }
}

fn add_impl(i: &syn::ItemImpl, prefix: &str, all: &mut Vec<Named>) {
    let names: Vec<String> =
        headers(i).iter().map(|h| format!("{prefix}{h}")).collect();
    let owner = format!("{prefix}{}", type_name(&i.self_ty));
    let mut owners = vec![&*owner];
    owners.extend(names.iter().map(String::as_str));
    for inside in &i.items {
        if let Some(name) = impl_item(inside) {
            all.push(member(&owners, name, inside));
        }
    }
    let lines = lines_of(i.span()).collect();
    all.push(Named { names, lines });
}

/// `Type::method`, and `impl Trait for Type::method` where two traits
/// have a method of one name.
fn member(
    owners: &[&str],
    name: &syn::Ident,
    item: &impl Spanned,
) -> Named {
    let names = owners.iter().map(|o| format!("{o}::{name}")).collect();
    let lines = lines_of(item.span()).collect();
    Named { names, lines }
}

/// `impl Trait for Type`, shortest first: paths and generics may be
/// left out.
fn headers(i: &syn::ItemImpl) -> Vec<String> {
    let full_type = squeeze_tokens(&i.self_ty);
    let types = [type_name(&i.self_ty), full_type];
    let mut headers = Vec::new();
    for self_type in &types {
        match &i.trait_ {
            None => headers.push(format!("impl {self_type}")),
            Some((_, path, _)) => headers.extend(
                trait_names(path)
                    .iter()
                    .map(|name| format!("impl {name} for {self_type}")),
            ),
        }
    }
    headers.iter().map(|header| squeeze(header)).collect()
}

/// `From<String>`, `From`, `std::convert::From<String>`.
fn trait_names(path: &syn::Path) -> Vec<String> {
    let last = path.segments.last();
    let mut names = vec![squeeze_tokens(&last)];
    names.extend(last.map(|segment| segment.ident.to_string()));
    names.push(squeeze_tokens(path));
    names
}

/// A type's name, without its path and its generics.
fn type_name(of: &syn::Type) -> String {
    match of {
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.map(|s| s.ident.to_string()).unwrap_or_default()
        }
        other => squeeze_tokens(other),
    }
}

fn trait_item(item: &syn::TraitItem) -> Option<&syn::Ident> {
    match item {
        syn::TraitItem::Fn(i) => Some(&i.sig.ident),
        syn::TraitItem::Const(i) => Some(&i.ident),
        syn::TraitItem::Type(i) => Some(&i.ident),
        _ => None,
    }
}

fn impl_item(item: &syn::ImplItem) -> Option<&syn::Ident> {
    match item {
        syn::ImplItem::Fn(i) => Some(&i.sig.ident),
        syn::ImplItem::Const(i) => Some(&i.ident),
        syn::ImplItem::Type(i) => Some(&i.ident),
        _ => None,
    }
}

/// Headers and ends of what has items inside: they are printed when
/// one of those is.
pub fn frames(file: &syn::File) -> Vec<(Lines, Lines)> {
    let mut frames = Vec::new();
    add_frames(&file.items, &mut frames);
    frames
}

fn add_frames(items: &[syn::Item], frames: &mut Vec<(Lines, Lines)>) {
    for item in items {
        let (open, close) = match item {
            syn::Item::Impl(i) => brace(i.brace_token),
            syn::Item::Trait(i) => brace(i.brace_token),
            syn::Item::Mod(i) => match &i.content {
                Some((token, items)) => {
                    add_frames(items, frames);
                    brace(*token)
                }
                None => continue,
            },
            _ => continue,
        };
        let start = item.span().start().line;
        let mut frame: Lines = (start..=open).collect();
        frame.insert(close);
        let inside = (start..=close).collect();
        frames.push((frame, inside));
    }
}

fn brace(token: syn::token::Brace) -> (usize, usize) {
    let open = token.span.open().start().line;
    (open, token.span.close().start().line)
}

/// A const's literal, as it reads.
pub fn constant(file: &syn::File, name: &str) -> Option<String> {
    let value = file.items.iter().find_map(|item| match item {
        syn::Item::Const(i) if i.ident == name => Some(&*i.expr),
        syn::Item::Impl(i) => i.items.iter().find_map(|inside| {
            let syn::ImplItem::Const(c) = inside else {
                return None;
            };
            let full =
                format!("{}::{}", type_name(&i.self_ty), c.ident);
            (full == name).then_some(&c.expr)
        }),
        _ => None,
    })?;
    Some(match value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => text.value(),
            other => squeeze_tokens(other),
        },
        other => squeeze_tokens(other),
    })
}

fn squeeze_tokens(tokens: &impl ToTokens) -> String {
    squeeze(&tokens.to_token_stream().to_string())
}

/// Text without the spaces that mean nothing: only those between two
/// words stay.
fn squeeze(text: &str) -> String {
    let is_word = |c: Option<char>| {
        c.is_some_and(|c| c.is_alphanumeric() || "_'".contains(c))
    };
    let mut result = String::new();
    for piece in text.split_whitespace() {
        let gap = is_word(result.chars().last())
            && is_word(piece.chars().next());
        // `impl From<A> for B` keeps the space that a reader sees.
        if gap || (piece == "for" && !result.is_empty()) {
            result.push(' ');
        }
        result.push_str(piece);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
use std::io;
mod other;
use std::fmt;
pub struct Log { line: u8 }
impl Log {
    fn new() {}
}
impl io::Write for Log {
    fn flush() {}
}
impl From<u8> for Log { fn from() {} }
impl<'a> From<&'a str> for Log { fn from() {} }
mod tests {
    fn inner() {}
}
impl<F> Call for F where F: Fn() { fn call() {} }
const LIMIT: u32 = 30;
";

    fn lines(name: &str) -> Vec<usize> {
        let file = syn::parse_file(TEXT).unwrap();
        Items::of(&file).find(name).unwrap().into_iter().collect()
    }

    fn error(name: &str) -> String {
        let file = syn::parse_file(TEXT).unwrap();
        Items::of(&file).find(name).unwrap_err()
    }

    #[test]
    fn items_are_found_by_name() {
        assert_eq!(lines("Log"), [5]);
        assert_eq!(lines("Log::line"), [5]);
        assert_eq!(lines("Log::new"), [7]);
        assert_eq!(lines("impl Log"), [6, 7, 8]);
        assert_eq!(lines("impl Write for Log"), [9, 10, 11]);
        assert_eq!(lines("impl io::Write for Log"), [9, 10, 11]);
        assert_eq!(lines("Log::flush"), [10]);
        assert_eq!(lines("impl From<&'a str> for Log"), [13]);
        assert_eq!(lines("impl From<u8> for Log::from"), [12]);
        assert_eq!(lines("tests::inner"), [15]);
        assert_eq!(lines("impl Call for F"), [17]);
        assert_eq!(lines("LIMIT"), [18]);
    }

    #[test]
    fn use_and_mod_are_all_such_lines() {
        assert_eq!(lines("use"), [2, 4]);
        assert_eq!(lines("mod"), [3]);
    }

    #[test]
    fn a_missing_item_is_answered_with_what_there_is() {
        let error = error("lgo");
        let begin = "has no item `lgo`; it has: F::call, LIMIT, Log, ";
        assert!(error.starts_with(begin), "{error}");
    }

    #[test]
    fn two_items_of_one_name_are_an_error() {
        assert_eq!(
            error("impl From for Log"),
            "has 2 items `impl From for Log`; say which: \
             impl From<&'a str> for Log, impl From<u8> for Log"
        );
    }

    #[test]
    fn a_constant_is_its_literal() {
        let file = syn::parse_file(TEXT).unwrap();
        assert_eq!(constant(&file, "LIMIT").unwrap(), "30");
        assert_eq!(constant(&file, "NONE"), None);
    }
}

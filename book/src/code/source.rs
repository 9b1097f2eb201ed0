//! A source file: its lines, and which of them are code.

use crate::code::blocks::{Block, blocks};
use crate::code::item::{Items, Lines, lines_of};
use crate::code::python;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;

/// A source file in any language; what is Rust is parsed.
pub struct Source {
    pub text: String,
    /// The items of a Rust file.
    pub rust: Option<syn::File>,
    /// The same, or those of a Python file, by name.
    pub items: Option<Items>,
    /// Lines of `///` comments, which a listing leaves out.
    pub docs: Lines,
    /// Lines with code on them: not blank, not a comment, not a test.
    pub code: Lines,
    /// Those and the tests'.
    pub tokens: Lines,
    /// What opens on one line and closes on another, in Rust.
    pub blocks: Vec<Block>,
}

impl Source {
    pub fn parse(path: &str, text: String) -> Result<Self, String> {
        let (mut docs, mut code) = (Lines::new(), Lines::new());
        let mut rust = None;
        let mut all = TokenStream::new();
        if path.ends_with(".rs") {
            let file = syn::parse_file(&text).map_err(|e| {
                let number = e.span().start().line;
                let line = text.lines().nth(number - 1);
                let line = line.unwrap_or_default().trim();
                format!("{path}:{number} is not Rust: {e}: {line}")
            })?;
            all = text
                .parse()
                .map_err(|e| format!("{path} is not Rust: {e}"))?;
            mark(all.clone(), &mut code, &mut docs);
            rust = Some(file);
        } else {
            code = other_code(&text);
        }
        let (blocks, tokens) = (blocks(all), code.clone());
        let items = match &rust {
            Some(file) => Some(Items::of(file)),
            None => path.ends_with(".py").then(|| python::items(&text)),
        };
        if let Some(file) = &rust {
            unmark_tests(&file.items, &mut code);
        }
        Ok(Self { text, rust, items, docs, code, tokens, blocks })
    }

    /// A line's text; lines count from 1.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or_default()
    }

    pub fn all_lines(&self) -> Lines {
        (1..=self.text.lines().count()).collect()
    }
}

/// Marks each line that has a token on it. Comments are no tokens;
/// doc comments are attributes, and told from those written as such
/// by nobody.
fn mark(tokens: TokenStream, code: &mut Lines, docs: &mut Lines) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    while let Some(first) = rest.first() {
        if let Some(length) = doc_comment(rest) {
            // Only `///` belongs to what follows; `//!` does not.
            if length == 2 {
                docs.extend(lines_of(first.span()));
            }
            rest = &rest[length..];
            continue;
        }
        match first {
            TokenTree::Group(group) => {
                code.extend(lines_of(group.span_open()));
                code.extend(lines_of(group.span_close()));
                mark(group.stream(), code, docs);
            }
            token => code.extend(lines_of(token.span())),
        }
        rest = &rest[1..];
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == wanted,
        _ => false,
    }
}

/// How many tokens a doc comment takes, if there is one:
/// `#` `[doc = "…"]` or `#` `!` `[doc = "…"]`.
fn doc_comment(tokens: &[TokenTree]) -> Option<usize> {
    let hash = tokens.first()?;
    let length = match tokens.get(1)? {
        token if is_punct(token, '!') => 3,
        _ => 2,
    };
    let TokenTree::Group(group) = tokens.get(length - 1)? else {
        return None;
    };
    let mut inside = group.stream().into_iter();
    let is_doc = is_punct(hash, '#')
        && group.delimiter() == Delimiter::Bracket
        && matches!(inside.next(), Some(TokenTree::Ident(i)) if i == "doc")
        && inside.next().is_some_and(|token| is_punct(&token, '='));
    is_doc.then_some(length)
}

/// Tests stand beside the code and are not part of it.
fn unmark_tests(items: &[syn::Item], code: &mut Lines) {
    for item in items {
        if is_test(item) {
            for line in lines_of(item.span()) {
                code.remove(&line);
            }
        } else if let syn::Item::Mod(module) = item {
            let items = module.content.as_ref().map(|c| &c.1[..]);
            unmark_tests(items.unwrap_or_default(), code);
        }
    }
}

/// Whether an item is there in tests alone: `cfg(test)`,
/// `cfg(all(test, …))`.
fn is_test(item: &syn::Item) -> bool {
    attributes(item).iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args().is_ok_and(|cfg| needs_test(&cfg))
    })
}

fn needs_test(cfg: &syn::Meta) -> bool {
    match cfg {
        syn::Meta::Path(name) => name.is_ident("test"),
        syn::Meta::List(list) if list.path.is_ident("all") => {
            type All = Punctuated<syn::Meta, syn::Token![,]>;
            let all = list.parse_args_with(All::parse_terminated);
            all.is_ok_and(|all| all.iter().any(needs_test))
        }
        _ => false,
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item::*;
    match item {
        Const(i) => &i.attrs,
        Enum(i) => &i.attrs,
        Fn(i) => &i.attrs,
        Impl(i) => &i.attrs,
        Macro(i) => &i.attrs,
        Mod(i) => &i.attrs,
        Static(i) => &i.attrs,
        Struct(i) => &i.attrs,
        Trait(i) => &i.attrs,
        Type(i) => &i.attrs,
        Use(i) => &i.attrs,
        _ => &[],
    }
}

/// In other languages, a line that begins with a comment's mark is one.
fn other_code(text: &str) -> Lines {
    let is_code = |line: &str| {
        let line = line.trim();
        !line.is_empty()
            && !line.starts_with('#')
            && !line.starts_with("//")
    };
    let lines = text.lines().enumerate();
    lines.filter(|(_, l)| is_code(l)).map(|(i, _)| i + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
//! What it is for.

/// Adds.
// A remark.
#[inline]
pub fn add(a: u8) -> u8 {

    a + 1 // and more
}

#[cfg(test)]
mod tests {
    fn test() {}
}
";

    #[test]
    fn code_is_neither_blank_nor_comment_nor_test() {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let code: Vec<_> = source.code.into_iter().collect();
        assert_eq!(code, [5, 6, 8, 9]);
        assert_eq!(source.docs.into_iter().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn a_test_may_have_further_conditions() {
        let code_of = |cfg: &str| {
            let text = format!("#[cfg({cfg})]\nmod fuzz;\n");
            Source::parse("a.rs", text).unwrap().code.len()
        };
        for test in [
            "test",
            "all(test, feature = \"http\")",
            "all(unix, all(test, debug_assertions))",
        ] {
            assert_eq!(code_of(test), 0, "{test}");
        }
        for both in ["any(test, unix)", "not(test)", "unix"] {
            assert_eq!(code_of(both), 2, "{both}");
        }
    }

    #[test]
    fn a_string_of_several_lines_is_code() {
        let text = "const A: &str = \"x\n// y\n\nz\";\n";
        let source = Source::parse("a.rs", text.into()).unwrap();
        assert_eq!(source.code.len(), 4);
    }

    #[test]
    fn a_file_that_is_not_rust_is_named() {
        let error = Source::parse("a.rs", "fn (".into()).err().unwrap();
        assert!(error.starts_with("a.rs:1 is not Rust: "), "{error}");
        assert!(error.ends_with(": fn ("), "{error}");
    }
}

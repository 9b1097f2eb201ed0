//! Where a Rust file's brackets open and close, and what opens them.
//!
//! This is told from its tokens, so that brackets in strings, characters
//! and comments are none, and those in a macro's rules are some.

use crate::code::item::{Lines, lines_of};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Passed by in a head, an argument list of so many lines is shown.
const SHORT: usize = 6;

/// What begins on one line and ends on another: a pair of brackets, or
/// a literal.
#[derive(Debug, PartialEq)]
pub struct Block {
    pub kind: Kind,
    /// The lines of what it belongs to, to that of its opening bracket:
    /// a signature, a condition.
    pub head: Lines,
    pub open: usize,
    pub close: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An `impl`, a `trait`, a `mod`: it has items inside.
    Frame,
    Function,
    /// A string of several lines.
    Literal,
    Other,
}

impl Block {
    /// Whether one of the lines is in it, or is one of its ends.
    pub fn touches(&self, lines: &Lines) -> bool {
        lines.range(self.open..=self.close).next().is_some()
    }
}

/// The brackets of a file that close on another line.
pub fn blocks(tokens: TokenStream) -> Vec<Block> {
    let mut blocks = Vec::new();
    add(tokens, true, &mut blocks);
    blocks
}

/// `has_items`: what is read are items, so that a comma ends nothing,
/// being one in a signature.
fn add(tokens: TokenStream, has_items: bool, all: &mut Vec<Block>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        let head = &tokens[start..=at];
        match token {
            TokenTree::Group(group) => {
                let kind = kind(head);
                let open = group.span_open().start().line;
                let close = group.span_close().start().line;
                let lines = lines(head, kind, open);
                push(all, Block { kind, head: lines, open, close });
                add(group.stream(), kind == Kind::Frame, all);
                let is_end = group.delimiter() == Delimiter::Brace;
                if is_end || is_attribute(head) {
                    start = at + 1;
                }
            }
            TokenTree::Literal(literal) => {
                let (open, close) =
                    lines_of(literal.span()).into_inner();
                let head = lines(head, Kind::Literal, open);
                let kind = Kind::Literal;
                push(all, Block { kind, head, open, close });
            }
            token if ends(token, has_items) => start = at + 1,
            _ => {}
        }
    }
}

fn push(all: &mut Vec<Block>, block: Block) {
    if block.open < block.close {
        all.push(block);
    }
}

fn ends(token: &TokenTree, has_items: bool) -> bool {
    matches!(token, TokenTree::Punct(punct)
        if punct.as_char() == ';'
            || punct.as_char() == ',' && !has_items)
}

/// `#[…]`, `#![…]`, and with it `///`.
fn is_attribute(tokens: &[TokenTree]) -> bool {
    let is_mark = |token: &TokenTree| {
        matches!(token, TokenTree::Punct(punct)
            if "#!".contains(punct.as_char()))
    };
    let (first, rest) = match tokens {
        [first, rest @ .., _] => (first, rest),
        _ => return false,
    };
    is_mark(first) && rest.iter().all(is_mark)
}

/// What a head is of, by its first word that is no modifier.
fn kind(head: &[TokenTree]) -> Kind {
    let Some(TokenTree::Group(last)) = head.last() else {
        return Kind::Other;
    };
    if last.delimiter() != Delimiter::Brace {
        return Kind::Other;
    }
    let words = head.iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    let modifiers =
        ["pub", "const", "async", "unsafe", "extern", "default"];
    let mut words =
        words.skip_while(|word| modifiers.contains(&word.as_str()));
    match words.next().as_deref() {
        Some("impl" | "trait" | "mod") => Kind::Frame,
        Some("fn") => Kind::Function,
        _ => Kind::Other,
    }
}

/// The lines of a head. Of a signature that is all; elsewhere the long
/// blocks that are passed by are left out, but for their ends.
fn lines(head: &[TokenTree], kind: Kind, open: usize) -> Lines {
    let first =
        head.first().map_or(open, |token| token.span().start().line);
    if matches!(kind, Kind::Frame | Kind::Function) {
        return (first..=open).collect();
    }
    let (_, before) = head.split_last().expect("what opens");
    let mut lines = Lines::from([open]);
    for token in before {
        let span = lines_of(token.span());
        if span.clone().count() <= SHORT {
            lines.extend(span);
        } else {
            lines.extend([*span.start(), *span.end()]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"
impl<F> Call for F
where
    F: Fn(u8, u8),
{
    /// Calls.
    #[inline]
    fn call(
        &self,
        a: u8,
    ) -> &str {
        let c = ['{', '}', '\'']; // } }
        let s = "}}{{";
        if a == 1 {
            s
        } else if let Some(b) = self
            .find(|x| {
                x == '{'
            })
        {
            r#"}"
            "#
        } else {
            match a {
                1 | 2 => {
                    s
                }
                _ => s,
            }
        }
    }
}
macro_rules! made {
    ($a:ty) => {
        impl Made for $a {
        }
    };
}
"##;

    /// The blocks, each as head, opening and closing line.
    fn found(text: &str) -> Vec<(Vec<usize>, usize, usize)> {
        let all = blocks(text.parse().unwrap());
        let plain = |block: Block| {
            let head = block.head.into_iter().collect();
            (head, block.open, block.close)
        };
        all.into_iter().map(plain).collect()
    }

    #[test]
    fn each_bracket_has_its_head_and_its_end() {
        let signature = vec![8, 9, 10, 11];
        let chain = vec![16, 17, 18, 19, 20];
        assert_eq!(
            found(TEXT),
            [
                (vec![2, 3, 4, 5], 5, 32),
                (vec![8], 8, 11),
                (signature, 11, 31),
                (vec![14], 14, 16),
                (vec![16, 17], 17, 19),
                (vec![17], 17, 19),
                (chain, 20, 23),
                (vec![21], 21, 22),
                (vec![23], 23, 30),
                (vec![24], 24, 29),
                (vec![25], 25, 27),
                (vec![33], 33, 38),
                (vec![34], 34, 37),
                (vec![35], 35, 36),
            ]
        );
    }

    #[test]
    fn a_long_list_that_is_passed_by_is_cut() {
        let text =
            "call(|| {\n1;\n2;\n3;\n4;\n5;\n6;\n}).on(|| {\n7\n})";
        let last = found(text).pop();
        assert_eq!(last, Some((vec![8], 8, 10)));
        let whole = &found(text)[2];
        assert_eq!(whole, &(vec![1, 8], 8, 10));
    }

    #[test]
    fn kinds_are_told_by_their_first_word() {
        let kind = |text: &str| {
            let text = format!("{text} {{\n}}");
            blocks(text.parse().unwrap()).pop().unwrap().kind
        };
        for frame in ["unsafe impl X for Y", "pub mod a", "trait T"] {
            assert_eq!(kind(frame), Kind::Frame, "{frame}");
        }
        for function in ["pub(crate) const fn f() -> impl X", "fn f()"]
        {
            assert_eq!(kind(function), Kind::Function, "{function}");
        }
        for other in ["struct S", "if x", "loop", "pub enum E"] {
            assert_eq!(kind(other), Kind::Other, "{other}");
        }
    }
}

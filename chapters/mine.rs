//! A program made of the reader's answers: what they have not touched
//! is ours.
#![allow(dead_code, reason = "each program uses a part")]

use std::env;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An exercise's answer, as a part of a program.
pub struct Piece {
    pub number: &'static str,
    pub name: &'static str,
    pub stub: &'static str,
    pub answer: &'static str,
}

impl Piece {
    /// Whether the reader has written something, right or wrong. How
    /// lines end is the checkout's doing.
    pub fn is_theirs(&self) -> bool {
        // Tests are of what is right.
        let is_ours =
            cfg!(test) || env::args().any(|word| word == OURS);
        !is_ours && !self.stub.lines().eq(self.answer.lines())
    }
}

/// With this argument, a program takes none of the reader's.
pub const OURS: &str = "--ours";

/// The other arguments.
pub fn arguments() -> impl Iterator<Item = OsString> {
    env::args_os().skip(1).filter(|word| word != OURS)
}

/// Makes a module with the pieces of a chapter, which is in a folder.
macro_rules! pieces {
    ($chapter:ident in $folder:literal:
        $($number:literal $name:ident),*) => {
        #[path = $folder]
        mod $chapter {
            #[path = "exercises"]
            pub mod theirs {
                $(pub mod $name;)*
            }

            #[path = "solutions"]
            pub mod ours {
                $(pub mod $name;)*
            }

            pub const PIECES: &[crate::mine::Piece] = &[$(
                crate::mine::Piece {
                    number: $number,
                    name: stringify!($name),
                    stub: include_str!(concat!(
                        $folder, "/stubs/", stringify!($name), ".rs"
                    )),
                    answer: include_str!(concat!(
                        $folder, "/exercises/", stringify!($name), ".rs"
                    )),
                }
            ),*];
        }
    };
}

/// The function of a piece: theirs, or else ours.
macro_rules! piece {
    ($chapter:ident::$name:ident) => {{
        // Asked once: a piece may be called for each byte.
        static IS_THEIRS: std::sync::LazyLock<bool> =
            std::sync::LazyLock::new(|| {
                crate::mine::is_theirs(
                    $chapter::PIECES,
                    stringify!($name),
                )
            });
        match *IS_THEIRS {
            true => $chapter::theirs::$name::$name,
            false => $chapter::ours::$name::$name,
        }
    }};
}

pub(crate) use {piece, pieces};

pub fn is_theirs(pieces: &[Piece], name: &str) -> bool {
    let mut named = pieces.iter().filter(|piece| piece.name == name);
    named.any(Piece::is_theirs)
}

/// Whose the pieces are, in a line.
pub fn whose(chapters: &[&[Piece]]) -> String {
    let numbers = |is_theirs: bool| {
        let pieces = chapters.iter().copied().flatten();
        let its = pieces.filter(|piece| piece.is_theirs() == is_theirs);
        let numbers: Vec<&str> =
            its.map(|piece| piece.number).collect();
        match numbers.is_empty() {
            true => "none".into(),
            false => numbers.join(", "),
        }
    };
    format!("yours: {}; ours: {}", numbers(true), numbers(false))
}

/// What a piece returns; `None` if it panics. Why, and in which file,
/// the console has told by then.
pub fn attempt<T>(call: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(call)).ok()
}

//! Who may sign.

/// A password belongs into no source, and only its hash anywhere: a
/// crate like `argon2` makes it.
const MEMBERS: [(&str, &str); 2] =
    [("Ferris", "crab"), ("Ada", "engine")];

pub fn is_member(name: &str, password: &str) -> bool {
    MEMBERS.contains(&(name, password))
}

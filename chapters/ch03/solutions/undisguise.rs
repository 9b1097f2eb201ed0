/// The bytes behind a native string.
pub fn undisguise(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

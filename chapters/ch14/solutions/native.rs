/// The native string of what a client has sent.
pub fn native(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

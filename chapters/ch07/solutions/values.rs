/// The content of the record GET_VALUES_RESULT.
pub fn values(asked: &[&str], known: &[(&str, &str)]) -> Vec<u8> {
    let mut content = Vec::new();
    for (at, name) in asked.iter().enumerate() {
        let is_told = asked[..at].contains(name);
        let value = known.iter().find(|(known, _)| known == name);
        if let Some((_, value)) = value.filter(|_| !is_told) {
            content.extend([name.len() as u8, value.len() as u8]);
            content.extend(name.bytes().chain(value.bytes()));
        }
    }
    content
}

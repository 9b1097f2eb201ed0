use std::collections::BTreeMap;

/// What is known of a visitor: names and values.
pub type Values = BTreeMap<String, String>;

/// A session, when a request that has worked with it is done: what is
/// stored by now, with what the request has changed.
pub fn merged(
    stored: Option<Values>,
    read: &Values,
    left: &Values,
) -> Option<Values> {
    let mut values = stored?;
    for name in read.keys().filter(|name| !left.contains_key(*name)) {
        values.remove(name);
    }
    for (name, value) in left {
        if read.get(name) != Some(value) {
            values.insert(name.clone(), value.clone());
        }
    }
    Some(values)
}

/// A module, attributes, and whether it is called.
pub type Name<'n> = (&'n str, Vec<&'n str>, bool);

/// What the name of an application means.
pub fn application_name(name: &str) -> Result<Name<'_>, &str> {
    let (module, place) =
        name.split_once(':').unwrap_or((name, "application"));
    let factory = place.strip_suffix("()");
    let attributes = factory.unwrap_or(place).split('.');
    let mut parts = module.split('.').chain(attributes.clone());
    match parts.find(|part| !is_name(part)) {
        Some(part) => Err(part),
        None => Ok((module, attributes.collect(), factory.is_some())),
    }
}

fn is_name(part: &str) -> bool {
    let is_inside = |c: char| c == '_' || c.is_alphanumeric();
    part.starts_with(|c: char| c == '_' || c.is_alphabetic())
        && part.chars().all(is_inside)
}

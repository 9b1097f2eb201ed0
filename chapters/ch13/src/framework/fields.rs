//! The fields of a form, and what is wrong with them.

use minijinja::{Value, context};
use std::collections::BTreeMap;

/// Values by the names of their fields, and what is said beside each:
/// `form.name.value` and `form.name.error` in a template.
pub struct Fields(
    BTreeMap<&'static str, (String, Option<&'static str>)>,
);

impl Fields {
    /// Fields of these names, without the spaces around their values.
    pub fn of<'v>(
        names: &[&'static str],
        value: impl Fn(&str) -> Option<&'v str>,
    ) -> Self {
        let value = |name| value(name).unwrap_or_default().trim();
        let field = |&name| (name, (value(name).to_string(), None));
        Self(names.iter().map(field).collect())
    }

    /// The value of a field; nothing, if there is no such field.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |(value, _)| value)
    }

    /// Says what is wrong with a field, if it is empty.
    pub fn require(&mut self, name: &str, message: &'static str) {
        if let Some((value, error)) = self.0.get_mut(name)
            && value.is_empty()
        {
            *error = Some(message);
        }
    }

    /// Is nothing wrong?
    pub fn are_right(&self) -> bool {
        self.0.values().all(|(_, error)| error.is_none())
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        let field =
            |(name, (value, error))| (name, context! { value, error });
        let fields = fields.0.into_iter().map(field);
        fields.collect::<BTreeMap<_, Value>>().into()
    }
}

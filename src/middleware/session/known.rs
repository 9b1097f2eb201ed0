//! What a request knows of a session, and what it changes.

use super::id::Id;
use super::{Record, Site};
use crate::Result;
use std::collections::BTreeMap;

/// What there is to know of a session, with this request's changes.
#[derive(Default)]
pub(super) struct Known {
    /// The browser has it, and the store has something under its key.
    pub(super) id: Option<Id>,
    pub(super) record: Record,
}

impl Known {
    /// Would it gain a tenth of its time, if it was stored now?
    pub(super) fn is_old(&self, site: &Site) -> bool {
        let Record { expires, ends, .. } = self.record;
        site.expires(ends).saturating_sub(expires) > site.idle / 10
    }
}

/// Names, each with what makes its next value from the one it has.
pub(super) type Changes = Vec<(String, Edit)>;

type Edit = Box<dyn Fn(Option<&str>) -> Option<String> + Send>;

type Values = BTreeMap<String, String>;

/// Makes all changes, unless the values become too big.
pub(super) fn apply(
    changes: &Changes,
    values: &mut Values,
    limit: usize,
) -> Result<()> {
    let before = size(values);
    for (name, change) in changes {
        let value = change(values.get(name).map(String::as_str));
        put(values, name, value);
    }
    check(before, values, limit)
}

pub(super) fn put(
    values: &mut Values,
    name: &str,
    value: Option<String>,
) {
    match value {
        Some(value) => values.insert(name.into(), value),
        None => values.remove(name),
    };
}

/// Refuses values that are too big, unless they have not grown: those
/// from before a limit was lowered must be able to become smaller.
pub(super) fn check(
    before: usize,
    values: &Values,
    limit: usize,
) -> Result<()> {
    let size = size(values);
    match size > limit.max(before) {
        true => Err(format!(
            "a session of {size} bytes; {limit} may be kept"
        )
        .into()),
        false => Ok(()),
    }
}

pub(super) fn size(values: &Values) -> usize {
    values.iter().map(|(n, v)| n.len() + v.len()).sum()
}

//! The headers of a response, for who changes them.

/// The headers of a response: names and values, in order.
///
/// Names are compared without regard to case (RFC 9110, section 5.1).
/// Whether a header may be sent is looked at when it is
/// ([`response_head::check`](crate::response_head::check)).
///
/// ```
/// use gateway::Headers;
///
/// let mut headers = Headers::from(&[("Vary", "Cookie")][..]);
/// headers.push("Set-Cookie", "a=1");
/// headers.set("X-Frame-Options", "DENY");
/// assert_eq!(headers.get("x-frame-options"), Some("DENY"));
/// assert_eq!(headers.remove("VARY").as_deref(), Some("Cookie"));
/// assert_eq!(headers.pairs().len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        find(&self.0, name)
    }

    /// Adds a header, beside any that has the same name.
    pub fn push(&mut self, name: &str, value: impl ToString) {
        self.0.push((name.into(), value.to_string()));
    }

    /// Puts a header in the place of all that have its name.
    pub fn set(&mut self, name: &str, value: impl ToString) {
        self.remove(name);
        self.push(name, value);
    }

    /// Removes all headers of a name, and returns the first value.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        let first = self.get(name).map(str::to_owned);
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        first
    }

    /// The members of all lists of a name (RFC 9110, section 5.6.1).
    #[cfg(any(feature = "gzip", feature = "session"))]
    pub(crate) fn members(&self, name: &str) -> Vec<&str> {
        let mut pairs = self.pairs();
        pairs.retain(|(n, _)| n.eq_ignore_ascii_case(name));
        let members = pairs.into_iter().flat_map(|(_, v)| v.split(','));
        members.map(str::trim).collect()
    }

    /// Says that the answer depends on a field of the request (RFC
    /// 9110, section 12.5.5).
    #[cfg(any(feature = "gzip", feature = "session"))]
    pub(crate) fn add_to_vary(&mut self, field: &str) {
        let mut vary = self.members("Vary");
        let is_there = |member: &&str| {
            *member == "*" || member.eq_ignore_ascii_case(field)
        };
        if !vary.iter().any(is_there) {
            vary.push(field);
            self.set("Vary", vary.join(", "));
        }
    }

    /// All of them, as `start_response` takes them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
    }
}

impl From<&[(&str, &str)]> for Headers {
    fn from(pairs: &[(&str, &str)]) -> Self {
        let owned = |&(n, v): &(&str, &str)| (n.into(), v.into());
        Self(pairs.iter().map(owned).collect())
    }
}

/// The first value of a name.
pub(crate) fn find<'a, S: AsRef<str>>(
    headers: &'a [(S, S)],
    name: &str,
) -> Option<&'a str> {
    let is = |other: &S| other.as_ref().eq_ignore_ascii_case(name);
    let found = headers.iter().find(|(other, _)| is(other));
    found.map(|(_, value)| value.as_ref())
}

use std::collections::BTreeMap;

/// What is known of a visitor: names and values.
pub type Values = BTreeMap<String, String>;

/// What is stored of a session when a request that has worked with it
/// is done.
///
/// `read` is what the session was when the request began, and `left` is
/// what the request has made of it. Another tab may have changed it
/// meanwhile: `stored` is what it is now.
///
/// What comes back is `stored` with this request's changes and no
/// others. Where `left` has another value than `read`, or one that
/// `read` lacks, the request has set it: it is set, even if another tab
/// has removed that name. What is in `read` and not in `left` it has
/// removed: it is removed, whatever its value is by now.
///
/// `stored` is `None` if the session has ended, and then it stays so: a
/// slow request must not log the visitor in again. A session without
/// values has not ended.
pub fn merged(
    stored: Option<Values>,
    read: &Values,
    left: &Values,
) -> Option<Values> {
    todo!("exercise 11.3: {read:?} became {left:?}, over {stored:?}")
}

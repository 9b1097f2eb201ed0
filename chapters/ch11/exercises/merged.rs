use std::collections::BTreeMap;

/// What is known of a visitor: names and values.
pub type Values = BTreeMap<String, String>;

/// A session, when a request that has worked with it is done.
///
/// `read` is what it was when the request began, and `left` is what the
/// request has made of it. Others had their requests meanwhile:
/// `stored` is what it is now.
///
/// What comes back is `stored` with this request's changes, and with no
/// others. It has changed a name whose value in `left` is another than
/// in `read`, or that is in only one of the two: one that was removed
/// is removed from what is stored, whatever its value is by now, and
/// one that was set is set, even if it is not there any more.
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

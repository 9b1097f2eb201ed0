use gateway::{Failure, Form};

/// Which page of a list is asked for, by the field `page`.
///
/// Without the field it is the first. Otherwise the field has to be a
/// number of digits alone, and at least 1; if there are several, the
/// first of them counts. Anything else is a `400 Bad Request`, and its
/// reason has what came in it.
///
/// `name=Ada&page=3` is 3, and `name=Ada` is 1.
pub fn page_number(query: &Form) -> Result<u64, Failure> {
    todo!("exercise 6.1: {query:?}")
}

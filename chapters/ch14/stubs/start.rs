/// A status, and headers: a name and a value each.
pub type Head = (String, Vec<(String, String)>);

/// Notes the head that the application gives with `start_response`.
///
/// `noted` is the one that it has given before. `is_sent` says whether
/// that is on its way to the client, and `exc_info` is the exception
/// that the application is handling, if it has said so (PEP 3333, "The
/// start_response() Callable").
///
/// To call `start_response` once more is an error, `Err(None)`, but for
/// an application that has an exception: its new head comes in the place
/// of the old. When that is sent, it is too late, and the exception is
/// what is raised: it is in the error. After an error, `noted` is as it
/// was.
pub fn start<E>(
    noted: &mut Option<Head>,
    is_sent: bool,
    head: Head,
    exc_info: Option<E>,
) -> Result<(), Option<E>> {
    let _ = (noted, is_sent, exc_info);
    todo!("exercise 14.3: may it still be {head:?}?")
}

/// A status, and headers: a name and a value each.
pub type Head = (String, Vec<(String, String)>);

/// Notes the head that the application gives with `start_response`.
pub fn start<E>(
    noted: &mut Option<Head>,
    is_sent: bool,
    head: Head,
    exc_info: Option<E>,
) -> Result<(), Option<E>> {
    match exc_info {
        Some(error) if is_sent => Err(Some(error)),
        None if noted.is_some() => Err(None),
        _ => {
            *noted = Some(head);
            Ok(())
        }
    }
}

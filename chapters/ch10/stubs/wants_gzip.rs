/// Does the client take gzip? `accept_encoding` is the field's value,
/// or `None` if there is no such field.
///
/// It is a list with commas. Each element is the name of a coding, in
/// capitals or not, and may have a weight after it: `;q=` and a number
/// from `0` to `1`, with up to three digits after its dot. `Q` is as
/// good as `q`, and there may be spaces and tabs around a name and
/// around a weight. An element may also be empty, and says nothing then.
///
/// A weight of zero is a no, in each of the ways to write zero. `x-gzip`
/// is an old name of gzip. `*` is any coding that is not in the list, so
/// it counts if gzip has no element of its own, wherever the `*` is. A
/// client that mentions neither is not sent gzip.
///
/// `br, gzip;q=0.5` is a yes, and `gzip;q=0, *` is a no.
pub fn wants_gzip(accept_encoding: Option<&str>) -> bool {
    todo!("exercise 10.1: {accept_encoding:?}")
}

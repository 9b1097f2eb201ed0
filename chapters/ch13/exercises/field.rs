/// The name of the request's field that a variable of the environ was
/// made from, in small letters, if it was made from one.
///
/// Of a field `Accept-Language` the server has made
/// `HTTP_ACCEPT_LANGUAGE`: capitals, each `-` a `_`, and `HTTP_` in
/// front. There are three exceptions:
///
/// - `Content-Type` and `Content-Length` are `CONTENT_TYPE` and
///   `CONTENT_LENGTH`. Some servers have them with `HTTP_` as well.
///   That is none: a field would be there twice.
/// - `HTTP_PROXY` is none. Programs read it to find their proxy, so
///   servers leave out the field `Proxy`. If there is such a variable,
///   it is the machine's.
/// - The characters of a name are letters and digits of ASCII and
///   ``!#$%&'*+-.^_`|~``, and there is at least one. A variable with
///   others after its `HTTP_` is none, nor is one with small letters or
///   a `-` there: a server would have made something else of them.
///
/// All other variables are none.
pub fn field(variable: &str) -> Option<String> {
    todo!("exercise 13.2: which field has become {variable}?")
}

/// A module, the attributes that lead from it to the application, and
/// whether what is found there is called to make the application.
pub type Name<'n> = (&'n str, Vec<&'n str>, bool);

/// What the name of an application means.
///
/// It is `module:attribute`. The module may be in packages, as in
/// `shop.web:application`, and attributes lead to attributes:
/// `shop:web.application`. With `()` at the end it names a function
/// that makes the application: `shop:create_app()`. A module alone
/// means its `application`.
///
/// Between the dots are names of Python: a letter of any alphabet, or
/// `_`, and then letters, digits and `_`. The error is the first part
/// that is not one, which may be empty. `()` is looked for once, at the
/// end of attributes; elsewhere it belongs to a part, and is wrong.
pub fn application_name(name: &str) -> Result<Name<'_>, &str> {
    todo!("exercise 14.2: which module has {name}?")
}

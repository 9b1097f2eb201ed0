/// A name for a file that a visitor sends, under which it can be kept
/// in a folder.
///
/// It is what follows the last `/` or `\` of the name that the visitor
/// sends, without control characters, and without dots at its
/// beginning. It has at most sixty characters, the first of them.
/// If nothing is left, it is `file`.
///
/// `C:\Users\Zoë\cat.jpg` becomes `cat.jpg`, and `../..` becomes
/// `file`.
pub fn safe_name(file_name: &str) -> String {
    todo!("exercise 6.4: {file_name:?}")
}

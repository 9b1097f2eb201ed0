//! The check of exercise 6.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Forms with files";

pub const HINT: &str = "`rsplit` with both separators gives the last \
    piece first. Then it is a chain on its `chars()`: take out, skip \
    while, take, collect; in this order.";

type Answer = fn(&str) -> String;

const PLAIN: &str = "A name without anything strange in it stays as it \
    is, spaces and all.";
const FOLDER: &str = "What follows the last slash or backslash is the \
    name. The rest is somebody's folders, or a way out of yours.";
const DOTS: &str = "A name that begins with a dot is hidden, or a \
    folder, or a file that a web server obeys, as `.htaccess`.";
const CONTROL: &str = "A control character in a name is a trap for \
    whoever lists the folder.";
const HIDDEN: &str = "A dot may come to the front when what stood \
    before it is taken out.";
const LONG: &str = "At most sixty characters, the first of them. Many \
    systems keep names of 255 bytes and no longer, and a character may \
    have four.";
const WHOLE: &str = "Characters are counted, not bytes: cut within \
    one, and there is a panic.";
const NOTHING: &str = "If nothing is left, the name is `file`.";

pub fn check(safe_name: Answer) -> Verdict {
    let a59 = "a".repeat(59);
    let zoe = "ë".repeat(200);
    for (name, expected, hint) in [
        ("cat.jpg", "cat.jpg", PLAIN),
        ("my cat (2).tar.gz", "my cat (2).tar.gz", PLAIN),
        ("Zoë.txt", "Zoë.txt", PLAIN),
        ("a.", "a.", PLAIN),
        ("a:b.txt", "a:b.txt", PLAIN),
        (" -a ", " -a ", PLAIN),
        ("/etc/passwd", "passwd", FOLDER),
        ("../../hello.txt", "hello.txt", FOLDER),
        ("C:\\Users\\Zoë\\cat.jpg", "cat.jpg", FOLDER),
        ("a/b\\c/d.txt", "d.txt", FOLDER),
        ("a\\b/c\\d.txt", "d.txt", FOLDER),
        (".htaccess", "htaccess", DOTS),
        ("...a.b", "a.b", DOTS),
        ("cat\n.jpg\0", "cat.jpg", CONTROL),
        ("c\u{9b}at\u{7f}", "cat", CONTROL),
        ("\0.htaccess", "htaccess", HIDDEN),
        (".\t.a", "a", HIDDEN),
        ("", "file", NOTHING),
        ("..", "file", NOTHING),
        ("a/", "file", NOTHING),
        ("a/..", "file", NOTHING),
        ("\r\n", "file", NOTHING),
        (&format!("{a59}bc"), &format!("{a59}b"), LONG),
        (&format!("{a59}bc.jpg"), &format!("{a59}b"), LONG),
        (&format!("..\n{a59}bc"), &format!("{a59}b"), LONG),
        (&format!("{a59}ëë"), &format!("{a59}ë"), WHOLE),
        (&zoe, &"ë".repeat(60), WHOLE),
    ] {
        let answer = || safe_name(name);
        expect(format!("{name:?}"), answer, expected.into(), hint)?;
    }
    Ok(())
}

fn or_file(name: String) -> String {
    if name.is_empty() { "file".to_string() } else { name }
}

pub const WRONG: [(&str, Answer); 5] = [
    // A way out that is taken away, and folders that stay.
    (FOLDER, |name| {
        let name = name.replace("../", "").replace(['/', '\\'], "_");
        or_file(name.trim_start_matches('.').to_string())
    }),
    // Slashes alone.
    (FOLDER, |name| {
        let name = name.rsplit('/').next().unwrap_or_default();
        let name = name.trim_start_matches('.');
        or_file(name.chars().filter(|c| !c.is_control()).collect())
    }),
    // Dots first, and then the rest.
    (HIDDEN, |name| {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.trim_start_matches('.').chars();
        or_file(name.filter(|c| !c.is_control()).take(60).collect())
    }),
    // Cut by bytes.
    (WHOLE, |name| {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept = name.chars().filter(|c| !c.is_control());
        let mut name: String = kept.skip_while(|c| *c == '.').collect();
        name.truncate(60);
        or_file(name)
    }),
    // The ending is kept, and the name cut in front of it.
    (LONG, |name| {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept = name.chars().filter(|c| !c.is_control());
        let kept: String = kept.skip_while(|c| *c == '.').collect();
        let (stem, end) = match kept.rsplit_once('.') {
            Some((stem, end)) => (stem, format!(".{end}")),
            None => (&*kept, String::new()),
        };
        let length = 60 - end.chars().count().min(60);
        let stem: String = stem.chars().take(length).collect();
        or_file(stem + &end)
    }),
];

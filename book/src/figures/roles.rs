//! Who is who in a drawing: the boxes of a client, a server and an
//! application have the colors that these have in a message.

use std::fmt::Write;

/// What a box's label may begin with, and whose box that makes it.
const ROLES: [(&str, &str); 9] = [
    ("browser", "client"),
    ("client", "client"),
    ("visitor", "client"),
    ("web server", "server"),
    ("server", "server"),
    ("gateway", "server"),
    ("application", "application"),
    ("framework", "application"),
    ("one process of your program", "application"),
];

/// The boxes of a drawing that have a role, as rectangles of SVG.
pub fn rectangles(art: &str) -> String {
    let rows: Vec<Vec<char>> =
        art.lines().map(|line| line.chars().collect()).collect();
    let mut svg = String::new();
    for top in 0..rows.len() {
        for left in 0..rows[top].len() {
            let Some((bottom, right)) = corner(&rows, top, left) else {
                continue;
            };
            let inside = (top + 1..bottom)
                .map(|row| &rows[row][left + 1..right]);
            let Some(role) = role(inside) else { continue };
            // aasvg's cells are 8 by 16, with a cell around them all.
            let (x, y) = (left * 8 + 8, top * 16 + 16);
            let (width, height) =
                ((right - left) * 8, (bottom - top) * 16);
            let _ = write!(
                svg,
                "<rect class=\"{role}\" x=\"{x}\" y=\"{y}\" \
                 width=\"{width}\" height=\"{height}\"/>"
            );
        }
    }
    svg
}

/// The lower right corner of the box whose upper left one is here.
fn corner(
    rows: &[Vec<char>],
    top: usize,
    left: usize,
) -> Option<(usize, usize)> {
    let at = |row: usize, column: usize| {
        rows.get(row).and_then(|row| row.get(column)).copied()
    };
    let is_edge = |row: usize, right: usize| {
        at(row, left) == Some('+')
            && at(row, right) == Some('+')
            && (left + 1..right).all(|c| at(row, c) == Some('-'))
    };
    let length = rows[top].get(left + 1..)?;
    let right = left + 1 + length.iter().position(|c| *c != '-')?;
    if right == left + 1 || !is_edge(top, right) {
        return None;
    }
    let is_side = |row: &usize| {
        let is_line = |column| at(*row, column) == Some('|');
        is_line(left) && is_line(right)
    };
    let bottom = (top + 1..).find(|row| !is_side(row))?;
    is_edge(bottom, right).then_some((bottom, right))
}

/// Whose box this is, if there is nothing but words in it.
fn role<'a>(
    inside: impl Iterator<Item = &'a [char]>,
) -> Option<&'static str> {
    let lines: Vec<String> = inside.map(String::from_iter).collect();
    let words: Vec<&str> =
        lines.iter().flat_map(|l| l.split_whitespace()).collect();
    let label = words.join(" ");
    let is_text = !label.contains(['|', '+', '<', '>']);
    let mut roles = ROLES.iter();
    let found = roles.find(|(name, _)| label.starts_with(name))?;
    is_text.then_some(found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_the_role_that_its_label_names() {
        let art = "\
+---------+      +-----+
| browser |----->| log |
+---------+      +-----+
   +------------+
   | web server |
   |  (nginx)   |
   +------------+";
        let rectangles = rectangles(art);
        let wanted = "\
<rect class=\"client\" x=\"8\" y=\"16\" width=\"80\" height=\"32\"/>\
<rect class=\"server\" x=\"32\" y=\"64\" width=\"104\" height=\"48\"/>";
        assert_eq!(rectangles, wanted);
    }

    #[test]
    fn what_is_no_box_or_has_lines_in_it_has_none() {
        for art in [
            "+---------+\n| browser |",
            "+---------+\n| browser |\n+----- ---+",
            "+---------+\n  browser\n+---------+",
            "+-----------+\n| server -> |\n+-----------+",
            "+------+\n| beer |\n+------+",
            "++\n||\n++",
            "",
        ] {
            assert_eq!(rectangles(art), "", "{art}");
        }
    }
}

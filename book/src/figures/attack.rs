//! `attack`: the hostile requests, section by section. A served page
//! can send them.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::hostile;
use crate::hostile::requests::{Request, Then};
use crate::hostile::rules;

#[derive(Debug, PartialEq)]
pub struct Attack;

impl Attack {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        match (info, body) {
            ("", []) => Ok(Self),
            _ => Err("nothing is expected here".into()),
        }
    }
}

impl Figure for Attack {
    fn render(
        &self,
        _context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let all = hostile::all();
        let sections = rules::by_section(&all, |one| one.section);
        let sections =
            sections.into_iter().map(|(name, clause, all)| {
                let rows: String = all.into_iter().map(row).collect();
                let (title, url) =
                    (rules::title(name), rules::url(name));
                format!(
                    "<tbody><tr><th colspan=\"2\" scope=\"rowgroup\">\
                 <a href=\"{url}\">{title}</a> {}</th></tr>{rows}\
                 </tbody>",
                    html::escape(clause)
                )
            });
        let sections: String = sections.collect();
        Ok(format!(
            "<section class=\"attack\">\
             <link rel=\"stylesheet\" href=\"scripts/attack.css\">\
             <table><thead><tr><th>Request</th><th>Right</th></tr>\
             </thead>{sections}</table></section>"
        ))
    }
}

fn row(request: &Request) -> String {
    let name = html::escape(request.name);
    let bytes = bytes(request).replace('\n', "&#10;");
    let right = match request.right_in_chapter_8() {
        "" => "closed",
        right => right,
    };
    format!(
        "<tr><td><details><summary>{name}</summary>\
         <pre>{bytes}</pre>{}</details></td><td>{right}</td></tr>",
        then(request)
    )
}

/// What is sent; repeated text is there once.
fn bytes(request: &Request) -> String {
    let bytes = html::message(request.text);
    let (text, count) = request.repeat;
    let times = format!(
        "<b>{} × {count}</b>",
        html::message(text).trim_end_matches('\n')
    );
    bytes.replace('…', &times)
}

/// What the client does when it has sent that.
fn then(request: &Request) -> String {
    let text = match request.then {
        Then::Ask => return String::new(),
        Then::Send(text) => format!(
            "When something has come: <code class=\"nohighlight\">{}</code>",
            html::bytes(text).replace('\n', "")
        ),
        Then::HalfClose => "It says that this was all.".into(),
        Then::Wait => "It sends nothing more, and waits.".into(),
        Then::Close => "It goes away.".into(),
        Then::Reset => "It goes away with a reset.".into(),
    };
    format!("<p>{text}</p>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        let all = hostile::all();
        row(all.into_iter().find(|one| one.name == name).unwrap())
    }

    #[test]
    fn a_row_has_a_name_the_bytes_and_what_is_right() {
        assert_eq!(
            shown("an empty name"),
            "<tr><td><details><summary>an empty name</summary>\
             <pre>GET / HTTP/1.1<i></i>&#10;Host: a<i></i>&#10;\
             : a<i></i>&#10;<i></i>&#10;</pre></details></td>\
             <td>400</td></tr>"
        );
    }

    #[test]
    fn what_is_repeated_is_there_once() {
        let fields = shown("100 000 fields");
        let times = "Host: a<b><i></i>&#10;X: y × 100000</b><i></i>";
        assert!(fields.contains(times), "{fields}");
        let waits = shown("half a request line");
        let says = "<p>It sends nothing more, and waits.</p>";
        assert!(waits.contains(says), "{waits}");
        let asks = shown("Expect: 100-continue");
        let says = "come: <code class=\"nohighlight\">hello</code></p>";
        assert!(asks.contains(says), "{asks}");
    }

    #[test]
    fn nothing_may_be_said_with_it() {
        assert_eq!(Attack::parse("", &[]), Ok(Attack));
        assert!(Attack::parse("ch08", &[]).is_err());
    }
}

//! `rules`: what a specification demands, where the book treats it, and
//! the test that holds it.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use std::fmt::Write;

#[derive(Debug, PartialEq)]
pub struct Rules(Vec<Rule>);

#[derive(Debug, PartialEq)]
struct Rule {
    section: String,
    text: String,
    /// `ch03.md#a-heading`.
    place: String,
    file: String,
    test: String,
}

impl Rules {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if !info.is_empty() {
            return Err(format!("`{info}` is not expected here"));
        }
        let rules: Result<_, _> =
            body.iter().map(|l| rule(l)).collect();
        Ok(Self(rules?))
    }
}

impl Figure for Rules {
    fn render(
        &self,
        context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let mut table = String::from(
            "<div class=\"rules\">\n\n| section | rule, and the test that holds it | where |\n\
             | --- | --- | --- |\n",
        );
        for rule in &self.0 {
            let Rule { section, text, place, file, test } = rule;
            let source = context.project.read(file)?;
            if !source.contains(&format!("fn {test}(")) {
                return Err(format!("{file} has no test `{test}`"));
            }
            let chapter = place.trim_start_matches("ch");
            let chapter = chapter.trim_start_matches('0');
            let chapter = chapter.split('.').next().unwrap_or_default();
            let _ = writeln!(
                table,
                "| {section} | {text}<br><small class=\"test\">`{test}` \
                 in `{file}`</small> | [chapter {chapter}]({place}) |"
            );
        }
        Ok(table + "\n</div>\n")
    }
}

fn rule(line: &str) -> Result<Rule, String> {
    let parts: Vec<&str> = line.split(" | ").map(str::trim).collect();
    let [section, text, place, test] = parts[..] else {
        return Err(format!(
            "`{line}` is no rule; write `SECTION | RULE | \
             chNN.md#HEADING | FILE TEST`"
        ));
    };
    let (file, test) = test.split_once(' ').ok_or_else(|| {
        format!("`{test}` is not a file and the name of a test")
    })?;
    Ok(Rule {
        section: section.into(),
        text: text.into(),
        place: place.into(),
        file: file.into(),
        test: test.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_four_parts() {
        let line = "4.1 | It is so | ch03.md#so | tests/a.rs it_is_so";
        let rule = rule(line).unwrap();
        assert_eq!(
            (&*rule.file, &*rule.test),
            ("tests/a.rs", "it_is_so")
        );
        assert_eq!(rule.place, "ch03.md#so");
        let error = Rules::parse("", &["4.1 | It is so"]).unwrap_err();
        assert!(error.contains("is no rule; write"), "{error}");
        let line = "4.1 | It is so | ch03.md#so | it_is_so";
        assert!(Rules::parse("", &[line]).is_err());
    }
}

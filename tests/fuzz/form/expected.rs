//! A slow and simple reader of forms, which has the whole body.

use super::{Found, HELD};
use std::collections::BTreeMap;

/// Why a body is none: it ends too early, or what is there is wrong.
enum Wrong {
    End,
    Bad,
}

type Parts = Vec<(String, Vec<u8>)>;

/// What is in a body, of which so much may be read.
pub fn expected(boundary: &str, body: &[u8], limit: u64) -> Found {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_over = body.len() > limit;
    let body = &body[..body.len().min(limit)];
    let found = match boundary {
        "" if is_over => Err(Wrong::End),
        "" => fields(body).ok_or(Wrong::Bad),
        _ => parts(boundary, body, is_over),
    };
    found.map_err(|wrong| match wrong {
        Wrong::End if is_over => "413 Content Too Large",
        _ => "400 Bad Request",
    })
}

fn fields(body: &[u8]) -> Option<Parts> {
    let mut all = Vec::new();
    for field in body.split(|byte| *byte == b'&') {
        if field.is_empty() {
            continue;
        }
        let end = field.iter().position(|byte| *byte == b'=');
        let name = &field[..end.unwrap_or(field.len())];
        let value = end.map_or(&b""[..], |end| &field[end + 1..]);
        let name = String::from_utf8(decoded(name)).ok()?;
        let value = String::from_utf8(decoded(value)).ok()?;
        all.push((name, value.into_bytes()));
    }
    Some(all)
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match (text[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            (other, ..) => bytes.push(other),
        }
        at += 1;
    }
    bytes
}

fn parts(
    boundary: &str,
    body: &[u8],
    is_over: bool,
) -> Result<Parts, Wrong> {
    let text = [b"\r\n", body].concat();
    let next = |from| delimiter(&text, boundary, from, is_over);
    let mut all = Vec::new();
    let (_, mut after, mut is_last) = next(0).ok_or(Wrong::End)?;
    while !is_last {
        let head = [b"\r\n", &text[after..]].concat();
        let end = head.windows(4).position(|four| four == b"\r\n\r\n");
        let end = match end {
            Some(end) if end <= HELD - 2 => end,
            _ if head.len() >= HELD + 2 => return Err(Wrong::Bad),
            _ => return Err(Wrong::End),
        };
        let head = head.get(2..end).ok_or(Wrong::Bad)?;
        let said = said(head).ok_or(Wrong::Bad)?;
        let blank_line = after + end - 2 + 2;
        let (begin, behind, last) =
            next(blank_line).ok_or(Wrong::End)?;
        let content = text.get(blank_line + 2..begin);
        all.push((said, content.unwrap_or_default().to_vec()));
        (after, is_last) = (behind, last);
    }
    Ok(all)
}

/// The next delimiter: where its CR LF is, where the next line begins,
/// and whether it is the last.
fn delimiter(
    text: &[u8],
    boundary: &str,
    from: usize,
    is_over: bool,
) -> Option<(usize, usize, bool)> {
    let begin = format!("\r\n--{boundary}");
    for at in from..text.len() {
        if !text[at..].starts_with(begin.as_bytes()) {
            continue;
        }
        let line = &text[at + 2..];
        let line = &line[..line.len().min(HELD)];
        let line = match line.iter().position(|byte| *byte == b'\n') {
            Some(end) => &line[..=end],
            None if line.len() == HELD || !is_over => line,
            None => return None,
        };
        let behind = at + 2 + line.len();
        let rest = &line[begin.len() - 2..];
        let is_last = rest.starts_with(b"--");
        let rest = &rest[if is_last { 2 } else { 0 }..];
        let rest = rest.strip_suffix(b"\r\n").unwrap_or(rest);
        if rest.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Some((at, behind, is_last));
        }
    }
    None
}

fn said(head: &[u8]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in str::from_utf8(head).ok()?.split("\r\n") {
        match line.starts_with([' ', '\t']) {
            true => lines.last_mut()?.push_str(line),
            false => lines.push(line.to_string()),
        }
    }
    let mut fields: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in &lines {
        let (name, value) = line.split_once(':')?;
        let is_control = |c: char| c < ' ' && c != '\t' || c == '\x7f';
        if !is_token(name) || value.contains(is_control) {
            return None;
        }
        let fields = fields.entry(name.to_lowercase()).or_default();
        fields.push(value.trim_matches([' ', '\t']));
    }
    let [disposition] = fields.get("content-disposition")?[..] else {
        return None;
    };
    let kind = match fields.get("content-type").map(|all| &all[..]) {
        None => None,
        Some([kind]) => Some(*kind),
        Some(_) => return None,
    };
    let all = parameters(disposition)?;
    let (name, file) = (all.get("name")?, all.get("filename"));
    Some(format!("{name:?} {file:?} {kind:?}"))
}

fn is_token(text: &str) -> bool {
    let special = "\"(),/:;<=>?@[\\]{}";
    let is_legal = |c: char| c.is_ascii_graphic();
    !text.is_empty()
        && text.chars().all(|c| is_legal(c) && !special.contains(c))
}

/// Cuts at the semicolons that are not quoted, and then looks at each.
fn parameters(text: &str) -> Option<BTreeMap<String, String>> {
    let mut elements = vec![String::new()];
    let mut is_quoted = false;
    let mut is_escaped = false;
    for c in text.chars() {
        if c == ';' && !is_quoted {
            elements.push(String::new());
            continue;
        }
        is_quoted ^= c == '"' && !(is_quoted && is_escaped);
        is_escaped = c == '\\' && !is_escaped;
        elements.last_mut()?.push(c);
    }
    let mut all = BTreeMap::new();
    for (at, element) in elements.iter().enumerate() {
        let element = element.trim_matches([' ', '\t']);
        match element.split_once('=') {
            None if at == 0
                && element.to_lowercase() == "form-data" => {}
            None if at > 0 && element.is_empty() => {}
            Some((name, raw)) if at > 0 && is_token(name) => {
                let value = match is_token(raw) {
                    true => raw.to_string(),
                    false => unquoted(raw)?,
                };
                let before = all.insert(name.to_lowercase(), value);
                before.is_none().then_some(())?;
            }
            _ => return None,
        }
    }
    Some(all)
}

fn unquoted(raw: &str) -> Option<String> {
    let inner = raw.strip_prefix('"')?;
    let mut value = String::new();
    let mut at = 0;
    let all: Vec<char> = inner.chars().collect();
    loop {
        match all.get(at..)? {
            ['"'] => return Some(value),
            ['\\', c @ ('"' | '\\'), ..] => {
                value.push(*c);
                at += 1;
            }
            ['"', ..] | [] => return None,
            [c, ..] => value.push(*c),
        }
        at += 1;
    }
}

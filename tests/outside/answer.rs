//! What comes back, taken apart.

/// An answer taken apart.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Heads of answers such as `100 Continue` that came before.
    pub interim: String,
    /// `HTTP/1.1`
    pub version: String,
    /// `200 OK`, or what was found where a status should be.
    pub status: String,
    pub fields: Vec<(String, String)>,
    /// How its end was told, and whether that was true.
    pub end: String,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// What came after the body.
    pub rest: Vec<u8>,
}

impl Answer {
    pub fn get(&self, name: &str) -> Option<String> {
        let same = |n: &str| n.eq_ignore_ascii_case(name);
        let mut values: Vec<&str> = Vec::new();
        for (_, value) in self.fields.iter().filter(|(n, _)| same(n)) {
            values.push(value);
        }
        (!values.is_empty()).then(|| values.join(" and "))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Takes the answer to `request` apart.
    pub fn parse(request: &[u8], mut bytes: &[u8]) -> Self {
        let mut answer = Self::default();
        loop {
            if bytes.is_empty() {
                return answer.broken("no answer", bytes);
            }
            if !bytes.starts_with(b"HTTP/") {
                return answer.broken("no head", bytes);
            }
            let Some(end) = find(bytes, b"\r\n\r\n") else {
                return answer.broken("a head without an end", bytes);
            };
            let head = latin1(&bytes[..end]);
            bytes = &bytes[end + 4..];
            let (version, status) =
                head.split_once(' ').unwrap_or((&head, ""));
            if status.starts_with('1') {
                answer.interim += &head.replace("\r\n", "; ");
                continue;
            }
            answer.version = version.into();
            answer.status = status.lines().next().unwrap().into();
            for line in status.lines().skip(1) {
                let Some((name, value)) = line.split_once(':') else {
                    return answer
                        .broken("a line without a colon", &[]);
                };
                let value = value.trim().to_string();
                answer.fields.push((name.to_string(), value));
            }
            answer.take_body(request, bytes);
            return answer;
        }
    }

    fn broken(mut self, what: &str, bytes: &[u8]) -> Self {
        self.status = what.into();
        self.rest = bytes.into();
        self
    }

    /// RFC 9112, section 6.3.
    fn take_body(&mut self, request: &[u8], bytes: &[u8]) {
        let length = self.get("Content-Length");
        let is_bodiless = request.starts_with(b"HEAD ")
            || self.status.starts_with("204")
            || self.status.starts_with("304");
        if is_bodiless {
            self.rest = bytes.into();
            self.end = match length {
                Some(length) => format!("Content-Length: {length}"),
                None => "after the head".into(),
            };
        } else if self.get("Transfer-Encoding").is_some() {
            self.end = match dechunked(bytes, &mut self.body) {
                Some(rest) => {
                    self.rest = rest.into();
                    "by chunks".into()
                }
                None => "by chunks, without the last".into(),
            };
        } else if let Some(length) = length {
            let size = length.parse().unwrap_or(usize::MAX);
            let (body, rest) = bytes.split_at(size.min(bytes.len()));
            self.end = match body.len() {
                n if n == size => "by Content-Length".into(),
                n => {
                    format!("Content-Length: {length}, after {n} bytes")
                }
            };
            self.body = body.into();
            self.rest = rest.into();
        } else {
            self.end = "by closing".into();
            self.body = bytes.into();
        }
    }
}

/// Undoes the chunks; returns what follows the last.
fn dechunked<'a>(
    mut bytes: &'a [u8],
    body: &mut Vec<u8>,
) -> Option<&'a [u8]> {
    loop {
        let line = find(bytes, b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..line]).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        let (chunk, rest) = bytes[line + 2..].split_at_checked(size)?;
        body.extend_from_slice(chunk);
        bytes = rest.strip_prefix(b"\r\n")?;
        if size == 0 {
            return Some(bytes);
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[test]
fn an_answer_is_taken_apart() {
    let bytes = b"HTTP/1.1 100 Continue\r\n\r\n\
        HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\
        Transfer-Encoding: chunked\r\n\r\n\
        3\r\none\r\n0\r\n\r\nrest";
    let answer = Answer::parse(b"GET / HTTP/1.1\r\n\r\n", bytes);
    assert_eq!(answer.interim, "HTTP/1.1 100 Continue");
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.get("A").unwrap(), "1 and 2");
    assert_eq!(answer.end, "by chunks");
    assert_eq!(answer.body, b"one");
    assert_eq!(answer.rest, b"rest");
}

#[test]
fn an_answer_that_is_cut_short_is_seen_as_such() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (rest, status, end) in [
        ("Content-Length: 3\r\n\r\none", "200 OK", "by Content-Length"),
        (
            "Content-Length: 4\r\n\r\none",
            "200 OK",
            "Content-Length: 4, after 3 bytes",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
            "200 OK",
            "by chunks, without the last",
        ),
        ("A: 1", "a head without an end", ""),
    ] {
        let bytes = [head, rest].concat();
        let answer = Answer::parse(b"GET /", bytes.as_bytes());
        assert_eq!(answer.status, status, "{rest:?}");
        assert_eq!(answer.end, end, "{rest:?}");
    }
}

//! The requests that are sent to hyper and to each server.

mod answers;
mod bodies;
mod layers;
mod targets;

/// One request or more on a connection, and what the table calls it.
pub struct Request {
    pub name: String,
    pub parts: Vec<Part>,
}

/// One of them.
pub struct Part {
    pub method: &'static str,
    /// Without the mount.
    pub target: String,
    pub version: &'static str,
    pub fields: Vec<Vec<u8>>,
    pub body: Vec<u8>,
}

/// All of them, in the order in which they are sent.
pub fn all() -> Vec<Request> {
    let lists =
        [targets::all(), bodies::all(), answers::all(), layers::all()];
    lists.into_iter().flatten().collect()
}

fn request(
    name: &str,
    method: &'static str,
    target: impl Into<String>,
) -> Request {
    let part = Part {
        method,
        target: target.into(),
        version: "HTTP/1.1",
        fields: vec![
            b"Host: example.com".into(),
            b"Connection: close".into(),
        ],
        body: Vec::new(),
    };
    Request { name: name.into(), parts: vec![part] }
}

fn get(name: &str, target: impl Into<String>) -> Request {
    request(name, "GET", target)
}

/// With a body, and its length.
fn post(
    name: &str,
    target: &str,
    kind: &str,
    body: impl AsRef<[u8]>,
) -> Request {
    request(name, "POST", target).body(kind, body)
}

impl Request {
    /// The last of its parts.
    fn last(&mut self) -> &mut Part {
        self.parts.last_mut().unwrap()
    }

    fn field(mut self, field: impl AsRef<[u8]>) -> Self {
        self.last().fields.push(field.as_ref().into());
        self
    }

    fn body(mut self, kind: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        self.last().body = body.into();
        let length = format!("Content-Length: {}", body.len());
        let it = self.field(length);
        match kind {
            "" => it,
            kind => it.field(format!("Content-Type: {kind}")),
        }
    }

    fn chunks(mut self, chunks: &str) -> Self {
        self.last().body = chunks.into();
        self.field("Transfer-Encoding: chunked")
    }

    /// Instead of the fields that each request has.
    fn only(mut self, version: &'static str, fields: &[&str]) -> Self {
        let part = self.last();
        part.version = version;
        let fields = fields.iter().map(|field| field.as_bytes());
        part.fields = fields.map(Vec::from).collect();
        self
    }

    /// The other request before it, on the same connection.
    fn after(mut self, mut other: Request) -> Self {
        other.last().fields.remove(1);
        other.parts.append(&mut self.parts);
        Self { parts: other.parts, ..self }
    }
}

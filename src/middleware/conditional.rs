//! A client that has the answer already is told so.

use crate::digest::digest;
use crate::preconditions::{Condition, Preconditions, Validators};
use crate::{
    Application, Body, Headers, Layer, ResponseHead, Result,
    StartResponse,
};
use httpdate::HttpDate;
use std::cell::OnceCell;
use std::rc::Rc;

/// Answers GET and HEAD with `304 Not Modified` when the client has
/// the answer, and with `412 Precondition Failed` when it wants
/// another (RFC 9110, section 13).
///
/// ETag and Last-Modified are the application's. Without an ETag, a
/// `200` gets one if its body is one block of known length: a stream
/// is not held back for it. It is of the bytes that the application
/// returns: weak if a layer inside changes how many they are, and
/// wrong if one changes them alone.
///
/// For methods that act it comes too late: an application asks with
/// [`Preconditions::require`] before it does.
///
/// ```
/// use gateway::{middleware, testing};
///
/// let app = middleware::conditional(gateway::app(|_, start| {
///     let text = [("Content-Type", "text/plain")];
///     Ok(start("200 OK", &text)?.body("Hello"))
/// }));
/// let answer = testing::get(&app, "/");
/// let etag = "\"185f8db32271fe25f561a6fc938b2e26\"";
/// assert_eq!(answer.headers.get("ETag"), Some(etag));
///
/// let mut environ = testing::environ("GET", "/");
/// environ.set("HTTP_IF_NONE_MATCH", etag);
/// let answer = testing::ask(&app, environ);
/// assert_eq!(answer.status, "304 Not Modified");
/// assert_eq!(answer.text(), "");
/// ```
pub fn conditional<A: Application>(app: A) -> impl Application {
    crate::app(move |environ, start_response| {
        let is_head = match environ.bytes("REQUEST_METHOD") {
            Some(b"GET") => false,
            Some(b"HEAD") => true,
            _ => return app.call(environ, start_response),
        };
        let digest = Rc::new(OnceCell::new());
        let layer = Conditional {
            preconditions: Preconditions::of(environ),
            digest: digest.clone(),
        };
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(layer))
        });
        let response = app.call(environ, start)?;
        Ok(response.map(|body| observed(body, digest, is_head)))
    })
}

/// The digest of a body, and how long that is.
type BodyDigest = Rc<OnceCell<(String, u64)>>;

/// The body, which leaves its digest when its only block passes: that
/// is before the layers have the head.
fn observed(body: Body, into: BodyDigest, is_head: bool) -> Body {
    let Some(length) = body.length() else { return body };
    let mut blocks = body.inspect(move |block| {
        if let Ok(block) = block
            && block.len() as u64 == length
        {
            into.get_or_init(|| (digest(block), length));
        }
    });
    // For HEAD nobody else asks for it.
    let first = if is_head { blocks.next() } else { None };
    Body::sized(length, first.into_iter().chain(blocks))
}

struct Conditional {
    preconditions: Preconditions,
    digest: BodyDigest,
}

impl Layer for Conditional {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        if head.status.starts_with("200")
            && head.headers.get("ETag").is_none()
            && let Some((digest, length)) = self.digest.get()
        {
            // A layer inside has made other bytes of those.
            let is_weak = head.length != Some(*length);
            let weak = if is_weak { "W/" } else { "" };
            head.headers.set("ETag", format!("{weak}\"{digest}\""));
        }
        // An error stays what it is (section 13.2.1).
        if head.status.starts_with('2') {
            let current = Some(&validators(&head.headers));
            self.preconditions.require(current)?;
            if self.preconditions.evaluate(current)
                == Condition::NotModified
            {
                not_modified(head);
            }
        }
        Ok(())
    }
}

fn validators(headers: &Headers) -> Validators {
    let date = headers.get("Last-Modified");
    let date = date.and_then(|date| date.parse::<HttpDate>().ok());
    let etag = headers.get("ETag").map(str::to_owned);
    Validators { etag, modified: date.map(Into::into) }
}

/// What is said of the body goes with it (section 15.4.5), but for what
/// a cache needs to find it: ETag, Vary, Content-Location, and a date
/// where there is no tag.
fn not_modified(head: &mut ResponseHead) {
    head.status = "304 Not Modified".into();
    let mut of_the_body = vec![
        "Content-Encoding",
        "Content-Language",
        "Content-Range",
        "Content-Type",
    ];
    if head.headers.get("ETag").is_some() {
        of_the_body.push("Last-Modified");
    }
    for name in of_the_body {
        head.headers.remove(name);
    }
}

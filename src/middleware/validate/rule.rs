//! The rules, in one table.

use std::fmt;

/// A rule that the types leave open: what it is, and where it is from.
macro_rules! rules {
    ($($rule:ident: $text:literal, $source:literal;)*)
    => {
        /// What the validator looks at.
        ///
        /// Each has a text and a source, and so a table of them is
        /// printed by a loop over [`Rule::ALL`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rule {
            $(#[doc = concat!($text, " (", $source, ").")] $rule,)*
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// What has to be so.
            pub fn text(self) -> &'static str {
                match self { $(Self::$rule => $text,)* }
            }

            /// The document that says so, and its section.
            pub fn source(self) -> &'static str {
                match self { $(Self::$rule => $source,)* }
            }
        }
    };
}

rules! {
    // What the server hands in.
    Required: "REQUEST_METHOD, SERVER_NAME, SERVER_PORT and \
        SERVER_PROTOCOL are there",
        "PEP 3333, \"environ Variables\"";
    Method: "REQUEST_METHOD is a token",
        "RFC 9110, 9.1";
    ServerName: "SERVER_NAME is a host",
        "RFC 3875, 4.1.14";
    ServerPort: "SERVER_PORT is a number",
        "RFC 3875, 4.1.15";
    ServerProtocol: "SERVER_PROTOCOL is like HTTP/1.1",
        "RFC 3875, 4.1.16";
    Scheme: "url_scheme is http or https",
        "PEP 3333, \"environ Variables\"";
    ScriptName: "SCRIPT_NAME is empty, or begins with a slash and is \
        more than one",
        "RFC 3875, 4.1.13";
    PathInfo: "PATH_INFO is empty or begins with a slash",
        "RFC 3875, 4.1.5";
    Path: "SCRIPT_NAME and PATH_INFO are not both empty",
        "RFC 9110, 4.2.3";
    ContentLength: "CONTENT_LENGTH is a number or empty",
        "RFC 3875, 4.1.2";
    Renamed: "CONTENT_TYPE and CONTENT_LENGTH have no HTTP_ in front",
        "RFC 3875, 4.1.18";
    Host: "HTTP_HOST is a host, and a port perhaps",
        "RFC 9110, 7.2";
    // The head that comes out.
    FieldName: "a field's name begins with a letter, and ends with no \
        hyphen or underscore",
        "RFC 9110, 16.3.2.1";
    Once: "a field that is no list is given once",
        "RFC 9110, 5.3";
    Date: "a date is like Sun, 06 Nov 1994 08:49:37 GMT",
        "RFC 9110, 5.6.7";
    ETag: "an ETag is in double quotes, behind W/ if it is weak",
        "RFC 9110, 8.8.3";
    Needs: "401 needs WWW-Authenticate, 405 Allow, 206 Content-Range",
        "RFC 9110, 15.3.7, 15.5.2, 15.5.6";
    TypeMissing: "a body has a Content-Type",
        "RFC 3875, 6.3.1";
    TypeWithout: "what has no body has no Content-Type",
        "RFC 3875, 6.3.1";
    NotModified: "a 304 describes no body",
        "RFC 9110, 15.4.5";
    NoBody: "a 204, 205 or 304 has no body",
        "RFC 9110, 6.4.1";
    // The body.
    Length: "the body has as many bytes as Content-Length says",
        "RFC 9110, 8.6";
    Ended: "a body that has ended gives nothing more",
        "gateway::Body";
    Kept: "the body is dropped with its request",
        "PEP 3333, \"Specification Details\"";
    // What middleware does.
    Boundaries: "a block goes out for each that comes in, before the \
        next is asked for",
        "PEP 3333, \"Middleware Handling of Block Boundaries\"";
    AfterError: "behind an error no block is asked for",
        "gateway::Body";
    PutBack: "SCRIPT_NAME and PATH_INFO are put back",
        "gateway::middleware";
    Twice: "what is encoded is not encoded once more in the same way",
        "gateway::middleware";
    Vary: "who adds a Content-Encoding adds Vary: Accept-Encoding",
        "RFC 9110, 12.5.5";
    Unwanted: "an encoding is not one that the client refuses",
        "RFC 9110, 12.5.3";
    Strong: "other bytes have another ETag, or a weak one",
        "RFC 9110, 8.8.1";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text(), self.source())
    }
}

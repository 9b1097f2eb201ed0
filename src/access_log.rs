//! The access log: a line for each request, in the common log format.

use crate::ErrorLog;
use crate::exchange::Outcome;
use httpdate::HttpDate;
use std::io::Write;
use std::net::IpAddr;
use std::time::SystemTime;

/// What is known of a request before it is answered.
pub(crate) struct Entry {
    client: Option<IpAddr>,
    time: SystemTime,
    request: String,
}

impl Entry {
    /// An entry for a request line that came just now.
    pub(crate) fn new(client: Option<IpAddr>, request: String) -> Self {
        let client = client.map(|c| c.to_canonical());
        Self { client, time: SystemTime::now(), request }
    }

    /// Writes the line.
    pub(crate) fn write(&self, log: &ErrorLog, outcome: &Outcome) {
        let line = self.line(outcome);
        // Nobody is left to be told that a log cannot be written.
        let _ = log.clone().write_all(line.as_bytes());
    }

    fn line(&self, outcome: &Outcome) -> String {
        let client = self.client.map_or("-".into(), |c| c.to_string());
        // "Sun, 06 Nov 1994 08:49:37 GMT"
        let date = HttpDate::from(self.time).to_string();
        let (day, month) = (&date[5..7], &date[8..11]);
        let (year, time) = (&date[12..16], &date[17..25]);
        // A quote or a line break would forge an entry.
        let request = self.request.escape_debug();
        let Outcome { status, bytes, label, .. } = outcome;
        let label = if label.is_empty() { "-" } else { label };
        format!(
            "{client} {label} - [{day}/{month}/{year}:{time} +0000] \
             \"{request}\" {status} {bytes}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::End;
    use std::time::Duration;

    #[test]
    fn a_quote_in_the_request_line_ends_nothing() {
        let entry = Entry {
            client: Some([127, 0, 0, 1].into()),
            time: SystemTime::UNIX_EPOCH
                + Duration::from_secs(784_111_777),
            request: "GET /\"\n HTTP/1.1".into(),
        };
        let (end, label) = (End::Keep, String::new());
        let outcome = Outcome { status: 400, bytes: 16, end, label };
        assert_eq!(
            entry.line(&outcome),
            "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \
             \"GET /\\\"\\n HTTP/1.1\" 400 16\n"
        );
    }
}

//! A stranger who says that he is somebody else, to each proxy whose
//! configuration the book prints.

use gateway::ProxyField;
use gateway::{
    Application, Environ, Response, Result, StartResponse, behind_proxy,
};
use std::net::Ipv4Addr;
use std::process::Command;

/// Where he comes from: this machine, but not the proxy's address.
const STRANGER: &str = "127.0.0.2";

/// What he says, in each field that might be believed.
const LIES: [&str; 10] = [
    "X-Forwarded-For: 6.6.6.6",
    "X-Forwarded-For: 6.6.6.6, 127.0.0.1",
    "X-Forwarded-For: \"",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "Connection: close, X-Forwarded-For, X-Forwarded-Host",
    "X_Forwarded_For: 6.6.6.6",
    "X_Forwarded_Host: evil.example",
    "Forwarded: for=6.6.6.6;proto=https;host=evil.example;by=\"",
];

/// What the application sees of its client, and whatever of the lies
/// is left. The proxy is on this machine, and sets these fields.
pub fn application(
    fields: impl Into<Vec<ProxyField>>,
) -> impl Application {
    let seen = |environ: &mut Environ,
                start_response: StartResponse<'_>|
     -> Result<Response> {
        let client = environ.get("REMOTE_ADDR").unwrap_or_default();
        let url = environ.url()?;
        let host = url.host_str().unwrap_or_default();
        let mut page = format!("{client} {}://{host}", url.scheme());
        for (name, value) in environ.variables() {
            if name.contains("FORWARDED") {
                page += &format!(" {name}={}", value.escape_ascii());
            }
        }
        let headers = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &headers)?.body(page))
    };
    behind_proxy(seen, [Ipv4Addr::LOCALHOST.into()], fields)
}

/// Tells a proxy at this scheme and host, and at this port, each lie
/// alone, all at once, and none.
pub fn are_not_believed(site: &str, port: u16, options: &[&str]) {
    let truth = format!("{STRANGER} {site}");
    let alone = LIES.iter().map(std::slice::from_ref);
    for lies in alone.chain([&LIES[..], &[]]) {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", "20"]);
        command.args(["--noproxy", "*", "--interface", STRANGER]);
        command.args(options);
        command.args(lies.iter().flat_map(|lie| ["--header", lie]));
        command.arg(format!("{site}:{port}/"));
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{lies:?}: {errors}");
        let seen = String::from_utf8_lossy(&output.stdout);
        assert_eq!(seen, truth, "{lies:?}");
    }
}

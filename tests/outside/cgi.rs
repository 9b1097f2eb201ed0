//! The applications that wsgiref is compared by, as a CGI program.

#[path = "applications.rs"]
mod applications;

fn main() -> std::process::ExitCode {
    gateway::cgi::run(applications::application)
}

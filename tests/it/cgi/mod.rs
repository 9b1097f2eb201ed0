//! CGI from both sides, with real processes.
#![cfg(unix)]

mod program;
mod script;

use gateway::middleware::session;
use gateway::middleware::session::MemoryStore;
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::http::run(session(ch11::late::late, MemoryStore::new()))
}

//! Every way to fail: what the client gets, and where it began.

use gateway::testing;

const PATHS: [&str; 10] = [
    "/number?number=two",
    "/panic?number=7",
    "/started",
    "/written",
    "/first",
    "/later",
    "/short",
    "/head",
    "/block",
    "/missing",
];

fn main() {
    let app = ch12::application();
    for path in PATHS {
        let answer = testing::get(&app, path);
        println!("{path}: {}", answer.status);
        let log = answer.log.lines().find(|line| line.contains("see "));
        println!("  {}", log.unwrap_or("nothing is explained"));
    }
}

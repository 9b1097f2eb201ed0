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
        let end = if answer.is_cut { ", cut short" } else { "" };
        println!("{path}: {}{end}", answer.status);
        let see = answer.log.split_once(", see http://localhost");
        let Some((_, page)) = see else {
            println!("  nothing is explained");
            continue;
        };
        let page = page.lines().next().unwrap_or_default();
        let report = testing::get(&app, page);
        let report = report.text();
        let mut lines = report.lines();
        let title = lines.next().unwrap_or_default();
        let (_, what) = title.split_once(": ").unwrap_or_default();
        let mut place = lines.skip_while(|line| *line != "It began at");
        let place = place.nth(1).unwrap_or_default();
        println!("  {what}\n{place}");
    }
}

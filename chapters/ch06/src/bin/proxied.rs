//! The same, behind a proxy on this machine.

use gateway::ProxyField::{For, Host, Proto};
use gateway::behind_proxy;
use std::net::Ipv4Addr;
use std::process::ExitCode;

fn main() -> ExitCode {
    let proxy = Ipv4Addr::LOCALHOST.into();
    let fields = [For, Proto, Host];
    let app = behind_proxy(ch06::application(), [proxy], fields);
    gateway::server::run(app)
}

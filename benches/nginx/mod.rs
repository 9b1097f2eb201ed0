//! nginx, started for a bench from a folder of its own.

use crate::bound::bound_gently;
use rustix::process::{Pid, Signal, kill_process};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

/// A folder of its own, removed with this value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let name = format!("gateway-{name}-{}", process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process, and all that it has started; ended with this value.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Killed, nginx would leave its workers behind.
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        if !until(|| matches!(self.0.try_wait(), Ok(Some(_)))) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Starts nginx with so many workers and what stands in its `http`
/// block, where `LISTEN` is the address; `None` if it is not here. One
/// worker is the process itself, and runs as we do.
///
/// # Panics
///
/// It does not start.
pub fn start(
    folder: &Folder,
    workers: usize,
    http: &str,
) -> Option<(Running, SocketAddr)> {
    let version = Command::new("nginx").arg("-v").output();
    version.is_ok().then_some(())?;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let path = folder.0.display();
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = kinds
        .map(|kind| format!("{kind}_temp_path {path}/{kind};\n"))
        .concat();
    let master = if workers == 1 { "off" } else { "on" };
    let http = http.replace("LISTEN", &address.to_string());
    let text = format!(
        "daemon off; master_process {master};\n\
         worker_processes {workers}; pid {path}/pid;\n\
         error_log {path}/errors; events {{}}\n\
         http {{ access_log off; keepalive_requests 1000000000;\n\
         {temporary}{http}}}\n"
    );
    let configuration = folder.0.join("nginx.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = bound_gently("nginx");
    command.arg("-e").arg(folder.0.join("errors"));
    command.arg("-c").arg(&configuration).arg("-p").arg(&folder.0);
    let child = command.stderr(Stdio::null()).spawn();
    let running = Running(child.expect("a process"));
    let starts = until(|| TcpStream::connect(address).is_ok());
    let errors = fs::read_to_string(folder.0.join("errors"));
    assert!(starts, "nginx does not start: {errors:?}");
    Some((running, address))
}

/// Waits some seconds for it.
pub fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !is_so() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    is_so()
}

//! Our servers, and nginx before them.

use crate::bound::bound_gently;
use crate::support::{Folder, Log, wait_until};
use gateway::http::{Limits, Stopper};
use gateway::{
    Body, Environ, ErrorLog, Response, Result, StartResponse, fastcgi,
    http,
};
use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{env, fs};

/// Longer than anything takes, unless it hangs.
pub const LONG: Duration = Duration::from_secs(20);

/// The way from a client to the application.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// To `gateway::http`.
    Direct,
    /// The same, behind nginx.
    Proxied,
    /// nginx, and `gateway::fastcgi` behind it.
    FastCgi,
}

/// A server of ours, stopped with this value.
pub struct Site {
    pub way: Way,
    pub log: Log,
    /// How many requests for slow clients have begun.
    begun: Arc<AtomicUsize>,
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
    nginx: Option<Nginx>,
}

pub trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

impl Site {
    /// `None` if nginx is needed and not installed.
    pub fn start(
        way: Way,
        limits: Limits,
        threads: usize,
    ) -> Option<Self> {
        if way != Way::Direct && !has_nginx() {
            return None;
        }
        let (log, begun) = (Log::default(), Arc::default());
        let app = application(Arc::clone(&begun));
        let to = ErrorLog::new(log.clone());
        let (address, stopper, thread) = match way {
            Way::Direct | Way::Proxied => {
                let server = http::Server::bind("127.0.0.1:0");
                let server = server.expect("a port").limits(limits);
                let server = server.threads(threads).errors(to.clone());
                let server = server.access_log(to);
                let at = (server.address(), server.stopper());
                (at.0, at.1, thread::spawn(move || server.serve(app)))
            }
            Way::FastCgi => {
                let server = fastcgi::Server::bind("127.0.0.1:0");
                let server = server.expect("a port").limits(limits);
                let server = server.threads(threads).errors(to.clone());
                let server = server.access_log(to);
                let at = (server.address(), server.stopper());
                (at.0, at.1, thread::spawn(move || server.serve(app)))
            }
        };
        let nginx = match way {
            Way::Direct => None,
            way => Some(Nginx::start(way, address)),
        };
        let thread = Some(thread);
        Some(Self { way, log, begun, address, stopper, thread, nginx })
    }

    /// A connection of a client, which has sent this.
    pub fn send(&self, bytes: &[u8]) -> Box<dyn Stream> {
        let mut stream: Box<dyn Stream> = match &self.nginx {
            None => {
                let stream = TcpStream::connect(self.address);
                let stream = stream.expect("connects");
                stream.set_read_timeout(Some(LONG)).expect("can");
                stream.set_write_timeout(Some(LONG)).expect("can");
                Box::new(stream)
            }
            Some(nginx) => {
                let stream = UnixStream::connect(nginx.socket());
                let stream = stream.expect("connects");
                stream.set_read_timeout(Some(LONG)).expect("can");
                stream.set_write_timeout(Some(LONG)).expect("can");
                Box::new(stream)
            }
        };
        stream.write_all(bytes).expect("is sent");
        stream
    }

    /// The same past nginx, where no system takes much at once.
    pub fn send_on_a_thin_line(&self, bytes: &[u8]) -> TcpStream {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
        let socket = socket.expect("a socket");
        socket.set_recv_buffer_size(4096).expect("can");
        socket.connect(&self.address.into()).expect("connects");
        ask(TcpStream::from(socket), bytes)
    }

    /// A request sent to the server itself, past nginx.
    pub fn send_plainly(&self, bytes: &[u8]) -> TcpStream {
        let stream = TcpStream::connect(self.address);
        ask(stream.expect("connects"), bytes)
    }

    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }
}

fn ask(mut stream: TcpStream, bytes: &[u8]) -> TcpStream {
    stream.set_read_timeout(Some(LONG)).expect("can");
    stream.write_all(bytes).expect("is sent");
    stream
}

impl Drop for Site {
    fn drop(&mut self) {
        // Its connections to us end with it.
        self.nginx = None;
        self.stopper.stop();
        let served = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(served, Some(Ok(_))), "{served:?}");
        }
    }
}

/// What byte a large answer has at a place.
pub fn byte(place: usize) -> u8 {
    (place % PERIOD) as u8
}

const PERIOD: usize = 251;
const BLOCK: usize = 256 * PERIOD;

/// `/hello`; `/no` without reading the body; a number, for so many
/// bytes; and else the length of the body.
fn application(
    begun: Arc<AtomicUsize>,
) -> impl Fn(&mut Environ, StartResponse<'_>) -> Result<Response> + Sync
{
    move |environ, start_response| {
        let text = [("Content-Type", "text/plain")];
        let path = environ.get("PATH_INFO").unwrap_or_default();
        if path == "/hello" {
            return Ok(start_response("200 OK", &text)?.body("hello"));
        }
        if path == "/no" {
            let status = "405 Method Not Allowed";
            return Ok(start_response(status, &text)?.body("no"));
        }
        let length = path[1..].parse::<usize>().ok();
        begun.fetch_add(1, Ordering::Relaxed);
        let Some(length) = length else {
            let input = &mut environ.input;
            let length = io::copy(input, &mut io::sink())?;
            let page = length.to_string();
            return Ok(start_response("200 OK", &text)?.body(page));
        };
        let blocks = (0..length).step_by(BLOCK).map(move |start| {
            let end = length.min(start + BLOCK);
            Ok((start..end).map(byte).collect::<Vec<_>>().into())
        });
        let body = Body::sized(length as u64, blocks);
        Ok(start_response("200 OK", &text)?.body(body))
    }
}

/// nginx, ended with this value. It has one process, for that.
struct Nginx {
    child: Child,
    folder: Folder,
}

impl Nginx {
    fn start(way: Way, to: SocketAddr) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = Folder::new(&format!("slow-{count}"));
        let path = folder.path("");
        fs::write(folder.path("configuration"), text(&path, way, to))
            .expect("is written");
        let mut command = bound_gently(nginx().expect("is installed"));
        command.arg("-e").arg(folder.path("errors"));
        command.arg("-c").arg(folder.path("configuration"));
        let child = command.arg("-p").arg(&path).spawn();
        let nginx = Self { child: child.expect("a process"), folder };
        wait_until("nginx listens", || {
            UnixStream::connect(nginx.socket()).is_ok()
        });
        nginx
    }

    fn socket(&self) -> PathBuf {
        self.folder.path("socket")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A configuration in which nginx keeps little to itself.
fn text(folder: &Path, way: Way, to: SocketAddr) -> String {
    let folder = folder.display();
    let temporary =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
            .concat();
    let pass = match way {
        Way::FastCgi => format!(
            "fastcgi_pass {to};
            fastcgi_max_temp_file_size 0;
            fastcgi_request_buffering off;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param PATH_INFO $uri;
            fastcgi_param QUERY_STRING $args;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param SERVER_NAME localhost;
            fastcgi_param SERVER_PORT 80;
            fastcgi_param SERVER_PROTOCOL $server_protocol;"
        ),
        _ => format!(
            "proxy_pass http://{to};
            proxy_http_version 1.1;
            proxy_max_temp_file_size 0;
            proxy_request_buffering off;"
        ),
    };
    format!(
        "daemon off;
        master_process off;
        pid {folder}/pid;
        error_log {folder}/errors;
        events {{}}
        http {{
            access_log off;
            {temporary}
            server {{
                listen unix:{folder}/socket;
                location / {{
                    limit_rate $arg_rate;
                    {pass}
                }}
            }}
        }}"
    )
}

/// Where nginx is: in PATH, or in the folder `sbin` beside, which
/// Debian does not give to users.
fn nginx() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| [folder.with_file_name("sbin"), folder])
        .map(|folder| folder.join("nginx"))
        .find(|file| file.is_file())
}

fn has_nginx() -> bool {
    let has = nginx().is_some();
    if !has {
        let missing = "nginx is not installed";
        assert!(
            env::var_os("CI").is_none(),
            "{missing}, and CI is set"
        );
        // Not by eprintln!, which a passing test keeps to itself.
        let _ = writeln!(io::stderr(), "skipped: {missing}");
    }
    has
}

//! A crowd: starts a server, keeps it busy, and then pays it a visit.

use socket2::SockRef;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const USAGE: &str = "\
    Which server, how many clients, and what do they do?
    crowd9 small8 300 silent
    crowd9 small9 4 half-heads
    crowd9 ch09 3 clocks stop";

/// What the crowd does is done before a visitor comes.
const MOMENT: Duration = Duration::from_millis(500);

/// How long a visitor waits for a page.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a server has to end.
const LIMIT: Duration = Duration::from_secs(20);

/// A crowd of so many shows in the number of threads.
const MANY: usize = 200;

/// How many descriptors the server may have.
const DESCRIPTORS: &str = "256";

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> =
        arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [server, count, kind] => crowd(server, count, kind, false),
        [server, count, kind, "stop"] => {
            crowd(server, count, kind, true)
        }
        _ => Err(io::Error::other(USAGE)),
    }
}

fn crowd(
    server: &str,
    count: &str,
    kind: &str,
    is_stop: bool,
) -> io::Result<()> {
    let count = count.parse().map_err(io::Error::other)?;
    let mut server = Server::start(server)?;
    let clients: io::Result<Vec<TcpStream>> =
        (0..count).map(|_| client(server.address, kind)).collect();
    let clients = clients?;
    thread::sleep(MOMENT);
    println!("{count} {kind}: a visitor {}", visit(server.address));
    if count > MANY {
        println!("threads: {}", server.threads());
    }
    if is_stop {
        server.stop()?;
        let whole = clients.iter().filter(|c| is_whole(c)).count();
        println!("whole answers: {whole} of {count}");
    } else {
        clients.into_iter().for_each(leave);
        thread::sleep(MOMENT);
        println!("they leave: a visitor {}", visit(server.address));
    }
    server.say_end(is_stop || count > MANY)
}

/// Connects a client that does what its kind does.
fn client(server: SocketAddr, kind: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(server)?;
    let post = |body| format!("POST /echo HTTP/1.1\r\n{HOST}{body}");
    match kind {
        "silent" => {}
        "half-heads" => stream.write_all(b"GET / HTT")?,
        "half-bodies" => {
            let body = "Content-Length: 5\r\n\r\nHel";
            stream.write_all(post(body).as_bytes())?;
        }
        "deaf" => {
            let body = format!("Content-Length: {HUGE}\r\n\r\n");
            stream.write_all(post(&body).as_bytes())?;
            let mut stream = stream.try_clone()?;
            // It may not be wanted as long as we do not read.
            thread::spawn(move || {
                let _ = stream.write_all(&vec![b'x'; HUGE]);
            });
        }
        "resets" => {
            stream.write_all(b"GET / HTT")?;
            SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
            thread::sleep(Duration::from_millis(50));
            let gone = stream;
            stream = TcpStream::connect(server)?;
            drop(gone);
        }
        "clocks" => {
            let get = "GET /clock HTTP/1.1\r\nConnection: close\r\n";
            stream.write_all(format!("{get}{HOST}\r\n").as_bytes())?;
        }
        _ => return Err(io::Error::other(USAGE)),
    }
    Ok(stream)
}

const HOST: &str = "Host: localhost\r\n";

/// More than the system takes for who does not read.
const HUGE: usize = 32 << 20;

/// Has all of an answer in chunks come?
fn is_whole(mut client: &TcpStream) -> bool {
    let mut answer = Vec::new();
    let _ = client.set_read_timeout(Some(PATIENCE));
    let _ = client.read_to_end(&mut answer);
    answer.ends_with(b"\r\n0\r\n\r\n")
}

fn leave(client: TcpStream) {
    // This interrupts a thread that writes to it.
    let _ = client.shutdown(Shutdown::Both);
}

/// Asks for a page, as somebody does who means well.
fn visit(server: SocketAddr) -> &'static str {
    let visit = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let get = format!("GET /echo HTTP/1.1\r\n{HOST}\r\n");
        stream.write_all(get.as_bytes())?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(start == *b"HTTP/1.1 200")
    };
    let late = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
    match visit() {
        Ok(true) => "is served",
        Ok(false) => "is answered wrongly",
        Err(e) if late.contains(&e.kind()) => "waits in vain",
        Err(_) => "is turned out",
    }
}

/// A server. It ends with this value.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(name: &str) -> io::Result<Self> {
        let package = match name.chars().last() {
            Some('8') => "ch08",
            _ => "ch09",
        };
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "-q", "-p", package, "--bin", name]);
        if !cargo.status()?.success() {
            return Err(io::Error::other("it cannot be built"));
        }
        let program = env::current_exe()?.with_file_name(name);
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {DESCRIPTORS}; exec \"$0\"");
        command.args(["-c", &script]).arg(program);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().expect("is piped");
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().rsplit('/').next();
        let address = address.and_then(|a| a.parse().ok());
        let address = address.ok_or(io::Error::other(line))?;
        Ok(Self { child, address })
    }

    /// How many threads it has, where the system tells.
    fn threads(&self) -> String {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).unwrap_or_default();
        let mut lines = status.lines();
        let count = lines.find_map(|l| l.strip_prefix("Threads:"));
        match count.and_then(|count| count.trim().parse().ok()) {
            None => "unknown".into(),
            Some(MANY..) => format!("more than {MANY}"),
            Some(10..) => "ten or more".into(),
            Some(_) => "fewer than ten".into(),
        }
    }

    /// Asks it to end, as Ctrl-C and `kill` do.
    fn stop(&mut self) -> io::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status()?;
        let start = Instant::now();
        while self.status()?.is_none() && start.elapsed() < LIMIT {
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// What it has said, and whether it is still there.
    fn say_end(mut self, with_log: bool) -> io::Result<()> {
        thread::sleep(Duration::from_millis(100));
        let status = self.status()?;
        let _ = self.child.kill();
        let stderr = self.child.stderr.take().expect("is piped");
        let lines = BufReader::new(stderr).lines();
        for line in lines.take_while(|_| with_log) {
            println!("the log: {}", line?);
        }
        match status {
            None => println!("the server is still there"),
            Some(status) => println!("the server has ended: {status}"),
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

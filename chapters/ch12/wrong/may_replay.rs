//! The check of exercise 12.5, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use gateway::{Environ, testing};
use std::net::{IpAddr, Ipv4Addr};

pub const READ: &str = "What such a page must never do";

pub const HINT: &str = "Write a small function for each of the six, \
    and put `&&` between. `parse::<IpAddr>()` reads an address, and \
    `to_canonical()` makes the one of IPv4 out of `::ffff:127.0.0.1`. \
    Take a port off the end of a host, digits and then a `:`, and \
    compare what is left as a whole. `environ.keys()` has all names. \
    For the token, look at all pairs of bytes, and do not forget the \
    lengths.";

type Answer = fn(&Environ, &str) -> bool;

const ALL: &str = "All of it is so: this request may.";
const METHOD: &str = "Only POST acts: anybody can make a browser \
    follow a link.";
const PEER: &str = "This is not an address of this machine.";
const LOOPBACK: &str = "127.0.0.1 is not the only address of this \
    machine: all of 127.0.0.0/8 are, and `::1`, and the same written \
    as IPv6. `is_loopback` says so of what `to_canonical` makes.";
const NO_PEER: &str = "What is not an address is nobody that is known, \
    and so not trusted.";
const HOST: &str = "This is another host, and somebody has made its \
    name lead to this machine. Compare all of the name, from its \
    beginning to its end.";
const NAMES: &str = "`localhost`, `127.0.0.1` and `[::1]` are all \
    names of this machine, and a port may follow, or none.";
const PORT: &str = "A port is digits after a `:`, at the very end.";
const ORIGIN: &str = "This is another page's request. Scheme, host and \
    port all have to be those of this request.";
const NO_ORIGIN: &str = "Without an Origin nobody knows whose page has \
    sent it. Browsers always say it with a POST.";
const PROXY: &str = "A proxy has passed this on: who is behind it is \
    not known.";
const FIELDS: &str = "Other fields do not matter, also those that \
    begin with X-.";
const TOKEN: &str = "This is not the token: all of it has to be there, \
    and nothing else.";
const PATH: &str = "The path is `/again/` and the token.";
const EMPTY: &str = "Everybody knows an empty token.";

/// Not to be guessed.
const KEY: &str = "k7Qw9zR4tY";

/// A variable and its value.
type Pair<'p> = (&'p str, &'p str);

const RIGHT_PAIRS: [Pair<'_>; 5] = [
    ("REQUEST_METHOD", "POST"),
    ("PATH_INFO", "/again/k7Qw9zR4tY"),
    ("REMOTE_ADDR", "127.0.0.1"),
    ("HTTP_HOST", "localhost:8000"),
    ("HTTP_ORIGIN", "http://localhost:8000"),
];

/// A right request with other values. What is `-` is not there.
fn environ(others: &[Pair<'_>]) -> Environ {
    let mut environ = testing::environ("POST", "/");
    for (name, value) in RIGHT_PAIRS.iter().chain(others) {
        match *value {
            "-" => drop(environ.remove(name)),
            _ => environ.set(name, value),
        }
    }
    environ
}

struct Check(Answer);

impl Check {
    fn ask(
        &self,
        others: &[Pair<'_>],
        expected: bool,
        hint: &'static str,
    ) -> Verdict {
        let environ = environ(others);
        let pairs = RIGHT_PAIRS.map(|pair| pair.0);
        let names = others.iter().map(|pair| pair.0);
        let names = names.filter(|name| !pairs.contains(name));
        let all = pairs.into_iter().chain(names).map(|name| {
            let value = environ.get(name);
            let value = value.as_deref().unwrap_or("(not there)");
            format!("{name}: {value}")
        });
        let sent = all.collect::<Vec<_>>().join("\n");
        expect(sent, || self.0(&environ, KEY), expected, hint)
    }

    /// A host, and the Origin that goes with it.
    fn host(
        &self,
        host: &str,
        expected: bool,
        hint: &'static str,
    ) -> Verdict {
        let origin = format!("http://{host}");
        let pairs = [("HTTP_HOST", host), ("HTTP_ORIGIN", &origin)];
        self.ask(&pairs, expected, hint)
    }

    fn hosts(&self) -> Verdict {
        for host in [
            "localhost",
            "localhost:81",
            "127.0.0.1",
            "127.0.0.1:3000",
            "[::1]",
            "[::1]:65535",
        ] {
            self.host(host, true, NAMES)?;
        }
        for host in [
            "evil.example",
            "evil.example:8000",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8000",
            "evillocalhost",
            "evil.example.localhost:8000",
            "localhost@evil.example",
            "10.0.0.1:8000",
        ] {
            self.host(host, false, HOST)?;
        }
        for host in [
            "localhost:8000.evil.example",
            "localhost:evil.example",
            "localhost8000",
            "localhost:80:80",
            "127.0.0.1:@evil.example:80",
        ] {
            self.host(host, false, PORT)?;
        }
        self.host("", false, HOST)?;
        let none = [("HTTP_HOST", "-"), ("HTTP_ORIGIN", "http://")];
        self.ask(&none, false, HOST)
    }

    fn origins(&self) -> Verdict {
        self.ask(&[("HTTP_ORIGIN", "-")], false, NO_ORIGIN)?;
        for origin in [
            "http://evil.example",
            "https://localhost:8000",
            "http://localhost",
            "http://localhost:80",
            "http://localhost:80000",
            "http://localhost:8000.evil.example",
            "http://127.0.0.1:8000",
            "localhost:8000",
            "null",
            "",
        ] {
            self.ask(&[("HTTP_ORIGIN", origin)], false, ORIGIN)?;
        }
        for (origin, expected) in [
            ("https://localhost:8000", true),
            ("http://localhost:8000", false),
        ] {
            let mut environ = environ(&[("HTTP_ORIGIN", origin)]);
            environ.url_scheme = "https";
            let sent =
                format!("all as it must be, over https, {origin}");
            let answer = || self.0(&environ, KEY);
            expect(sent, answer, expected, ORIGIN)?;
        }
        Ok(())
    }

    fn proxies(&self) -> Verdict {
        for name in [
            "HTTP_FORWARDED",
            "HTTP_VIA",
            "HTTP_X_FORWARDED_FOR",
            "HTTP_X_FORWARDED_HOST",
            "HTTP_X_FORWARDED_PROTO",
            "HTTP_X_FORWARDED",
        ] {
            self.ask(&[(name, "127.0.0.1")], false, PROXY)?;
            self.ask(&[(name, "")], false, PROXY)?;
        }
        for name in ["HTTP_X_TEA", "HTTP_ACCEPT", "VIA"] {
            self.ask(&[(name, "127.0.0.1")], true, FIELDS)?;
        }
        Ok(())
    }

    fn tokens(&self) -> Verdict {
        let path = |path: &str, hint| {
            self.ask(&[("PATH_INFO", path)], false, hint)
        };
        for at in 0..KEY.len() {
            let mut token = KEY.to_string();
            token.replace_range(at..=at, "_");
            path(&format!("/again/{token}"), TOKEN)?;
        }
        for token in [
            "",
            "k",
            "k7Qw9zR4t",
            "7Qw9zR4tY",
            "k7Qw9zR4tYY",
            "K7QW9ZR4TY",
            "k7Qw9zR4tY/",
            " k7Qw9zR4tY",
            "k7Qw9zR4tYk7Qw9zR4tY",
        ] {
            path(&format!("/again/{token}"), TOKEN)?;
        }
        for other in [
            "/",
            "-",
            "/k7Qw9zR4tY",
            "k7Qw9zR4tY",
            "/page/k7Qw9zR4tY",
            "/again/x/k7Qw9zR4tY",
            "/x/again/k7Qw9zR4tY",
            "again/k7Qw9zR4tY",
        ] {
            path(other, PATH)?;
        }
        for path in ["/again/", "/again", "/", "-"] {
            let environ = environ(&[("PATH_INFO", path)]);
            let sent = format!("PATH_INFO: {path}, an empty token");
            expect(sent, || self.0(&environ, ""), false, EMPTY)?;
        }
        Ok(())
    }
}

pub fn check(may_replay: Answer) -> Verdict {
    let check = Check(may_replay);
    check.ask(&[], true, ALL)?;
    for method in ["GET", "HEAD", "PUT", "post", "-"] {
        check.ask(&[("REQUEST_METHOD", method)], false, METHOD)?;
    }
    for peer in ["127.0.0.2", "127.255.0.1", "::1", "::ffff:127.0.0.1"]
    {
        check.ask(&[("REMOTE_ADDR", peer)], true, LOOPBACK)?;
    }
    for peer in [
        "10.0.0.1",
        "192.168.127.0",
        "0.0.0.0",
        "::",
        "::ffff:10.0.0.1",
        "2001:db8::1",
    ] {
        check.ask(&[("REMOTE_ADDR", peer)], false, PEER)?;
    }
    for peer in ["-", "", "localhost", "127.0.0.1.evil.example"] {
        check.ask(&[("REMOTE_ADDR", peer)], false, NO_PEER)?;
    }
    check.hosts()?;
    check.origins()?;
    check.proxies()?;
    check.tokens()
}

fn get(environ: &Environ, name: &str) -> String {
    environ.get(name).unwrap_or_default().into_owned()
}

fn host(environ: &Environ) -> String {
    get(environ, "HTTP_HOST")
}

/// A host without its port.
fn name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    }
}

fn is_name(name: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

fn address(environ: &Environ) -> Option<IpAddr> {
    get(environ, "REMOTE_ADDR").parse().ok()
}

/// What has to be so, by its name.
const PARTS: [(&str, Answer); 6] = [
    ("method", |environ, _| get(environ, "REQUEST_METHOD") == "POST"),
    ("peer", |environ, _| {
        let peer = address(environ);
        peer.is_some_and(|peer| peer.to_canonical().is_loopback())
    }),
    ("host", |environ, _| is_name(name(&host(environ)))),
    ("origin", |environ, _| {
        let ours =
            format!("{}://{}", environ.url_scheme, host(environ));
        get(environ, "HTTP_ORIGIN") == ours
    }),
    ("proxy", |environ, _| {
        !environ.keys().iter().any(|name| {
            name.starts_with("HTTP_X_FORWARDED")
                || *name == "HTTP_FORWARDED"
                || *name == "HTTP_VIA"
        })
    }),
    ("token", |environ, token| {
        let path = get(environ, "PATH_INFO");
        !token.is_empty() && path == format!("/again/{token}")
    }),
];

/// With something else in place of a part.
fn with(
    name: &str,
    environ: &Environ,
    token: &str,
    other: Answer,
) -> bool {
    PARTS.iter().all(|(part, is_so)| match *part == name {
        true => other(environ, token),
        false => is_so(environ, token),
    })
}

pub const WRONG: [(&str, Answer); 29] = [
    // All but the method.
    (METHOD, |e, t| with("method", e, t, |_, _| true)),
    // All that acts.
    (METHOD, |e, t| {
        with("method", e, t, |e, _| get(e, "REQUEST_METHOD") != "GET")
    }),
    // Whoever.
    (PEER, |e, t| with("peer", e, t, |_, _| true)),
    // One address.
    (LOOPBACK, |e, t| {
        with("peer", e, t, |e, _| get(e, "REMOTE_ADDR") == "127.0.0.1")
    }),
    // Of either kind.
    (LOOPBACK, |e, t| {
        with("peer", e, t, |e, _| {
            address(e).is_some_and(|peer| peer.is_loopback())
        })
    }),
    // It begins like one.
    (NO_PEER, |e, t| {
        with("peer", e, t, |e, _| {
            let peer = get(e, "REMOTE_ADDR");
            let peer = peer.trim_start_matches("::ffff:");
            peer.starts_with("127.") || peer == "::1"
        })
    }),
    // If it is known.
    (NO_PEER, |e, t| {
        with("peer", e, t, |e, _| {
            let peer = address(e).unwrap_or(Ipv4Addr::LOCALHOST.into());
            peer.to_canonical().is_loopback()
        })
    }),
    // Whatever it is called.
    (HOST, |e, t| with("host", e, t, |_, _| true)),
    // It begins like ours.
    (HOST, |e, t| {
        with("host", e, t, |e, _| {
            let names = ["localhost", "127.0.0.1", "[::1]"];
            names.iter().any(|name| host(e).starts_with(name))
        })
    }),
    // It ends like ours.
    (HOST, |e, t| {
        with("host", e, t, |e, _| {
            let names = ["localhost", "127.0.0.1", "[::1]"];
            names.iter().any(|n| name(&host(e)).ends_with(n))
        })
    }),
    // There is always a port.
    (NAMES, |e, t| {
        with("host", e, t, |e, _| {
            host(e).rsplit_once(':').is_some_and(|p| is_name(p.0))
        })
    }),
    // Up to the first colon.
    (NAMES, |e, t| {
        with("host", e, t, |e, _| {
            is_name(host(e).split(':').next().unwrap_or_default())
        })
    }),
    // Up to the last one.
    (PORT, |e, t| {
        with("host", e, t, |e, _| {
            let host = host(e);
            let name = match host.rsplit_once(':') {
                Some((name, _)) if !host.ends_with(']') => name,
                _ => &host,
            };
            is_name(name)
        })
    }),
    // All digits at the end, with a colon or without.
    (PORT, |e, t| {
        with("host", e, t, |e, _| {
            let host = host(e);
            let name =
                host.trim_end_matches(|c: char| c.is_ascii_digit());
            let name = name.trim_end_matches(':');
            is_name(name) || name == "127.0.0." || is_name(&host)
        })
    }),
    // What is not said is not compared.
    (NO_ORIGIN, |e, t| {
        with("origin", e, t, |e, t| {
            e.get("HTTP_ORIGIN").is_none() || (PARTS[3].1)(e, t)
        })
    }),
    // Any.
    (NO_ORIGIN, |e, t| with("origin", e, t, |_, _| true)),
    // Whatever the scheme.
    (ORIGIN, |e, t| {
        with("origin", e, t, |e, _| {
            let origin = get(e, "HTTP_ORIGIN");
            let place = origin.split_once("://");
            place.is_some_and(|place| place.1 == host(e))
        })
    }),
    // Whatever the port.
    (ORIGIN, |e, t| {
        with("origin", e, t, |e, _| {
            let origin = get(e, "HTTP_ORIGIN");
            let place = origin.strip_prefix("http://");
            place.is_some_and(|place| name(place) == name(&host(e)))
        })
    }),
    // It begins like ours.
    (ORIGIN, |e, t| {
        with("origin", e, t, |e, _| {
            let ours = format!("{}://{}", e.url_scheme, host(e));
            get(e, "HTTP_ORIGIN").starts_with(&ours)
        })
    }),
    // There is one scheme.
    (ORIGIN, |e, t| {
        with("origin", e, t, |e, _| {
            get(e, "HTTP_ORIGIN") == format!("http://{}", host(e))
        })
    }),
    // Proxies are not our business.
    (PROXY, |e, t| with("proxy", e, t, |_, _| true)),
    // One kind of them.
    (PROXY, |e, t| {
        with("proxy", e, t, |e, _| {
            e.get("HTTP_X_FORWARDED_FOR").is_none()
        })
    }),
    // If it says something.
    (PROXY, |e, t| {
        with("proxy", e, t, |e, _| {
            let keys = e.keys();
            let mut fields = keys.iter().filter(|name| {
                name.starts_with("HTTP_X_FORWARDED")
                    || matches!(**name, "HTTP_FORWARDED" | "HTTP_VIA")
            });
            fields.all(|name| get(e, name).is_empty())
        })
    }),
    // What nobody has heard of.
    (FIELDS, |e, t| {
        with("proxy", e, t, |e, _| {
            !e.keys().iter().any(|name| {
                name.starts_with("HTTP_X_")
                    || matches!(*name, "HTTP_FORWARDED" | "HTTP_VIA")
            })
        })
    }),
    // As many bytes as there are.
    (TOKEN, |e, t| {
        with("token", e, t, |e, token| {
            let path = get(e, "PATH_INFO");
            let sent = path.strip_prefix("/again/");
            !token.is_empty()
                && sent.is_some_and(|sent| {
                    let mut pairs = sent.bytes().zip(token.bytes());
                    pairs.all(|(a, b)| a == b)
                })
        })
    }),
    // Somewhere in the path.
    (PATH, |e, t| {
        with("token", e, t, |e, token| {
            let path = get(e, "PATH_INFO");
            !token.is_empty() && path.rsplit('/').next() == Some(token)
        })
    }),
    // Nothing is a token.
    (EMPTY, |e, t| {
        with("token", e, t, |e, token| {
            get(e, "PATH_INFO") == format!("/again/{token}")
        })
    }),
    // As the URL says.
    (RIGHT, |e, t| {
        with("origin", e, t, |e, _| {
            e.url().is_ok_and(|url| {
                let ours = url.origin().ascii_serialization();
                get(e, "HTTP_ORIGIN") == ours
            })
        })
    }),
    // One after the other.
    (RIGHT, |environ, token| {
        let Some(host) = environ.get("HTTP_HOST") else { return false };
        let Some(peer) = address(environ) else { return false };
        let is_here = match peer {
            IpAddr::V4(peer) => peer.is_loopback(),
            IpAddr::V6(peer) => {
                let old = peer.to_ipv4_mapped();
                peer.is_loopback()
                    || old.is_some_and(|o| o.is_loopback())
            }
        };
        let fields = environ.variables();
        let mut proxys = fields.keys().filter(|name| {
            **name == "HTTP_VIA"
                || **name == "HTTP_FORWARDED"
                || name.starts_with("HTTP_X_FORWARDED")
        });
        let ours = [environ.url_scheme, "://", &host].concat();
        let path = ["/again/", token].concat();
        is_here
            && is_name(name(&host))
            && proxys.next().is_none()
            && environ.bytes("REQUEST_METHOD") == Some(b"POST")
            && environ.bytes("HTTP_ORIGIN") == Some(ours.as_bytes())
            && environ.bytes("PATH_INFO") == Some(path.as_bytes())
            && !token.is_empty()
    }),
];

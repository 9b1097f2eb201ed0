//! `mount`: who has the request, and what is in the environ then.

use gateway::middleware::{Mount, mount};
use gateway::testing::{self, Answer, ask, get};
use gateway::{Application, Environ, Failure, app};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Says who it is, and where.
fn show(name: &str) -> impl Application + Send + Sync + use<> {
    let name = name.to_string();
    app(move |environ, start_response| {
        let get = |name| environ.get(name).unwrap_or_default();
        let (script, path) = (get("SCRIPT_NAME"), get("PATH_INFO"));
        let page = format!("{name}: {script:?} {path:?}");
        Ok(start_response("200 OK", &TEXT)?.body(page))
    })
}

/// The answer, and SCRIPT_NAME and PATH_INFO when it is over.
fn around(
    app: &dyn Application,
    environ: Environ,
) -> (Answer, [Option<Vec<u8>>; 2]) {
    let after = RefCell::new([None, None]);
    let outer = gateway::app(|environ, start_response| {
        let result = app.call(environ, start_response);
        let get = |name| environ.bytes(name).map(<[u8]>::to_vec);
        after.replace(["SCRIPT_NAME", "PATH_INFO"].map(get));
        result
    });
    let answer = ask(&outer, environ);
    (answer, after.into_inner())
}

#[test]
fn the_longest_prefix_has_the_request_in_whatever_order_they_are() {
    let prefixes = ["/", "/blog", "/blog/2006", "/b"];
    let forth = prefixes.iter().fold(mount(), |m, p| m.at(p, show(p)));
    let back = prefixes.iter().rev();
    let back = back.fold(mount(), |m, p| m.at(p, show(p)));
    for (path, page) in [
        ("/blog/2006/06", r#"/blog/2006: "/blog/2006" "/06""#),
        ("/blog/2006", r#"/blog/2006: "/blog/2006" """#),
        ("/blog/2006/", r#"/blog/2006: "/blog/2006" "/""#),
        ("/blog/2007", r#"/blog: "/blog" "/2007""#),
        ("/blog", r#"/blog: "/blog" """#),
        ("/b", r#"/b: "/b" """#),
        ("/", r#"/: "" "/""#),
    ] {
        assert_eq!(get(&forth, path).text(), page);
        assert_eq!(get(&back, path).text(), page);
    }
}

#[test]
fn a_prefix_ends_where_a_segment_ends() {
    let app = mount().at("/", show("home")).at("/blog", show("blog"));
    for (path, page) in [
        ("/blogger", r#"home: "" "/blogger""#),
        ("/blog.html", r#"home: "" "/blog.html""#),
        ("/blo", r#"home: "" "/blo""#),
        ("//blog", r#"home: "" "//blog""#),
        ("/Blog", r#"home: "" "/Blog""#),
        ("/blog//x", r#"blog: "/blog" "//x""#),
        ("/blog/%2e%2e", r#"blog: "/blog" "/..""#),
        // It was decoded before: nobody can tell any more.
        ("/blog%2Fx", r#"blog: "/blog" "/x""#),
    ] {
        assert_eq!(get(&app, path).text(), page);
    }
}

#[test]
fn where_nothing_fits_the_answer_is_404() {
    let app = mount().at("/blog", show("blog"));
    for path in ["/", "/blogger", "/x"] {
        let answer = get(&app, path);
        assert_eq!(answer.status, "404 Not Found");
        assert_eq!(
            answer.log,
            format!(
                "GET {path}: 404 Not Found: nothing is mounted there\n"
            )
        );
    }
    assert_eq!(get(&mount(), "/").status, "404 Not Found");
}

#[test]
fn what_is_at_the_root_has_all_that_is_left_even_no_path_at_all() {
    let app = mount().at("/", show("home")).at("/blog", show("blog"));
    let nothing = ask(&app, Environ::new());
    assert_eq!(nothing.text(), r#"home: "" """#);
    let asterisk = ask(&app, testing::environ("OPTIONS", "*"));
    assert_eq!(asterisk.text(), r#"home: "" """#);
    let mut environ = Environ::new();
    environ.set("PATH_INFO", "blog");
    assert_eq!(ask(&app, environ).text(), r#"home: "" "blog""#);
}

#[test]
fn what_is_mounted_may_have_mounts_of_its_own() {
    let year = mount().at("/2006", show("2006"));
    let app = mount().at("/blog", year).at("/", show("home"));
    let page = r#"2006: "/blog/2006" "/06""#;
    assert_eq!(get(&app, "/blog/2006/06").text(), page);
    // Who has the request keeps it.
    assert_eq!(get(&app, "/blog/2007").status, "404 Not Found");
}

#[cfg(feature = "url")]
#[test]
fn url_is_right_inside() {
    let url = app(|environ, start_response| {
        let url = environ.url()?.to_string();
        Ok(start_response("200 OK", &TEXT)?.body(url))
    });
    let app = mount().at("/café", mount().at("/à la carte", url));
    let target = "/caf%C3%A9/%C3%A0%20la%20carte/x?page=2";
    let mut environ = testing::environ("GET", target);
    environ.set("SCRIPT_NAME", "/town");
    let url = "http://localhost/town/caf%C3%A9/%C3%A0%20la%20carte/x\
        ?page=2";
    assert_eq!(ask(&app, environ).text(), url);
}

#[test]
fn both_are_put_back_whatever_the_application_did() {
    let wild = app(|environ, start_response| {
        assert_eq!(environ.shift_path().as_deref(), Some("x"));
        environ.set("PATH_INFO", "/elsewhere");
        environ.remove("SCRIPT_NAME");
        environ.set("REMOTE_USER", "ada");
        match environ.get("QUERY_STRING").as_deref() {
            Some("fail") => Err("no ink".into()),
            _ => Ok(start_response("200 OK", &TEXT)?.body("")),
        }
    });
    let app = mount().at("/blog", wild);
    for (target, log) in [
        ("/blog/x", ""),
        ("/blog/x?fail", "GET /town/blog/x: no ink\n"),
    ] {
        let mut environ = testing::environ("GET", target);
        environ.set("SCRIPT_NAME", "/town");
        let (answer, after) = around(&app, environ);
        assert_eq!(answer.log, log);
        let before = [b"/town".to_vec(), b"/blog/x".to_vec()];
        assert_eq!(after, before.map(Some));
    }
}

#[test]
fn what_was_absent_is_absent_again() {
    let app = mount().at("/", show("home"));
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    assert_eq!(around(&app, environ).1, [None, None]);
}

#[test]
fn what_else_the_application_sets_stays_for_who_is_outside() {
    let login = app(|environ, start_response| {
        environ.set("REMOTE_USER", "ada");
        Ok(start_response("200 OK", &TEXT)?.body(""))
    });
    let inner = mount().at("/", login);
    let outer = app(|environ, start_response| {
        let result = inner.call(environ, start_response);
        assert_eq!(environ.get("REMOTE_USER").unwrap(), "ada");
        result
    });
    assert_eq!(get(&outer, "/").status, "200 OK");
}

#[test]
fn a_wrong_prefix_is_said_when_it_is_made() {
    let message = |make: &dyn Fn() -> Mount| {
        let made = catch_unwind(AssertUnwindSafe(make));
        *made.unwrap_err().downcast::<String>().unwrap()
    };
    let no = |_: &mut Environ, _: gateway::StartResponse<'_>| {
        Err(Failure::bad_request("").into())
    };
    for prefix in ["", "blog", "/blog/", "//", "/a//", " /a"] {
        assert_eq!(
            message(&|| mount().at(prefix, no)),
            format!(
                "mounted at {prefix:?}, which is neither \"/\" nor \
                 like \"/blog\""
            )
        );
    }
    for prefix in ["/", "/blog"] {
        assert_eq!(
            message(&|| mount().at(prefix, no).at(prefix, no)),
            format!("two are mounted at {prefix:?}")
        );
    }
}

#[test]
fn it_can_be_called_from_several_threads_and_shown() {
    fn shared(_: &(impl Application + Send + Sync)) {}
    let app = mount().at("/", show("home")).at("/blog", show("blog"));
    shared(&app);
    assert_eq!(format!("{app:?}"), r#"["", "/blog"]"#);
}

/// Numbers that look random: splitmix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    /// A path of a few segments, each of them likely to come again.
    fn path(&mut self, segments: &[&[u8]]) -> Vec<u8> {
        let mut path = Vec::new();
        for _ in 0..self.below(5) {
            path.push(b'/');
            path.extend(segments[self.below(segments.len())]);
        }
        path
    }
}

/// The prefix that should have a path, found in another way: segment by
/// segment.
fn expected<'p>(
    prefixes: &'p [String],
    path: &[u8],
) -> Option<&'p str> {
    let segments = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|b| *b == b'/').skip(1).map(<[u8]>::to_vec).collect()
    };
    let path = segments(path);
    (0..=path.len()).rev().find_map(|count| {
        let is_it = |prefix: &&String| match prefix.as_str() {
            "/" => count == 0,
            prefix => segments(prefix.as_bytes()) == path[..count],
        };
        prefixes.iter().find(is_it).map(String::as_str)
    })
}

#[test]
fn script_name_and_path_info_are_one_string_and_the_longest_fits() {
    const SEGMENTS: [&[u8]; 9] = [
        b"",
        b"a",
        b"b",
        b"ab",
        b".",
        b"..",
        b"a.b",
        b"\xc3\xa9",
        b"\xff",
    ];
    let (mut chance, mut found, mut roots) = (Chance(10), 0, 0);
    for round in 0..20_000 {
        let mut prefixes = Vec::new();
        for _ in 0..chance.below(8) {
            let path = chance.path(&SEGMENTS[..8]);
            let prefix = String::from_utf8(path).unwrap();
            let prefix = match prefix.trim_end_matches('/') {
                "" => "/".to_string(),
                prefix => prefix.to_string(),
            };
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
        let app = prefixes.iter().fold(mount(), |all, prefix| {
            let name = prefix.clone();
            all.at(
                prefix,
                move |e: &mut Environ,
                      s: gateway::StartResponse<'_>| {
                    let get = |name| e.bytes(name).unwrap_or_default();
                    let (script, path) =
                        (get("SCRIPT_NAME"), get("PATH_INFO"));
                    let body =
                        [name.as_bytes(), b" ", script, b"|", path];
                    Ok(s("200 OK", &TEXT)?.body(body.concat()))
                },
            )
        });
        let (script, path) =
            (chance.path(&SEGMENTS), chance.path(&SEGMENTS));
        let mut environ = testing::environ("GET", "/");
        environ.set("SCRIPT_NAME", &script);
        environ.set("PATH_INFO", &path);
        let (answer, after) = around(&app, environ);
        let context =
            || format!("round {round}: {prefixes:?} {path:?}");
        let both = [script.clone(), path.clone()].map(Some);
        assert_eq!(after, both, "{}", context());
        let Some(prefix) = expected(&prefixes, &path) else {
            assert_eq!(answer.status, "404 Not Found", "{}", context());
            continue;
        };
        found += 1;
        roots += usize::from(prefix == "/");
        let prefix_length =
            if prefix == "/" { 0 } else { prefix.len() };
        let (inside, rest) = path.split_at(prefix_length);
        let whole = [&script, inside, b"|", rest].concat();
        let body = [prefix.as_bytes(), b" ", &whole].concat();
        assert_eq!(answer.body, body, "{}", context());
    }
    let others = found - roots;
    assert!(others > 1000 && roots > 1000, "{others} {roots}");
}

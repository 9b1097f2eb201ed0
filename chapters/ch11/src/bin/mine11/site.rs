//! A guest book that knows its visitors, below `/mine`.

use crate::chapter11;
use crate::mine::piece;
use crate::visitors::{Values, Visit, Visitors};
use ch06::escape;
use gateway::{
    Application, Environ, Failure, Form, Response, Result,
    StartResponse,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::env;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// The longest form that is read, in bytes.
const FORM_LIMIT: u64 = 16 * 1024;

struct Site {
    visitors: Visitors,
    /// Names and messages.
    entries: Mutex<Vec<(String, String)>>,
    /// The first signs, and each verifies.
    keys: Vec<String>,
}

pub fn application(
    visitors: Visitors,
) -> Result<impl Application + Send + Sync> {
    let entries = Mutex::default();
    let site = Site { visitors, entries, keys: keys()? };
    let guest_book = ch06::application();
    Ok(move |environ: &mut Environ, start: StartResponse<'_>| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let method = environ.get("REQUEST_METHOD").unwrap_or_default();
        match (&*method, path.strip_prefix("/mine")) {
            (_, None) => guest_book.call(environ, start),
            ("GET" | "HEAD", Some("" | "/")) => {
                site.page(environ, start)
            }
            ("POST", Some(act)) => {
                let act = act.to_string();
                site.act(&act, environ, start)
            }
            _ => Ok(start("404 Not Found", &[])?.body("")),
        }
    })
}

/// Those in the variable MINE_KEYS, with commas; or one that nobody has
/// but this process.
fn keys() -> Result<Vec<String>> {
    if let Ok(keys) = env::var("MINE_KEYS") {
        return Ok(keys.split(',').map(str::to_string).collect());
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    Ok(vec![digits(&key)])
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC with SHA-256, which takes a key of any length.
fn sign(key: &str, text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let mac = mac.map(|mac| mac.chain_update(text).finalize());
    mac.map_or(String::new(), |mac| digits(&mac.into_bytes()))
}

impl Site {
    /// The session of the cookie `mine`.
    fn visit(&self, environ: &Environ) -> Option<Visit> {
        self.visitors.visit(&cookie(environ, "mine")?)
    }

    /// What the cookie `theme` says, if we have signed it.
    fn theme(&self, environ: &Environ) -> Option<String> {
        let sent = cookie(environ, "theme")?;
        let keys: Vec<&str> =
            self.keys.iter().map(String::as_str).collect();
        let verified = piece!(chapter11::verified);
        verified(&keys, "theme", &sent, sign).map(str::to_string)
    }

    fn page(
        &self,
        environ: &Environ,
        start_response: StartResponse,
    ) -> Result<Response> {
        let colors = match self.theme(environ).as_deref() {
            Some("dark") => "background: #222; color: #eee",
            _ => "background: #fff; color: #222",
        };
        let known = match self.visit(environ) {
            None => LOG_IN.to_string(),
            Some(visit) => {
                let value = |name, none: &str| {
                    let value = visit.left.get(name);
                    escape(value.map_or(none, String::as_str))
                };
                let page = MEMBER.replace("LEFT", &value("left", "0"));
                let page = page.replace("RIGHT", &value("right", "0"));
                page.replace("NAME", &value("user", "nobody"))
            }
        };
        let mut list = String::new();
        let entries = self.entries.lock();
        for (name, message) in
            &*entries.unwrap_or_else(PoisonError::into_inner)
        {
            let (name, message) = (escape(name), escape(message));
            list += &format!("<dt>{name}</dt>\n<dd>{message}</dd>\n");
        }
        let page = format!(
            "<!doctype html>\n<title>Mine</title>\n\
             <body style=\"{colors}\">\n<h1>Who was that?</h1>\n\
             {known}{THEME}<dl>\n{list}</dl>\n"
        );
        let headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
        ];
        Ok(start_response("200 OK", &headers)?.body(page))
    }

    /// What a form asks for. Then the visitor is sent to the page.
    fn act(
        &self,
        act: &str,
        environ: &mut Environ,
        start_response: StartResponse,
    ) -> Result<Response> {
        let form = environ.form(FORM_LIMIT)?;
        let mut cookie = String::new();
        match act {
            "/login" => cookie = self.log_in(&form, environ)?,
            "/logout" => cookie = self.log_out(environ),
            "/theme" => cookie = self.set_theme(&form),
            "/count" => self.count(&form, environ)?,
            "/sign" => self.sign(&form, environ)?,
            _ => Err(Failure::new("404 Not Found", "no such form"))?,
        }
        let set =
            format!("{cookie}; Path=/mine; HttpOnly; SameSite=Lax");
        let mut headers =
            vec![("Location", "/mine"), ("Content-Type", "text/plain")];
        if !cookie.is_empty() {
            headers.push(("Set-Cookie", &set));
        }
        Ok(start_response("303 See Other", &headers)?.body("Go on\n"))
    }

    /// Another id, so that who knew the old one does not know this one.
    fn log_in(&self, form: &Form, environ: &Environ) -> Result<String> {
        self.log_out(environ);
        let name = form.get("name").unwrap_or_default();
        let values = [("user".to_string(), name.to_string())];
        let id = self.visitors.begin(Values::from(values))?;
        Ok(format!("mine={id}"))
    }

    fn log_out(&self, environ: &Environ) -> String {
        if let Some(id) = cookie(environ, "mine") {
            self.visitors.end(&id);
        }
        "mine=; Max-Age=0".into()
    }

    fn set_theme(&self, form: &Form) -> String {
        let is_dark = form.get("theme") == Some("dark");
        let theme = if is_dark { "dark" } else { "light" };
        let key = self.keys.first().map_or("", String::as_str);
        let signature = sign(key, &format!("theme={theme}"));
        format!("theme={theme}.{signature}")
    }

    /// Counts what was clicked on: in two tabs, both at once.
    fn count(&self, form: &Form, environ: &mut Environ) -> Result<()> {
        let mut visit = self.visit(environ).ok_or_else(stranger)?;
        let is_left = form.get("count") == Some("left");
        let name = if is_left { "left" } else { "right" };
        let before = visit.left.get(name).and_then(|n| n.parse().ok());
        let after = before.unwrap_or(0_u32).saturating_add(1);
        visit.left.insert(name.into(), after.to_string());
        if form.get("slow").is_some() {
            writeln!(environ.errors, "{name} waits for another tab")?;
            self.visitors.wait(&visit);
        }
        if !self.visitors.save(&visit) {
            writeln!(
                environ.errors,
                "the session has ended meanwhile"
            )?;
        }
        Ok(())
    }

    fn sign(&self, form: &Form, environ: &Environ) -> Result<()> {
        let visit = self.visit(environ).ok_or_else(stranger)?;
        let name = visit.left.get("user").cloned();
        let message = form.get("message").unwrap_or_default();
        let entries = self.entries.lock();
        let mut entries =
            entries.unwrap_or_else(PoisonError::into_inner);
        entries.push((name.unwrap_or_default(), message.into()));
        Ok(())
    }
}

fn cookie(environ: &Environ, name: &str) -> Option<String> {
    let field = environ.get("HTTP_COOKIE")?;
    piece!(chapter11::cookie)(&field, name).map(str::to_string)
}

fn stranger() -> Failure {
    Failure::new("403 Forbidden", "nobody has logged in")
}

const LOG_IN: &str = "<form method=post action=/mine/login>
<input name=name placeholder=Name required>
<button>Log in</button>
</form>
";

const MEMBER: &str = "<p>You are NAME. Left: LEFT, right: RIGHT.
<form method=post action=/mine/count>
<button name=count value=left>Left</button>
<button name=count value=right>Right</button>
<label><input type=checkbox name=slow> wait until another tab has
changed something, or for ten seconds</label>
</form>
<form method=post action=/mine/sign>
<input name=message placeholder=Message required>
<button>Sign</button>
</form>
<form method=post action=/mine/logout>
<button>Log out</button>
</form>
";

const THEME: &str = "<form method=post action=/mine/theme>
<button name=theme value=dark>Dark</button>
<button name=theme value=light>Light</button>
</form>
";

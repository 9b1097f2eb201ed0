//! A visit to the guest book, with a browser's memory: what is asked,
//! and what comes back of cookies and messages.

use gateway::middleware::session::MemoryStore;
use gateway::{Application, Environ, testing};
use std::io::Cursor;

struct Browser<A> {
    app: A,
    cookie: String,
}

fn main() {
    let app = ch11::application(MemoryStore::new());
    let mut browser = Browser { app, cookie: String::new() };
    browser.get("/mine");
    browser.get("/login");
    browser.post("/login", "name=Ferris&password=crab");
    browser.get("/mine");
    let stolen = browser.cookie.clone();
    browser.post("/logout", "");
    browser.get("/");
    println!("\nA thief has the cookie from before:");
    browser.cookie = stolen;
    browser.get("/mine");
}

impl<A: Application> Browser<A> {
    fn get(&mut self, path: &str) {
        println!("GET {path}");
        self.send(testing::environ("GET", path));
    }

    /// Posts a form, and says from where, as browsers do.
    fn post(&mut self, path: &str, form: &str) {
        println!("POST {path} {form}");
        let mut environ = testing::environ("POST", path);
        let kind = "application/x-www-form-urlencoded";
        environ.set("CONTENT_TYPE", kind);
        environ.set("HTTP_ORIGIN", "http://localhost");
        environ.input = Box::new(Cursor::new(form.to_string()));
        self.send(environ);
    }

    fn send(&mut self, mut environ: Environ) {
        environ.set("HTTP_COOKIE", &self.cookie);
        let answer = testing::ask(&self.app, environ);
        let location = answer.headers.get("Location");
        println!(
            "  {} {}",
            answer.status,
            location.unwrap_or_default()
        );
        if let Some(set) = answer.headers.get("Set-Cookie") {
            println!("  Set-Cookie: {set}");
            let pair = set.split(';').next().unwrap_or_default();
            self.cookie = pair.into();
        }
        for line in answer.text().lines() {
            if line.starts_with("<p role") || line.contains("You are") {
                println!("  {line}");
            }
        }
    }
}

//! A site that fails, each page in its own way.

use gateway::{Environ, Failure, Response, Result, StartResponse};
use std::error::Error;
use std::{fmt, fs, io};

/// The longest form that is read, in bytes.
const FORM_LIMIT: u64 = 1024;

pub fn site(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let page = match &*path {
        "/" => PAGES.into(),
        "/cakes" => cakes(environ)?,
        "/tea" => tea()?,
        "/snake" => Err(Snake)?,
        "/login" => login(environ)?,
        _ => Err(Failure::new("404 Not Found", "no such page"))?,
    };
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(page))
}

const PAGES: &str = "\
/cakes?guests=2  shares them, if it can
/tea             is not to be had, for reasons
/snake           fails because of itself
/login           is for forms, and knows nobody
";

fn cakes(environ: &Environ) -> Result<String> {
    let query = environ.query()?;
    let guests = query.get("guests").unwrap_or_default();
    Ok(format!("{} for each\n", share(guests.parse()?)))
}

fn share(guests: u32) -> u32 {
    10 / guests
}

fn tea() -> Result<String> {
    let file = "/no/water";
    let water = fs::read_to_string(file).map_err(NoWater);
    Ok(water.map_err(NoTea)?)
}

#[derive(Debug)]
struct NoTea(NoWater);

impl fmt::Display for NoTea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no tea")
    }
}

impl Error for NoTea {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct NoWater(io::Error);

impl fmt::Display for NoWater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no water,\nand none is in sight")
    }
}

impl Error for NoWater {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// It bites its own tail.
#[derive(Debug)]
struct Snake;

impl fmt::Display for Snake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snake")
    }
}

impl Error for Snake {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

fn login(environ: &mut Environ) -> Result<String> {
    let form = environ.form(FORM_LIMIT)?;
    let name = form.get("name").unwrap_or_default();
    Err(format!("nobody is called {name:?}"))?
}

//! What an application sees of a request.

use crate::run::bytes;
use gateway::Environ;
use serde_json::{Value, json};

/// All keys and values, sorted.
pub fn list(environ: &Environ) -> Value {
    let keys = environ.keys().into_iter();
    let pair = |key: &str| json!([key, value(environ, key)]);
    keys.map(pair).collect()
}

fn value(environ: &Environ, key: &str) -> String {
    match key {
        "wsgi.multiprocess" => environ.multiprocess.to_string(),
        "wsgi.multithread" => environ.multithread.to_string(),
        "wsgi.run_once" => environ.run_once.to_string(),
        "wsgi.url_scheme" => environ.url_scheme.to_string(),
        "wsgi.version" => format!("{:?}", Environ::VERSION),
        _ => match environ.bytes(key) {
            Some(value) => bytes::to_text(value),
            None => "(not text)".to_string(),
        },
    }
}

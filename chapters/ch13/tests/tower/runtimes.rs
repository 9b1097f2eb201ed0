//! Runtimes, one in another and beside another, and sessions.

use super::support::PATIENCE;
use super::tower;
use axum::Router;
use axum::extract::Extension;
use axum::routing::get;
use gateway::middleware::session::{MemoryStore, Session, session};
use gateway::testing;
use std::convert::Infallible;
use std::sync::mpsc;
use std::time::Duration;
use tower::ServiceExt;

#[test]
fn what_a_handler_spawned_goes_on_after_the_answer() {
    let (go, gone) = tokio::sync::watch::channel(false);
    let (sender, receiver) = mpsc::channel();
    let page = async move || {
        let (mut gone, sender) = (gone.clone(), sender.clone());
        tokio::spawn(async move {
            gone.wait_for(|gone| *gone).await.unwrap();
            sender.send("done").unwrap();
        });
        "spawned"
    };
    let app = tower(Router::new().route("/", get(page)));
    assert_eq!(testing::get(&app, "/").text(), "spawned");
    // Nobody waits for the application meanwhile.
    go.send(true).unwrap();
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok("done"));
}

#[test]
fn it_may_be_dropped_inside_of_another_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        drop(tower(Router::new().route("/", get(async || "one"))));
    });
}

#[test]
fn two_in_one_process_do_not_mind_each_other() {
    let one = tower(Router::new().route("/", get(async || "one")));
    let two = tower(Router::new().route("/", get(async || "two")));
    assert_eq!(testing::get(&one, "/").text(), "one");
    assert_eq!(testing::get(&two, "/").text(), "two");
    drop(one);
    assert_eq!(testing::get(&two, "/").text(), "two");
}

#[test]
fn it_answers_inside_of_a_service_in_another_runtime() {
    let page = async || {
        tokio::time::sleep(Duration::from_millis(1)).await;
        "inside"
    };
    let app = tower(Router::new().route("/", get(page)));
    let service = ch13::service(app);
    let outer = tokio::runtime::Runtime::new().unwrap();
    let text = outer.block_on(async move {
        let request = axum::http::Request::get("http://localhost/")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = service.oneshot(request).await;
        let body = answer.map_err(|e: Infallible| match e {});
        let body = axum::body::Body::new(body.unwrap().into_body());
        axum::body::to_bytes(body, 100).await.unwrap()
    });
    assert_eq!(text, "inside");
}

#[test]
fn a_session_that_is_set_in_a_handler_sets_its_cookie() {
    let page = async |Extension(session): Extension<Session>| {
        let count = session.get("count").unwrap();
        let count = count.map_or(1, |n| n.parse::<u32>().unwrap() + 1);
        session.set("count", count).unwrap();
        count.to_string()
    };
    let app = tower(Router::new().route("/", get(page)));
    let app = session(app, MemoryStore::new());
    let answer = testing::get(&app, "/");
    assert_eq!(answer.text(), "1", "{answer:?}");
    let cookie = answer.headers.get("Set-Cookie").unwrap();
    let (cookie, _) = cookie.split_once(';').unwrap();
    let mut environ = testing::environ("GET", "/");
    environ.set("HTTP_COOKIE", cookie);
    assert_eq!(testing::ask(&app, environ).text(), "2");
}

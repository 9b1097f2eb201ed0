//! What is an application, beside functions and closures.

use gateway::{Application, Failure, testing};
use std::rc::Rc;
use std::sync::Arc;

/// Takes what a server takes.
fn status(app: impl Application) -> String {
    testing::get(&app, "/").status
}

/// Takes what a server with threads takes.
fn status_anywhere(app: impl Application + Send + Sync) -> String {
    status(app)
}

fn failure() -> Failure {
    Failure::new("404 Not Found", "there is none")
}

#[test]
fn what_points_to_an_application_is_one() {
    let not_found = "404 Not Found";
    let boxed: Box<dyn Application> = Box::new(failure());
    assert_eq!(status(&*boxed), not_found);
    assert_eq!(status(boxed), not_found);
    let boxed: Box<dyn Application + Send + Sync> = Box::new(failure());
    assert_eq!(status_anywhere(boxed), not_found);
    let shared = Arc::new(failure());
    assert_eq!(status_anywhere(Arc::clone(&shared)), not_found);
    let shared: Arc<dyn Application + Send + Sync> = shared;
    assert_eq!(status_anywhere(shared), not_found);
    let shared: Rc<dyn Application> = Rc::new(failure());
    assert_eq!(status(shared), not_found);
    let lent: &(dyn Application + Sync) = &failure();
    assert_eq!(status(lent), not_found);
}

/// A table of applications of several kinds, one of which borrows.
#[test]
fn applications_of_all_kinds_stand_in_one_table() {
    let page = String::from("borrowed");
    let table: [(&str, Box<dyn Application + '_>); 3] = [
        ("404 Not Found", Box::new(failure())),
        (
            "200 OK",
            Box::new(gateway::app(|_, start_response| {
                let text = [("Content-Type", "text/plain")];
                let started = start_response("200 OK", &text)?;
                Ok(started.body(page.clone()))
            })),
        ),
        ("404 Not Found", Box::new(Arc::new(failure()))),
    ];
    for (expected, app) in &table {
        assert_eq!(testing::get(app, "/").status, *expected);
    }
}

#[test]
fn a_body_is_made_of_many_things() {
    use gateway::{Block, Body};
    let all = |body: Body| {
        let length = body.length();
        let blocks = body.map(|block| block.unwrap().into_owned());
        (length, blocks.collect::<Vec<_>>().concat())
    };
    let hello = (Some(5), b"Hello".to_vec());
    assert_eq!(all("Hello".into()), hello);
    assert_eq!(all(b"Hello".into()), hello);
    assert_eq!(all((&b"Hello"[..]).into()), hello);
    assert_eq!(all(String::from("Hello").into()), hello);
    assert_eq!(all(b"Hello".to_vec().into()), hello);
    assert_eq!(all(Block::from(&b"Hello"[..]).into()), hello);
    assert_eq!(all(["He", "", "llo"].into()), hello);
    assert_eq!(
        all(vec![b"Hel".to_vec(), b"lo".to_vec()].into()),
        hello
    );
    let blocks = || [Ok(b"Hel".into()), Ok(b"lo".into())];
    assert_eq!(all(Body::sized(5, blocks())), hello);
    assert_eq!(all(Body::blocks(blocks())), (None, hello.1));
    // What is known of a length is what is still to come.
    let mut body = Body::sized(5, blocks());
    for left in [5, 2, 0] {
        assert_eq!(body.length(), Some(left));
        body.next();
    }
}

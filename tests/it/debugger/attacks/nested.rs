//! Debuggers around each other, and below something else.

use crate::debugger::{TEXT, address, again, browser, fails, sends};
use gateway::middleware::{debugger, mount};
use gateway::testing::ask;
use gateway::{Application, app};

fn fine() -> impl Application + Send + Sync + 'static {
    app(|_, start_response| {
        Ok(start_response("200 OK", &TEXT)?.body("fine"))
    })
}

fn failing() -> impl Application + Send + Sync + 'static {
    app(|environ, _| {
        let get = |name| environ.get(name).unwrap_or_default();
        let [script, path] = ["SCRIPT_NAME", "PATH_INFO"].map(get);
        Err(format!("on purpose at {script:?} {path:?}").into())
    })
}

#[test]
fn the_outermost_explains() {
    let app = debugger(debugger(debugger(fails("on purpose"))));
    let page = ask(&app, browser("/page"));
    let text = page.text();
    assert_eq!(text.matches("<form").count(), 1);
    assert_eq!(page.log.matches("_debugger").count(), 1);
    let page = again(&app, &page);
    assert!(page.text().contains("<h1>GET /page: on purpose</h1>"));
    let (path, _) = address(&ask(&app, browser("/page")));
    assert!(path.ends_with("/3"), "{path}");
}

#[test]
fn one_below_a_path_has_its_pages_there() {
    let app = mount()
        .at("/", fine())
        .at("/site", debugger(failing()))
        .at("/other", debugger(failing()));
    let page = ask(&app, browser("/site/page?x=y"));
    let (path, token) = address(&page);
    assert_eq!(path, format!("/site/_debugger/{token}/1"));
    assert!(ask(&app, browser(&path)).text().contains("on purpose"));
    let page = again(&app, &page);
    let said = "<h1>GET /site/page: on purpose at &quot;/site&quot; \
                &quot;/page&quot;</h1>";
    assert!(page.text().contains(said), "{}", page.text());
    // The neighbors know nothing of it.
    for path in [
        format!("/_debugger/{token}/1"),
        format!("/other/_debugger/{token}/1"),
        format!("/other/site/_debugger/{token}/1"),
    ] {
        let answer = ask(&app, browser(&path));
        let text = answer.text();
        assert!(!text.contains("The last failures</h1>"), "{path}");
        assert!(!text.contains("&quot;/page&quot;"), "{path}");
    }
    assert_eq!(ask(&app, browser("/page")).text(), "fine");
}

/// What the inner one's neighbors have done to the environ is undone.
#[test]
fn one_around_a_mount_sees_the_whole_request() {
    let app = debugger(mount().at("/", fine()).at("/site", failing()));
    let page = ask(&app, sends("/site/page", "body"));
    let (path, token) = address(&page);
    assert_eq!(path, format!("/_debugger/{token}/1"));
    assert!(page.text().contains("<title>POST /site/page: on purpose"));
    let page = again(&app, &page);
    let title = "<title>POST /site/page: on purpose at &quot;/site&quot; \
                 &quot;/page&quot;</title>";
    assert!(page.text().contains(title), "{}", page.text());
}

#[test]
fn two_around_each_other_and_a_mount() {
    let inner = mount().at("/site", debugger(failing()));
    let app = debugger(inner);
    let page = ask(&app, browser("/site/page"));
    let (path, token) = address(&page);
    assert_eq!(path, format!("/_debugger/{token}/1"));
    assert!(again(&app, &page).text().contains("on purpose"));
    assert_eq!(page.log.matches("_debugger").count(), 1);
}

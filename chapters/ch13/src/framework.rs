//! A framework: pages that have names, templates, forms and errors.

mod fields;
mod request;
mod route;

pub use fields::Fields;
pub use request::Request;
pub use route::Route;

use gateway::{
    Application, Environ, Error, Failure, Response, Result,
    StartResponse,
};
use minijinja::value::{Kwargs, Value};
use minijinja::{State, UndefinedBehavior, context};

/// A template's name and its text. What is put into one whose name ends
/// with `.html` is escaped.
pub type Template = (&'static str, &'static str);

/// An application made of pages, which share a state.
///
/// What goes wrong because of the client, a path without a page among
/// it, is shown by the template `error.html`, which is given `status`.
pub struct Framework<S: 'static> {
    state: S,
    routes: &'static [Route<S>],
    paths: matchit::Router<&'static str>,
    templates: minijinja::Environment<'static>,
}

impl<S> Framework<S> {
    /// # Errors
    ///
    /// Two paths cannot be told apart, or a template is none.
    pub fn new(
        state: S,
        routes: &'static [Route<S>],
        texts: &[Template],
    ) -> Result<Self> {
        let mut templates = minijinja::Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, text) in texts {
            templates.add_template(name, text)?;
        }
        let url_for = |state: &State, name: &str, values: Kwargs| {
            let script = state.lookup("script").unwrap_or_default();
            let value = |parameter: &str| values.get(parameter).ok();
            let path = route::path(routes, name, value)?;
            let path =
                Value::from_safe_string(format!("{script}{path}"));
            Ok::<_, minijinja::Error>(path)
        };
        templates.add_function("url_for", url_for);
        let mut paths = matchit::Router::new();
        for Route(_, path, ..) in routes {
            // It may be there for another method.
            if !paths.at(path).is_ok_and(|found| found.value == path) {
                paths.insert(*path, *path)?;
            }
        }
        Ok(Self { state, routes, paths, templates })
    }

    fn page(&self, environ: &mut Environ) -> Result<Page> {
        let get = |name| environ.get(name).unwrap_or_default();
        let (method, path) = (get("REQUEST_METHOD"), get("PATH_INFO"));
        let path = path.into_owned();
        let path = if path.is_empty() { "/" } else { &path };
        let reason = || format!("no page is at {path}");
        let nothing = |_| Failure::new("404 Not Found", reason());
        let found = self.paths.at(path).map_err(nothing)?;
        let routes = self.routes.iter();
        let here = routes.filter(|route| route.1 == *found.value);
        let method = if method == "HEAD" { "GET" } else { &method };
        let route = here.clone().find(|route| route.0 == method);
        let Some(Route(.., page)) = route else {
            let allowed: Vec<_> = here.map(|route| route.0).collect();
            let allowed =
                allowed.join(", ").replace("GET", "GET, HEAD");
            let reason = format!("only for {allowed}");
            let no = Failure::new("405 Method Not Allowed", reason);
            Err(no.header("Allow", allowed))?
        };
        page(&mut Request {
            environ,
            state: &self.state,
            parameters: found.params,
            framework: self,
        })
    }

    fn render(
        &self,
        template: &str,
        context: Value,
        environ: &Environ,
    ) -> Result<Page> {
        let template = self.templates.get_template(template)?;
        let script = route::script(environ);
        let context = context! { script, ..context };
        Ok(Page::html(template.render(context)?))
    }

    /// The same error, with a page if it is the client's.
    fn show(&self, error: Error, environ: &Environ) -> Result<Page> {
        let failure = Failure::find(&error);
        let client = failure.filter(|f| f.status.starts_with('4'));
        let Some(failure) = client else { return Err(error) };
        let context = context! { status => &failure.status };
        let page = self.render("error.html", context, environ)?;
        Err(failure.clone().page(HTML, page.body).into())
    }
}

impl<S> Application for Framework<S> {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let page = self.page(environ);
        let page = page.or_else(|error| self.show(error, environ))?;
        let headers: Vec<_> =
            page.headers.iter().map(|(n, v)| (*n, &**v)).collect();
        Ok(start_response(page.status, &headers)?.body(page.body))
    }
}

/// What a page answers.
pub struct Page {
    /// Such as `200 OK`.
    pub status: &'static str,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The text, mostly made from a template.
    pub body: String,
}

const HTML: &str = "text/html; charset=utf-8";

impl Page {
    /// What was found.
    pub fn html(body: String) -> Self {
        let headers = vec![("Content-Type", HTML.into())];
        Self { status: "200 OK", headers, body }
    }
}

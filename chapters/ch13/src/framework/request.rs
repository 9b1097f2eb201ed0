//! What a page is made from.

use super::{Fields, Framework, Page, route};
use gateway::{Environ, Result};
use matchit::Params;
use minijinja::Value;
use url::Position::BeforePath;

/// A request, in the hands of a page.
pub struct Request<'r, S: 'static> {
    /// All that is known of it.
    pub environ: &'r mut Environ,
    /// What the pages share.
    pub state: &'r S,
    /// What the path has at the places of parameters.
    pub parameters: Params<'r, 'r>,
    pub(super) framework: &'r Framework<S>,
}

/// The longest form that is read, in bytes.
const FORM_LIMIT: u64 = 16 * 1024;

impl<S> Request<'_, S> {
    /// The fields of the form that was sent.
    pub fn fields(&mut self, names: &[&'static str]) -> Result<Fields> {
        let form = self.environ.form(FORM_LIMIT)?;
        Ok(Fields::of(names, |name| form.get(name)))
    }

    /// A page made of a template, which may ask `url_for`, too.
    pub fn render(
        &self,
        template: &str,
        context: Value,
    ) -> Result<Page> {
        self.framework.render(template, context, self.environ)
    }

    /// The path of a page, from the server's root on.
    pub fn url_for(
        &self,
        name: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String> {
        let path =
            route::path(self.framework.routes, name, |wanted| {
                let found =
                    parameters.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| value.to_string())
            })?;
        Ok(route::script(self.environ) + &path)
    }

    /// Sends the browser to a page without parameters, by GET.
    pub fn see_other(&self, name: &str) -> Result<Page> {
        let (url, path) =
            (self.environ.url()?, self.url_for(name, &[])?);
        let url = format!("{}{path}", &url[..BeforePath]);
        let mut page = Page::html(String::new());
        page.status = "303 See Other";
        page.headers.push(("Location", url));
        Ok(page)
    }
}

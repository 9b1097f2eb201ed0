use gateway::{
    Application, Block, Layer, ResponseHead, Result, StartResponse, app,
};

/// Middleware that gives a page to an error without one.
pub fn error_pages(
    inner: Box<dyn Application>,
) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        let start: StartResponse = Box::new(|status, headers| {
            let started = start_response(status, headers)?;
            Ok(started.layer(Page::default()))
        });
        inner.call(environ, start)
    }))
}

/// The page, if there has to be one.
#[derive(Default)]
struct Page(String);

impl Layer for Page {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        // It begins with three digits.
        let is_error = head.status.as_str() >= "400";
        if is_error && head.length == Some(0) {
            let status = head.status.replace('&', "&amp;");
            let status = status.replace('<', "&lt;");
            let status = status.replace('>', "&gt;");
            self.0 = format!(
                "<!doctype html>\n<title>{status}</title>\n\
                 <h1>{status}</h1>\n"
            );
            let html = "text/html; charset=utf-8";
            head.headers.set("Content-Type", html);
            head.length = Some(self.0.len() as u64);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<Block> {
        Ok(std::mem::take(&mut self.0).into_bytes().into())
    }
}

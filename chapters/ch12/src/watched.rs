//! Middleware as a reader writes it, which fails, too.

use gateway::{
    Application, Block, Layer, ResponseHead, Result, StartResponse,
};

/// Fails as the path says: before the application, behind it, or in
/// what it does to the answer.
pub(crate) fn watched(
    app: impl Application + Send + Sync,
) -> impl Application + Send + Sync {
    gateway::app(move |environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        match &*path {
            "/before" => return Err("an error before the call".into()),
            "/before-panic" => panic!("a panic before the call"),
            _ => {}
        }
        let layer = Watched(path.clone());
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(layer))
        });
        let response = app.call(environ, start)?;
        match &*path {
            "/after" => Err("an error after the call".into()),
            "/after-panic" => panic!("a panic after the call"),
            _ => Ok(response),
        }
    })
}

struct Watched(String);

impl Layer for Watched {
    fn head(&mut self, _: &mut ResponseHead) -> Result<()> {
        match &*self.0 {
            "/head" => Err("a layer does not like the head".into()),
            "/head-panic" => panic!("a layer panics at the head"),
            _ => Ok(()),
        }
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        let text = str::from_utf8(&block)?;
        match &*self.0 {
            "/block" => panic!("a layer does not like {text:?}"),
            "/block-error" => Err("a layer's error at a block".into()),
            _ => Ok(block),
        }
    }

    fn end(&mut self) -> Result<Block> {
        match &*self.0 {
            "/end" => Err("a layer has nothing to add".into()),
            "/end-panic" => panic!("a layer panics at the end"),
            _ => Ok(Block::default()),
        }
    }
}

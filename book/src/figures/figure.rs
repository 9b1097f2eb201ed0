//! What a directive becomes on its page.

use crate::figures::context::Context;
use crate::run::job::Job;

pub trait Figure: Send + Sync {
    /// What has to be run before it can be shown, if anything has.
    fn job(&self) -> Option<&dyn Job> {
        None
    }

    /// Its HTML, on one line. `printed` is what the job printed.
    fn render(
        &self,
        context: &Context,
        printed: &[String],
    ) -> Result<String, String>;
}

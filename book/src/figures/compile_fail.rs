//! `compile-fail`: a program that must not compile, and why it does not.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::project::Project;
use crate::run::job::{Input, Job};
use crate::run::normalize::normalize;
use crate::run::shell::Shell;

#[derive(Debug, PartialEq)]
pub struct CompileFail {
    pub path: String,
}

impl CompileFail {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if info.is_empty() || info.contains(' ') {
            return Err(
                "write `compile-fail tests/compile_fail/NAME.rs`"
                    .into(),
            );
        }
        match body.iter().find(|line| !line.trim().is_empty()) {
            Some(line) => Err(format!(
                "`{line}` is not expected here; the code is in {info}"
            )),
            None => Ok(Self { path: info.into() }),
        }
    }
}

impl Job for CompileFail {
    fn label(&self) -> String {
        format!("compile-fail {}", self.path)
    }

    fn inputs(&self) -> Vec<Input> {
        vec![
            Input::library(),
            Input::Path(self.path.clone().into()),
            Input::Path("book/src/figures/compile_fail.rs".into()),
        ]
    }

    fn names(&self) -> Vec<String> {
        vec!["output".into()]
    }

    fn run(&self, project: &Project) -> Result<Vec<String>, String> {
        project.read(&self.path)?;
        let shell = Shell::at(project);
        let built = shell.run("cargo build -q -p gateway --lib")?;
        if built.status != Some(0) {
            return Err(format!("gateway fails:\n{}", built.output));
        }
        let target = project.target.join("debug");
        let out = project.workplace().join("compile-fail");
        let line = format!(
            "rustc --edition 2024 --crate-type bin --emit metadata \
             --out-dir {} \
             -L dependency={} --extern gateway={} {}",
            quote(&out.to_string_lossy()),
            quote(&target.join("deps").to_string_lossy()),
            quote(&target.join("libgateway.rlib").to_string_lossy()),
            quote(&self.path),
        );
        let ended = shell.run(&line)?;
        match ended.status {
            Some(1) => Ok(vec![normalize(&ended.output, project)]),
            Some(0) => Err(format!(
                "{} compiles, and must not; what forbade it is gone",
                self.path
            )),
            _ => Err(format!("`{line}` failed:\n{}", ended.output)),
        }
    }
}

impl Figure for CompileFail {
    fn job(&self) -> Option<&dyn Job> {
        Some(self)
    }

    fn render(
        &self,
        context: &Context,
        printed: &[String],
    ) -> Result<String, String> {
        let source = context.source(&self.path)?;
        let path = html::escape(&self.path);
        let caption = format!(
            "<span class=\"path\">{path}</span> \
             <span class=\"lines\">does not compile</span>"
        );
        let code = html::code("rust", source.text.trim_end());
        let says = html::output(&printed.concat());
        let says = html::pre("transcript", &says);
        Ok(html::figure("compile-fail", &caption, &(code + &says)))
    }
}

/// A word for `sh`.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

//! What may be said on the command line.

use lexopt::Parser;
use std::path::PathBuf;

pub const USAGE: &str = "\
Builds, checks and serves the book.

Usage: cargo run -p book [-- COMMAND]

Commands:
  serve            build the book and serve it (this is the default)
    --port N         at this port of 127.0.0.1; 0 takes any
                     (default: the variable PORT, or 3000)
    --open           and open it in a browser
  build            build the static site
    --dest DIR       into this folder (default: target/book/html)
  check            build it anew and check all that can be checked
  share            how much of src the chapters print
  record           keep what programs print, in book/transcripts
  progress [N]     run the exercises' checks, or those of chapter N;
                   what is solved, and what is next
    --watch          and again whenever a file is saved
  reset N.M        put an exercise back to what it was
  probe HOST:PORT  send hostile requests to any server, and judge its
                   answers (`probe --help` says more)
  preprocess       what mdBook runs for `mdbook build book`

Options:
  -h, --help       print this
  -V, --version    print the version
";

#[derive(Debug, PartialEq)]
pub enum Command {
    Serve { port: Option<u16>, open: bool },
    Build { destination: Option<PathBuf> },
    Check,
    Share,
    Record,
    Progress { chapter: Option<String>, watch: bool },
    Reset { number: String },
    Preprocess,
    Supports { renderer: String },
    Help,
    Version,
}

/// Reads the arguments, without the program's name. `port` is the
/// variable PORT.
pub fn parse(
    arguments: impl IntoIterator<Item = String>,
    port: Option<&str>,
) -> Result<Command, String> {
    let arguments = arguments.into_iter().map(Into::into);
    let mut parser = Parser::from_args::<Vec<std::ffi::OsString>>(
        arguments.collect(),
    );
    let command = read(&mut parser).and_then(|said| said.command(port));
    command.map_err(|e| e.to_string())
}

/// What was said; the rest is not looked at behind `help`.
#[derive(Default)]
struct Said {
    command: Option<String>,
    port: Option<u16>,
    open: bool,
    destination: Option<PathBuf>,
    watch: bool,
    number: Option<String>,
    renderer: Option<String>,
}

fn read(parser: &mut Parser) -> Result<Said, lexopt::Error> {
    use lexopt::prelude::*;
    let mut said = Said::default();
    while let Some(arg) = parser.next()? {
        let name = said.command.as_deref();
        match arg {
            Short('h') | Long("help") => {
                return Ok(said.with("help"));
            }
            Short('V') | Long("version") => {
                return Ok(said.with("version"));
            }
            Long("port") if matches!(name, None | Some("serve")) => {
                said.port = Some(port(&parser.value()?.string()?)?);
            }
            Long("open") if matches!(name, None | Some("serve")) => {
                said.open = true;
            }
            Long("dest") if name == Some("build") => {
                said.destination = Some(parser.value()?.into());
            }
            Long("watch") if name == Some("progress") => {
                said.watch = true;
            }
            Value(value) if name.is_none() => {
                said.command = Some(value.string()?);
            }
            Value(value) if said.takes_number() => {
                said.number = Some(value.string()?);
            }
            Value(value)
                if name == Some("preprocess")
                    && value == "supports" =>
            {
                said.renderer = Some(parser.value()?.string()?);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(said)
}

impl Said {
    fn with(mut self, command: &str) -> Self {
        self.command = Some(command.into());
        self
    }

    fn takes_number(&self) -> bool {
        let name = self.command.as_deref();
        matches!(name, Some("reset" | "progress"))
            && self.number.is_none()
    }

    fn command(
        self,
        variable: Option<&str>,
    ) -> Result<Command, lexopt::Error> {
        Ok(match self.command.as_deref().unwrap_or("serve") {
            "serve" => {
                let port = match (self.port, variable) {
                    (None, Some(text)) => Some(port(text)?),
                    (port, _) => port,
                };
                Command::Serve { port, open: self.open }
            }
            "build" => Command::Build { destination: self.destination },
            "check" => Command::Check,
            "share" => Command::Share,
            "record" => Command::Record,
            "progress" => Command::Progress {
                chapter: self.number,
                watch: self.watch,
            },
            "reset" => match self.number {
                Some(number) => Command::Reset { number },
                None => {
                    let what =
                        "reset which exercise? Write `reset 1.2`";
                    return Err(what.into());
                }
            },
            "preprocess" => match self.renderer {
                Some(renderer) => Command::Supports { renderer },
                None => Command::Preprocess,
            },
            "help" => Command::Help,
            "version" => Command::Version,
            other => {
                let what = format!("there is no command `{other}`");
                return Err(what.into());
            }
        })
    }
}

fn port(text: &str) -> Result<u16, lexopt::Error> {
    text.parse().map_err(|_| {
        format!("`{text}` is not a port; one is a number up to 65535")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(String::from), Some("3001"))
    }

    #[test]
    fn the_default_is_to_serve() {
        let port = Some(3001);
        assert_eq!(
            parsed(""),
            Ok(Command::Serve { port, open: false })
        );
        let port = Some(0);
        let serve = Ok(Command::Serve { port, open: true });
        assert_eq!(parsed("serve --port 0 --open"), serve);
        assert_eq!(parsed("--port=0 --open"), serve);
        let port = None;
        let serve = Ok(Command::Serve { port, open: false });
        assert_eq!(parse([], None), serve);
    }

    #[test]
    fn commands_have_their_own_options() {
        let destination = Some("out".into());
        let build = Ok(Command::Build { destination });
        assert_eq!(parsed("build --dest out"), build);
        assert!(parsed("check --dest out").is_err());
        let renderer = "html".into();
        let supports = Ok(Command::Supports { renderer });
        assert_eq!(parsed("preprocess supports html"), supports);
        assert_eq!(parsed("build --help"), Ok(Command::Help));
        let progress = |chapter: Option<&str>, watch| {
            let chapter = chapter.map(String::from);
            Ok(Command::Progress { chapter, watch })
        };
        let all = progress(None, true);
        assert_eq!(parsed("progress --watch"), all);
        assert_eq!(parsed("progress 5"), progress(Some("5"), false));
        let number = "3.2".into();
        assert_eq!(parsed("reset 3.2"), Ok(Command::Reset { number }));
        assert!(parsed("reset").is_err());
        assert!(parsed("reset 3.2 3.3").is_err());
    }

    #[test]
    fn what_is_not_known_is_named() {
        let message = |line| parsed(line).unwrap_err();
        assert_eq!(message("chek"), "there is no command `chek`");
        assert_eq!(message("--prot 1"), "invalid option '--prot'");
        assert_eq!(
            message("--port x"),
            "`x` is not a port; one is a number up to 65535"
        );
        let extra = "unexpected argument \"now\"";
        assert_eq!(message("check now"), extra);
    }
}

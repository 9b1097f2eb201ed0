//! The chapters' programs, behind `/cgi-bin/`.

use crate::project::{Project, files};
use crate::run::process;
use crate::run::shell::Shell;
use crate::secret::secret;
use gateway::cgi::Script;
use gateway::{Application, Environ, Response, StartResponse};
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use std::{env, fmt, fs};

/// A chapter's program: `ch01`, or `ch01/greet` for its bin `greet`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub chapter: String,
    pub bin: Option<String>,
}

impl Target {
    pub fn parse(text: &str) -> Result<Self, String> {
        let (chapter, bin) = match text.split_once('/') {
            Some((chapter, bin)) => (chapter, Some(bin)),
            None => (text, None),
        };
        let is_name = |name: &str| {
            let is_letter = |c: char| {
                c.is_ascii_alphanumeric() || c == '_' || c == '-'
            };
            !name.is_empty()
                && !name.starts_with('-')
                && name.chars().all(is_letter)
        };
        if !is_chapter(chapter) || !bin.is_none_or(is_name) {
            return Err(format!(
                "`{text}` is not a program; write `chNN` or `chNN/NAME`"
            ));
        }
        let chapter = chapter.into();
        let bin = bin.map(String::from);
        Ok(Self { chapter, bin })
    }

    /// The program's file name.
    fn name(&self) -> &str {
        self.bin.as_deref().unwrap_or(&self.chapter)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.chapter)?;
        match &self.bin {
            Some(bin) => write!(f, "/{bin}"),
            None => Ok(()),
        }
    }
}

/// `ch01`, `ch12`.
pub fn is_chapter(name: &str) -> bool {
    name.strip_prefix("ch").is_some_and(|number| {
        number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// A chapter's folder of Python modules. `ch14/hello` may name one of
/// them, which chapter 14's program runs.
pub const MODULES: &str = "python";

/// A program that was built, as it is on the disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    pub target: Target,
    pub path: PathBuf,
    /// The folder of the module that it runs.
    modules: Option<PathBuf>,
    /// When the newest of its files was written.
    pub written: Option<SystemTime>,
}

impl Program {
    /// Is it still there, and the same?
    pub fn is_there(&self) -> bool {
        self.written.is_some() && self.newest() == self.written
    }

    fn newest(&self) -> Option<SystemTime> {
        let modules = self.modules.iter().flat_map(|m| files(m));
        let modules = modules.filter_map(|path| written(&path));
        modules.chain(written(&self.path)).max()
    }

    /// What tells it the module.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        let Some(folder) = &self.modules else { return Vec::new() };
        let application = format!("{}:application", self.target.name());
        let application = ("WSGI_APPLICATION", application.into());
        // What it would write beside the modules is nobody's.
        let quiet = ("PYTHONDONTWRITEBYTECODE", "1".into());
        vec![("PYTHONPATH", folder.into()), application, quiet]
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// The first chapter whose program has a debugger.
const FIRST_DEBUGGED: &str = "ch12";

/// Variables for a program's debugger: its token, so that the page of
/// one process can ask the next to try again, and the editor.
pub fn variables(target: &Target) -> Vec<(&'static str, OsString)> {
    static TOKEN: OnceLock<Option<String>> = OnceLock::new();
    if *target.chapter < *FIRST_DEBUGGED {
        return Vec::new();
    }
    // Without chance there is no token, and each process has its own.
    let token = TOKEN.get_or_init(|| secret().ok());
    let token = token.as_ref().map(|t| ("GATEWAY_DEBUGGER", t.into()));
    let editor = env::var_os("GATEWAY_EDITOR");
    let editor = editor.map(|editor| ("GATEWAY_EDITOR", editor));
    token.into_iter().chain(editor).collect()
}

/// How long a program behind our server may take. Less than a client
/// waits, so that what the server says of it is seen.
pub const CGI_LIMIT: Duration = Duration::from_secs(5);

pub struct Programs {
    project: Project,
}

impl Programs {
    pub fn of(project: &Project) -> Self {
        let project = project.clone();
        Self { project }
    }

    /// Builds a program from what is on the disk now. The error is the
    /// compiler's.
    pub fn build(&self, target: &Target) -> Result<Program, String> {
        let chapter = &target.chapter;
        if !self.folder(target).is_dir() {
            return Err(format!("there is no chapters/{chapter}"));
        }
        let modules = self.modules(target);
        let name = match modules {
            Some(_) => chapter,
            None => target.name(),
        };
        let line = format!("cargo build -q -p {chapter} --bin {name}");
        // Where it puts the program, cargo knows best.
        let json = "--message-format=json-render-diagnostics";
        let ended =
            Shell::at(&self.project).run(&format!("{line} {json}"))?;
        let is_message = |line: &&str| line.starts_with('{');
        let (messages, said): (Vec<&str>, Vec<&str>) =
            ended.output.split_inclusive('\n').partition(is_message);
        let path = messages.iter().find_map(|m| executable(m, name));
        match (ended.status, path) {
            (Some(0), Some(path)) => {
                let target = target.clone();
                let mut program =
                    Program { target, path, modules, written: None };
                program.written = program.newest();
                Ok(program)
            }
            _ => Err(format!("`{line}` failed:\n{}", said.concat())),
        }
    }

    /// Runs the program that the path names, or else `default`.
    pub fn answer(
        &self,
        default: &Program,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let mut program = default.clone();
        if let Some((target, script, info)) = self.split(&path) {
            environ.set("SCRIPT_NAME", script);
            environ.set("PATH_INFO", info);
            if target != program.target {
                program = self.build(&target)?;
            }
        }
        let folder = program.path.parent().unwrap_or(Path::new("/"));
        let mut line =
            process::supervised(folder, &program.path)?.into_iter();
        let mut script = Script::new(line.next().unwrap_or_default())
            .time_limit(CGI_LIMIT);
        let variables = variables(&program.target);
        for (name, value) in
            variables.into_iter().chain(program.variables())
        {
            script = script.variable(name, value);
        }
        let script = line.fold(script, Script::arg);
        script.call(environ, start_response)
    }

    /// The program that `/cgi-bin/chNN[/NAME]…` names, the part of the
    /// path that is the program's name, and the rest.
    pub fn split(
        &self,
        path: &str,
    ) -> Option<(Target, String, String)> {
        let rest = path.strip_prefix("/cgi-bin/")?;
        let mut segments = rest.splitn(3, '/');
        let chapter = segments.next().filter(|c| is_chapter(c))?;
        let bin = segments.next().filter(|bin| self.has(chapter, bin));
        let name = match bin {
            Some(bin) => format!("{chapter}/{bin}"),
            None => chapter.to_string(),
        };
        let info = rest[name.len()..].to_string();
        let target = Target::parse(&name).ok()?;
        Some((target, format!("/cgi-bin/{name}"), info))
    }

    fn has(&self, chapter: &str, bin: &str) -> bool {
        let Ok(target) = Target::parse(&format!("{chapter}/{bin}"))
        else {
            return false;
        };
        let bins = self.folder(&target).join("src/bin");
        let name = target.name();
        bins.join(format!("{name}.rs")).is_file()
            || bins.join(name).join("main.rs").is_file()
            || self.modules(&target).is_some()
    }

    fn folder(&self, target: &Target) -> PathBuf {
        self.project.root.join("chapters").join(&target.chapter)
    }

    /// The folder of the module, if the target names one.
    fn modules(&self, target: &Target) -> Option<PathBuf> {
        let folder = self.folder(target).join(MODULES);
        let file = format!("{}.py", target.bin.as_ref()?);
        folder.join(file).is_file().then_some(folder)
    }
}

/// The file that cargo says it has built for a program of this name.
fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_it = message["target"]["name"] == name;
    let path = message["executable"].as_str().filter(|_| is_it)?;
    Some(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_chapter_or_one_of_its_programs() {
        let greet = Target::parse("ch01/greet").unwrap();
        assert_eq!(greet.name(), "greet");
        assert_eq!(greet.to_string(), "ch01/greet");
        assert_eq!(Target::parse("ch01").unwrap().name(), "ch01");
        for bad in [
            "",
            "ch1",
            "ch01/",
            "ch01/../x",
            "ch01/a b",
            "x",
            "ch01/--x",
            "ch01/a/b",
        ] {
            let error = Target::parse(bad).unwrap_err();
            assert!(error.contains("is not a program"), "{error}");
        }
    }

    #[test]
    fn the_path_names_the_program_and_leaves_the_rest() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let programs = Programs::of(&Project::at(&root));
        let split = |path: &str| {
            let (target, script, info) = programs.split(path)?;
            Some(format!("{target} {script} {info}"))
        };
        let found = |text: &str| Some(text.to_string());
        assert_eq!(
            split("/cgi-bin/ch01"),
            found("ch01 /cgi-bin/ch01 ")
        );
        assert_eq!(
            split("/cgi-bin/ch01/no/such"),
            found("ch01 /cgi-bin/ch01 /no/such")
        );
        assert_eq!(
            split("/cgi-bin/ch01/greet/a"),
            found("ch01/greet /cgi-bin/ch01/greet /a")
        );
        assert_eq!(split("/ch01"), None);
        assert_eq!(split("/cgi-bin/rm"), None);
    }
}

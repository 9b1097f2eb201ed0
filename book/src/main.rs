//! Builds, checks and serves the book.
//!
//! mdBook makes the pages; the figures on them are made here, from the
//! code and from what the programs print.

mod builder;
mod check;
mod cli;
mod code;
mod exercises;
mod figures;
mod live;
mod markdown;
mod percent;
mod preprocess;
mod problem;
mod project;
mod run;
mod workshop;

use builder::{Built, Options};
use cli::Command;
use exercises::{progress_table, reset};
use live::fresh::Fresh;
use live::serve;
use live::site::Site;
use project::Project;
use std::env;
use std::path::PathBuf;
use std::process::ExitCode;
use workshop::Programs;

fn main() -> ExitCode {
    let arguments = env::args_os().skip(1);
    let arguments = arguments.map(|a| a.to_string_lossy().into_owned());
    let port = env::var("PORT").ok();
    let command = match cli::parse(arguments, port.as_deref()) {
        Ok(command) => command,
        Err(message) => {
            eprint!("error: {message}\n\n{}", cli::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Help => print!("{}", cli::USAGE),
        Command::Version => {
            println!("book {}", env!("CARGO_PKG_VERSION"))
        }
        Command::Supports { renderer } => {
            return Ok(ExitCode::from(
                !preprocess::supports(&renderer) as u8,
            ));
        }
        Command::Preprocess => preprocess::run()?,
        Command::Build { destination } => return build(destination),
        Command::Check => return check(),
        Command::Progress { chapter, watch } => {
            let project = Project::find()?;
            progress_table::run(&project, chapter.as_deref(), watch)?;
        }
        Command::Reset { number } => {
            reset::run(&Project::find()?, &number)?;
        }
        Command::Serve { port, open } => serve(port, open)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn build(destination: Option<PathBuf>) -> Result<ExitCode, String> {
    let destination = match destination {
        Some(folder) => Some(
            std::path::absolute(folder).map_err(|e| e.to_string())?,
        ),
        None => None,
    };
    let programs = Programs::Missing;
    let options = Options { destination, programs };
    let built = builder::build(&Project::find()?, options)?;
    if report(&built) > 0 {
        return Ok(ExitCode::FAILURE);
    }
    println!("The book is in {}", built.destination.display());
    Ok(ExitCode::SUCCESS)
}

fn check() -> Result<ExitCode, String> {
    let report = check::check(&Project::find()?)?;
    for problem in &report.problems {
        eprintln!("{problem}");
    }
    print!("{}", report.summary);
    if report.problems.is_empty() {
        println!("All is well.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} problems.", report.problems.len());
    Ok(ExitCode::FAILURE)
}

/// Serves the book, right or not: who has broken a program on purpose
/// wants to go on reading.
fn serve(port: Option<u16>, open: bool) -> Result<(), String> {
    let project = Project::find()?;
    let servers = serve::listen(port)?;
    let fresh = Fresh::start(&project)?;
    let ports = servers.ports();
    let address = format!("http://127.0.0.1:{}", ports.book);
    println!("Reading at {address} (Ctrl-C stops)");
    if open {
        serve::open(&address);
    }
    let site = Site::new(&project, fresh, ports)?;
    ctrlc::set_handler(servers.stopper())
        .map_err(|e| format!("Ctrl-C cannot be handled: {e}"))?;
    let served = servers.serve(&site);
    site.stop();
    served.map_err(|e| format!("the server ended: {e}"))
}

/// Prints the problems; returns how many there are.
fn report(built: &Built) -> usize {
    for problem in &built.problems {
        eprintln!("{problem}");
    }
    built.problems.len()
}

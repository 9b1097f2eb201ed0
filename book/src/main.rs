//! Builds, checks and serves the book.
//!
//! mdBook makes the pages; the figures on them are made here, from the
//! code and from what the programs print.

mod builder;
mod check;
mod cli;
mod code;
mod draft;
mod elsewhere;
mod exercises;
mod figures;
mod hostile;
mod kept;
mod live;
mod maker;
mod markdown;
mod percent;
mod preprocess;
mod probe;
mod problem;
mod project;
mod run;
mod secret;
mod workshop;

use builder::{Built, Options};
use check::share::Shares;
use cli::Command;
use exercises::{progress_table, reset};
use live::fresh::Fresh;
use live::serve;
use live::site::Site;
use problem::Problem;
use project::Project;
use run::{process, supervisor};
use std::path::PathBuf;
use std::process::{ExitCode, exit};
use std::time::Duration;
use std::{env, thread};
use workshop::Programs;

/// How long a stop waits for what is under way.
const STOP: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1).peekable();
    if arguments.next_if(|a| a == "supervise").is_some() {
        return supervisor::run(arguments);
    }
    if arguments.next_if(|a| a == "probe").is_some() {
        return probe::main(arguments);
    }
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
        Command::Share => {
            print!("{}", Shares::now(&Project::find()?)?.table());
        }
        Command::Record => return record(),
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
    let is_read_here = false;
    let options = Options { destination, programs, is_read_here };
    let built = builder::build(&Project::find()?, options)?;
    if report(&built) > 0 {
        return Ok(ExitCode::FAILURE);
    }
    println!("The book is in {}", built.destination.display());
    Ok(ExitCode::SUCCESS)
}

fn check() -> Result<ExitCode, String> {
    let report = check::check(&Project::find()?)?;
    for warning in &report.warnings {
        eprintln!("warning: {warning}");
    }
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

/// Writes what programs print into the repository.
fn record() -> Result<ExitCode, String> {
    let project = Project::find()?;
    let made = builder::record(&project)?;
    if print(&made.problems) > 0 {
        println!("Nothing was written.");
        return Ok(ExitCode::FAILURE);
    }
    let changed = made.record.write(&project)?;
    for file in &changed {
        println!("{file}");
    }
    if changed.is_empty() {
        println!("All is kept as it is.");
    }
    Ok(ExitCode::SUCCESS)
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
    let stop_servers = servers.stopper();
    let stop = move || {
        process::end_all();
        stop_servers();
        // Whatever has not come to its end by then ends with us.
        thread::sleep(STOP);
        exit(1);
    };
    ctrlc::set_handler(stop)
        .map_err(|e| format!("Ctrl-C cannot be handled: {e}"))?;
    let served = servers.serve(&site);
    site.stop();
    served.map_err(|e| format!("the server ended: {e}"))
}

/// Prints the problems; returns how many there are.
fn report(built: &Built) -> usize {
    for lack in &built.made.lacks {
        eprintln!("warning: figures were not made here: {lack}");
    }
    print(&built.made.problems)
}

fn print(problems: &[Problem]) -> usize {
    for problem in problems {
        eprintln!("{problem}");
    }
    problems.len()
}

//! Prints the fields of a form, which is the argument.

use gateway::Form;
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(form) = env::args_os().nth(1) else {
        eprintln!("Which form? For instance: fields 'a=1&b=Zo%C3%AB'");
        return ExitCode::from(2);
    };
    match Form::parse(form.as_encoded_bytes()) {
        Ok(form) => {
            for (name, value) in form.fields() {
                println!("{name:?} = {value:?}");
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

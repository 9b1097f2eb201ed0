fn main() -> std::process::ExitCode {
    gateway::cgi::run("Hello")
}
// error[E0277]: the trait bound `&str: Application` is not satisfied

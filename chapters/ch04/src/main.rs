fn main() -> std::process::ExitCode {
    gateway::cgi::run(ch04::application)
}

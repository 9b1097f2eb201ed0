fn main() -> std::process::ExitCode {
    gateway::cgi::run(ch03::echo)
}

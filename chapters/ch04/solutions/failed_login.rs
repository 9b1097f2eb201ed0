/// The line of the log that says that somebody could not log in.
pub fn failed_login(user: &str, address: &str) -> String {
    format!("login failed: {user:?} from {address}\n")
}

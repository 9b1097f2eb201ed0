//! One program under all servers: the same requests, and what each
//! server's environ says.

mod files;
mod keys;
mod middleware;
mod requests;
mod servers;

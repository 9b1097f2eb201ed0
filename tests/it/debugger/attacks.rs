//! What somebody does who means ill, or a program that goes wrong in
//! the worst way.

#[cfg(unix)]
mod files;
mod forms;
mod guard;
mod marks;
mod markup;
mod nested;
mod secrets;
#[cfg(all(feature = "fastcgi", feature = "http"))]
#[cfg(feature = "tiny_http")]
mod servers;
mod sizes;
mod threads;
mod token;
mod wild;

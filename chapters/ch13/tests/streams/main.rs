//! Long bodies, and clients that leave: a service on the gateway's
//! servers, and an application under hyper.
//!
//! A stream has 256 MiB; `STREAMS_MIB=1024` makes it 1 GiB. The server
//! is a process of its own, this very program, so that its memory is
//! its own. It counts what its applications make and get, and who is
//! slow waits until those counts stand still: then all buffers are
//! full.

#[path = "../../../../tests/bound/mod.rs"]
mod bound;
mod client;
mod ends;
mod fastcgi;
mod leaving;
mod long;
mod process;
mod served;

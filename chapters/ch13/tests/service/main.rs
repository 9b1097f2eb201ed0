//! Applications under hyper: what they see of a request, and what
//! becomes of their answers.

mod answers;
mod bodies;
mod client;
mod http2;
mod layers;
mod paths;
mod same;
mod seen;
mod servers;

//! A page that fails in every way there is, and a tap that shows what
//! is said on the wire.

pub mod failing;
pub mod tap;

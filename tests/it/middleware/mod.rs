//! Middleware, alone and around one another.

mod validate;

//! All tests that see the crate from outside, linked once.

mod channel;
mod database;
mod import;
mod store;
mod support;

//! All tests that see the crate from outside, linked once.

mod channel;
mod store;
mod support;

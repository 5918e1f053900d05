//! All tests that see the crate from outside, linked once.

mod store;
mod support;

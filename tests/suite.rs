//! All tests that see the crate from outside, linked once; each module is a chapter.

mod channel;
mod cli;
mod database;
mod import;
mod playbooks;
mod store;
mod support;

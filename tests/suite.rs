//! All tests that see the crate from outside, linked once; each module is a chapter.

mod channel;
mod cli;
mod database;
mod delivery;
mod import;
mod kill;
mod messages;
mod playbooks;
mod readme;
mod scenarios;
mod scenarios_rust;
mod store;
mod support;
mod tidy;

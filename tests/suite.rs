//! All tests that see the crate from outside, linked once; each module is a chapter.

mod channel;
mod cli;
mod database;
mod delivery;
mod health;
mod import;
mod kill;
mod playbooks;
mod readme;
mod reference;
mod scenarios;
mod scenarios_rust;
mod store;
mod support;
mod tidy;

//! All tests that see the crate from outside, linked once; each module is a chapter.

mod channel;
mod cli;
mod database;
mod delivery;
mod health;
mod import;
mod kill;
mod messages;
mod peers;
mod playbooks;
mod readme;
mod reasons;
mod scenarios;
mod scenarios_rust;
mod store;
mod support;
mod tidy;

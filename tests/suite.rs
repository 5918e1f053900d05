//! All tests that see the crate from outside, linked once; each module is a chapter.

mod broken;
mod business_days;
mod channel;
mod cli;
mod clock_changes;
mod cron;
mod database;
mod delivery;
mod health;
mod import;
mod kill;
mod limits;
mod lives;
mod messages;
mod peers;
mod peers_time;
mod playbooks;
mod readme;
mod reasons;
mod reload;
mod scenarios;
mod scenarios_rust;
mod sending;
mod store;
mod support;
mod tidy;

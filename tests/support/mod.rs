//! What the tests share: databases to run on, and servers of their own on this machine that say what a test tells them.

pub mod databases;
pub mod http_receiver;
pub mod ledger;
pub mod oracle;
pub mod postgres;
pub mod site;
pub mod smtp_script;
pub mod smtp_sink;
pub mod world;

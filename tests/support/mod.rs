//! What the tests share: databases to run on, and servers of their own on this machine that say what a test tells them.

pub mod databases;
pub mod http_receiver;
mod postgres;
pub mod smtp_script;

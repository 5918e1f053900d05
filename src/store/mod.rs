//! The database: all SQL, written once and run on SQLite and Postgres. Only this room knows sqlx.
//!
//! Reads are methods of [`Store`], writes are methods of [`Tx`], spread over the files by subject. Nothing inside a
//! transaction touches the store: on SQLite there is one writer, and in memory one connection for everything.

mod accounts;
mod db;
mod dialect;
mod error;
mod feeds;
mod imports;
mod instance;
mod lock;
mod people;
mod records;
mod value;

pub use accounts::Summary;
pub use db::{Store, Tx};
pub use error::{Error, Result};
pub use imports::Landed;
pub use instance::Instance;
pub use lock::DaemonLock;

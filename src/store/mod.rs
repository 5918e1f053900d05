//! The database: all SQL, written once and run on SQLite and Postgres. Only this room knows sqlx.
//!
//! Reads are methods of [`Store`], writes are methods of [`Tx`], spread over the files by subject. Nothing inside a
//! transaction touches the store: on SQLite there is one writer, and in memory one connection for everything.
//! The outbox writes in transactions of its own, as methods of [`Store`]: when one returns, it is on disk.

mod accounts;
mod actions;
mod ahead;
mod book;
mod db;
mod desk;
mod dialect;
mod error;
mod feeds;
mod health;
mod history;
mod imports;
mod instance;
mod lists;
mod lock;
mod notices;
mod outbox;
mod people;
mod records;
mod turnout;
mod value;
mod wake;
mod words;

pub use accounts::Summary;
pub use actions::{By, Decision};
pub use ahead::WaitingDelivery;
pub use book::ReloadQuestion;
pub use db::{Store, Tx, sqlite_file};
pub use desk::{Applied, Look};
pub use error::{Error, Result};
pub use health::HealthOverride;
pub use history::Timeline;
pub use imports::Landed;
pub use instance::Instance;
pub use lists::{
    ApprovalLine, ApprovalView, AttemptLine, DeliveryLine, DeliveryView, EnrollmentLine, Filter, NextStep, TaskLine,
    TaskView,
};
pub use lock::DaemonLock;
pub use notices::{DueNotice, NoticeLine};
pub use outbox::{ClaimedDelivery, Mark, Settled, Swept};

//! What is known of accounts: records with their history, and everything computed from them.

pub mod account;
mod age;
pub mod facts;
mod freshness;
pub mod health;
pub mod import;
mod motion;
mod past;
pub mod usage;
pub mod work;
pub mod world;

pub use account::{Account, Contact, Event, Fields, Series};
pub use facts::{Facts, account_zone};
pub use health::Health;
pub use work::{OpenTask, Run, Stay, Work};
pub use world::World;

pub mod book;
pub mod channel;
pub mod condition;
pub mod engine;
pub mod id;
pub mod portfolio;
pub mod time;

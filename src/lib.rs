pub mod book;
pub mod condition;
pub mod id;
pub mod time;

//! The store: the same test bodies on SQLite and Postgres.

mod actions;
mod desk;
mod given;
mod limits;
mod outbox;

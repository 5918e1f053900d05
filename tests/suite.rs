//! The test suite; each module is a chapter.

mod channel;
mod delivery;
mod kill;
mod readme;
mod store;
mod support;
mod tidy;

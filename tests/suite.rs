//! The test suite; each module is a chapter.

mod channel;
mod store;
mod support;

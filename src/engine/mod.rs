//! Decisions: pure functions over the book, the facts of an account, its desk, and `now`. No I/O, no async.

pub mod delivery;
pub mod desk;
pub mod enrollment;
pub mod reason;

pub use desk::Desk;
pub use enrollment::Enrollment;
pub use reason::Reason;

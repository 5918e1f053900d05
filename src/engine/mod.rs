//! Decisions: pure functions over the book, the facts of an account, its desk, and `now`. No I/O, no async.

pub mod admission;
pub mod compose;
pub mod delivery;
pub mod desk;
pub mod enrollment;
pub mod entry;
pub mod matching;
pub mod notice;
pub mod plan;
pub mod quiet;
pub mod reason;
pub mod recipients;
pub mod silence;
pub mod suppression;
pub mod turnout;
pub mod visit;
pub mod within;

pub use desk::Desk;
pub use enrollment::Enrollment;
pub use reason::Reason;

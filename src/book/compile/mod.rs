//! Files compiled into the book.

pub mod cases;
#[cfg(test)]
pub(in crate::book) mod fixture;
pub mod playbook;

//! What the tests share: small servers that answer as they are told.

pub mod http_receiver;
pub mod smtp_script;

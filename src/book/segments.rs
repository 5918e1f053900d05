//! segments.toml, compiled: size classes with their touch model, and lifecycle stages.

use std::sync::Arc;

use crate::condition::Expression;
use crate::time::Span;

/// First match wins, for segments and for stages.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    pub segments: Vec<Segment>,
    pub stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub id: Arc<str>,
    /// Absent: everyone who is left.
    pub when: Option<Expression>,
    /// high, medium, tech: how such accounts are looked after.
    pub touch: Option<Arc<str>>,
    pub qbr_every: Option<Span>,
    /// Accounts one CSM can look after.
    pub csm_ratio: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Stage {
    pub id: Arc<str>,
    pub when: Option<Expression>,
}

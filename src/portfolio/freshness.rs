//! Values whose feed is older than it may be: they are stale, and a question about them is unknown.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::condition::{Field, Value};
use crate::time::Timestamp;

use super::facts::Facts;

impl Facts {
    /// The value, or stale when the field's feed is older than it may be.
    pub(super) fn fresh(&self, field: Option<&Field>, value: impl FnOnce() -> Value) -> Value {
        self.unless_stale(field.and_then(|field| field.feed.as_ref()), value)
    }

    pub(super) fn unless_stale(&self, feed: Option<&Arc<str>>, value: impl FnOnce() -> Value) -> Value {
        match feed.filter(|feed| self.is_stale(feed)) {
            Some(feed) => Value::Stale(feed.clone()),
            None => value(),
        }
    }

    /// What events of a kind say, or stale when the kind's feed is older than it may be.
    pub(super) fn of_events(&self, kind: &str, value: impl FnOnce() -> Value) -> Value {
        self.unless_stale(self.registry().event_feeds.get(kind), value)
    }

    pub(super) fn is_stale(&self, feed: &Arc<str>) -> bool {
        let Some(fresh_for) = self.world.book.dictionary.feeds.get(feed) else { return false };
        let Some(seen) = self.world.feeds.get(feed) else { return true };
        let good_until = add_span(*seen, *fresh_for, &self.zone, self.calendar());
        good_until.is_some_and(|until| until < self.now.min(self.recorded_until(Some(*seen))))
    }

    /// Until when what the feed brought last is fresh, as far as that lies ahead; none for a feed that may be any age, or
    /// that has never been seen.
    pub fn fresh_until(&self, feed: &Arc<str>) -> Option<Timestamp> {
        let fresh_for = self.world.book.dictionary.feeds.get(feed)?;
        add_span(*self.world.feeds.get(feed)?, *fresh_for, &self.zone, self.calendar()).filter(|at| *at >= self.now)
    }

    /// Until when the feed's values are taken as they are recorded: for ever, unless imports are taken to go on.
    pub(super) fn recorded_until(&self, seen: Option<Timestamp>) -> Timestamp {
        self.world.steady_from.map_or(Timestamp::MAX, |from| seen.map_or(from, |seen| seen.max(from)))
    }
}

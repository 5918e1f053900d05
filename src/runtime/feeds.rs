//! Feeds of data, and until when what they brought is fresh.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::Book;
use crate::book::calendar::add_span;
use crate::time::{TimeZone, Timestamp};

/// A feed that is, or becomes, older than it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleFeed {
    pub feed: Arc<str>,
    /// Until when it was fresh, with days counted in UTC; none: it never brought anything.
    pub since: Option<Timestamp>,
}

/// The feeds of the book that are stale at `until` if nothing comes in after `seen`, in the order in which they go
/// stale.
pub fn stale_at(book: &Book, seen: &BTreeMap<Arc<str>, Timestamp>, until: Timestamp) -> Vec<StaleFeed> {
    let stale = book.dictionary.feeds.iter().filter_map(|(feed, fresh_for)| {
        let since = match seen.get(feed) {
            Some(seen) => Some(add_span(*seen, *fresh_for, &TimeZone::UTC, None).filter(|end| *end < until)?),
            None => None,
        };
        Some(StaleFeed { feed: feed.clone(), since })
    });
    let mut stale: Vec<StaleFeed> = stale.collect();
    stale.sort_by_key(|own| own.since);
    stale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    #[test]
    fn a_feed_is_stale_when_it_is_older_than_it_may_be_or_never_came() {
        let mut book = Book::default();
        book.dictionary.feeds =
            [("crm", 2), ("usage", 9), ("support", 1)].map(|(f, n)| (f.into(), Span::days(n))).into();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let seen = ["crm", "usage"].map(|feed| (Arc::from(feed), at("2026-12-01T00:00:00Z"))).into();
        let told = |until| stale_at(&book, &seen, at(until)).into_iter().map(|own| (own.feed.to_string(), own.since));
        let never = ("support".to_owned(), None);
        assert_eq!(told("2026-12-03T00:00:00Z").collect::<Vec<_>>(), std::slice::from_ref(&never));
        let crm = ("crm".to_owned(), Some(at("2026-12-03T00:00:00Z")));
        assert_eq!(told("2026-12-04T00:00:00Z").collect::<Vec<_>>(), [never, crm]);
    }
}

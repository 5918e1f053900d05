//! What holds for every account alike at one instant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::book::{Book, People, Person};
use crate::condition::Coverage;
use crate::id::Key;
use crate::time::Timestamp;

/// What holds for every account alike at one instant.
#[derive(Clone, Debug)]
pub struct World {
    pub book: Arc<Book>,
    /// Those of the book and the imported ones.
    pub people: Arc<People>,
    /// Feed to when it was last seen.
    pub feeds: Arc<BTreeMap<Arc<str>, Timestamp>>,
    /// Event kinds the book looks at.
    pub event_kinds: Arc<BTreeSet<Arc<str>>>,
    /// Since when the health model scores as it does, if it scored otherwise before.
    pub health_seam: Option<Timestamp>,
    /// Signs what leads back to us, such as unsubscribe links.
    pub key: Key,
    /// From when on imports are taken to go on as they are: feeds stay as fresh, usage as high. None: only what is recorded
    /// counts.
    pub steady_from: Option<Timestamp>,
    /// From when on an account in which the passing of days changes nothing is left alone at midnight. None: every account is looked at every night, and its health stored for every day.
    pub rests_since: Option<Timestamp>,
    /// Where tests count what they have seen of every condition.
    pub coverage: Option<Arc<Coverage>>,
}

impl World {
    /// The book with the imported people added to its own, which go before, and what is known of its feeds and of the
    /// changes of its health model.
    pub fn new(
        book: Arc<Book>,
        imported: Vec<Person>,
        feeds: BTreeMap<Arc<str>, Timestamp>,
        health_seam: Option<Timestamp>,
        key: Key,
    ) -> World {
        let mut people = book.people.clone();
        for person in imported {
            people.people.entry(person.id.clone()).or_insert(person);
        }
        let event_kinds = Arc::new(book.event_kinds());
        let (people, feeds) = (Arc::new(people), Arc::new(feeds));
        World {
            book,
            people,
            feeds,
            event_kinds,
            health_seam,
            key,
            steady_from: None,
            rests_since: None,
            coverage: None,
        }
    }
}

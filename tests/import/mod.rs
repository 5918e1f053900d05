//! Imports, from the file to the database, on every database at hand.

mod files;
mod history;
mod refusals;
mod wakes;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use playcaller::book::Book;
use playcaller::book::people::Person;
use playcaller::condition::{Field, Metric, Registry, Type};
use playcaller::portfolio::Account;
use playcaller::portfolio::import::{ImportReport, Kind};
use playcaller::runtime::import::{Options, import};
use playcaller::store::Store;
use playcaller::time::{Span, Timestamp};

use crate::support::databases::on_every_database;

/// A database and a folder for the files that come in.
struct Given {
    store: Store,
    book: Book,
    folder: tempfile::TempDir,
    now: Timestamp,
}

const NOW: &str = "2026-06-15T12:00:00Z";

/// Runs the body on every database.
async fn on_each(body: impl AsyncFn(Given)) {
    on_every_database(async |store| {
        let (store, folder) = (store.clone(), tempfile::tempdir().unwrap());
        body(Given { store, book: book(), folder, now: at(NOW) }).await;
    })
    .await;
}

impl Given {
    /// Imports a file of that name and content.
    async fn import(&self, kind: Kind, name: &str, content: impl AsRef<[u8]>) -> ImportReport {
        self.import_with(kind, name, content, |_| {}).await
    }

    async fn import_with(
        &self,
        kind: Kind,
        name: &str,
        content: impl AsRef<[u8]>,
        change: impl FnOnce(&mut Options),
    ) -> ImportReport {
        let path = self.write(name, content.as_ref());
        let mut options = Options { map: Default::default(), as_of: None, now: self.now };
        change(&mut options);
        import(&self.store, &self.book, kind, &path, options, &mut |_, _| {}).await.unwrap()
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(content).unwrap();
        path
    }

    /// The account with that id and how often it changed.
    async fn account(&self, id: &str) -> (Account, i64) {
        let mut found = self.store.load_accounts(&[Arc::from(id)]).await.unwrap();
        found.pop().expect("the account is there")
    }
}

/// Inserted, updated, unchanged, refused.
fn counts(report: &ImportReport) -> [u64; 4] {
    assert_eq!(
        report.read,
        report.inserted + report.updated + report.unchanged + report.refused.len() as u64,
        "every row read is accounted for: {report:?}"
    );
    [report.inserted, report.updated, report.unchanged, report.refused.len() as u64]
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A dictionary with the built-in names and a few declared ones.
fn book() -> Book {
    let mut book = Book::default();
    let crm = |ty| Field { feed: Some("crm".into()), ..Field::of(ty) };
    let status = Type::choice(["prospect", "active", "paused", "churned"]);
    let computed = Field { computed: true, ..Field::of(Type::Text) };
    let account = [
        ("id", Field::of(Type::Text)),
        ("name", Field::of(Type::Text)),
        ("status", Field::of(status)),
        ("owner", Field::of(Type::Person)),
        ("arr", crm(Type::Number)),
        ("renewal_date", Field::of(Type::Date)),
        ("timezone", Field::of(Type::Text)),
        ("tags", Field::of(Type::Tags)),
        ("pilot", Field::of(Type::Bool)),
        ("segment", computed),
    ];
    let contact = [
        ("email", Field::of(Type::Text)),
        ("name", Field::of(Type::Text)),
        ("personas", Field::of(Type::Tags)),
        ("status", Field::of(Type::choice(["active", "left"]))),
    ];
    let registry = Registry {
        account: account.map(|(name, field)| (name.to_owned(), field)).into(),
        contact: contact.map(|(name, field)| (name.to_owned(), field)).into(),
        metrics: [("logins".to_owned(), Metric { feed: Some("product".into()), ..Metric::default() })].into(),
        events: [("nps_response".to_owned(), [("score".to_owned(), Field::of(Type::Number))].into())].into(),
        personas: vec!["champion".to_owned(), "admin".to_owned()],
        ..Registry::default()
    };
    book.dictionary.registry = Arc::new(registry);
    book.dictionary.feeds.insert("crm".into(), Span::days(2));
    let dana = Person { id: "dana".into(), name: "Dana Reyes".to_owned(), ..Person::default() };
    book.people.people.insert("dana".into(), dana);
    book
}

//! The two databases behind one type, and what is run on either of them from one text.

use std::borrow::Cow;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool, Transaction};

use super::{Error, Result};

/// A migrated database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Store {
    /// `write` has one connection: SQLite has one writer, and ours queue here instead of failing as busy.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction that writes. Dropped without [`Tx::commit`], it changes nothing.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body on whichever database it is: `on!(read store, db => …)` outside of a transaction,
/// `on!(tx self, db => …)` inside of one. The body is compiled once per driver, so it must end in a type both share.
macro_rules! on {
    (read $store:expr, $db:ident => $body:expr) => {
        match $store {
            $crate::store::Store::Sqlite { read: $db, .. } => $body,
            $crate::store::Store::Postgres($db) => $body,
        }
    };
    (tx $tx:expr, $db:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(open) => {
                let $db = &mut **open;
                $body
            }
            $crate::store::Tx::Postgres(open) => {
                let $db = &mut **open;
                $body
            }
        }
    };
}
pub(super) use on;

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long a server may take to answer the first connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// One folder for both databases; a number is never used again.
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "first", include_str!("../../migrations/0001_first.sql")),
    (2, "reload", include_str!("../../migrations/0002_reload.sql")),
    (3, "limits", include_str!("../../migrations/0003_limits.sql")),
    (4, "token key", include_str!("../../migrations/0004_token_key.sql")),
    (5, "health", include_str!("../../migrations/0005_health.sql")),
];

impl Store {
    /// Connects to `sqlite:FILE`, `sqlite::memory:` or `postgres://…` and brings the schema up to date.
    ///
    /// A missing SQLite file is made.
    ///
    /// # Errors
    /// A URL of another kind, a file or server that cannot be reached, and a schema newer than this program.
    pub async fn open(url: &str) -> Result<Store> {
        let store = match (url.split_once(':'), sqlite_file(url)) {
            (Some(("sqlite", _)), Some(path)) => file(path).await?,
            (Some(("sqlite", _)), None) => memory().await?,
            (Some(("postgres" | "postgresql", _)), _) => postgres(url).await?,
            _ => return Err(Error::UnknownUrl(url.to_owned())),
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Begins a transaction that writes. On SQLite it waits for the one before to end.
    ///
    /// The `begin` runs in a task of its own: cancelled in the middle, it would hand a connection with an open
    /// transaction back to the pool.
    pub async fn begin(&self) -> Result<Tx> {
        let store = self.clone();
        let begin = tokio::spawn(async move {
            Ok(match store {
                Store::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
                Store::Postgres(pool) => Tx::Postgres(pool.begin().await?),
            })
        });
        begin.await.map_err(|stopped| Error::Database(sqlx::Error::Io(std::io::Error::other(stopped))))?
    }

    pub async fn close(&self) {
        match self {
            Store::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Store::Postgres(pool) => pool.close().await,
        }
    }

    async fn migrate(&self) -> Result<()> {
        let migrations = MIGRATIONS.map(|(version, name, text)| {
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
        });
        let migrator = Migrator::with_migrations(migrations.into());
        match self {
            Store::Sqlite { write, .. } => migrator.run(write).await?,
            Store::Postgres(pool) => migrator.run(pool).await?,
        }
        self.name_instance().await
    }
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(open) => open.commit().await?,
            Tx::Postgres(open) => open.commit().await?,
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<()> {
        match self {
            Tx::Sqlite(open) => open.rollback().await?,
            Tx::Postgres(open) => open.rollback().await?,
        }
        Ok(())
    }
}

/// `synchronous=FULL`: a power cut must not forget that a message was handed over, it would be sent twice.
fn sqlite_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-65536")
}

/// A pool whose connections stay: what is in memory lives as long as its connection.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

async fn memory() -> Result<Store> {
    let options = sqlite_options(SqliteConnectOptions::from_str("sqlite::memory:")?);
    let pool = sqlite_pool(1).connect_with(options).await?;
    Ok(Store::Sqlite { read: pool.clone(), write: pool })
}

/// The file of a `sqlite:` URL, which may have two slashes before the path; none for memory and other databases.
pub fn sqlite_file(url: &str) -> Option<&Path> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    // Four slashes, as other programs write an absolute path, name the same file as three.
    let path = if path.starts_with("//") { &path[1..] } else { path };
    (path != ":memory:").then_some(Path::new(path))
}

/// Fails when no file can stand there, with what to do about it.
pub(super) fn expect_place(file: &Path) -> Result<()> {
    let cannot = |why: String| Err(Error::OpenFile { file: file.display().to_string(), why });
    if file.as_os_str().is_empty() || file.is_dir() {
        return cannot("it is a folder: name a file in it, such as playcaller.db".to_owned());
    }
    match file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => cannot(format!("there is no folder {}: make it first", folder.display())),
        None => Ok(()),
    }
}

async fn file(path: &Path) -> Result<Store> {
    expect_place(path)?;
    let options = sqlite_options(SqliteConnectOptions::new().filename(path));
    let cannot = |error: sqlx::Error| Error::OpenFile { file: path.display().to_string(), why: error.to_string() };
    let write = sqlite_pool(1).connect_with(options.clone().create_if_missing(true)).await.map_err(cannot)?;
    let read = sqlite_pool(READERS).connect_with(options.pragma("query_only", "ON")).await?;
    Ok(Store::Sqlite { write, read })
}

/// A worker that hangs must not keep locks: the server ends its statement or its idle transaction.
async fn postgres(url: &str) -> Result<Store> {
    let options = PgConnectOptions::from_str(url)?.application_name("playcaller").options([
        ("statement_timeout", "30s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
    ]);
    reach(&options).await?;
    Ok(Store::Postgres(PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?))
}

/// Connects once by hand: a pool would try again for half a minute, and then not say why it could not.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let cannot =
        |why: String| Error::Unreachable { host: options.get_host().to_owned(), port: options.get_port(), why };
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => Ok(connection.close().await?),
        Ok(Err(error)) => Err(cannot(error.to_string())),
        Err(_) => Err(cannot(format!("it did not answer within {} seconds", PATIENCE.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_sqlite_url_names_the_same_file() {
        for (url, file) in [
            ("sqlite:cs.db", "cs.db"),
            ("sqlite://data/cs.db", "data/cs.db"),
            ("sqlite:/data/cs.db", "/data/cs.db"),
            ("sqlite:///data/cs.db", "/data/cs.db"),
            ("sqlite:////data/cs.db", "/data/cs.db"),
        ] {
            assert_eq!(sqlite_file(url), Some(Path::new(file)), "{url}");
        }
        for url in ["sqlite::memory:", "sqlite://:memory:", "postgres://cs@db.us.example/playcaller"] {
            assert_eq!(sqlite_file(url), None, "{url}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().display();
        let missing = Store::open(&format!("sqlite:{folder}/data/cs.db")).await.unwrap_err().to_string();
        assert!(missing.contains("data/cs.db") && missing.contains("make it first"), "{missing}");
        let is_folder = Store::open(&format!("sqlite:{folder}")).await.unwrap_err().to_string();
        assert!(is_folder.contains("it is a folder"), "{is_folder}");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_named_with_the_cause_and_without_its_password() {
        let refused = Store::open("postgres://cs:secret@127.0.0.1:1/playcaller").await.unwrap_err().to_string();
        assert!(refused.contains("127.0.0.1:1") && refused.contains("refused"), "{refused}");
        assert!(!refused.contains("secret"), "{refused}");
    }
}

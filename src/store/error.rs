//! What can go wrong in the store.

/// An error of the store. Where a caller can do something about one kind, the kind has a variant of its own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Database(#[from] sqlx::Error),

    #[error("`{0}` is not a database we know: write sqlite:FILE, sqlite::memory: or postgres://USER@HOST/NAME")]
    UnknownUrl(String),

    #[error("the database file {file} cannot be opened: {why}")]
    OpenFile { file: String, why: String },

    #[error("the database server {host}:{port} cannot be reached: {why}")]
    Unreachable { host: String, port: u16, why: String },

    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),

    #[error(
        "the database is newer than this program: it has migration {0}, which this version does not know. \
         Run the newer playcaller, or restore the backup made before it"
    )]
    NewerSchema(i64),

    #[error("the database is already used by the daemon with process id {pid} (lock file {file}): stop that one first")]
    Locked { pid: String, file: String },

    #[error("the lock file {file} cannot be used: {source}")]
    LockFile { file: String, source: std::io::Error },

    #[error("the database's virtual clock stands at {stands}; it only moves forward, not back to {asked}")]
    ClockGoesBack { stands: crate::time::Timestamp, asked: crate::time::Timestamp },

    /// Text or a number in the database that stands for nothing: written by another program or version.
    #[error("the database holds {what} `{text}`, which this version cannot read")]
    Unreadable { what: &'static str, text: String },

    /// A mistake of ours: nothing of the transaction may be kept.
    #[error("what was decided does not fit what is stored: {0}")]
    Contradiction(String),

    /// Another process let accounts in at the same time: nothing of the transaction may be kept, look again.
    #[error("more accounts have entered `{0}` than these looks know of")]
    Overtaken(String),

    #[error("there is no {what} `{id}`")]
    NotFound { what: &'static str, id: String },

    /// What a person asked for cannot be done as things stand.
    #[error("{what} `{id}` is {stands}: {advice}")]
    NotNow { what: &'static str, id: String, stands: String, advice: &'static str },

    /// What a person answered had to be answered before.
    #[error("{what} `{id}` expired on {}: it can no longer be answered", crate::time::utc_text(*at))]
    Expired { what: &'static str, id: String, at: crate::time::Timestamp },

    #[error("the system gives no random bytes, and the database needs a key of its own: try again")]
    NoRandomness,

    #[error("a row cannot be written as JSON: {0}")]
    Encode(#[from] serde_json::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the same transaction may succeed when it is tried again: another writer was in its way (a deadlock, a
    /// lock that was not given in time), or the server was restarted. Codes of PostgreSQL appendix A; 5 is SQLITE_BUSY.
    pub fn is_transient(&self) -> bool {
        const CODES: [&str; 5] = ["40001", "40P01", "55P03", "57P01", "5"];
        let Error::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| CODES.contains(&&*code))
    }

    pub(super) fn unreadable(what: &'static str, text: impl ToString) -> Error {
        Error::Unreadable { what, text: text.to_string() }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Error {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Error::NewerSchema(version),
            error => Error::Migrate(error),
        }
    }
}

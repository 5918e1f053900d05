//! Runs one test body on every database there is: SQLite in memory, SQLite in a file, Postgres.

use playcaller::store::Store;

use super::postgres;

/// Runs `test` on a fresh, migrated database of each kind. Without a Postgres server it says once what it left out.
pub async fn on_every_database(test: impl AsyncFn(&Store)) {
    let memory = Store::open("sqlite::memory:").await.expect("SQLite in memory opens");
    eprintln!("on SQLite in memory");
    test(&memory).await;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("playcaller.db").display());
    let file = Store::open(&url).await.expect("SQLite in a file opens");
    eprintln!("on SQLite in a file");
    test(&file).await;
    file.close().await;

    if let Some(store) = postgres().await {
        eprintln!("on Postgres");
        test(&store).await;
        store.close().await;
    }
}

/// A fresh, migrated database on the Postgres server, where there is one.
pub async fn postgres() -> Option<Store> {
    let url = postgres::fresh_database().await?;
    Some(Store::open(&url).await.expect("the Postgres database opens"))
}

/// Takes everything out of a Postgres database: quicker than a new one for each of many stories.
pub async fn empty(store: &Store) {
    let Store::Postgres(pool) = store else { panic!("SQLite in memory is as quickly made anew") };
    sqlx::query(EMPTY).execute(pool).await.expect("the tables can be emptied");
}

/// What a migration puts there stays. As a replica, for then no row is looked up for those that point at it.
const EMPTY: &str = "do $$ declare own text; begin
    set local session_replication_role = replica;
    for own in select tablename from pg_tables where schemaname = 'public'
        and tablename not in ('instance', 'counter', '_sqlx_migrations')
    loop execute format('delete from %I', own); end loop; end $$";

/// Runs one statement for what no method of the store does: rows that other programs, or nobody, would write.
pub async fn execute(store: &Store, statement: &'static str) -> sqlx::Result<u64> {
    Ok(match store {
        Store::Sqlite { write, .. } => sqlx::query(statement).execute(write).await?.rows_affected(),
        Store::Postgres(pool) => sqlx::query(statement).execute(pool).await?.rows_affected(),
    })
}

/// The one number a statement asks for.
pub async fn number(store: &Store, statement: &'static str) -> i64 {
    let number = match store {
        Store::Sqlite { read, .. } => sqlx::query_scalar(statement).fetch_one(read).await,
        Store::Postgres(pool) => sqlx::query_scalar(statement).fetch_one(pool).await,
    };
    number.unwrap_or_else(|error| panic!("{statement}: {error}"))
}

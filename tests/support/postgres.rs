//! A database of its own for each test, on the server that `PLAYCALLER_TEST_POSTGRES` names.
//!
//! `tests/run` starts such a server and throws it away afterwards, and with it the databases made here.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use playcaller::store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use url::Url;

const SERVER: &str = "PLAYCALLER_TEST_POSTGRES";
/// Set where nothing may be left out.
const COMPLETE: &str = "PLAYCALLER_TEST_COMPLETE";

/// The URL of a new database with our schema; none without a server.
pub async fn fresh_database() -> Option<String> {
    let Ok(server) = std::env::var(SERVER) else {
        assert!(std::env::var_os(COMPLETE).is_none(), "{SERVER} names no server, and nothing may be left out");
        static SAID: Once = Once::new();
        SAID.call_once(|| eprintln!("left out: everything on Postgres, for {SERVER} names no server"));
        return None;
    };
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| make_template(&server)).await;
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("playcaller_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    create(&server, &name, Some(template)).await;
    Some(url_of(&server, &name))
}

/// Migrated once, copied for each test.
async fn make_template(server: &str) -> String {
    let name = format!("playcaller_{}_template", std::process::id());
    create(server, &name, None).await;
    let store = Store::open(&url_of(server, &name)).await.expect("the template database opens");
    store.close().await;
    name
}

async fn create(server: &str, name: &str, template: Option<&str>) {
    let template = template.map(|template| format!(" template {template}")).unwrap_or_default();
    let mut admin = PgConnection::connect(server).await.expect("the Postgres server answers");
    let statement = format!("create database {name}{template}");
    sqlx::query(AssertSqlSafe(statement)).execute(&mut admin).await.expect("a database can be created");
    admin.close().await.expect("the connection closes");
}

fn url_of(server: &str, database: &str) -> String {
    let mut url = Url::parse(server).expect("the server's URL is one");
    url.set_path(database);
    url.into()
}

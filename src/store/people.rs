//! Our own people, as far as they were imported.

use serde_json::json;

use super::db::on;
use super::dialect::{Pair, over_rows};
use super::{Error, Result, Store, Tx};
use crate::book::Person;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    email: Option<String>,
    manager: Option<String>,
    roles: String,
    timezone: Option<String>,
    slack: Option<String>,
}

const TEXT: &str = "select id, name, email, manager, roles, timezone, slack from person order by id";

impl Store {
    /// The imported people, by id. Those of people.toml come on top and win.
    pub async fn people(&self) -> Result<Vec<Person>> {
        let rows: Vec<Row> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        rows.into_iter().map(person).collect()
    }
}

impl Tx {
    /// As [`Store::people`], inside the transaction.
    pub(super) async fn people(&mut self) -> Result<Vec<Person>> {
        let rows: Vec<Row> = on!(tx self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        rows.into_iter().map(person).collect()
    }

    /// Writes people as they are given, whether they were known or not.
    pub async fn write_people(&mut self, people: &[Person]) -> Result<()> {
        const WRITE: Pair = over_rows!(
            "insert into person (id, name, email, manager, roles, timezone, slack)
            select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5,
                r.value ->> 6
            from",
            "where true
            on conflict (id) do update set name = excluded.name, email = excluded.email, manager = excluded.manager,
                roles = excluded.roles, timezone = excluded.timezone, slack = excluded.slack"
        );
        let rows: Vec<_> = people.iter().map(row).collect();
        self.write_rows(&WRITE, &rows).await?;
        Ok(())
    }
}

fn row(person: &Person) -> serde_json::Value {
    let roles: serde_json::Value = person.roles.iter().map(|role| &**role).collect();
    let Person { id, name, email, manager, timezone, slack, .. } = person;
    json!([**id, name, email, manager.as_deref(), roles.to_string(), timezone, slack])
}

fn person(row: Row) -> Result<Person> {
    let roles: Vec<String> =
        serde_json::from_str(&row.roles).map_err(|_| Error::unreadable("the roles", &row.roles))?;
    Ok(Person {
        id: row.id.into(),
        name: row.name,
        email: row.email,
        manager: row.manager.map(Into::into),
        roles: roles.into_iter().map(Into::into).collect(),
        timezone: row.timezone,
        slack: row.slack,
        away: Vec::new(),
    })
}

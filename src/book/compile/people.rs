//! people.toml: people, roles, teams, leave.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Ids;
use crate::book::people::{Away, People, Person};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::Place;
use crate::condition::Registry;

/// The people of the file; their ids and roles are added to the registry.
pub fn compile(mut table: Table, registry: &mut Registry) -> People {
    let mut people = People::default();
    let mut ids = Ids::new("person");
    let mut named = Vec::new();
    for entry in table.tables("person") {
        if let Some(person) = person(entry, &mut ids, &mut named) {
            people.people.insert(person.id.clone(), person);
        }
    }
    for (role, _, mut entry) in table.named("role") {
        let item = entry.need("person");
        let place = item.place();
        if let Some(person) = item.name() {
            named.push((place, person.clone()));
            people.roles.insert(role, person);
        }
        entry.finish();
    }
    for (team, _, mut entry) in table.named("team") {
        let members = entry.need("members").names();
        named.extend(members.iter().map(|(name, place)| (place.clone(), name.clone())));
        people.teams.insert(team, members.into_iter().map(|(name, _)| name).collect());
        entry.finish();
    }
    for (place, name) in named {
        if !people.people.contains_key(&name) && !ids.contains(&name) {
            table.report(unknown_name(&place, "person", &name, people.people.keys().map(|id| &**id)));
        }
    }
    report_circles(&table, &people.people, &ids);
    table.finish();
    registry.people = people.people.keys().map(|id| id.to_string()).collect();
    registry.roles = roles(&people);
    people
}

/// Reads one person; whom the entry names is checked when all are known.
fn person(mut entry: Table, ids: &mut Ids, named: &mut Vec<(Place, Arc<str>)>) -> Option<Person> {
    let id = ids.take(&mut entry);
    let name = entry.need("name").text();
    let email = email(entry.get("email"));
    let manager = reference(entry.get("manager"), named);
    let roles = entry.get("roles").names().into_iter().map(|(role, _)| role).collect();
    let timezone = entry.get("timezone").zone().and_then(|zone| zone.iana_name().map(str::to_owned));
    let slack = entry.get("slack").text();
    let away = entry.get("away").list().into_iter().filter_map(|item| away(item.table()?, named)).collect();
    entry.finish();
    let id = id?;
    // A missing name was reported; without the person, all that name them would look wrong too.
    let name = name.unwrap_or_else(|| id.to_string());
    Some(Person { id, name, email, manager, roles, timezone, slack, away })
}

fn reference(item: Item, named: &mut Vec<(Place, Arc<str>)>) -> Option<Arc<str>> {
    let place = item.place();
    let name = item.name()?;
    named.push((place, name.clone()));
    Some(name)
}

fn away(mut entry: Table, named: &mut Vec<(Place, Arc<str>)>) -> Option<Away> {
    let (from, until) = (entry.need("from").date(), entry.need("until").date());
    let delegate = reference(entry.get("delegate"), named);
    let (from, until) = (from?, until?);
    if until < from {
        let message = format!("the leave ends on {until}, before it begins on {from}");
        entry.report(entry.place_of("until").error("wrong-value", message));
        return None;
    }
    entry.finish();
    Some(Away { from, until, delegate })
}

/// The address of somebody; reports one that no mail could reach.
pub(super) fn email(item: Item) -> Option<String> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    if !is_address(&text) {
        diagnostics.push(place.error("bad-email", format!("`{text}` is not an e-mail address")));
        return None;
    }
    Some(text)
}

/// Whether it is one plain address: no list, no name. Whether it is deliverable only the mail server knows.
pub(super) fn is_address(text: &str) -> bool {
    let (local, domain) = text.split_once('@').unwrap_or_default();
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"@,;<>()[]\"\\".contains(c);
    let good = !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    good && local.chars().chain(domain.chars()).all(plain)
}

/// Reports everyone whose managers lead back to them.
fn report_circles(table: &Table, people: &BTreeMap<Arc<str>, Person>, ids: &Ids) {
    for person in people.values() {
        let mut above = person.manager.as_ref();
        for _ in 0..people.len() {
            match above {
                Some(manager) if *manager == person.id => {
                    let message = format!("the managers of `{}` lead back to `{}`", person.id, person.id);
                    let diagnostic = ids.place(&person.id, table).error("manager-circle", message);
                    table.report(diagnostic.help("the person at the top has no `manager`"));
                    break;
                }
                Some(manager) => above = people.get(manager).and_then(|person| person.manager.as_ref()),
                None => break,
            }
        }
    }
}

fn roles(people: &People) -> Vec<String> {
    let carried = people.people.values().flat_map(|person| &person.roles);
    let mut roles: Vec<String> = people.roles.keys().chain(carried).map(|role| role.to_string()).collect();
    roles.sort();
    roles.dedup();
    roles
}

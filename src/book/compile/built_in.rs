//! The names that are there without any declaration.

use std::collections::BTreeMap;

use crate::condition::{Field, Registry, Type};

const PERSONAS: [&str; 7] =
    ["champion", "executive_sponsor", "economic_buyer", "admin", "billing", "end_user", "technical_contact"];

/// What every book can name of accounts, contacts and people.
pub fn registry() -> Registry {
    let mut registry = Registry { account: account(), contact: contact(), person: person(), ..Registry::default() };
    registry.personas = PERSONAS.map(str::to_owned).to_vec();
    registry
}

/// Adds the computed classes of the account with the values segments.toml gives them.
pub fn add_computed<'a>(
    registry: &mut Registry,
    segments: impl IntoIterator<Item = &'a str>,
    stages: impl IntoIterator<Item = &'a str>,
    touches: impl IntoIterator<Item = &'a str>,
) {
    let computed = [
        ("segment", Type::choice(segments), "Size class, from segments.toml"),
        ("stage", Type::choice(stages), "Lifecycle stage, from segments.toml"),
        ("touch", Type::choice(touches), "How the account's segment is looked after"),
    ];
    for (name, ty, doc) in computed {
        let field = Field { doc: doc.to_owned(), computed: true, ..Field::of(ty) };
        registry.account.insert(name.to_owned(), field);
    }
}

fn account() -> BTreeMap<String, Field> {
    let status = Type::choice(["prospect", "active", "paused", "churned"]);
    let mut fields = fields([
        ("id", Type::Text, "The account's id, the same in every system"),
        ("name", Type::Text, "The customer's name"),
        ("status", status, "Where the relation stands"),
        ("owner", Type::Person, "The person who answers for the account"),
        ("arr", Type::Number, "Annual recurring revenue"),
        ("start_date", Type::Date, "First day of the first term"),
        ("renewal_date", Type::Date, "Day on which the term ends or renews"),
        ("timezone", Type::Text, "IANA name of the account's time zone"),
        ("region", Type::Text, "Chooses the regional calendar"),
        ("tags", Type::Tags, "Free marks"),
        ("parent", Type::Text, "Id of the account above it"),
    ]);
    // Declared before the files are read, so that nobody declares a field of that name.
    for name in ["segment", "stage", "touch"] {
        fields.insert(name.to_owned(), Field { computed: true, ..Field::of(Type::Text) });
    }
    fields
}

fn contact() -> BTreeMap<String, Field> {
    let status = Type::choice(["active", "left", "bounced", "unsubscribed"]);
    let mut fields = fields([
        ("id", Type::Text, "The contact's id"),
        ("account", Type::Text, "Id of the contact's account"),
        ("email", Type::Text, "Address"),
        ("name", Type::Text, "Full name"),
        ("first_name", Type::Text, "First word of the name"),
        ("personas", Type::Tags, "What the contact is to us: champion, admin, …"),
        ("status", status, "Whether the contact may be written to"),
        ("timezone", Type::Text, "IANA name of the contact's time zone"),
        ("opted_out", Type::Tags, "Message classes the contact does not want"),
    ]);
    fields.entry("first_name".to_owned()).and_modify(|field| field.computed = true);
    fields
}

fn person() -> BTreeMap<String, Field> {
    fields([
        ("id", Type::Text, "The person's id"),
        ("name", Type::Text, "Full name"),
        ("email", Type::Text, "Address"),
        ("manager", Type::Person, "Who leads the person"),
        ("roles", Type::Tags, "Roles the person carries"),
        ("timezone", Type::Text, "IANA name of the person's time zone"),
        ("slack", Type::Text, "Slack member id"),
    ])
}

fn fields<const N: usize>(declared: [(&str, Type, &str); N]) -> BTreeMap<String, Field> {
    let field = |(name, ty, doc): (&str, Type, &str)| (name.to_owned(), Field { doc: doc.to_owned(), ..Field::of(ty) });
    declared.into_iter().map(field).collect()
}

//! `backtest`: three accounts leave, two of them had been seen coming.

use super::{Place, keys};

const RED: &str = "[condition.red]\nwhen = 'health.score < 50'\n";

const SAVE: &str = r#"
schema_version = 1
id = "save"
title = "Save"
owner = "morgan"
status = "live"
timezone = "UTC"

[trigger]
kind = "condition"

[enroll]
when = 'account.status == "active" && red()'
for = "2d"

[[exit]]
id = "churned"
when = 'account.status == "churned"'

[[step]]
id = "call"
after = "enrolled"
action = "task"
assignee = "account.owner"
title = "Call {{ account.name }}"

[[step]]
id = "write"
after = "enrolled"
action = "email"
to = "contact:champion"
template = "hello"

[[step]]
id = "again"
after = "call + 30d"
action = "task"
assignee = "account.owner"
title = "Call {{ account.name }} again"
"#;

const ACCOUNTS: &str = "\
as_of,id,name,status,owner,timezone,seats
2026-01-05,acme,Acme Harbour,active,dana,UTC,80
2026-01-05,birch,Birch Mills,active,dana,UTC,80
2026-01-05,cedar,Cedar Labs,active,dana,UTC,70
2026-01-05,dover,Dover Lines,active,dana,UTC,60
2026-02-02,acme,Acme Harbour,active,dana,UTC,30
2026-02-10,birch,Birch Mills,active,dana,UTC,45
2026-02-16,elm,Elm Works,active,dana,UTC,90
2026-03-01,cedar,Cedar Labs,churned,dana,UTC,70
2026-03-02,dover,Dover Lines,active,dana,UTC,35
2026-03-16,acme,Acme Harbour,churned,dana,UTC,30
2026-03-20,dover,Dover Lines,churned,dana,UTC,35
";

const CONTACTS: &str = "id,account,email,name,personas\nacme-1,acme,pat@acme.example,Pat Moreau,champion\n";

/// A book with a playbook for accounts in the red, and a folder of data in which three accounts leave.
fn place() -> Place {
    let place = Place::new();
    place.write("playbooks/conditions.toml", RED);
    place.write("playbooks/save.toml", SAVE);
    std::fs::create_dir(place.path().join("data")).unwrap();
    place.write("data/accounts.csv", ACCOUNTS);
    place.write("data/contacts.csv", CONTACTS);
    place
}

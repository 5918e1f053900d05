use super::Case;

pub(super) const CASES: &[Case] = &[
    Case {
        code: "secret-in-book",
        wrong: &[(
            "note.md",
            concat!("Post to https://hooks.slack", ".com/services/T00000000/B00000000/abcdefghijkl\n"),
        )],
        at: concat!("https://hooks.slack", ".com/services/T00000000/B00000000/abcdefghijkl"),
        says: "the address of a Slack webhook",
        right: &[("note.md", concat!("Post to https://hooks.slack", ".com/services/…\n"))],
    },
    Case {
        code: "secret-in-book",
        wrong: &[("note.md", concat!("xox", "b-123456789012-abcdef\n"))],
        at: concat!("xox", "b-123456789012-abcdef"),
        says: "a Slack token",
        right: &[("note.md", "Tokens begin with xoxb- and stay out of here.\n")],
    },
    Case {
        code: "secret-in-book",
        wrong: &[("p.toml", concat!("# AK", "IA0000ABCD1111EFGH\n"))],
        at: concat!("AK", "IA0000ABCD1111EFGH"),
        says: "an AWS access key",
        right: &[("p.toml", "# AKIABARA is a customer of ours\n")],
    },
    Case {
        code: "secret-in-book",
        wrong: &[("note.md", concat!("-----BEGIN RSA ", "PRIVATE KEY-----\n"))],
        at: "-----BEGIN RSA",
        says: "a private key",
        right: &[("note.md", "-----BEGIN CERTIFICATE-----\n")],
    },
    Case {
        code: "secret-in-book",
        wrong: &[("note.json", "{\n  \"token\": \"abc123\"\n}\n")],
        at: "abc123",
        says: "a password or token",
        right: &[("note.json", "{\n  \"token\": \"{{ account.id }}\",\n  \"kind\": \"token\"\n}\n")],
    },
];

#[test]
fn a_password_among_the_keys_is_told_beside_the_unknown_key() {
    let loaded = super::book(&[("p.toml", "password = \"hunter2\"\n")]);
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|own| own.code).collect();
    assert!(codes.contains(&"secret-in-book"), "{codes:?}");
}

#[test]
fn a_secret_that_the_file_refuses_anyway_is_told_once() {
    let address = concat!("https://hooks.slack", ".com/services/T00000000/B00000000/abcdefghijkl");
    let text = format!("[slack.\"#cs\"]\nurl = \"{address}\"\n");
    let loaded = crate::book::load_files([("channels.toml".to_owned(), text)].into());
    let secrets = loaded.diagnostics.iter().filter(|own| own.code == "secret-in-book");
    assert_eq!(secrets.count(), 1, "{}", super::told(&loaded.diagnostics));
}

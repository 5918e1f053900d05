//! Mail addresses as they may stand in a header and in an SMTP command.
//!
//! lettre panics on a line break in a display name and accepts addresses that a relay may read as something
//! else, so everything is judged here first.

use lettre::message::Mailbox;
use url::Host;

use crate::engine::delivery::Address;

/// RFC 5321 4.5.3.1.
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 128;

/// The mailbox of an address. The error says what is wrong with it.
pub(super) fn mailbox(address: &Address) -> Result<Mailbox, String> {
    Ok(Mailbox::new(shown_name(address)?, address_of(&address.email)?))
}

fn address_of(email: &str) -> Result<lettre::Address, String> {
    let wrong = |what: &str| format!("`{}` is not an address we can mail: {what}", email.escape_debug());
    let (local, domain) = email.rsplit_once('@').ok_or_else(|| wrong("it has no @"))?;
    if local.is_empty() || local.len() > LONGEST_LOCAL_PART || email.len() > LONGEST_ADDRESS {
        return Err(wrong("it is too long, or there is nothing before the @"));
    }
    if local.starts_with(['.', '-'])
        || local.ends_with('.')
        || local.contains("..")
        || !local.chars().all(in_local_part)
    {
        return Err(wrong("the part before the @ has a character in it that mail does not allow"));
    }
    // The parser lower-cases, turns Unicode into punycode and recognises every spelling of an IP address.
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) if domain.contains('.') && !domain.ends_with('.') => {
            lettre::Address::new(local, domain).map_err(|error| wrong(&error.to_string()))
        }
        _ => Err(wrong("the part after the @ is not a domain")),
    }
}

/// Plain letters of RFC 5322 without `%` and `!`, which are source routes to some relays.
fn in_local_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".+-_#$&'*/=?^`{|}~".contains(c)
}

/// The display name. A name that holds an address shows a sender that is not one, so it is left out.
fn shown_name(address: &Address) -> Result<Option<String>, String> {
    let Some(name) = address.name.as_deref().map(str::trim) else { return Ok(None) };
    if name.chars().any(breaks_a_line) {
        return Err(format!("the name `{}` of {} has a control character in it", name.escape_debug(), address.email));
    }
    let name: String = name.chars().take(LONGEST_NAME).collect();
    Ok(Some(name).filter(|name| !name.is_empty() && !name.contains('@')))
}

/// Control characters, the line breaks of Unicode, and what turns the direction of writing.
pub(super) fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, email: &str) -> Result<String, String> {
        let address = Address { name: Some(name.to_owned()), email: email.to_owned() };
        mailbox(&address).map(|mailbox| mailbox.to_string())
    }

    #[test]
    fn addresses_that_a_relay_could_read_differently_are_refused() {
        let bad = [
            "a@b.example,d@e.example",
            "a@b.example;d@e.example",
            "<a@b.example>",
            "a@b.example> RCPT TO:<x@y.example",
            "a@b.example\r\nRCPT TO:<x@y.example>",
            "\"a b\"@c.example",
            "-oQ/tmp@b.example",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@1.2.3.4",
            "a@0x7f.1",
            "root@",
            "postmaster",
            "a%b@c.example",
            "a!b@c.example",
            "a@b.example.",
            "a@b..example",
            "a@b.example\0",
        ];
        for email in bad {
            assert!(judged("", email).is_err(), "{email:?}");
        }
        assert!(judged("", &format!("{}@b.example", "a".repeat(65))).is_err());
    }

    #[test]
    fn domains_are_folded_to_one_spelling() {
        assert_eq!(judged("", "pat@ACME.Example").unwrap(), "pat@acme.example");
        assert_eq!(judged("", "pat@ａｃｍｅ.example").unwrap(), "pat@acme.example");
        assert_eq!(judged("", "pat@bücher.example").unwrap(), "pat@xn--bcher-kva.example");
    }

    #[test]
    fn a_name_may_not_break_the_header_or_show_another_address() {
        for name in ["Bob\r\nBcc: evil@x.example", "Bob\n", "B\rob", "B\0ob", "B\u{85}ob", "B\u{2028}ob", "B\u{202E}ob"]
        {
            let result = judged(name, "bob@acme.example");
            assert!(result.is_err() || !result.unwrap().contains(char::is_control), "{name:?}");
        }
        assert!(judged("Bob\r\nBcc: evil@x.example", "bob@acme.example").is_err());
        assert_eq!(judged("ceo@corp.example", "bob@acme.example").unwrap(), "bob@acme.example");
        assert_eq!(judged("Pat Lee", "pat@acme.example").unwrap(), "Pat Lee <pat@acme.example>");
    }
}

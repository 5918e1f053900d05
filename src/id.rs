//! Ids, and the key that signs them for the outside. Ids are text, short, and derived from what they name, so that the same decision made twice
//! names the same row and the database's unique keys can refuse the second one.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A derived id: a letter for the kind and 20 characters (100 bits) of SHA-256 over the parts.
///
/// Two different lists of parts never collide by concatenation: each part is length-prefixed.
pub fn derived(kind: char, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut id = String::with_capacity(21);
    id.push(kind);
    let digest = hash.finalize();
    id.extend(digest.iter().take(20).map(|byte| ALPHABET[usize::from(byte & 31)] as char));
    id
}

/// A stable share in [0, 1) of the parts, for holdouts: the same parts always give the same share.
pub fn share(parts: &[&str]) -> f64 {
    let id = derived('s', parts);
    let number = id
        .bytes()
        .skip(1)
        .take(10)
        .fold(0u64, |sum, byte| sum * 32 + ALPHABET.iter().position(|letter| *letter == byte).unwrap_or(0) as u64);
    number as f64 / (1u64 << 50) as f64
}

/// The id of an enrollment: one per playbook, account and entry key.
pub fn enrollment(playbook: &str, account: &str, entry_key: &str) -> String {
    derived('e', &[playbook, account, entry_key])
}

/// The id of a delivery, also the left side of its Message-ID and its webhook id.
pub fn delivery(enrollment: &str, step: &str, occurrence: i64, recipient: &str) -> String {
    derived('d', &[enrollment, step, &occurrence.to_string(), recipient])
}

/// The id of a task made by a step or an escalation level.
pub fn task(enrollment: &str, step: &str, occurrence: i64) -> String {
    derived('t', &[enrollment, step, &occurrence.to_string()])
}

/// The id of a question to an approver.
pub fn approval(enrollment: &str, step: &str) -> String {
    derived('a', &[enrollment, step])
}

/// The id of a question about all accounts that wait with this enrollment to enter a playbook.
pub fn entry_approval(first_enrollment: &str) -> String {
    derived('a', &[first_enrollment, "", "enroll"])
}

/// What one database signs with: a link that names a contact is worth nothing unless this database has made it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Arc<[u8]>);

impl Key {
    pub const BYTES: usize = 32;

    pub fn new(random: [u8; Key::BYTES]) -> Key {
        Key(Arc::new(random))
    }

    /// The token that stands for a contact in its unsubscribe link: the id and its HMAC-SHA256, both in base64url
    /// (RFC 4648 5), with a dot between them.
    pub fn token(&self, contact: &str) -> String {
        let signature = self.signed(contact).finalize().into_bytes();
        format!("{}.{}", BASE64.encode(contact), BASE64.encode(signature))
    }

    /// The contact a token stands for; none when this key has not made it. Takes the same time for every wrong
    /// signature.
    pub fn contact_of(&self, token: &str) -> Option<String> {
        let (contact, signature) = token.split_once('.')?;
        let contact = String::from_utf8(BASE64.decode(contact).ok()?).ok()?;
        self.signed(&contact).verify_slice(&BASE64.decode(signature).ok()?).ok()?;
        Some(contact)
    }

    fn signed(&self, contact: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        // What else is signed with this key one day must not pass for an unsubscribe link.
        mac.update(b"unsubscribe\0");
        mac.update(contact.as_bytes());
        mac
    }
}

/// The key itself is never shown.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_its_contact_back_and_no_other_key_or_contact_makes_it() {
        let key = Key::new([7; Key::BYTES]);
        let token = key.token("pat/ö");
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");
        assert_eq!(key.contact_of(&token).as_deref(), Some("pat/ö"));
        assert_eq!(Key::new([8; Key::BYTES]).contact_of(&token), None);
        let (_, signature) = token.split_once('.').unwrap();
        assert_eq!(key.contact_of(&format!("{}.{signature}", BASE64.encode("sam"))), None);
        for forged in ["pat", "", ".", "cGF0.", &token[..token.len() - 1], &format!("{token}A")] {
            assert_eq!(key.contact_of(forged), None, "{forged}");
        }
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", Key::new([7; Key::BYTES])), "Key(…)");
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(derived('e', &["ab", "c"]), derived('e', &["a", "bc"]));
        assert_eq!(enrollment("p", "a", "k"), enrollment("p", "a", "k"));
    }

    #[test]
    fn shares_are_stable_and_spread() {
        let low = (0..1000).filter(|n| share(&["playbook", &n.to_string()]) < 0.1).count();
        assert!((70..130).contains(&low), "{low} of 1000 below 0.1");
    }
}

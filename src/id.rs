//! Ids. They are text, short, and derived from what they name, so that the same decision made twice
//! names the same row and the database's unique keys can refuse the second one.

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

#[cfg(test)]
mod tests {
    use super::*;

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

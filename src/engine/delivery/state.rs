//! The states of a delivery and the steps between them.

use std::fmt;
use std::str::FromStr;

use DeliveryState::*;

/// Where a delivery stands, as its row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryState {
    /// Waits for its time and a worker.
    Queued,
    /// Waits for something else: an approval, a window, a cap, a person.
    Held,
    /// A worker has it and has not handed it over.
    Claimed,
    /// The durable mark is written; the message is being handed over.
    Committing,
    /// The other side said yes.
    Sent,
    /// Handed over without an answer: waits for evidence or a person.
    Uncertain,
    /// Refused for good, or given up.
    Dead,
    /// Its enrollment ended first.
    Cancelled,
    /// The address may not be mailed.
    Suppressed,
    /// Its time passed before it could be sent.
    Expired,
}

/// Every legal step; what is not here does not happen.
const LEGAL: [(DeliveryState, &[DeliveryState]); 10] = [
    (Queued, &[Held, Claimed, Cancelled, Suppressed, Expired]),
    (Held, &[Queued, Cancelled, Suppressed, Expired]),
    // A relay may refuse the recipient before the mark, hence dead.
    (Claimed, &[Queued, Held, Committing, Dead, Cancelled, Suppressed, Expired]),
    (Committing, &[Sent, Queued, Uncertain, Dead]),
    (Uncertain, &[Sent, Queued, Dead]),
    (Sent, &[]),
    (Dead, &[]),
    (Cancelled, &[]),
    (Suppressed, &[]),
    (Expired, &[]),
];

impl DeliveryState {
    pub const ALL: [DeliveryState; 10] =
        [Queued, Held, Claimed, Committing, Sent, Uncertain, Dead, Cancelled, Suppressed, Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            Queued => "queued",
            Held => "held",
            Claimed => "claimed",
            Committing => "committing",
            Sent => "sent",
            Uncertain => "uncertain",
            Dead => "dead",
            Cancelled => "cancelled",
            Suppressed => "suppressed",
            Expired => "expired",
        }
    }

    /// Whether a delivery may go from this state to that one.
    pub fn may_become(self, to: DeliveryState) -> bool {
        LEGAL.iter().any(|(from, next)| *from == self && next.contains(&to))
    }

    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        !DeliveryState::ALL.into_iter().any(|to| self.may_become(to))
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = String;

    fn from_str(text: &str) -> Result<DeliveryState, String> {
        let found = DeliveryState::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a state of a delivery"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_read_back_as_written_and_unknown_text_is_an_error() {
        for state in DeliveryState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("sending".parse::<DeliveryState>().is_err());
    }

    #[test]
    fn nothing_is_sent_without_its_mark_and_nothing_leaves_a_final_state() {
        for state in DeliveryState::ALL {
            assert_eq!(state.may_become(Sent), matches!(state, Committing | Uncertain), "{state} -> sent");
            assert_eq!(state.may_become(Uncertain), state == Committing, "{state} -> uncertain");
            assert_eq!(state.may_become(Committing), state == Claimed, "{state} -> committing");
            assert!(!state.may_become(state), "{state} -> itself");
        }
        let last: Vec<_> = DeliveryState::ALL.into_iter().filter(|state| state.is_final()).collect();
        assert_eq!(last, [Sent, Dead, Cancelled, Suppressed, Expired]);
    }

    #[test]
    fn every_state_has_one_row_and_every_unfinished_one_can_be_ended() {
        for state in DeliveryState::ALL {
            assert_eq!(LEGAL.iter().filter(|(from, _)| *from == state).count(), 1, "{state}");
            assert!(state.is_final() || state.may_become(Dead) || state.may_become(Cancelled), "{state}");
        }
    }
}

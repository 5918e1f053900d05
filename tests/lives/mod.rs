//! Invented lives: books nobody would write, accounts to which everything happens, and what must hold all the same.
//!
//! Always the same books and lives; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others, and more of them.

mod books;
mod events;
mod rules;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use books::a_book;
use events::{a_life, live};

/// How many are tried when nobody asks for more.
const LIVES: u32 = 24;
const SEED: u64 = 20_260_601;

fn config() -> Config {
    let asked = Config::default();
    let given = |name: &str| std::env::var_os(name).is_some();
    Config {
        cases: if given("PROPTEST_CASES") { asked.cases } else { LIVES },
        rng_seed: if given("PROPTEST_RNG_SEED") { asked.rng_seed } else { RngSeed::Fixed(SEED) },
        failure_persistence: None,
        max_shrink_iters: 40,
        ..asked
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_the_rules_hold(book in a_book(), life in a_life()) {
        let lived = live(&book, &life, false);
        rules::check(&lived)?;
    }

    /// What the daemon remembers is never more than what the database holds.
    #[test]
    fn a_daemon_that_starts_anew_before_each_event_does_the_same(book in a_book(), life in a_life()) {
        prop_assert_eq!(live(&book, &life, false).lines(), live(&book, &life, true).lines());
    }
}

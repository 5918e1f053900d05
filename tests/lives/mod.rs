//! Invented lives: books nobody would write, accounts to which everything happens, and what must hold all the same.
//!
//! Always the same books and lives; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others, and more of them.

mod books;
mod events;
mod previews;
mod rules;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use books::{a_book, a_tested_book};
use events::{a_life, live};
use previews::{a_story, told};

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

/// How many stories are told when nobody asks for more.
const STORIES: u32 = 200;

proptest! {
    #![proptest_config(Config { cases: config().cases.max(STORIES), ..config() })]

    #[test]
    fn the_daemon_simulate_and_test_tell_the_same_story(book in a_tested_book(), story in a_story()) {
        let here = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let [daemon, simulated, tested] = here.block_on(told(&book, &story));
        prop_assert_eq!(apart(&daemon, &simulated), None, "the daemon and simulate");
        prop_assert_eq!(apart(&daemon, &tested), None, "the daemon and test");
    }
}

/// The first line in which two tellings differ, with the one before it.
fn apart<'a>(one: &'a [String], other: &'a [String]) -> Option<(&'a str, &'a str, &'a str)> {
    let at = |lines: &'a [String], place: usize| lines.get(place).map_or("nothing", String::as_str);
    let place = (0..one.len().max(other.len())).find(|place| one.get(*place) != other.get(*place))?;
    Some((place.checked_sub(1).map_or("nothing", |before| at(one, before)), at(one, place), at(other, place)))
}

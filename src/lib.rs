//! playcaller calls the right play for every customer account: CS ops write playbooks as files, one daemon walks the
//! accounts through them.
//!
//! # Data path
//!
//! ```text
//! playbooks/*.toml ─ book::load ─▶ Book                           every name resolved, every mistake collected
//! imports ─ portfolio::import ─▶ accounts, contacts, metrics, events, field history          (store)
//! an account that is due ─ portfolio::Facts ─▶ engine::visit                   one look at one account
//!     ends ─ replan ─ advance ─ enroll ─▶ changes, and when to look again
//! changes ─ store::apply ─▶ ONE transaction: enrollment, steps, tasks, deliveries, timeline
//! an edit of the folder ─ runtime::reload ─▶ a new Book, judged beside the old one, in force from the next tick
//! the accounts as they are ─ runtime::simulate ─▶ the same looks on a virtual clock, in memory: simulate, plan, backtest
//! delivery ─ claim ─▶ channel ─ mark ─▶ Outcome ─ engine::delivery::settle ─▶ sent | queued again | uncertain | dead
//! ```
//!
//! # Layout
//!
//! A room may use the rooms above it, never one below; `store` and `channel` do not know each other.
//!
//! * [`time`], [`id`]: the clock and spans; ids derived from what they name.
//! * [`condition`]: rhai text to a typed expression to three-valued truth. The only room that knows rhai.
//! * [`book`]: the folder of files to a [`book::Book`]. The only room that knows TOML and templates.
//! * [`portfolio`]: what is known of accounts, with its history; health and windows computed; imports read and typed.
//! * [`engine`]: decisions, pure: no I/O, no async. `engine/visit` is one look at one account.
//! * [`store`]: all SQL, one text for SQLite and Postgres. The only room that knows sqlx.
//! * [`channel`]: the outside world: mail, chat, webhooks, files. The only room that knows lettre and reqwest.
//! * [`runtime`]: the shell: [`runtime::Runtime::tick`] does all that is due and says when to come back.
//! * [`settings`], [`cli`]: `playcaller.toml` and the environment; one file per command.
//!
//! # What always holds
//!
//! * `run`, `test` and `demo` are the same tick with another clock, store and channel. `simulate`, `plan`, `backtest` and
//!   the guard of edits take the same looks in memory (`src/runtime/simulate`); `tests/lives/previews.rs` holds the three
//!   tellings of a story against each other, line by line.
//! * What `plan` says of an edit is what the daemon judges it by: one play of one instant (`src/runtime/plan`).
//! * `now` is read once per tick and passed down; only `src/time.rs` reads the machine's clock.
//! * The plan of an enrollment is not stored. Decided steps are rows; what is to come is computed from the playbook, so
//!   a moved anchor or a changed calendar moves it (`src/engine/plan.rs`).
//! * An enrollment goes through one version of its playbook and moves to the newest between two steps; the texts of all
//!   versions in use are in the database, and what is wrong in the folder never gets into the book in force.
//! * A comparison with something empty or stale is unknown, and unknown never sends.
//! * Previews leave an account alone while no question about it can be answered otherwise by the passing of days
//!   (`src/condition/motion.rs`, `src/engine/visit/rest.rs`); the daemon looks at everybody every night.
//! * Unique keys carry the promises: one enrollment per playbook, account and entry key; one run per step; one delivery
//!   per step and recipient. Every write of a look names the version of the account it was decided on.
//! * Accounts that enter a playbook are counted by its local day in the transaction that lets them in, and only on the count
//!   the decision was made on: above a limit nobody enters without a person's yes.
//! * Before a message is handed over a durable mark is written, and the mark is also the last gate: still claimed by this
//!   fence, enrollment active, address not blocked. After the mark, silence is doubt, and doubt is never resent by itself.
//! * What the database or a file holds and we do not know is an error, never a default.

pub mod book;
pub mod channel;
pub mod cli;
pub mod condition;
pub mod engine;
pub mod id;
pub mod portfolio;
pub mod runtime;
pub mod settings;
pub mod store;
pub mod time;

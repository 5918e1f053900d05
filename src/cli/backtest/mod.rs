//! `backtest`: what this version of the book would have done over recorded history.

mod blocks;
mod data;
mod json;
mod overview;
mod sweep;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use super::AsOf;
use super::against;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::print::Print;
use super::report::time_bar;
use super::session::{Session, expect_playbook, usable};
use super::simulate::story;
use crate::book::keys::Choice;
use crate::book::load::Loaded;
use crate::book::playbook::Status;
use crate::book::{Book, Playbook};
use crate::portfolio::Account;
use crate::runtime::backtest::{Figures, History, Limit, as_if_live, limits};
use crate::runtime::play::Step;
use crate::runtime::simulate::{Played, Scene};
use crate::runtime::timeline;
use crate::store::{Recorded, Store};
use crate::time::{TimeZone, Timestamp, local_date, start_of_day};
use values::Sweep;

#[derive(Debug, clap::Args)]
pub struct Backtest {
    /// Playbooks to report on, as if they were live; every live one when none is named. The whole book plays in any case
    playbooks: Vec<String>,
    /// From when; the book goes live then [default: the first day that is recorded]
    #[arg(long, value_name = "INSTANT")]
    from: Option<Moment>,
    /// Until when [default: the last day that is recorded]
    #[arg(long, value_name = "INSTANT")]
    until: Option<Moment>,
    /// Play what is in a folder of import files (accounts.csv, contacts.csv, metrics.csv.gz, …) and not the database
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Compare with another version of the book: a folder, or a revision of its git repository
    #[arg(long, value_name = "REV|DIR")]
    against: Option<String>,
    /// Try several values of one threshold: enroll.health=30..60:5, enroll.for=0d..7d:1d
    #[arg(long, value_name = "KEY=A..B:STEP", conflicts_with_all = ["against", "timeline", "accounts"])]
    sweep: Option<Sweep>,
    /// Print every line of the timeline and no figures
    #[arg(long, conflicts_with_all = ["against", "accounts"])]
    timeline: bool,
    /// Also list each account that entered or churned
    #[arg(long)]
    accounts: bool,
    #[command(flatten)]
    as_of: AsOf,
}

/// What is played, and from when to when.
struct Stage {
    scene: Arc<Scene>,
    store: Store,
    from: Timestamp,
    until: Timestamp,
    recorded: Recorded,
    /// Whether nobody said from when and until when.
    is_whole: bool,
    /// Whether it is in the database, where other commands find it too.
    is_kept: bool,
    /// What of the data could not be taken.
    of_data: Vec<Limit>,
}

/// Everything that a backtest without a sweep comes to.
struct Report {
    stage: Stage,
    accounts: usize,
    figures: Vec<Figures>,
    /// The same playbooks in the other version, by id, and what that is called.
    against: Option<(String, BTreeMap<Arc<str>, Figures>)>,
    /// Playbooks that are not live and were played as if they were.
    as_if_live: Vec<(Arc<str>, Status)>,
    limits: Vec<Limit>,
}

impl Backtest {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        if self.sweep.is_some() && self.playbooks.len() != 1 {
            return Err(Failure::usage("--sweep needs one playbook").help("playcaller backtest PLAYBOOK --sweep …"));
        }
        let loaded = usable(session.loaded())?;
        self.playbooks.iter().try_for_each(|id| expect_playbook(&loaded.book, id))?;
        let stage = self.stage(session, &loaded.book).await?;
        if let Some(sweep) = &self.sweep {
            sweep::run(session.print, loaded, &self.playbooks[0], sweep, stage).await?;
        } else if self.timeline {
            self.lines(session.print, loaded, &stage).await?;
        } else {
            let report = self.report(session, loaded, stage).await?;
            match session.print.is_json() {
                true => session.print.json(&json::report(&report, self.accounts))?,
                false => self.tell(session.print, &report)?,
            }
        }
        Ok(Exit::Done)
    }

    fn tell(&self, print: Print, report: &Report) -> Result<()> {
        print.line(headline(&report.stage, report.accounts))?;
        print.line("")?;
        match (&report.against, self.playbooks.is_empty()) {
            (None, true) => overview::print(print, &report.figures)?,
            _ => blocks::print(print, report, self.accounts)?,
        }
        for (playbook, status) in &report.as_if_live {
            print.line(format!("{playbook} is {}: played as if it were live.", status.word()))?;
        }
        tell_limits(print, &report.limits)
    }

    /// The data, and the stretch of it that is played.
    async fn stage(&self, session: &Session, book: &Book) -> Result<Stage> {
        let (store, of_data, after, now) = match &self.data {
            Some(folder) => {
                let (store, limits) = data::read(folder, book).await?;
                (store, limits, data::ALWAYS, self.as_of.instant())
            }
            None => {
                let store = session.store().await?;
                let now = session.reading_at(&store, self.as_of.now).await?;
                (store, Vec::new(), Timestamp::MIN, Some(now))
            }
        };
        let Some(recorded) = store.recorded(after).await? else { return Err(self.nothing()) };
        let from = self.from.map_or_else(|| all_of_first_day(recorded.first), |Moment(at)| at);
        let last = now.map_or(recorded.last, |now| recorded.last.min(now));
        let until = self.until.map_or(last, |Moment(at)| at);
        if until <= from {
            return Err(self.empty_stretch(from, until, &recorded));
        }
        let is_whole = self.from.is_none() && self.until.is_none();
        let scene = Arc::new(Scene::read_history(&store, from).await?);
        let is_kept = self.data.is_none();
        Ok(Stage { scene, store, from, until, recorded, is_whole, is_kept, of_data })
    }

    fn nothing(&self) -> Failure {
        match &self.data {
            Some(folder) => Failure::wrong(format!("nothing in {} says when it was so", folder.display()))
                .help("accounts.csv needs a column `as_of`: from when a row's values hold"),
            None => Failure::wrong("the database has no accounts yet")
                .help("`playcaller import accounts FILE` brings them in; or name a folder of files with --data"),
        }
    }

    fn empty_stretch(&self, from: Timestamp, until: Timestamp, recorded: &Recorded) -> Failure {
        let message = format!("there is nothing to play from {from} to {until}");
        let is_asked_for = self.from.is_some() || self.until.is_some();
        let failure = if is_asked_for { Failure::usage(message) } else { Failure::wrong(message) };
        let (first, last) = (date(recorded.first), date(recorded.last));
        failure.help(format!(
            "accounts are known from {first} on, and nothing is recorded after {last}; what held earlier is imported \
             with a column `as_of`"
        ))
    }

    async fn lines(&self, print: Print, loaded: Loaded, stage: &Stage) -> Result<()> {
        let (book, _) = self.book(Arc::new(loaded.book));
        let mut entries = play(stage, book).await?.entries;
        entries.retain(|entry| self.playbooks.is_empty() || self.playbooks.iter().any(|id| **id == *entry.playbook));
        if print.is_json() {
            return entries.iter().try_for_each(|entry| print.json(&timeline::json(entry)));
        }
        if entries.is_empty() {
            return print.line(format!("Nothing happens between {} and {}.", stage.from, stage.until));
        }
        story::print(print, &entries)
    }

    async fn report(&self, session: &Session, loaded: Loaded, stage: Stage) -> Result<Report> {
        let (book, as_if_live) = self.book(Arc::new(loaded.book));
        let played = play(&stage, book.clone()).await?;
        let shown = self.shown(&book);
        let figures: Vec<Figures> =
            shown.iter().map(|playbook| Figures::of(&played, playbook, stage.from, stage.until)).collect();
        let against = match &self.against {
            None => None,
            Some(name) => Some((name.clone(), self.other(session, name, &stage).await?)),
        };
        let parked = figures.iter().map(|own| own.parked).sum();
        let limits = limits_of(&stage, &book, &shown, &played, parked).await?;
        let accounts = played.accounts.len();
        Ok(Report { stage, accounts, figures, against, as_if_live, limits })
    }

    async fn other(&self, session: &Session, name: &str, stage: &Stage) -> Result<BTreeMap<Arc<str>, Figures>> {
        let (book, _) = self.book(against::book(against::texts(&session.settings.book, name)?, name)?);
        let played = play(stage, book.clone()).await?;
        let figures = self.shown(&book).into_iter().map(|own| Figures::of(&played, own, stage.from, stage.until));
        Ok(figures.map(|own| (own.playbook.clone(), own)).collect())
    }

    /// The book with the named playbooks live, and which of them are not.
    fn book(&self, book: Arc<Book>) -> (Arc<Book>, Vec<(Arc<str>, Status)>) {
        let named: BTreeSet<Arc<str>> = self.playbooks.iter().map(|id| Arc::from(id.as_str())).collect();
        let others = book.playbooks.values().filter(|own| named.contains(&own.id) && own.status != Status::Live);
        let others = others.map(|own| (own.id.clone(), own.status)).collect();
        (as_if_live(&book, &named), others)
    }

    /// The playbooks that are reported on: those named, else those that let anybody in.
    fn shown<'b>(&self, book: &'b Book) -> Vec<&'b Arc<Playbook>> {
        let is_named = |own: &&Arc<Playbook>| self.playbooks.iter().any(|id| **id == *own.id);
        let is_open = |own: &&Arc<Playbook>| matches!(own.status, Status::Live | Status::Shadow);
        match self.playbooks.is_empty() {
            true => book.playbooks.values().filter(is_open).collect(),
            false => book.playbooks.values().filter(is_named).collect(),
        }
    }
}

async fn play(stage: &Stage, book: Arc<Book>) -> Result<Played> {
    let bar = time_bar(stage.from, stage.until);
    let mut watch = |step: &Step<'_>| bar.to(step.at);
    let played = stage.scene.play(book, stage.until, &mut watch).await;
    bar.finish();
    Ok(played?)
}

async fn limits_of(
    stage: &Stage,
    book: &Book,
    playbooks: &[&Arc<Playbook>],
    played: &Played,
    parked: usize,
) -> Result<Vec<Limit>> {
    let accounts: Vec<&Account> = played.accounts.iter().map(|(account, _)| &**account).collect();
    let feeds = stage.store.feeds().await?;
    let history = History { from: stage.from, until: stage.until, last: stage.recorded.last, feeds: &feeds };
    let limits = limits(book, playbooks, &accounts, &history, parked);
    Ok(stage.of_data.iter().cloned().chain(limits).collect())
}

fn headline(stage: &Stage, accounts: usize) -> String {
    let whole = if stage.is_whole { ", all that is recorded" } else { "" };
    format!("{accounts} accounts from {} to {}{whole}:", date(stage.from), date(stage.until))
}

fn tell_limits(print: Print, limits: &[Limit]) -> Result<()> {
    print.line("What this history cannot tell:")?;
    limits.iter().try_for_each(|limit| print.line(format!("- {}", limit.text)))
}

/// When what is dated by the same day as the first thing recorded has begun in every zone: these run from UTC-12 to
/// UTC+14, so at noon in UTC. The book goes live on all of it.
fn all_of_first_day(first: Timestamp) -> Timestamp {
    let day = local_date(first + SignedDuration::from_hours(14), &TimeZone::UTC);
    start_of_day(day, &TimeZone::UTC) + SignedDuration::from_hours(12)
}

/// The day in UTC.
fn date(at: Timestamp) -> String {
    local_date(at, &TimeZone::UTC).to_string()
}

/// `41`, `33.5`; a dash for none.
fn number(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number}"))
}

/// `33 %`; a dash for none.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

//! The command line: one file per command. Commands read through the store and change things through the runtime.

mod account;
mod accounts;
mod against;
mod approvals;
mod backtest;
mod chart;
mod check;
mod daemon;
mod demo;
mod describe;
mod docs;
mod enroll;
mod enrollments;
mod exit;
mod explain;
mod import;
mod matching;
mod migrate;
mod moment;
mod notices;
mod outbox;
mod plan;
mod play;
mod preview;
mod print;
mod report;
mod reports;
mod run;
mod session;
mod set;
mod set_health;
mod simulate;
mod stop;
mod summary;
mod tasks;
mod test;
mod why_not;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use exit::Exit;
use moment::Moment;
use print::Format;
use session::Session;

use crate::settings::Flags;
use crate::time::Timestamp;

/// Calls the right play for every customer account.
///
/// Customer-success playbooks are files in a folder, the book. `playcaller` checks and tests them, imports account
/// data, and runs the daemon that enrolls accounts and sends what is due. Try it: playcaller demo
#[derive(Debug, Parser)]
#[command(name = "playcaller", version, max_term_width = 110)]
pub struct Cli {
    /// Folder of the book [default: playbooks]
    #[arg(long, global = true, value_name = "DIR")]
    book: Option<PathBuf>,
    /// Deployment file [default: playcaller.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database: sqlite:FILE or postgres://USER@HOST/NAME [default: sqlite:playcaller.db]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Tables for people, or JSON for programs
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// See it work: the shipped book plays 90 days of a sample portfolio; nothing leaves this machine
    Demo(demo::Demo),
    /// Is the book right? Every mistake in one pass, with place and suggestion
    Check(check::Check),
    /// The language: every key, name, function and reason, with examples
    Docs(docs::Docs),
    /// Do the playbooks do what their tests say?
    Test(test::Test),
    /// Read accounts, contacts, metrics, events or people from CSV, JSON or NDJSON
    Import(import::Import),
    /// The daemon; or everything that is due, once; or a stretch of virtual time
    Run(run::Run),
    /// What would change if this book went live now: for whom, and what goes out
    Plan(plan::Plan),
    /// What lies ahead of one account, or of all, if nothing changes
    Simulate(simulate::Simulate),
    /// What this version of the book would have done over recorded history
    Backtest(backtest::Backtest),
    /// Who qualifies for a condition
    Match(matching::Match),
    /// Why an account is, or is not, in a playbook; why a step, a message or a task came, or not yet
    Explain(explain::Explain),
    /// Why accounts are not in a playbook: which clause keeps how many out, and who comes nearest
    WhyNot(why_not::WhyNotArgs),
    /// The numbers for a meeting: what each playbook has done
    #[command(subcommand)]
    Report(reports::Report),
    /// A playbook in plain English, for who approves it
    Describe(describe::Describe),
    /// Put an account into a playbook by hand
    Enroll(enroll::Enroll),
    /// End an enrollment by hand
    Stop(stop::Stop),
    /// Set fields of an account by hand
    Set(set::Set),
    /// The very mail, message or task a step would hand out
    Preview(preview::Preview),
    /// Bring the database up to date
    Migrate,
    /// The accounts with segment, stage and health
    Accounts(accounts::Accounts),
    /// One account with everything known of it
    Account(account::Account),
    /// Which account is in which playbook, and what comes next
    Enrollments(enrollments::Enrollments),
    /// Work for people: list, show, check, acknowledge, complete, snooze
    Tasks(tasks::Tasks),
    /// What waits for a person's yes: list, show, approve, reject
    Approvals(approvals::Approvals),
    /// What our own people were told: too many accounts at once, none any more, data missing
    Notices(notices::Notices),
    /// What is sent, and what could not be: list, show, retry, resolve
    Outbox(outbox::Outbox),
}

/// `--now`, on commands that only read.
#[derive(Debug, clap::Args)]
struct AsOf {
    /// Look at another moment: a date (its start in UTC) or an instant
    #[arg(long, value_name = "INSTANT")]
    now: Option<Moment>,
}

impl AsOf {
    /// The instant, if one was asked for.
    fn instant(&self) -> Option<Timestamp> {
        self.now.map(|Moment(at)| at)
    }
}

/// `--by`, on commands that act by hand.
#[derive(Debug, clap::Args)]
struct ByHand {
    /// Who does it, for the audit log [default: the login name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Runs the command that was asked for; what went wrong is told on standard error.
pub async fn run(cli: Cli) -> Exit {
    let flags = Flags { book: cli.book, config: cli.config, database: cli.database };
    let done = async {
        let session = Session::new(flags, cli.format)?;
        cli.command.run(&session).await
    };
    done.await.unwrap_or_else(exit::Failure::report)
}

impl Command {
    async fn run(self, session: &Session) -> exit::Result<Exit> {
        if !matches!(self, Command::Check(_) | Command::Test(_)) {
            session.print.refuse_formats_but(&[])?;
        }
        match self {
            Command::Demo(command) => command.run(session).await,
            Command::Check(command) => command.run(session),
            Command::Docs(command) => command.run(session),
            Command::Test(command) => command.run(session).await,
            Command::Import(command) => command.run(session).await,
            Command::Run(command) => command.run(session).await,
            Command::Plan(command) => command.run(session).await,
            Command::Simulate(command) => command.run(session).await,
            Command::Backtest(command) => command.run(session).await,
            Command::Match(command) => command.run(session).await,
            Command::Explain(command) => command.run(session).await,
            Command::WhyNot(command) => command.run(session).await,
            Command::Report(command) => command.run(session).await,
            Command::Describe(command) => command.run(session),
            Command::Enroll(command) => command.run(session).await,
            Command::Stop(command) => command.run(session).await,
            Command::Set(command) => command.run(session).await,
            Command::Preview(command) => command.run(session).await,
            Command::Migrate => migrate::run(session).await,
            Command::Accounts(command) => command.run(session).await,
            Command::Account(command) => command.run(session).await,
            Command::Enrollments(command) => command.run(session).await,
            Command::Tasks(command) => command.run(session).await,
            Command::Approvals(command) => command.run(session).await,
            Command::Notices(command) => command.run(session).await,
            Command::Outbox(command) => command.run(session).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}

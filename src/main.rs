//! The `playcaller` command.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use playcaller::cli::{self, Cli, Exit};
use playcaller::settings;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(settings::color_log());
    log.with_env_filter(EnvFilter::new(settings::log_filter())).init();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(cli::run(cli)).into(),
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            Exit::Fault.into()
        }
    }
}

/// Help and version are what was asked for; everything else is bad usage.
fn usage(error: &clap::Error) -> ExitCode {
    // Whoever closed the pipe does not want to read it.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
        _ => Exit::Usage.into(),
    }
}

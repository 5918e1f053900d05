//! Where this deployment's things are: flags before `playcaller.toml` before defaults. The only reader of the environment.

use std::collections::BTreeMap;
use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::book::Diagnostic;
use crate::book::deployment::{Deployment, Keeper, Reference, Text, Webhook};
use crate::channel::{AddressRange, Endpoint, Limits, Relay, Routes, Safety};

/// What the command line says about the deployment; it goes before the file.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub book: Option<PathBuf>,
    pub config: Option<PathBuf>,
    pub database: Option<String>,
}

/// The deployment as it is used. Secrets are looked up only by the commands that need them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the book.
    pub book: PathBuf,
    /// Folder of what is written instead of sent.
    pub outbox: PathBuf,
    /// Who does what is done by hand, unless `--by` says otherwise.
    pub login: String,
    /// Whether people read standard output in colour: a terminal, and no `NO_COLOR`.
    pub color: bool,
    database: Option<String>,
    deployment: Deployment,
    /// Folder of the deployment file: its paths are relative to it.
    folder: PathBuf,
}

/// What can be wrong with a deployment.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the deployment file {file} cannot be read: {source}")]
    Unreadable { file: String, source: std::io::Error },

    #[error("the deployment file has mistakes")]
    Mistakes { file: String, text: String, diagnostics: Vec<Diagnostic> },

    #[error("`{key}` of the deployment file is kept in {keeper}, {why}")]
    Secret { key: String, keeper: String, why: String },

    #[error("`{key}` of the deployment file is wrong: {why}")]
    Value { key: &'static str, why: String },
}

const FILE: &str = "playcaller.toml";
const DATABASE: &str = "sqlite:playcaller.db";

impl Settings {
    /// Reads the deployment file: the one named, else `playcaller.toml` in the working directory if there is one.
    pub fn load(flags: Flags) -> Result<Settings, Error> {
        let file = flags.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let deployment = match std::fs::read_to_string(&file) {
            Ok(text) => parse(&file, text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && flags.config.is_none() => {
                Deployment::default()
            }
            Err(source) => return Err(Error::Unreadable { file: file.display().to_string(), source }),
        };
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let book = deployment.book.as_ref().map(|book| folder.join(book));
        Ok(Settings {
            book: flags.book.or(book).unwrap_or_else(|| PathBuf::from("playbooks")),
            outbox: folder.join(deployment.outbox.as_deref().unwrap_or("outbox")),
            login: login(),
            color: std::io::stdout().is_terminal() && allows_color(),
            database: flags.database,
            deployment,
            folder,
        })
    }

    /// URL of the database; it may hold a password.
    pub fn database(&self) -> Result<String, Error> {
        let url = match (&self.database, &self.deployment.database) {
            (Some(url), _) => return Ok(url.clone()),
            (None, Some(Text::Plain(url))) => url.clone(),
            (None, Some(Text::Secret(reference))) => self.look_up(reference)?,
            (None, None) => return Ok(DATABASE.to_owned()),
        };
        Ok(match url.strip_prefix("sqlite:").filter(|path| *path != ":memory:") {
            Some(path) => format!("sqlite:{}", self.folder.join(path.trim_start_matches("//")).display()),
            None => url,
        })
    }

    /// The database that `--database` names, if it does.
    pub fn database_flag(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// The ways out of the house, with their secrets.
    pub fn routes(&self) -> Result<Routes, Error> {
        let given = &self.deployment;
        let smtp = given.smtp.as_ref().map(|smtp| {
            let password = smtp.password.as_ref().map(|reference| self.secret(reference)).transpose()?;
            Ok(Relay { url: smtp.url.clone(), username: smtp.username.clone(), password })
        });
        let webhooks = given.webhooks.iter().map(|(name, webhook)| Ok((name.clone(), self.endpoint(webhook)?)));
        let webhooks: BTreeMap<String, Endpoint> = webhooks.collect::<Result<_, Error>>()?;
        Ok(Routes {
            outbox: self.outbox.clone(),
            smtp: smtp.transpose()?,
            slack: self.secrets(&given.slack)?,
            teams: self.secrets(&given.teams)?,
            webhooks: Some(webhooks).filter(|webhooks| !webhooks.is_empty()),
            safety: self.safety()?,
            limits: Limits::default(),
        })
    }

    fn safety(&self) -> Result<Safety, Error> {
        let given = &self.deployment.safety;
        let ranges = given.allow_private.iter().map(|text| text.parse::<AddressRange>());
        let allow_private = ranges.collect::<Result<_, String>>();
        Ok(Safety {
            allowed_recipient_domains: given.allowed_recipient_domains.clone(),
            redirect_all_to: given.redirect_all_to.clone(),
            allow_private: allow_private.map_err(|why| Error::Value { key: "safety.allow_private", why })?,
        })
    }

    fn endpoint(&self, webhook: &Webhook) -> Result<Endpoint, Error> {
        let url = match &webhook.url {
            Some(Text::Plain(url)) => Some(url.clone().into()),
            Some(Text::Secret(reference)) => Some(self.secret(reference)?),
            None => None,
        };
        Ok(Endpoint { url, secret: webhook.secret.as_ref().map(|reference| self.secret(reference)).transpose()? })
    }

    fn secrets(&self, references: &BTreeMap<String, Reference>) -> Result<BTreeMap<String, SecretString>, Error> {
        references.iter().map(|(name, reference)| Ok((name.clone(), self.secret(reference)?))).collect()
    }

    fn secret(&self, reference: &Reference) -> Result<SecretString, Error> {
        self.look_up(reference).map(SecretString::from)
    }

    fn look_up(&self, reference: &Reference) -> Result<String, Error> {
        let (keeper, found) = match &reference.place {
            Keeper::Env(name) => {
                let missing = "which is not set: set it for the process that runs playcaller".to_owned();
                (format!("the environment variable {name}"), env::var(name).map_err(|_| missing))
            }
            Keeper::File(path) => {
                let path = self.folder.join(path);
                let read = std::fs::read_to_string(&path).map_err(|error| format!("which cannot be read: {error}"));
                (
                    format!("the file {}", path.display()),
                    read.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()),
                )
            }
        };
        let found = found.and_then(|text| if text.is_empty() { Err("which is empty".to_owned()) } else { Ok(text) });
        found.map_err(|why| Error::Secret { key: reference.key.clone(), keeper, why })
    }
}

/// What to log, from `RUST_LOG`; warnings when it says nothing, but not those of sqlx about slow statements.
pub fn log_filter() -> String {
    env::var("RUST_LOG").unwrap_or_else(|_| "warn,sqlx=error".to_owned())
}

/// Whether the log, which goes to standard error, is written in colour.
pub fn color_log() -> bool {
    std::io::stderr().is_terminal() && allows_color()
}

/// How this program was called, for commands that people copy.
pub fn program() -> String {
    env::args().next().unwrap_or_else(|| "playcaller".to_owned())
}

/// A folder for files that are needed only for a moment.
pub fn scratch_folder() -> PathBuf {
    env::temp_dir().join(format!("playcaller-{}", std::process::id()))
}

/// `NO_COLOR` with something in it forbids colour (no-color.org).
fn allows_color() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn parse(file: &Path, text: String) -> Result<Deployment, Error> {
    let name = file.display().to_string();
    Deployment::parse(&name, text.clone()).map_err(|diagnostics| Error::Mistakes { file: name, text, diagnostics })
}

/// The name under which this process was logged in, as Unix and Windows say it.
fn login() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn settings(folder: &Path, text: &str) -> Result<Settings, Error> {
        std::fs::write(folder.join(FILE), text).unwrap();
        Settings::load(Flags { config: Some(folder.join(FILE)), ..Flags::default() })
    }

    #[test]
    fn paths_of_the_file_are_relative_to_it_and_flags_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let text = "book = \"ours\"\ndatabase.url = \"sqlite:cs.db\"\noutbox.dir = \"out\"\n";
        let read = settings(folder.path(), text).unwrap();
        assert_eq!((read.book, read.outbox), (folder.path().join("ours"), folder.path().join("out")));
        let url = format!("sqlite:{}", folder.path().join("cs.db").display());
        let flags = Flags { config: Some(folder.path().join(FILE)), ..Flags::default() };
        assert_eq!(Settings::load(flags.clone()).unwrap().database().unwrap(), url);
        let flags = Flags { database: Some("sqlite::memory:".into()), ..flags };
        assert_eq!(Settings::load(flags).unwrap().database().unwrap(), "sqlite::memory:");
    }

    #[test]
    fn a_secret_comes_from_its_file_without_the_last_newline() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hook"), "https://hooks.us.example/T0\n").unwrap();
        let read = settings(folder.path(), "slack.\"#alerts\" = { file = \"hook\" }").unwrap();
        let routes = read.routes().unwrap();
        assert_eq!(routes.slack["#alerts"].expose_secret(), "https://hooks.us.example/T0");
        assert!(routes.smtp.is_none() && routes.webhooks.is_none());
    }

    #[test]
    fn a_secret_that_is_missing_is_named_with_its_key_and_keeper() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "[smtp]\nurl = \"smtp://127.0.0.1\"\nusername = \"cs\"\npassword = { env = \"PLAYCALLER_NOT_SET\" }\n";
        let error = settings(folder.path(), text).unwrap().routes().unwrap_err().to_string();
        assert!(error.contains("`smtp.password`") && error.contains("PLAYCALLER_NOT_SET"), "{error}");
    }

    #[test]
    fn a_named_file_must_be_there_and_the_default_one_need_not() {
        let missing = Flags { config: Some("no-such/playcaller.toml".into()), ..Flags::default() };
        assert!(matches!(Settings::load(missing), Err(Error::Unreadable { .. })));
    }
}

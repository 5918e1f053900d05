//! The outbox folder: mail as `.eml`, everything else as `.json`, under the delivery's id.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::{marked, mime};
use crate::engine::delivery::{Content, Message, Outcome, Problem, Refusal};

/// A folder that takes messages. The same delivery again replaces its file.
pub(super) struct Outbox {
    dir: PathBuf,
    durable: bool,
}

impl Outbox {
    /// A file is on the disk when its delivery counts as sent.
    pub(super) fn durable(dir: PathBuf) -> Outbox {
        Outbox { dir, durable: true }
    }

    /// The operating system writes when it likes.
    pub(super) fn disposable(dir: PathBuf) -> Outbox {
        Outbox { dir, durable: false }
    }

    /// Writes one message and answers with the file's path.
    pub(super) async fn deliver(
        &self,
        message: &Message,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<String, Outcome> {
        let (ending, bytes) = contents(message)?;
        let name = format!("{}.{ending}", message.delivery);
        marked(mark).await?;
        // Whatever fails here, repeating it leaves one file: that is not doubt.
        let written = self.write(&name, &bytes).await;
        written.map_err(|error| Outcome::NotSent(Problem::Unreachable { text: format!("{error:#}") }))?;
        Ok(self.dir.join(name).display().to_string())
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (path, unfinished) = (self.dir.join(name), self.dir.join(format!(".{name}.part")));
        let place = || format!("cannot write {}", path.display());
        fs::create_dir_all(&self.dir).await.with_context(place)?;
        let mut file = fs::File::create(&unfinished).await.with_context(place)?;
        file.write_all(bytes).await.with_context(place)?;
        file.flush().await.with_context(place)?;
        if self.durable {
            file.sync_all().await.with_context(place)?;
        }
        fs::rename(&unfinished, &path).await.with_context(place)?;
        if self.durable {
            fs::File::open(&self.dir).await.with_context(place)?.sync_all().await.with_context(place)?;
        }
        Ok(())
    }
}

fn contents(message: &Message) -> Result<(&'static str, Vec<u8>), Outcome> {
    mime::check_id(&message.delivery).map_err(|text| Outcome::Refused(Refusal::Unsendable { text }))?;
    match &message.content {
        Content::Email(email) => Ok(("eml", mime::build(&message.delivery, email)?.bytes)),
        Content::Slack { payload, .. } | Content::Teams { payload, .. } | Content::Webhook { body: payload, .. } => {
            Ok(("json", record(message, payload)))
        }
    }
}

fn record(message: &Message, payload: &Value) -> Vec<u8> {
    let record = json!({
        "id": message.delivery,
        "channel": message.channel().as_str(),
        "to": message.to(),
        "payload": payload,
    });
    format!("{record:#}\n").into_bytes()
}

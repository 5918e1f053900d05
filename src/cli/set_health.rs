//! `set ACCOUNT health=SCORE`: a person's score instead of the computed one, with who, why and until when.

use serde_json::json;

use super::ByHand;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::session::{Session, expect_account};
use crate::portfolio::import::score as by_hand_score;
use crate::time::utc_text;

pub async fn run(
    session: &Session,
    account: &str,
    score: &str,
    until: Option<Moment>,
    reason: Option<String>,
    by: ByHand,
) -> Result<Exit> {
    let score = by_hand_score(score.trim()).map_err(Failure::wrong)?;
    let store = session.store().await?;
    expect_account(&store, account).await?;
    let actor = session.actor(&store, by.by).await?;
    let until = until.map(|Moment(at)| at);
    let mut tx = store.begin().await?;
    let said = match (score, until, reason) {
        (None, ..) => {
            tx.end_health_override(account, actor.by()).await?;
            format!("{account}: the computed health counts again")
        }
        (Some(score), Some(until), Some(why)) if until > actor.now && !why.trim().is_empty() => {
            tx.override_health(account, score, until, actor.by(), why.trim()).await?;
            format!("{account}: health is {score} until {}, by {}: {}", utc_text(until), actor.name, why.trim())
        }
        (Some(_), Some(until), Some(_)) if until <= actor.now => {
            return Err(Failure::usage(format!("--until {until} is not after now, which is {}", actor.now)));
        }
        _ => return Err(Failure::usage("a score set by hand says until when and why: add --until DATE --reason TEXT")),
    };
    tx.commit().await?;
    let object =
        json!({ "account": account, "health": score, "until": until.filter(|_| score.is_some()).map(utc_text) });
    session.print.either(&object, || said)?;
    Ok(Exit::Done)
}

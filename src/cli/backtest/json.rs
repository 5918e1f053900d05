//! The figures as other programs read them. Keys are stable.

use serde_json::{Value, json};

use super::{Report, Stage};
use crate::runtime::backtest::{Churn, Figures, Limit, Lost};
use crate::time::utc_text;

/// One object for a whole backtest; `accounts` only when they are asked for.
pub fn report(report: &Report, with_accounts: bool) -> Value {
    let playbooks = report.figures.iter().map(|own| {
        let mut object = figures(own);
        if with_accounts {
            object["account_list"] = accounts(&own.churn);
        }
        if let Some((_, others)) = &report.against {
            let other = others.get(&own.playbook);
            object["against"] = other.map_or(Value::Null, figures);
            let lost = |one: &Churn, other: &Churn| one.newly_missed(other).iter().map(lost).collect::<Vec<_>>();
            object["newly_missed"] = json!(other.map(|other| lost(&own.churn, &other.churn)));
            object["newly_caught"] = json!(other.map(|other| lost(&other.churn, &own.churn)));
        }
        object
    });
    let mut object = head(&report.stage, &report.limits);
    object["accounts"] = json!(report.accounts);
    object["against"] = json!(report.against.as_ref().map(|(name, _)| name));
    object["playbooks"] = playbooks.collect();
    object
}

/// What every object begins with.
pub fn head(stage: &Stage, limits: &[Limit]) -> Value {
    json!({ "from": utc_text(stage.from), "until": utc_text(stage.until), "limits": limits })
}

/// The figures of one playbook.
pub fn figures(own: &Figures) -> Value {
    let (churn, mails) = (&own.churn, &own.summary.mails.per_week);
    let peak = own.summary.enrolled.peak().map(|(day, count)| json!({ "day": day, "count": count }));
    json!({
        "playbook": own.playbook,
        "version": own.version,
        "enrolled": own.entries,
        "accounts": own.accounts,
        "peak": peak,
        "parked": own.parked,
        "held_out": own.held_out,
        "mails": own.mails,
        "mails_per_contact_week": {
            "max": mails.most().map(|(_, _, count)| count),
            "median": mails.median(),
        },
        "tasks": own.summary.tasks.total(),
        "escalations": own.escalations,
        "churn": {
            "churned": churn.churned(),
            "caught": churn.caught.len(),
            "still_in": churn.still_in(),
            "missed": churn.missed.len(),
            "stayed": churn.stayed.len(),
            "precision": churn.precision(),
            "recall": churn.recall(),
            "median_days_before": churn.median_days(),
            "days_before": churn.histogram().map(|(days, count)| json!({ "days": days, "count": count })),
        },
        "missed_accounts": churn.missed.iter().map(lost).collect::<Vec<_>>(),
    })
}

fn lost(own: &Lost) -> Value {
    json!({ "account": own.account, "churned": utc_text(own.churned.at) })
}

fn accounts(churn: &Churn) -> Value {
    let caught = churn.caught.iter().map(|own| {
        json!({
            "account": own.account, "entered": utc_text(own.entered.at), "churned": utc_text(own.churned.at),
            "days": own.days, "was_in": own.was_in, "what": "caught",
        })
    });
    let missed = churn.missed.iter().map(|own| {
        json!({ "account": own.account, "entered": null, "churned": utc_text(own.churned.at), "days": null,
            "was_in": false, "what": "missed" })
    });
    let stayed = churn.stayed.iter().map(|own| {
        json!({ "account": own.account, "entered": utc_text(own.entered.at), "churned": null, "days": null, "was_in": false,
            "what": "stayed" })
    });
    caught.chain(missed).chain(stayed).collect()
}

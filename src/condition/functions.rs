//! The functions of the language: one table from which the checks, the suggestions and the
//! reference pages come.

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Contact,
    HasContact,
    Person,
    Role,
    Outcome,
    Task,
    InPlaybook,
    DaysSinceContact,
    Was,
    Changed,
    DaysUntil,
    DaysSince,
    BusinessDaysUntil,
    BusinessDaysSince,
    Within,
    IsEmpty,
    HasTag,
    StartsWith,
    EndsWith,
    Contains,
    Lower,
    Round,
    Abs,
    Min,
    Max,
}

/// How a function is written and what it means.
pub struct Usage {
    pub function: Function,
    pub name: &'static str,
    /// What it gives, in words.
    pub gives: &'static str,
    /// A call as an author would write it.
    pub example: &'static str,
    pub doc: &'static str,
}

/// Every function of the language, in the order of the reference page.
pub const FUNCTIONS: [Usage; 25] = [
    usage(
        Function::Contact,
        "contact",
        "the field's",
        "contact(\"champion\").email",
        "the active contact with that persona",
    ),
    usage(Function::HasContact, "has_contact", "yes or no", "has_contact(\"champion\")", "whether there is one"),
    usage(Function::Person, "person", "the field's", "person(account.owner).manager", "someone on our side"),
    usage(Function::Role, "role", "person", "role(\"vp_cs\")", "the person who holds a role"),
    usage(
        Function::Outcome,
        "outcome",
        "choice",
        "outcome(\"kickoff\") == \"done\"",
        "how an earlier step ended: done, skipped, failed, timed_out or cancelled",
    ),
    usage(Function::Task, "task", "yes or no", "task(\"save-plan\").done", "whether the task of a step is done"),
    usage(
        Function::InPlaybook,
        "in_playbook",
        "yes or no",
        "in_playbook(\"at-risk\")",
        "whether it is active on the account",
    ),
    usage(
        Function::DaysSinceContact,
        "days_since_contact",
        "number",
        "days_since_contact() > 30",
        "days since the latest sent mail or contact event",
    ),
    usage(Function::Was, "was", "the field's", "was(account.arr, 30)", "a field's value N days ago"),
    usage(
        Function::Changed,
        "changed",
        "yes or no",
        "changed(account.owner, 7)",
        "whether a field changed in the last N days",
    ),
    usage(
        Function::DaysUntil,
        "days_until",
        "number",
        "days_until(account.renewal_date)",
        "whole local days from today",
    ),
    usage(
        Function::DaysSince,
        "days_since",
        "number",
        "days_since(account.start_date)",
        "whole local days up to today",
    ),
    usage(
        Function::BusinessDaysUntil,
        "business_days_until",
        "number",
        "business_days_until(account.renewal_date)",
        "business days in (today, date], negative when past",
    ),
    usage(
        Function::BusinessDaysSince,
        "business_days_since",
        "number",
        "business_days_since(account.start_date)",
        "the same counted back from today",
    ),
    usage(
        Function::Within,
        "within",
        "yes or no",
        "within(account.renewal_date, \"30d\")",
        "today <= date <= today + span",
    ),
    usage(Function::IsEmpty, "is_empty", "yes or no", "is_empty(account.owner)", "whether nothing is recorded"),
    usage(Function::HasTag, "has_tag", "yes or no", "has_tag(account.tags, \"vip\")", "whether the tag is in the list"),
    usage(Function::StartsWith, "starts_with", "yes or no", "starts_with(account.name, \"A\")", "exact letters"),
    usage(Function::EndsWith, "ends_with", "yes or no", "ends_with(account.name, \"Inc\")", "exact letters"),
    usage(Function::Contains, "contains", "yes or no", "contains(account.name, \"test\")", "exact letters"),
    usage(Function::Lower, "lower", "text", "lower(account.region)", "the text in lower case"),
    usage(
        Function::Round,
        "round",
        "number",
        "round(account.arr / 12)",
        "to the nearest whole number, halves away from zero",
    ),
    usage(Function::Abs, "abs", "number", "abs(health.change(30))", "without its sign"),
    usage(Function::Min, "min", "number", "min(account.arr, 1000)", "the smallest of the numbers"),
    usage(Function::Max, "max", "number", "max(account.arr, 1000)", "the largest of the numbers"),
];

const fn usage(
    function: Function,
    name: &'static str,
    gives: &'static str,
    example: &'static str,
    doc: &'static str,
) -> Usage {
    Usage { function, name, gives, example, doc }
}

impl Function {
    /// The function of that name.
    pub fn named(name: &str) -> Option<Function> {
        FUNCTIONS.iter().find(|usage| usage.name == name).map(|usage| usage.function)
    }

    /// Its row of the table.
    pub fn usage(self) -> &'static Usage {
        FUNCTIONS.iter().find(|usage| usage.function == self).expect("every function is in the table")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_one_row_whose_example_names_it() {
        for row in &FUNCTIONS {
            assert_eq!(Function::named(row.name), Some(row.function));
            assert!(row.example.starts_with(row.name), "{}", row.example);
        }
    }
}

//! What the refusals of a mail relay mean, as a table. The phase of the conversation matters more than the digit
//! of the reply. The classes follow RFC 5321 (codes) and RFC 3463 (enhanced status codes).

use super::SmtpStage;

/// What a refusal in an SMTP conversation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SmtpClass {
    /// Nothing to do with this mail: the relay will be back.
    RelayDown,
    /// Nothing to do with this mail: the deployment is wrong.
    Misconfigured,
    /// Later perhaps.
    Soft,
    /// There is no such address.
    HardBounce,
    /// This mail will not be taken, which says nothing about the address.
    Rejected,
}

/// A row of the table below: first match wins, an empty list matches everything.
struct SmtpRule {
    stages: &'static [SmtpStage],
    codes: &'static [(u16, u16)],
    /// Enhanced status codes of RFC 3463.
    enhanced: &'static [&'static str],
    class: SmtpClass,
}

const fn rule(
    stages: &'static [SmtpStage],
    codes: &'static [(u16, u16)],
    enhanced: &'static [&'static str],
    class: SmtpClass,
) -> SmtpRule {
    SmtpRule { stages, codes, enhanced, class }
}

const BEFORE_MAIL: &[SmtpStage] = &[SmtpStage::Greeting, SmtpStage::StartTls, SmtpStage::Auth];
const PERMANENT: (u16, u16) = (500, 599);
const NO_SUCH_ADDRESS: &[&str] = &["5.1.1", "5.1.2", "5.1.3", "5.1.10", "5.2.1"];

const SMTP: &[SmtpRule] = &[
    rule(&[], &[(421, 421)], &[], SmtpClass::RelayDown),
    rule(&[], &[(530, 530), (534, 535), (538, 538)], &[], SmtpClass::Misconfigured),
    rule(&[SmtpStage::Auth, SmtpStage::StartTls], &[(454, 454)], &[], SmtpClass::Misconfigured),
    rule(BEFORE_MAIL, &[PERMANENT], &[], SmtpClass::Misconfigured),
    rule(BEFORE_MAIL, &[], &[], SmtpClass::RelayDown),
    rule(&[], &[(400, 499)], &[], SmtpClass::Soft),
    rule(&[], &[(552, 552)], &["5.3.4"], SmtpClass::Rejected),
    rule(&[], &[(552, 552)], &["5.2.2"], SmtpClass::Soft),
    // RFC 5321 4.5.3.1.10 asks to read 552 to RCPT as 452.
    rule(&[SmtpStage::Recipient], &[(552, 552)], &[], SmtpClass::Soft),
    rule(
        &[SmtpStage::Recipient, SmtpStage::Message],
        &[(550, 551), (553, 553)],
        NO_SUCH_ADDRESS,
        SmtpClass::HardBounce,
    ),
    // Policy, content, our own mistakes: none of them says that the address is bad.
    rule(&[], &[PERMANENT], &[], SmtpClass::Rejected),
];

/// The class of a reply that refused something at that stage.
pub(super) fn smtp_class(stage: SmtpStage, code: u16, enhanced: Option<&str>) -> SmtpClass {
    let fits = |rule: &&SmtpRule| {
        (rule.stages.is_empty() || rule.stages.contains(&stage))
            && (rule.codes.is_empty() || rule.codes.iter().any(|(low, high)| (*low..=*high).contains(&code)))
            && (rule.enhanced.is_empty() || enhanced.is_some_and(|status| rule.enhanced.contains(&status)))
    };
    // Anything else is not a reply SMTP knows; before the mark that is a relay out of order.
    SMTP.iter().find(fits).map_or(SmtpClass::RelayDown, |rule| rule.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_has_its_class() {
        use SmtpClass::*;
        use SmtpStage::*;
        let rows = [
            (Greeting, 421, "", RelayDown),
            (Greeting, 450, "", RelayDown),
            (Greeting, 554, "5.7.1", Misconfigured),
            (Greeting, 500, "", Misconfigured),
            (StartTls, 454, "4.7.0", Misconfigured),
            (Auth, 421, "", RelayDown),
            (Auth, 432, "4.7.12", RelayDown),
            (Auth, 454, "4.7.0", Misconfigured),
            (Auth, 530, "", Misconfigured),
            (Auth, 534, "5.7.9", Misconfigured),
            (Auth, 535, "5.7.8", Misconfigured),
            (Auth, 538, "5.7.11", Misconfigured),
            (Sender, 421, "", RelayDown),
            (Sender, 451, "4.3.0", Soft),
            (Sender, 530, "5.7.0", Misconfigured),
            (Sender, 550, "5.7.1", Rejected),
            (Recipient, 421, "4.3.2", RelayDown),
            (Recipient, 450, "4.2.1", Soft),
            (Recipient, 451, "", Soft),
            (Recipient, 452, "4.2.2", Soft),
            (Recipient, 552, "5.2.2", Soft),
            (Recipient, 552, "", Soft),
            (Recipient, 552, "5.3.4", Rejected),
            (Recipient, 550, "5.1.1", HardBounce),
            (Recipient, 550, "5.1.2", HardBounce),
            (Recipient, 553, "5.1.3", HardBounce),
            (Recipient, 550, "5.1.10", HardBounce),
            (Recipient, 551, "5.2.1", HardBounce),
            (Recipient, 550, "5.7.1", Rejected),
            (Recipient, 554, "5.4.1", Rejected),
            (Recipient, 550, "", Rejected),
            (Data, 421, "", RelayDown),
            (Data, 451, "", Soft),
            (Data, 503, "5.5.1", Rejected),
            (Message, 421, "", RelayDown),
            (Message, 451, "4.3.0", Soft),
            (Message, 550, "5.1.1", HardBounce),
            (Message, 550, "5.7.1", Rejected),
            (Message, 552, "5.2.2", Soft),
            (Message, 552, "5.3.4", Rejected),
            (Message, 554, "5.6.0", Rejected),
            (Message, 555, "", Rejected),
        ];
        for (stage, code, enhanced, expected) in rows {
            let enhanced_status = Some(enhanced).filter(|status| !status.is_empty());
            assert_eq!(smtp_class(stage, code, enhanced_status), expected, "{stage:?} {code} {enhanced}");
        }
    }
}

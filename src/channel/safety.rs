//! What keeps a deployment that is not production from mailing customers.

use super::AddressRange;
use crate::engine::delivery::{Address, Content, Message, Outcome, Refusal};

/// `[safety]` of the deployment file.
#[derive(Clone, Debug, Default)]
pub struct Safety {
    /// When not empty, mail goes to these domains only.
    pub allowed_recipient_domains: Vec<String>,
    /// When given, all mail goes to this address instead, with the true recipient in the subject.
    pub redirect_all_to: Option<String>,
    /// Private addresses that chat and webhooks may reach all the same.
    pub allow_private: Vec<AddressRange>,
}

impl Safety {
    /// The message as it may leave, or why it may not.
    pub(super) fn applied(&self, message: &Message) -> Result<Message, Outcome> {
        let mut message = message.clone();
        if let Content::Email(email) = &mut message.content {
            if let Some(staging) = &self.redirect_all_to {
                email.subject = format!("[to {}] {}", email.recipient().email, email.subject);
                (email.to, email.copy_to) = (Address { name: None, email: staging.clone() }, None);
                // A reply to all must not reach a customer either.
                email.cc.clear();
            }
            self.check_domain(&email.recipient().email)?;
        }
        Ok(message)
    }

    fn check_domain(&self, email: &str) -> Result<(), Outcome> {
        let domain = email.rsplit_once('@').map_or(email, |(_, domain)| domain).to_lowercase();
        let allowed = &self.allowed_recipient_domains;
        if allowed.is_empty() || allowed.iter().any(|known| known.to_lowercase() == domain) {
            return Ok(());
        }
        Err(Outcome::Refused(Refusal::DomainNotAllowed { domain }))
    }
}

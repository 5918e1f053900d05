//! Whether a text fits the step that uses it: tried on the invented account with what that step has.

use super::{RenderError, Rendered, TemplateId, Templates, sample};

/// What a step gives its texts, besides the account.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    /// Somebody at the customer reads it: `contact` is that reader.
    pub has_reader: bool,
    /// The kind of the event that starts the playbook.
    pub event: Option<String>,
    /// The steps that `outcome()` and `task()` may name.
    pub steps: Vec<String>,
}

impl Templates {
    /// Fills the text in as the step would for an account that has everything; none for a text that is wrong itself,
    /// which has been reported.
    pub fn try_on(&self, id: &TemplateId, fit: &Fit) -> Option<Result<Rendered, RenderError>> {
        self.entries.get(id).filter(|entry| entry.is_sound)?;
        let (facts, extra) = sample::invented(self.registry.as_ref()?, Some(fit));
        Some(self.render(id, facts, &extra))
    }
}

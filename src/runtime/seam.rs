//! The seam in the history of health: where one model ends and the next begins.

use anyhow::Result;

use super::Runtime;
use crate::time::Timestamp;

impl Runtime {
    /// Notes when the book's health model scores otherwise than the one before. What that one stored is not used any
    /// more: every account is read and looked at again, and past scores are computed anew when a condition asks.
    pub(super) async fn mark_seam(&mut self, now: Timestamp) -> Result<()> {
        let model = self.world.book.health.fingerprint.clone();
        if self.scored_by.as_ref() == Some(&model) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let is_new = tx.record_health_model(&model, now).await?;
        if is_new {
            tx.wake_all(now).await?;
        }
        tx.commit().await?;
        if is_new {
            self.resident.clear();
            self.world.health_seam = self.store.health_seam().await?;
        }
        self.scored_by = Some(model);
        Ok(())
    }
}

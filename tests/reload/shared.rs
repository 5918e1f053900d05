//! Edits of files that all playbooks share.

use super::*;

#[tokio::test]
async fn an_edit_of_a_shared_file_is_told_and_one_that_goes_most_of_all() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        let never = |status: &str| format!("[never]\nwhen = 'account.status == \"{status}\"'\n");
        let edits = [
            (Some(never("churned")), "book: `policy.toml` is in force"),
            (Some(never("paused")), "book: `policy.toml` is in force as it is now"),
            (None, "book: `policy.toml` is gone: nothing of it holds any more"),
        ];
        for (hour, (text, expected)) in edits.into_iter().enumerate() {
            match text {
                Some(text) => stage.write("policy.toml", &text),
                None => fs::remove_file(stage.folder.path().join("policy.toml")).unwrap(),
            }
            let said = stage.poll().await.expect("a report").lines().join("\n");
            assert!(said.ends_with(expected), "{said}");
            stage.play_until(&format!("2026-03-03T0{}:00:00Z", hour + 1)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn shared_files_that_are_wrong_stay_as_they_were_also_after_a_restart() {
    on_every_database(async |store| {
        let mut stage = Stage::set(store).await;
        stage.play_until("2026-03-03T00:00:00Z").await;
        stage.write("account.toml", "[fields.score]\ntype = \"nummer\"\n");
        let said = stage.poll().await.expect("a report").stays.join("\n");
        assert!(said.starts_with("the shared files stay as they were: account.toml:2"), "{said}");
        assert_eq!(stage.restart().await.stays.join("\n"), said);
        assert_eq!(stage.play_until("2026-03-31T00:00:00Z").await.len(), 2);
    })
    .await;
}

//! The book in force: the version of each playbook, the shared files, and what a new edition has to ask before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::db::on;
use super::value::micros;
use super::words::word;
use super::{Error, Result, Store, Tx};
use crate::book::{Book, Kept, KeptVersion, Playbook};
use crate::engine::desk::{ApprovalKind, ApprovalState};
use crate::time::Timestamp;

/// A version is kept for as long as it is in force or an enrollment is on it.
const KEPT: &str = "select * from (
        select v.playbook, v.version, v.file, v.body, v.templates,
            (select count(*) from enrollment e
                where e.playbook = v.playbook and e.version = v.version and e.state = 'active') as running,
            (select count(*) from playbook p where p.id = v.playbook and p.version = v.version) as in_force
        from playbook_version v where v.file <> '') as own
    where running > 0 or in_force > 0 order by playbook, version";

/// The steps that active enrollments of a version are at, or come to next.
const WAITED_FOR: &str = "select step, count(distinct enrollment_id) from (
        select e.id as enrollment_id, e.next_step as step from enrollment e
            where e.playbook = $1 and e.version = $2 and e.state = 'active' and e.next_step is not null
        union all
        select s.enrollment_id, s.step from step_run s join enrollment e on e.id = s.enrollment_id
            where e.playbook = $1 and e.version = $2 and e.state = 'active'
                and s.state in ('held', 'approving', 'approved', 'waiting')) as waited
    group by step order by step";

#[derive(sqlx::FromRow)]
struct KeptRow {
    playbook: String,
    version: String,
    file: String,
    body: String,
    templates: String,
    running: i64,
}

/// A version of a playbook, or the shared files, whose going live a person is asked about.
#[derive(Clone, Copy, Debug)]
pub struct ReloadQuestion<'a> {
    pub id: &'a str,
    pub playbook: &'a str,
    pub approver: Option<&'a str>,
}

impl Store {
    /// The book in force, and the older versions that enrollments are on.
    pub async fn kept_book(&self) -> Result<Kept> {
        const IN_FORCE: &str = "select id, version, is_withdrawn from playbook where version is not null";
        const SHARED: &str = "select path, body from shared_file";
        let in_force: Vec<(String, String, bool)> = on!(read self, db => sqlx::query_as(IN_FORCE).fetch_all(db).await?);
        let shared: Vec<(String, String)> = on!(read self, db => sqlx::query_as(SHARED).fetch_all(db).await?);
        let versions: Vec<KeptRow> = on!(read self, db => sqlx::query_as(KEPT).fetch_all(db).await?);
        let withdrawn = in_force.iter().filter(|(_, _, is_withdrawn)| *is_withdrawn);
        Ok(Kept {
            shared: shared.into_iter().collect(),
            withdrawn: withdrawn.map(|(id, ..)| id.as_str().into()).collect(),
            in_force: in_force.iter().map(|(id, version, _)| (id.as_str().into(), version.as_str().into())).collect(),
            versions: versions.into_iter().map(KeptRow::read).collect::<Result<_>>()?,
        })
    }

    /// The versions whose text is kept, as playbook and version.
    pub async fn versions(&self) -> Result<BTreeSet<(Arc<str>, Arc<str>)>> {
        const TEXT: &str = "select playbook, version from playbook_version where file <> ''";
        let rows: Vec<(String, String)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(playbook, version)| (playbook.into(), version.into())).collect())
    }

    /// The steps that active enrollments of a version are at or come to next, with how many.
    pub async fn waited_for(&self, playbook: &str, version: &str) -> Result<Vec<(String, i64)>> {
        let (playbook, version) = (playbook.to_owned(), version.to_owned());
        Ok(on!(read self, db => sqlx::query_as(WAITED_FOR).bind(playbook).bind(version).fetch_all(db).await?))
    }

    /// What people have said, or have not yet, about going live.
    pub async fn reload_answers(&self) -> Result<BTreeMap<String, ApprovalState>> {
        const TEXT: &str = "select id, state from approval where kind = $1";
        let kind = ApprovalKind::Reload.as_str();
        let rows: Vec<(String, String)> = on!(read self, db => sqlx::query_as(TEXT).bind(kind).fetch_all(db).await?);
        let state = |text: &str| word("the approval state", &ApprovalState::ALL, ApprovalState::as_str, text);
        rows.into_iter().map(|(id, text)| Ok((id, state(&text)?))).collect()
    }

    /// Asks these questions, each once; those that are still open and not among them have lapsed with their version.
    pub async fn ask_about_reload(&self, questions: &[ReloadQuestion<'_>], now: Timestamp) -> Result<()> {
        const ASK: &str = "insert into approval (id, kind, playbook, approver, asked_at, state)
            values ($1, $2, $3, $4, $5, 'waiting') on conflict (id) do update set state = 'waiting'
            where approval.state = 'expired'";
        const LAPSE: &str =
            "update approval set state = 'expired', decided_at = $2 where id = $1 and state = 'waiting'";
        let mut tx = self.begin().await?;
        const OPEN: &str = "select id from approval where kind = 'reload' and state = 'waiting'";
        let open: Vec<String> = on!(tx &mut tx, db => sqlx::query_scalar(OPEN).fetch_all(db).await?);
        for id in open {
            if !questions.iter().any(|own| own.id == id) {
                on!(tx &mut tx, db => sqlx::query(LAPSE).bind(id).bind(micros(now)).execute(db).await.map(|_| ())?);
            }
        }
        for own in questions {
            let (id, playbook) = (own.id.to_owned(), own.playbook.to_owned());
            let (kind, approver) = (ApprovalKind::Reload.as_str(), own.approver.map(str::to_owned));
            on!(tx &mut tx, db => sqlx::query(ASK).bind(id).bind(kind).bind(playbook).bind(approver)
                .bind(micros(now)).execute(db).await.map(|_| ())?);
        }
        tx.commit().await
    }
}

impl Tx {
    /// Keeps what a version of a playbook was read from: enrollments go on with it, and history is explained by it.
    pub async fn record_version(&mut self, playbook: &Playbook, seen_at: Timestamp) -> Result<()> {
        const TEXT: &str = "insert into playbook_version (playbook, version, first_seen_at, body, file, templates)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (playbook, version) do update set file = excluded.file, templates = excluded.templates";
        let Playbook { id, version, text, file, .. } = playbook;
        let templates: BTreeMap<&str, &str> =
            playbook.templates.iter().map(|(path, text)| (&**path, &**text)).collect();
        let templates = serde_json::to_string(&templates)?;
        on!(tx self, db => sqlx::query(TEXT).bind(id.to_string()).bind(version.to_string()).bind(micros(seen_at))
            .bind(text.to_string()).bind(file.to_string()).bind(templates).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// The book is in force from now on: what is not in it is in force no more.
    pub async fn put_in_force(&mut self, book: &Book) -> Result<()> {
        const NONE: &str = "update playbook set version = null, is_withdrawn = false";
        const PLAYBOOK: &str = "insert into playbook (id, version, is_withdrawn) values ($1, $2, $3)
            on conflict (id) do update set version = excluded.version, is_withdrawn = excluded.is_withdrawn";
        const SHARED: &str = "insert into shared_file (path, body) values ($1, $2)";
        on!(tx &mut *self, db => sqlx::query(NONE).execute(db).await.map(|_| ())?);
        for own in book.playbooks.values() {
            let (id, version) = (own.id.to_string(), own.version.to_string());
            on!(tx &mut *self, db => sqlx::query(PLAYBOOK).bind(id).bind(version).bind(own.is_withdrawn)
                .execute(db).await.map(|_| ())?);
        }
        on!(tx &mut *self, db => sqlx::query("delete from shared_file").execute(db).await.map(|_| ())?);
        for (path, text) in book.shared.iter() {
            let (path, text) = (path.clone(), text.clone());
            on!(tx &mut *self, db => sqlx::query(SHARED).bind(path).bind(text).execute(db).await.map(|_| ())?);
        }
        Ok(())
    }
}

impl KeptRow {
    fn read(self) -> Result<KeptVersion> {
        let unreadable = |_| Error::unreadable("the templates of a version", &self.templates);
        Ok(KeptVersion {
            templates: serde_json::from_str(&self.templates).map_err(unreadable)?,
            playbook: self.playbook.into(),
            version: self.version.into(),
            file: self.file.into(),
            text: self.body,
            running: self.running as usize,
        })
    }
}

//! One daemon per SQLite file.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};

use super::{Error, Result};

/// Held by the daemon while it runs; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct DaemonLock {
    _file: Option<File>,
}

impl DaemonLock {
    /// Takes the lock beside a SQLite file (`FILE.lock`, which holds the process id). Postgres and a database in
    /// memory need none: there, claims keep daemons apart, or nobody else can see it.
    pub fn take(url: &str) -> Result<DaemonLock> {
        let Some(path) = url.strip_prefix("sqlite:").filter(|path| *path != ":memory:") else {
            return Ok(DaemonLock { _file: None });
        };
        let name = format!("{}.lock", path.trim_start_matches("//"));
        let broken = |source| Error::LockFile { file: name.clone(), source };
        let mut file = open(&name).map_err(broken)?;
        match file.try_lock() {
            Ok(()) => sign(&mut file).map_err(broken)?,
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { pid: holder(&mut file), file: name }),
            Err(TryLockError::Error(source)) => return Err(broken(source)),
        }
        Ok(DaemonLock { _file: Some(file) })
    }
}

fn open(name: &str) -> std::io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(name)
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// Who holds the lock, as it signed; between taking and signing nobody has.
fn holder(file: &mut File) -> String {
    let mut pid = String::new();
    match file.read_to_string(&mut pid) {
        Ok(0) | Err(_) => "not yet written".to_owned(),
        Ok(_) => pid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_is_refused_and_told_who_holds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/a.db", folder.path().display());
        let first = DaemonLock::take(&url).unwrap();
        let refused = DaemonLock::take(&url).unwrap_err().to_string();
        assert!(refused.contains(&std::process::id().to_string()), "{refused}");
        drop(first);
        DaemonLock::take(&url).unwrap();
    }

    #[test]
    fn memory_and_postgres_need_no_lock() {
        for url in ["sqlite::memory:", "postgres://cs@db.us.example/playcaller"] {
            DaemonLock::take(url).unwrap();
            DaemonLock::take(url).unwrap();
        }
    }
}

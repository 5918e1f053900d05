//! One daemon per SQLite file.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::db::{expect_place, sqlite_file};
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
        let Some(path) = sqlite_file(url) else {
            return Ok(DaemonLock { _file: None });
        };
        expect_place(path)?;
        let path = real(path).map_err(|source| Error::LockFile { file: path.display().to_string(), source })?;
        let name = format!("{}.lock", path.display());
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

/// The path without links, so that a file has one lock by whatever name it is called. It need not exist yet.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if !path.exists() => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            Ok(folder.canonicalize()?.join(name))
        }
        _ => path.canonicalize(),
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
    fn one_file_has_one_lock_by_whatever_name_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().display();
        let _first = DaemonLock::take(&format!("sqlite:{folder}/a.db")).unwrap();
        let again = DaemonLock::take(&format!("sqlite:///{folder}/./a.db"));
        assert!(matches!(again, Err(Error::Locked { .. })), "{again:?}");
    }

    #[test]
    fn memory_and_postgres_need_no_lock() {
        for url in ["sqlite::memory:", "postgres://cs@db.us.example/playcaller"] {
            DaemonLock::take(url).unwrap();
            DaemonLock::take(url).unwrap();
        }
    }
}

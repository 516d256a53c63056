//! The key file: a ring of sealing keys, the key of the blind index and the key of the checkpoints.
//!
//! It lies outside the database (`<database>.keys` beside an SQLite file, or where `--keys` says), readable by its owner
//! only, and must be kept apart from the backups: who has both can read everything, who loses it can read nothing.
//! Plain text, one key a line:
//!
//! ```text
//! guichet-keys 1
//! index <64 hex digits>
//! checkpoint <64 hex digits>
//! key 1 <64 hex digits>
//! current 1
//! ```

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use super::Secret;
use crate::error::{Error, Result};

const FIRST_LINE: &str = "guichet-keys 1";

#[derive(Clone)]
struct Ring {
    index: Secret,
    checkpoint: Secret,
    sealing: BTreeMap<u32, Secret>,
    current: u32,
}

/// The keys in use. Shared behind an `Arc`; a key that another process added to the file is found by itself.
pub struct Keys {
    ring: RwLock<Ring>,
    path: Option<PathBuf>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// New keys that live only in memory.
    pub fn generate() -> Self {
        let ring = Ring {
            index: secret(),
            checkpoint: secret(),
            sealing: BTreeMap::from([(1, secret())]),
            current: 1,
        };
        Self { ring: RwLock::new(ring), path: None }
    }

    /// New keys in a new file, readable by the owner only. An existing file is never overwritten.
    pub fn create(path: &Path) -> Result<Self> {
        let keys = Self { path: Some(path.to_owned()), ..Self::generate() };
        write_new(path, &keys.ring().to_text()).map_err(|cause| fault(path, &cause.to_string()))?;
        Ok(keys)
    }

    /// Reads a key file. Refuses one that everybody on the machine can read.
    pub fn load(path: &Path) -> Result<Self> {
        Ok(Self { ring: RwLock::new(read(path)?), path: Some(path.to_owned()) })
    }

    /// Adds a sealing key to the ring and to the file, and makes it the current one; its id. What is sealed stays
    /// readable; [`super::rotate::rotate`] seals it anew.
    pub fn add_key(&self) -> Result<u32> {
        let mut ring = self.path.as_deref().map_or_else(|| Ok(self.ring()), read)?;
        let id = ring.sealing.keys().next_back().map_or(1, |last| last + 1);
        ring.sealing.insert(id, secret());
        ring.current = id;
        self.replace(ring)?;
        Ok(id)
    }

    /// Takes all sealing keys but the current one out of the ring and the file. Only after a rotation is done.
    pub fn forget_old_keys(&self) -> Result<()> {
        let mut ring = self.path.as_deref().map_or_else(|| Ok(self.ring()), read)?;
        let current = ring.current;
        ring.sealing.retain(|id, _| *id == current);
        self.replace(ring)
    }

    /// What a database keeps of its keys, to know them again.
    pub(crate) fn fingerprint(&self) -> String {
        hex(&self.blind("keys", "this registry"))
    }

    /// The id of the key that seals now.
    pub fn current_id(&self) -> u32 {
        self.ring().current
    }

    pub(super) fn current(&self) -> (u32, Secret) {
        let ring = self.ring();
        let key = ring.sealing.get(&ring.current).cloned().unwrap_or_default();
        (ring.current, key)
    }

    /// The key of this id; looks into the file again when it is not known yet.
    pub(super) fn by_id(&self, id: u32) -> Option<Secret> {
        if let Some(key) = self.ring().sealing.get(&id) {
            return Some(key.clone());
        }
        let ring = read(self.path.as_deref()?).ok()?;
        let key = ring.sealing.get(&id).cloned()?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Some(key)
    }

    pub(super) fn index(&self) -> Secret {
        self.ring().index
    }

    pub(super) fn checkpoint(&self) -> Secret {
        self.ring().checkpoint
    }

    fn ring(&self) -> Ring {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, ring: Ring) -> Result<()> {
        if let Some(path) = &self.path {
            let beside = path.with_extension("keys-new");
            let _ = std::fs::remove_file(&beside);
            write_new(&beside, &ring.to_text())
                .and_then(|()| std::fs::rename(&beside, path))
                .map_err(|cause| fault(path, &cause.to_string()))?;
        }
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }
}

impl Ring {
    fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(FIRST_LINE));
        let _ = write!(
            text,
            "\nindex {}\ncheckpoint {}\n",
            hex(self.index.as_slice()),
            hex(self.checkpoint.as_slice())
        );
        for (id, key) in &self.sealing {
            let _ = writeln!(text, "key {id} {}", hex(key.as_slice()));
        }
        let _ = writeln!(text, "current {}", self.current);
        text
    }

    /// The fault names the line, never what stands in it.
    fn from_text(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, line)| line.trim()) != Some(FIRST_LINE) {
            return Err("this is not a key file".into());
        }
        let (mut index, mut checkpoint, mut current, mut sealing) = (None, None, None, BTreeMap::new());
        for (number, line) in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            let read = match words.as_slice() {
                [] => Some(()),
                ["index", key] => unhex(key).map(|key| index = Some(key)),
                ["checkpoint", key] => unhex(key).map(|key| checkpoint = Some(key)),
                ["current", id] => id.parse().ok().map(|id: u32| current = Some(id)),
                ["key", id, key] => {
                    id.parse().ok().zip(unhex(key)).map(|(id, key)| drop(sealing.insert(id, key)))
                }
                _ => None,
            };
            read.ok_or_else(|| format!("line {} cannot be read", number + 1))?;
        }
        match (index, checkpoint, current) {
            (Some(index), Some(checkpoint), Some(current)) if sealing.contains_key(&current) => {
                Ok(Self { index, checkpoint, sealing, current })
            }
            _ => Err("a key is missing".into()),
        }
    }
}

fn read(path: &Path) -> Result<Ring> {
    let meta = std::fs::metadata(path).map_err(|cause| fault(path, &cause.to_string()))?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o007 != 0 {
        return Err(fault(path, "everybody on this machine can read it; chmod 600 it"));
    }
    if !meta.is_file() {
        return Err(fault(path, "this is not a file"));
    }
    let text =
        std::fs::read_to_string(path).map(Zeroizing::new).map_err(|cause| fault(path, &cause.to_string()))?;
    Ring::from_text(&text).map_err(|what| fault(path, &what))
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn fault(path: &Path, what: &str) -> Error {
    Error::Setup(format!("keys {}: {what}", path.display()))
}

fn secret() -> Secret {
    Zeroizing::new(rand::random())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Secret> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;
    use uuid::Uuid;

    const HERE: Place<'static> = Place { table: "t", column: "c", row: Uuid::nil(), agency: "" };

    #[test]
    fn keys_written_are_keys_read_and_the_file_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.keys");
        let keys = Keys::create(&path).unwrap();
        let sealed = keys.seal(&HERE, b"x").unwrap();
        assert_eq!(*Keys::load(&path).unwrap().open(&HERE, &sealed).unwrap(), b"x");
        assert!(Keys::create(&path).is_err(), "never overwritten");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let refused = Keys::load(&path).unwrap_err().to_string();
        assert!(refused.contains("everybody"), "{refused}");
    }

    #[test]
    fn a_key_added_by_another_process_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guichet.keys");
        let server = Keys::create(&path).unwrap();
        let old = server.seal(&HERE, b"old").unwrap();
        let command = Keys::load(&path).unwrap();
        assert_eq!(command.add_key().unwrap(), 2);
        let new = command.seal(&HERE, b"new").unwrap();
        assert_eq!(*server.open(&HERE, &new).unwrap(), b"new");
        assert_eq!(server.current_id(), 2);
        assert_eq!(*command.open(&HERE, &old).unwrap(), b"old");
        command.forget_old_keys().unwrap();
        assert!(Keys::load(&path).unwrap().open(&HERE, &old).is_err());
    }

    #[test]
    fn a_damaged_file_is_refused_without_showing_a_key() {
        let text = Keys::generate().ring().to_text();
        for damaged in [
            "",
            "something else",
            &text.replace("index", "idnex"),
            &text.replace("current 1", "current 9"),
            &text.replace("checkpoint ", "checkpoint 0"),
        ] {
            let Err(fault) = Ring::from_text(damaged) else { panic!("{damaged}") };
            assert!(fault.len() < 40, "{fault}");
        }
        assert!(Ring::from_text(&text).is_ok());
    }
}

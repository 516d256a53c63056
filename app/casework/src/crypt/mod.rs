//! Fields sealed at rest, and keyed hashes to find them by.
//!
//! A sealed field is XChaCha20-Poly1305 under a key that never lies in the database. The place it belongs to (table,
//! column, row, agency) is bound in as associated data, so that a ciphertext moved to another row does not open; each
//! agency has a key of its own, derived from the ring's. Layout: version (1 byte) · key id (4, big endian) · nonce (24) ·
//! ciphertext with tag.
//!
//! A blind index is an HMAC of the normalised value under a key of its own; it is kept beside the sealed field and finds
//! equal values. Only for values of high entropy (identifiers, phones): a hash of a birth date would be guessed.
//!
//! To seal a column: `keys.seal(&Place { … }, text.as_bytes())` into a BLOB/BYTEA, and add the column to
//! [`rotate::SEALED`], so that a change of keys reaches it.

pub mod keys;
pub mod rotate;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use keys::Keys;

use crate::error::{Error, Result};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const HEAD: usize = 1 + 4 + NONCE;

/// 32 bytes that are wiped from memory when no longer needed.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Where a sealed field belongs. It opens only there.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// The row's own id.
    pub row: Uuid,
    /// The agency that keeps it; `""` for the registry's own.
    pub agency: &'a str,
}

impl Place<'_> {
    fn associated(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in
            [self.table.as_bytes(), self.column.as_bytes(), self.row.as_bytes(), self.agency.as_bytes()]
        {
            push_part(&mut bytes, part);
        }
        bytes
    }
}

impl Keys {
    /// Seals under the current key.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        let (id, key) = self.current();
        let nonce: [u8; NONCE] = rand::random();
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + 16);
        sealed.push(VERSION);
        sealed.extend_from_slice(&id.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        let cipher = cipher(&key, place.agency)?;
        let text = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &place.associated() })
            .map_err(|_| Error::internal("sealing failed"))?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what was sealed for this place. A field that was moved, damaged or sealed under a key we do not have is an
    /// internal error: the registry is not what it was.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let fault = |what: &str| {
            Error::internal(format!("{}.{} of {}: {what}", place.table, place.column, place.row))
        };
        let id = key_id(sealed).ok_or_else(|| fault("not a sealed field"))?;
        let key = self.by_id(id).ok_or_else(|| fault("sealed under a key that is not in the key file"))?;
        let nonce: [u8; NONCE] =
            sealed.get(5..HEAD).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| fault("too short"))?;
        let text = sealed.get(HEAD..).unwrap_or_default();
        cipher(&key, place.agency)?
            .decrypt(&XNonce::from(nonce), Payload { msg: text, aad: &place.associated() })
            .map(Zeroizing::new)
            .map_err(|_| fault("does not open"))
    }

    /// [`Keys::open`] for text.
    pub fn open_text(&self, place: &Place<'_>, sealed: &[u8]) -> Result<String> {
        let plain = self.open(place, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| Error::internal("a sealed text is not text"))
    }

    /// The keyed hash of a normalised value. `domain` keeps kinds of values apart: `identifier.uin`, `phone`.
    pub fn blind(&self, domain: &str, value: &str) -> [u8; 32] {
        mac(&self.index(), &[domain.as_bytes(), value.as_bytes()])
    }

    /// The keyed hash over a checkpoint of the journal.
    pub(crate) fn sign_checkpoint(&self, hash: &[u8]) -> [u8; 32] {
        mac(&self.checkpoint(), &[b"journal checkpoint", hash])
    }
}

/// Whether two secrets are the same; it takes the same time wherever they differ.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// The key a sealed field needs; `None` when it is not one.
pub(crate) fn key_id(sealed: &[u8]) -> Option<u32> {
    match sealed {
        [VERSION, a, b, c, d, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => None,
    }
}

fn cipher(key: &Secret, agency: &str) -> Result<XChaCha20Poly1305> {
    let derived: Secret = Zeroizing::new(mac(key, &[b"seal", agency.as_bytes()]));
    XChaCha20Poly1305::new_from_slice(derived.as_slice()).map_err(Error::internal)
}

/// HMAC-SHA256 over parts, each with its length before it, so that ("ab","c") is not ("a","bc").
fn mac(key: &Secret, parts: &[&[u8]]) -> [u8; 32] {
    let mut message = Vec::new();
    for part in parts {
        push_part(&mut message, part);
    }
    // A MAC of this kind takes a key of any length.
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(key.as_slice()) else { return [0; 32] };
    hmac.update(&message);
    hmac.finalize().into_bytes().into()
}

fn push_part(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    bytes.extend_from_slice(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: Uuid) -> Place<'static> {
        Place { table: "identifier", column: "value", row, agency: "moh" }
    }

    #[test]
    fn a_field_opens_only_where_it_belongs() {
        let keys = Keys::generate();
        let here = place(Uuid::from_u128(1));
        let sealed = keys.seal(&here, "AB-123".as_bytes()).unwrap();
        assert_eq!(keys.open_text(&here, &sealed).unwrap(), "AB-123");
        assert!(!sealed.windows(6).any(|window| window == b"AB-123"));
        let elsewhere = [
            place(Uuid::from_u128(2)),
            Place { column: "other", ..here },
            Place { table: "other", ..here },
            Place { agency: "msp", ..here },
        ];
        for place in elsewhere {
            assert!(keys.open(&place, &sealed).is_err(), "{place:?}");
        }
        assert!(Keys::generate().open(&here, &sealed).is_err(), "another installation's keys");
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(keys.open(&here, &damaged).is_err(), "byte {at}");
            assert!(keys.open(&here, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn equal_values_are_sealed_differently_and_found_by_one_hash() {
        let keys = Keys::generate();
        let here = place(Uuid::from_u128(1));
        assert_ne!(keys.seal(&here, b"same").unwrap(), keys.seal(&here, b"same").unwrap());
        assert_eq!(keys.blind("phone", "+25761"), keys.blind("phone", "+25761"));
        assert_ne!(keys.blind("phone", "+25761"), keys.blind("identifier.uin", "+25761"));
        assert_ne!(keys.blind("ab", "c"), keys.blind("a", "bc"));
        assert_ne!(keys.blind("phone", "+25761"), Keys::generate().blind("phone", "+25761"));
    }

    /// HMAC-SHA256 itself, by test case 2 of RFC 4231 section 4.3 reached through the key only.
    #[test]
    fn the_mac_is_hmac_sha256() {
        let mut hmac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        hmac.update(b"what do ya want for nothing?");
        let bytes: [u8; 32] = hmac.finalize().into_bytes().into();
        assert_eq!(keys::hex(&bytes), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

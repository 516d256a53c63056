//! A file that somebody hands in with a complaint or an appeal: what is taken, and what is said of one that is not.
//!
//! What a file is stands in its first bytes; neither its name nor what a browser says of it counts. To take one more kind:
//! a value of [`FileKind`] with its first bytes in [`FileKind::of`], how it is cleaned in `casework::attachments::clean`,
//! and its words (`file-kind-<code>`).

use crate::codes::codes;

/// The largest file that is taken, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// How many files one matter may have.
pub const MOST: usize = 10;
/// The longest name that is kept, in characters, without the ending.
const LONGEST_NAME: usize = 80;

codes! {
    /// What a file is.
    pub enum FileKind {
        /// A document.
        Pdf = "pdf",
        /// A photograph.
        Jpeg = "jpeg",
        /// A picture of a screen.
        Png = "png",
    }
}

codes! {
    /// Why a file is not taken; its words are `file-fault-<code>`.
    pub enum FileFault {
        /// Nothing is in it.
        Empty = "empty",
        /// It is larger than [`LARGEST`].
        TooLarge = "too_large",
        /// It is neither PDF nor JPEG nor PNG.
        NotAllowed = "not_allowed",
        /// It begins like one of these and cannot be read to its end.
        Damaged = "damaged",
        /// The matter has [`MOST`] files already.
        TooMany = "too_many",
        /// The line broke while it was sent.
        Cut = "cut",
    }
}

impl FileKind {
    /// What these bytes are, by how they begin: PDF ISO 32000-1 7.5.2, JPEG ITU-T T.81 B.1.1.3, PNG ISO/IEC 15948 5.2.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let starts: [(&[u8], Self); 3] =
            [(b"%PDF-", Self::Pdf), (&[0xff, 0xd8, 0xff], Self::Jpeg), (b"\x89PNG\r\n\x1a\n", Self::Png)];
        starts.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| kind)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// How the name of such a file ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The name under which it is kept: the last part of what was sent, in letters, digits and a few signs, with the ending
    /// of what it really is. A name of which nothing is left becomes `file`.
    pub fn name(self, sent: &str) -> String {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
        let kept: String = stem
            .chars()
            .map(|ch| if ch.is_alphanumeric() || matches!(ch, '-' | '_' | '(' | ')') { ch } else { ' ' })
            .take(LONGEST_NAME)
            .collect();
        let words: Vec<&str> = kept.split_whitespace().collect();
        let stem = if words.is_empty() { "file".to_owned() } else { words.join(" ") };
        format!("{stem}.{}", self.ending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_like() {
        assert_eq!(FileKind::of(b"%PDF-1.7 ..."), Some(FileKind::Pdf));
        assert_eq!(FileKind::of(&[0xff, 0xd8, 0xff, 0xe0]), Some(FileKind::Jpeg));
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n...."), Some(FileKind::Png));
        for other in [&b"<html>"[..], b"MZ", b"GIF89a", b" %PDF-", b"\xff\xd8", b""] {
            assert_eq!(FileKind::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_name_says_what_the_file_is_and_leads_nowhere() {
        for (sent, kept) in [
            ("letter.pdf", "letter.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\Awa\\photo.of.me.exe", "photo of me.jpg"),
            ("إيصال.png", "إيصال.jpg"),
            ("\"; filename=x\r\nX: y", "filename x X y.jpg"),
            ("", "file.jpg"),
            ("...", "file.jpg"),
        ] {
            assert_eq!(FileKind::Jpeg.name(sent), kept, "{sent:?}");
        }
        assert_eq!(FileKind::Pdf.name(&"x".repeat(500)).len(), LONGEST_NAME + 4);
    }
}

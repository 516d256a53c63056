//! Takes out of a picture what it tells besides the picture: where and when it was taken and with what, who made it, comments,
//! a small older version of it, and whatever stands behind its end. A PDF stays as it is.
//!
//! Of a photograph the way it is to be turned is kept: a paper photographed upright would lie on its side without it.
//! [`img_parts`] reads the parts; what stays is a list, so that a kind of part that is made up tomorrow goes too.

use domain::attachment::{FileFault, FileKind};
use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;

/// The file as it is kept; `Damaged` when it cannot be read to its end.
pub(super) fn clean(kind: FileKind, bytes: Vec<u8>) -> Result<Vec<u8>, FileFault> {
    match kind {
        // A PDF ends with this mark (ISO 32000-1 7.5.5); programs write some bytes behind it.
        FileKind::Pdf => {
            let tail = bytes.get(bytes.len().saturating_sub(2048)..).unwrap_or_default();
            let whole = tail.windows(5).any(|part| part == b"%%EOF");
            if whole { Ok(bytes) } else { Err(FileFault::Damaged) }
        }
        FileKind::Png => png(bytes),
        FileKind::Jpeg => jpeg(bytes),
    }
}

/// Chunks without which a PNG looks otherwise (PNG third edition, 11.2 and 11.3).
const PNG_KEPT: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: Vec<u8>) -> Result<Vec<u8>, FileFault> {
    let mut png = Png::from_bytes(Bytes::from(bytes)).map_err(|_| FileFault::Damaged)?;
    let ends = png.chunks().last().is_some_and(|chunk| &chunk.kind() == b"IEND");
    if !ends || png.dimensions().is_none() {
        return Err(FileFault::Damaged);
    }
    png.chunks_mut().retain(|chunk| PNG_KEPT.contains(&&chunk.kind()));
    Ok(png.encoder().bytes().to_vec())
}

/// Parts without which a JPEG looks otherwise: everything but the APPn (0xE0 to 0xEF), reserved (0xF0 to 0xFD) and comment
/// (0xFE) segments of ITU-T T.81 table B.1; of those, what JFIF and Adobe say of its colours.
fn stays(segment: &JpegSegment) -> bool {
    match segment.marker() {
        0xe0 => segment.contents().starts_with(b"JFIF\0"),
        0xee => segment.contents().starts_with(b"Adobe"),
        0xe1..=0xfe => false,
        _ => true,
    }
}

fn jpeg(bytes: Vec<u8>) -> Result<Vec<u8>, FileFault> {
    let jpeg = Jpeg::from_bytes(Bytes::from(bytes)).map_err(|_| FileFault::Damaged)?;
    let turned = jpeg.segments().iter().find_map(orientation);
    let mut out = vec![0xff, markers::SOI];
    let mut scans = Bytes::new();
    let mut begun = false;
    for segment in jpeg.segments().iter().filter(|segment| stays(segment)) {
        // JFIF wants to be first.
        if segment.marker() != 0xe0 && !begun {
            begun = true;
            out.extend(turned.map(turn).into_iter().flatten());
        }
        write(&mut out, segment.marker(), segment.contents());
        if segment.has_entropy() {
            // The last one: behind it comes the rest of the file.
            let mut whole = segment.clone().encoder().bytes();
            scans = whole.split_off(segment.len());
        }
    }
    if scans.is_empty() {
        return Err(FileFault::Damaged);
    }
    picture(&scans, &mut out)?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, marker: u8, contents: &[u8]) {
    // A segment was read with a length of 16 bits: it has one.
    let length = u16::try_from(contents.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend(contents);
}

/// The picture's own data, scan by scan, up to its end and nothing behind it.
fn picture(scans: &[u8], out: &mut Vec<u8>) -> Result<(), FileFault> {
    let mut rest = scans;
    loop {
        // A byte 0xFF of the picture is followed by 0; 0xD0 to 0xD7 are marks inside it (T.81 B.1.1.2, B.1.1.5).
        let end = rest
            .windows(2)
            .position(|pair| matches!(pair, [0xff, mark] if !matches!(mark, 0 | 0xff | 0xd0..=0xd7 | 0x01)));
        let (data, after) = rest.split_at(end.ok_or(FileFault::Damaged)?);
        out.extend(data);
        let [_, marker, after @ ..] = after else { return Err(FileFault::Damaged) };
        if *marker == markers::EOI {
            out.extend([0xff, markers::EOI]);
            return Ok(());
        }
        let [high, low, ..] = after else { return Err(FileFault::Damaged) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let contents = after.get(2..length).ok_or(FileFault::Damaged)?;
        let segment = JpegSegment::new_with_contents(*marker, Bytes::copy_from_slice(contents));
        if stays(&segment) {
            write(out, *marker, contents);
        }
        rest = after.get(length..).unwrap_or_default();
    }
}

/// Exif of one entry: how the picture is to be turned (Exif 2.32, 4.6.4 A, tag 0x0112), in the order of bytes `II`.
fn turn(orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut out = Vec::new();
    write(&mut out, 0xe1, &tiff);
    out
}

/// How the picture is to be turned, 2 to 8; none where it stands as it is.
fn orientation(segment: &JpegSegment) -> Option<u8> {
    let tiff = (segment.marker() == 0xe1).then(|| segment.contents().strip_prefix(b"Exif\0\0")).flatten()?;
    let little = tiff.starts_with(b"II");
    let short = |at: usize| {
        let pair = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let at = if little { short(4)? } else { short(6)? };
    let first = usize::from(at);
    let entries = usize::from(short(first)?);
    let entry = (0..entries.min(200)).map(|n| first + 2 + n * 12).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(entry + 8)?).ok().filter(|turned| (2..=8).contains(turned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(marker: u8, contents: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, marker, contents);
        out
    }

    /// Exif with an orientation and, behind it, a place.
    fn exif(big: bool, orientation: u8) -> Vec<u8> {
        let mut tiff = b"Exif\0\0".to_vec();
        if big {
            tiff.extend(b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
            tiff.extend([orientation, 0, 0]);
        } else {
            tiff.extend(b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
            tiff.extend([orientation, 0, 0, 0]);
        }
        tiff.extend(b"\0\0\0\0GPS 14.69 N 17.44 W");
        tiff
    }

    fn photograph(app: &[Vec<u8>], tail: &[u8]) -> Vec<u8> {
        let mut out = vec![0xff, 0xd8];
        out.extend(part(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
        out.extend(app.iter().flatten());
        out.extend(part(0xdb, &[0; 65]));
        out.extend(part(0xc2, b"\x08\0\x10\0\x10\x01\x01\x11\0"));
        out.extend(part(0xda, b"\x01\x01\0\0\x3f\0"));
        out.extend(b"scan one \xff\0 \xff\xd0 still one");
        // Between two scans of a progressive picture there may be anything.
        out.extend(part(0xfe, b"comment between scans"));
        out.extend(part(0xc4, &[0; 20]));
        out.extend(part(0xda, b"\x01\x01\0\0\x3f\0"));
        out.extend(b"scan two");
        out.extend([0xff, 0xd9]);
        out.extend(tail);
        out
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|part| part == text)
    }

    #[test]
    fn of_a_photograph_stays_the_picture_alone() {
        let app = [
            part(0xe1, &exif(false, 1)),
            part(0xe1, b"http://ns.adobe.com/xap/1.0/\0<xmp>Awa</xmp>"),
            part(0xed, b"Photoshop 3.0\0 caption"),
            part(0xe0, b"JFXX\0 thumbnail"),
            part(0xfe, b"a comment"),
        ];
        let cleaned = clean(FileKind::Jpeg, photograph(&app, b"ftypmp4 a film behind the picture")).unwrap();
        assert_eq!(cleaned, photograph_without_comment());
        for gone in [&b"GPS"[..], b"xmp", b"caption", b"thumbnail", b"comment", b"film", b"Exif"] {
            assert!(!holds(&cleaned, gone), "{gone:?}");
        }
    }

    fn photograph_without_comment() -> Vec<u8> {
        let whole = photograph(&[], b"");
        let comment = part(0xfe, b"comment between scans");
        let at = whole.windows(comment.len()).position(|part| part == comment).unwrap();
        [&whole[..at], &whole[at + comment.len()..]].concat()
    }

    #[test]
    fn how_it_is_turned_stays() {
        for big in [false, true] {
            let cleaned = clean(FileKind::Jpeg, photograph(&[part(0xe1, &exif(big, 6))], b"")).unwrap();
            assert!(holds(&cleaned, b"Exif") && !holds(&cleaned, b"GPS"));
            let read = Jpeg::from_bytes(Bytes::from(cleaned.clone())).unwrap();
            assert_eq!(read.segments().iter().find_map(orientation), Some(6), "big: {big}");
            assert_eq!(clean(FileKind::Jpeg, cleaned.clone()).unwrap(), cleaned, "cleaned twice");
        }
    }

    fn chunk(kind: [u8; 4], contents: &'static [u8]) -> img_parts::png::PngChunk {
        img_parts::png::PngChunk::new(kind, Bytes::from_static(contents))
    }

    #[test]
    fn of_a_png_stays_the_picture_alone() {
        let mut whole = b"\x89PNG\r\n\x1a\n".to_vec();
        for part in [
            chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"),
            chunk(*b"tEXt", b"Author\0Awa Diallo"),
            chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<xmp/>"),
            chunk(*b"eXIf", b"II GPS"),
            chunk(*b"tIME", b"\x07\xea\x0b\x02\x08\0\0"),
            chunk(*b"IDAT", b"picture"),
            chunk(*b"zzZz", b"something new"),
            chunk(*b"IEND", b""),
        ] {
            whole.extend(part.encoder().bytes());
        }
        let cut = whole[..whole.len() - 12].to_vec();
        whole.extend(b"behind the end");
        let cleaned = clean(FileKind::Png, whole).unwrap();
        for gone in [&b"Awa"[..], b"xmp", b"GPS", b"tIME", b"something", b"behind"] {
            assert!(!holds(&cleaned, gone), "{gone:?}");
        }
        assert!(holds(&cleaned, b"picture") && holds(&cleaned, b"IEND"));
        assert_eq!(clean(FileKind::Png, cut), Err(FileFault::Damaged));
    }

    #[test]
    fn what_ends_too_early_is_damaged() {
        let whole = photograph(&[], b"");
        for at in [2, 10, 60, whole.len() - 1] {
            assert_eq!(clean(FileKind::Jpeg, whole[..at].to_vec()), Err(FileFault::Damaged), "cut at {at}");
        }
        assert_eq!(clean(FileKind::Pdf, b"%PDF-1.7 and no end".to_vec()), Err(FileFault::Damaged));
        assert!(clean(FileKind::Pdf, b"%PDF-1.7\n...\n%%EOF\n".to_vec()).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_cleaned_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..200, change in any::<u8>()) {
            let mut picture = photograph(&[part(0xe1, &exif(false, 3))], b"");
            let at = cut % picture.len();
            picture[at] = change;
            for (kind, bytes) in [(FileKind::Jpeg, picture), (FileKind::Jpeg, bytes.clone()), (FileKind::Png, bytes)] {
                if let Ok(once) = clean(kind, bytes) {
                    prop_assert_eq!(clean(kind, once.clone()), Ok(once));
                }
            }
        }
    }
}

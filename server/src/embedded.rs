//! What the binary carries with it: `STYLE` (path below `style/`, bytes) and `DEMO_PACK` (path below
//! `server/packs/demo/`, text). Written by `build.rs`; a new file in those folders needs nothing more.

use std::collections::BTreeMap;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The demo pack's files by name.
pub fn demo_pack() -> BTreeMap<String, String> {
    DEMO_PACK.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

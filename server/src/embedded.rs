//! What the binary carries with it: `STYLE` (path below `style/`, bytes) and `DEMO_PACK` (path below
//! `server/packs/demo/`, text). Written by `build.rs`; a new file in those folders needs nothing more.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

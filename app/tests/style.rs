//! The committed style sheet: every file it names is there, and it prints no addresses of another service.

use std::path::Path;

#[test]
fn every_file_the_style_names_is_there() {
    let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let sheet = std::fs::read_to_string(style.join("guichet.css")).unwrap();
    let mut named = 0;
    for (at, _) in sheet.match_indices("url(") {
        let name = sheet[at + 4..].split(')').next().unwrap().trim_matches(['"', '\'']);
        assert!(style.join(name.trim_start_matches('/')).exists(), "{name}");
        named += 1;
    }
    assert!(named > 0, "the style sheet names no file at all");
    assert!(!sheet.contains("GDS Transport"), "the font of another service");
}

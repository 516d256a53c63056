//! `services.toml`: what a pack says of services and places, what holds without it, and what is not taken.

#![expect(clippy::unwrap_used, reason = "what cannot fail in a test fails the test")]

mod small;

use domain::pack::Pack;
use domain::services::{Access, Per, Share};
use small::{Files, small_pack};

fn with(change: impl Fn(String) -> String) -> Files {
    let mut files = small_pack();
    let text = change(files["services.toml"].clone());
    files.insert("services.toml".into(), text);
    files
}

#[test]
fn a_pack_that_says_nothing_shares_the_name_alone() {
    let pack = Pack::load(&small_pack()).unwrap();
    assert_eq!(pack.directory.service("training").unwrap().shares, [Share::Name]);
    let place = pack.directory.place("PLC-1").unwrap();
    assert_eq!((place.at, place.per, place.open.as_deref()), (None, None, None));
}

#[test]
fn a_place_has_hours_a_point_and_places_in_a_period() {
    let pack = Pack::load(&with(|text| {
        text.replace("kind = \"training\"", "kind = \"training\"\nshares = [\"name\", \"phone\"]").replace(
            "hours = \"08:00-16:00\"",
            "open = \"Mon-Fri 8:00-16:00\"\nat = \"10.5, -20.25\"\nper = \"month\"\naccess = [\"sign_language\"]\naccessible = true",
        )
    }))
    .unwrap();
    let place = pack.directory.place("PLC-1").unwrap();
    assert_eq!(place.open.as_deref(), Some("mon-fri 08:00-16:00"));
    assert_eq!(place.at.map(|at| (at.lat, at.lon)), Some((10_500_000, -20_250_000)));
    assert_eq!(place.per, Some(Per::Month));
    assert_eq!(place.access, [Access::Wheelchair, Access::SignLanguage]);
    assert_eq!(pack.directory.service("training").unwrap().shares, [Share::Name, Share::Phone]);
}

#[test]
fn what_cannot_be_is_named_with_its_line() {
    let faults = Pack::load(&with(|text| {
        text.replace("kind = \"training\"", "kind = \"training\"\nshares = [\"diagnosis\"]").replace(
            "hours = \"08:00-16:00\"",
            "hours = \"08:00-16:00\"\nopen = \"all day\"\nat = \"north\"\naccess = [\"lift\"]",
        )
    }))
    .unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for part in [
        "'diagnosis' is not known here",
        "'all day' are no opening hours",
        "not a point",
        "'lift' is not known",
    ] {
        assert!(told.iter().any(|one| one.contains(part)), "{part}: {told:?}");
    }
}

//! What scoring and keys promise, whatever the records.

use super::*;
use crate::household::Sex;
use crate::matching::keys::{keys, query_keys};
use proptest::prelude::*;

fn keyer() -> Keyer {
    Keyer::new(&[7; 32])
}

fn person(given: &str, family: &str, year: u16, month: u8, day: u8) -> Record {
    Record {
        given: Some(given.to_owned()),
        family: Some(family.to_owned()),
        birth: Some(Born::on(year, month, day)),
        ..Record::default()
    }
}

fn of(record: &Record) -> Features {
    Features::of(record, &keyer())
}

fn counts() -> &'static Counts {
    static COUNTS: std::sync::LazyLock<Counts> = std::sync::LazyLock::new(made_up_counts);
    &COUNTS
}

fn made_up_counts() -> Counts {
    let mut counts = Counts::default();
    for n in 0..2000_u16 {
        let name = format!("name{}", n % 300);
        counts.add(
            &of(&person(
                &name,
                &format!("fam{}", n % 170),
                1940 + n % 80,
                1 + u8::try_from(n % 12).unwrap(),
                1 + u8::try_from(n % 28).unwrap(),
            ))
            .view(),
        );
    }
    counts
}

fn scored(a: &Record, b: &Record) -> Scored {
    score(&Model::shipped(), counts(), &of(a).view(), &of(b).view(), Prior::lookup(100_000))
}

fn share_a_key(a: &Record, b: &Record) -> bool {
    let stored = keys(&of(a), &keyer());
    keys(&of(b), &keyer()).iter().any(|key| stored.contains(key))
}

fn found(stored: &Record, typed: &Record) -> bool {
    let stored = keys(&of(stored), &keyer());
    query_keys(&of(typed), &keyer()).iter().any(|key| stored.iter().any(|known| known.key == key.key))
}

#[test]
fn names_of_several_scripts_share_a_key() {
    let pairs = include_str!("name-pairs.tsv");
    let pairs: Vec<(&str, &str)> = pairs.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    let missed: Vec<_> = pairs
        .iter()
        .filter(|(a, b)| {
            // Only the name with the year: village and day would find them anyway.
            let record =
                |name: &str| Record { birth: Some(Born::in_year(1980)), ..person(name, "Keita", 1980, 0, 0) };
            !share_a_key(&record(a), &record(b))
        })
        .collect();
    assert_eq!(pairs.len(), 44);
    assert!(missed.len() <= 1, "{missed:?}");
}

#[test]
fn about_a_dozen_keys() {
    let mut record = person("Fatou", "Diallo", 1980, 5, 17);
    record.identifiers.push(Number { kind: None, value: "1234567890".into() });
    record.phones.push("+224 620 11 22 33".into());
    record.address = Address::of_areas(["GN-01-02-03", "GN-01-02", "GN-01"]);
    let count = keys(&of(&record), &keyer()).len();
    assert!((11..=16).contains(&count), "{count}");
}

#[test]
fn a_typo_in_the_birth_year_is_found_and_weighs_little() {
    let stored = person("Fatou", "Diallo", 1980, 1, 1);
    for year in [1970, 1978, 1979, 1981, 1982, 1990] {
        assert!(found(&stored, &person("Fatou", "Diallo", year, 1, 1)), "{year}");
    }
    let (day, typo) = (person("Fatou", "Diallo", 1983, 5, 17), person("Fatou", "Diallo", 1988, 5, 17));
    assert!(found(&day, &typo));
    assert!(scored(&day, &typo).bits > scored(&day, &person("Fatou", "Diallo", 1961, 11, 3)).bits + 6.0);
}

#[test]
fn the_family_at_the_same_plot_is_a_household_and_not_the_person() {
    let at_home = |mut record: Record| {
        record.address = Address {
            number: Some("12".into()),
            street: Some("rue du Marché".into()),
            village: Some("Sanga".into()),
            ..Address::default()
        };
        record.phones = vec!["620112233".into()];
        record
    };
    let mother = at_home(person("Fatou", "Diallo", 1980, 5, 17));
    let son = at_home(person("Ibrahima", "Diallo", 2004, 9, 2));
    let seen = scored(&mother, &son);
    assert_eq!(seen.band(), Band::SameHousehold, "{seen:?}");
    assert_eq!(scored(&mother, &mother).band(), Band::VeryLikely);
}

#[test]
fn numbers_with_one_wrong_symbol_are_near() {
    let numbered = |value: &str| Record {
        identifiers: vec![Number { kind: None, value: value.to_owned() }],
        ..person("Awa", "Ba", 1990, 3, 4)
    };
    let level = |a: &str, b: &str| {
        let scored = scored(&numbered(a), &numbered(b));
        scored.fields().iter().find(|said| said.field == Field::Identifier).map(|said| said.level)
    };
    assert_eq!(level("12-345 678", "12345678"), Some(Level::Exact));
    for near in ["12345679", "02345678", "21345678", "12345687", "1234567", "123456789", "12435678"] {
        assert_eq!(level("12345678", near), Some(Level::Close), "{near}");
        assert_eq!(level(near, "12345678"), Some(Level::Close), "{near}");
    }
    assert_eq!(level("12345678", "87654321"), Some(Level::Different));
    assert_eq!(level("12345678", "00000000"), None, "a number that stands for none");
}

#[test]
fn kinds_that_differ_are_not_compared() {
    use crate::identifier::IdentifierKind::{Brn, Uin};
    let numbered = |kind, value: &str| Record {
        identifiers: vec![Number { kind: Some(kind), value: value.to_owned() }],
        ..Record::default()
    };
    assert!(scored(&numbered(Uin, "11112222"), &numbered(Brn, "33334444")).fields().is_empty());
    assert_eq!(scored(&numbered(Uin, "11112222"), &numbered(Uin, "33334444")).fields().len(), 1);
}

#[test]
fn features_of_another_version_are_refused() {
    let features = of(&person("Awa", "Ba", 1990, 3, 4));
    assert_eq!(Features::decode(&features.encode()), Ok(features.clone()));
    let mut other = features.encode();
    other[0] += 1;
    assert!(Features::decode(&other).is_err());
    other[0] -= 1;
    other.pop();
    assert!(Features::decode(&other).is_err());
    assert!(Features::decode(&[]).is_err());
}

#[test]
fn no_number_can_be_read_in_the_features() {
    let mut record = person("Awa", "Ba", 1990, 3, 4);
    record.identifiers.push(Number { kind: None, value: "73519246".into() });
    record.phones.push("79123456".into());
    let bytes = of(&record).encode();
    for number in ["73519246", "351924", "79123456"] {
        assert!(!bytes.windows(number.len()).any(|window| window == number.as_bytes()));
    }
    assert_ne!(bytes, Features::of(&record, &Keyer::new(&[8; 32])).encode());
}

prop_compose! {
    fn any_record()(
        given in proptest::option::of("[A-Zé]?[a-z]{0,7}( [a-z]{1,6})?"),
        family in proptest::option::of("\\PC{0,12}"),
        full in proptest::option::of("[a-z]{1,6} [a-zА-я]{1,6}( [a-z]{1,6})?"),
        born in proptest::option::of((1930_u16..2026, 0_u8..=12, 0_u8..=31)),
        sex in proptest::option::of(proptest::sample::select(Sex::ALL)),
        identifiers in proptest::collection::vec("[0-9]{4,9}", 0..3),
        phones in proptest::collection::vec("\\+?[0-9]{6,12}", 0..3),
        place in proptest::collection::vec(proptest::option::of("[a-z0-9 ]{0,10}"), 5),
    ) -> Record {
        let mut place = place.into_iter();
        let mut next = || place.next().flatten();
        Record {
            given, family, full,
            birth: born.map(|(year, month, day)| Born::on(year, month, day)),
            sex,
            identifiers: identifiers.into_iter().map(|value| Number { kind: None, value }).collect(),
            phones,
            address: Address { number: next(), street: next(), village: next(), postcode: next(), district: next() },
        }
    }
}

proptest! {
    #[test]
    fn a_score_is_symmetric(a in any_record(), b in any_record()) {
        let (one, other) = (scored(&a, &b), scored(&b, &a));
        prop_assert!((one.bits - other.bits).abs() < 1e-6, "{one:?} {other:?}");
        prop_assert!((0.0..=1.0).contains(&one.probability) && one.bits.is_finite());
    }

    #[test]
    fn the_bits_add_up(a in any_record(), b in any_record()) {
        let seen = scored(&a, &b);
        let sum: f64 = seen.fields().iter().map(|field| field.bits).sum();
        prop_assert!((sum + seen.prior_bits + seen.household_bits - seen.bits).abs() < 1e-6, "{seen:?}");
    }

    #[test]
    fn swapped_names_move_the_score_by_less_than_a_bit(
        given in "[a-z]{3,9}", family in "[a-z]{3,9}", year in 1940_u16..2020, month in 1_u8..=12, day in 1_u8..=28,
    ) {
        let (a, swapped) = (person(&given, &family, year, month, day), person(&family, &given, year, month, day));
        prop_assert!((scored(&a, &a).bits - scored(&a, &swapped).bits).abs() < 1.0);
        prop_assert!(share_a_key(&a, &swapped));
    }

    #[test]
    fn what_one_does_not_have_says_nothing(a in any_record(), b in any_record()) {
        for part in 0..4 {
            let mut less = b.clone();
            match part {
                0 => less.birth = None,
                1 => less.sex = None,
                2 => less.identifiers.clear(),
                _ => less.phones.clear(),
            }
            let (more, less) = (scored(&a, &b), scored(&a, &less));
            // What is left says what it said before, and nothing is won by leaving out what agreed.
            for said in less.fields() {
                prop_assert!(more.fields().contains(said));
            }
            let lost: Vec<_> = more.fields().iter().filter(|said| !less.fields().contains(said)).collect();
            if lost.iter().all(|said| said.level == Level::Exact) && !lost.is_empty() {
                prop_assert!(less.probability <= more.probability + 1e-9);
            }
        }
    }

    #[test]
    fn nothing_known_is_never_the_same(a in any_record()) {
        let seen = scored(&a, &Record::default());
        prop_assert!(seen.fields().is_empty() && seen.probability < POSSIBLE_AT_MOST);
    }

    #[test]
    fn what_is_encoded_is_read(a in any_record()) {
        let features = of(&a);
        prop_assert_eq!(Features::decode(&features.encode()), Ok(features.clone()));
        let asked = query_keys(&features, &keyer());
        prop_assert!(keys(&features, &keyer()).iter().all(|key| asked.contains(key)));
    }
}

/// The prior alone, far below every band.
const POSSIBLE_AT_MOST: f64 = 0.001;

#[test]
fn the_bands_follow_the_probability_and_the_faint_one_is_the_last_that_is_shown() {
    let (stored, typed) = (person("Fatou", "Diallo", 1983, 5, 17), person("Fatoo", "Dialo", 1983, 5, 17));
    let mut bands = Vec::new();
    for step in 0..400 {
        let prior = Prior { same: 0.5 * 0.9_f64.powi(step), household: 0.0 };
        let seen = score(&Model::shipped(), counts(), &of(&typed).view(), &of(&stored).view(), prior);
        let band = seen.band();
        let least = match band {
            Band::VeryLikely => super::score::VERY_LIKELY,
            Band::Possible => super::score::POSSIBLE,
            Band::Faint => super::score::FAINT,
            Band::SameHousehold | Band::Unlikely => 0.0,
        };
        assert!(seen.probability >= least, "{band:?} at {}", seen.probability);
        if bands.last() != Some(&band) {
            bands.push(band);
        }
    }
    assert_eq!(bands, [Band::VeryLikely, Band::Possible, Band::Faint, Band::Unlikely]);
}

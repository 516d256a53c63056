//! Whole runs over small made-up lists.

use super::super::record::{Address, Born, Record};
use super::*;
use crate::household::Sex;
use crate::matching::Features;

const GIVEN: [&str; 20] = [
    "Awa",
    "Moussa",
    "Fatou",
    "Ibrahima",
    "Mariama",
    "Ousmane",
    "Aissatou",
    "Mamadou",
    "Khadija",
    "Seydou",
    "Binta",
    "Cheikh",
    "Ramata",
    "Lamine",
    "Salimata",
    "Yaya",
    "Djeneba",
    "Abdoulaye",
    "Nene",
    "Boubacar",
];
const FAMILY: [&str; 17] = [
    "Diallo", "Traore", "Keita", "Camara", "Ba", "Sow", "Barry", "Toure", "Cisse", "Kone", "Sylla", "Bah",
    "Conde", "Fofana", "Kaba", "Sidibe", "Doumbia",
];

struct Dice(Random);

impl Dice {
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.0.below(all.len())]
    }
    fn number(&mut self, from: usize, to: usize) -> usize {
        from + self.0.below(to - from)
    }
}

/// Households of four: parents, and two children, with one family name and one phone.
fn people(count: usize, seed: u64) -> Vec<(Record, u32)> {
    let mut dice = Dice(Random(seed));
    let mut people = Vec::new();
    let mut household = 0;
    while people.len() < count {
        let family = format!("{}{}", dice.of(&FAMILY), ["", "h", "la", "so"][dice.number(0, 4)]);
        let phone = format!("62{:07}", dice.number(0, 10_000_000));
        let village = format!("village {}", dice.number(0, 60));
        for member in 0..4 {
            let year = if member < 2 { dice.number(1950, 1990) } else { dice.number(1995, 2024) };
            let born = Born::on(
                u16::try_from(year).unwrap(),
                u8::try_from(dice.number(1, 13)).unwrap(),
                u8::try_from(dice.number(1, 29)).unwrap(),
            );
            people.push((
                Record {
                    given: Some(dice.of(&GIVEN).to_owned()),
                    family: Some(family.clone()),
                    birth: Some(born),
                    sex: Some(if dice.number(0, 2) == 0 { Sex::Female } else { Sex::Male }),
                    phones: vec![phone.clone()],
                    address: Address { village: Some(village.clone()), ..Address::default() },
                    ..Record::default()
                },
                household,
            ));
        }
        household += 1;
    }
    people
}

fn table(people: &[(Record, u32)], households: bool) -> Table {
    let mut table = Table::default();
    for (record, household) in people {
        table.push(&Features::of(record, &Keyer::unstored()), households.then_some(*household));
    }
    table
}

fn linked(left: &[(Record, u32)], right: &[(Record, u32)], households: bool) -> Outcome {
    let (left, right) = (table(left, households), table(right, households));
    run(left, Some(right), &Model::shipped(), &Keyer::unstored(), 2)
}

fn likely(found: &Outcome) -> Vec<(u32, u32)> {
    found.links.iter().filter(|link| link.probability >= 0.5).map(|link| (link.left, link.right)).collect()
}

/// The second half of a list again, with a typo in every name.
fn again(people: &[(Record, u32)]) -> Vec<(Record, u32)> {
    let mut again = people[people.len() / 2..].to_vec();
    for (record, _) in &mut again {
        let given = record.given.as_mut().unwrap();
        given.insert(2, 'e');
        record.phones.clear();
    }
    again
}

#[test]
fn a_list_with_typos_is_linked_and_the_rest_is_not() {
    let registry = people(1200, 1);
    let mut list = again(&registry);
    list.extend(people(600, 99));
    let found = linked(&registry, &list, false);
    let pairs = likely(&found);
    let right = pairs.iter().filter(|(left, right)| *right < 600 && *left == right + 600).count();
    assert!(right >= 570, "{right} of 600 found");
    assert!(pairs.len() - right <= 12, "{} wrong", pairs.len() - right);
    assert!((found.estimated_matches - 600.0).abs() < 30.0, "{}", found.estimated_matches);
}

#[test]
fn the_outcome_is_the_same_on_any_number_of_threads() {
    let registry = people(400, 3);
    let list = again(&registry);
    let links = |threads| {
        run(table(&registry, true), Some(table(&list, true)), &Model::shipped(), &Keyer::unstored(), threads)
            .links
    };
    assert_eq!(links(1), links(2));
    assert_eq!(links(1), links(5));
}

#[test]
fn two_lists_of_strangers_have_next_to_nothing_in_common() {
    let found = linked(&people(800, 5), &people(800, 77), false);
    assert!(likely(&found).len() <= 4, "{:?}", likely(&found));
    assert!(found.estimated_matches < 15.0, "{}", found.estimated_matches);
}

#[test]
fn nobody_gets_two_partners() {
    let registry = people(600, 11);
    let found = linked(&registry, &again(&registry), false);
    let mut rows = std::collections::HashSet::new();
    for (left, right) in likely(&found) {
        assert!(rows.insert((0, left)) && rows.insert((1, right)));
    }
}

#[test]
fn somebody_twice_in_one_list_is_a_group_and_families_are_not() {
    let mut list = people(800, 21);
    let twice: Vec<_> = list.iter().take(40).cloned().collect();
    list.extend(twice);
    let found = run(table(&list, false), None, &Model::shipped(), &Keyer::unstored(), 2);
    let right = found.groups.iter().filter(|group| matches!(group[..], [a, b] if b == a + 800)).count();
    assert!(right >= 38, "{right} of 40: {:?}", found.groups);
    assert!(found.groups.len() - right <= 2, "{:?}", found.groups);
}

#[test]
fn a_household_that_is_found_finds_its_baby() {
    let registry = people(400, 31);
    // The baby of household 50 has no name yet in one list, and only a year of birth.
    let mut list: Vec<_> = registry[200..212].to_vec();
    list[3].0 = Record {
        birth: list[3].0.birth.map(|born| Born::in_year(born.year)),
        sex: list[3].0.sex,
        ..Record::default()
    };
    let pair = |found: &Outcome| {
        found
            .links
            .iter()
            .find(|link| (link.left, link.right) == (203, 3))
            .map_or(0.0, |link| link.probability)
    };
    assert!(pair(&linked(&registry, &list, true)) > 0.5);
    assert!(pair(&linked(&registry, &list, false)) < 0.5);
}

#[test]
fn an_empty_list_has_no_links() {
    assert!(linked(&people(8, 1), &[], false).links.is_empty());
    assert!(linked(&[], &[], false).links.is_empty());
    assert!(run(Table::default(), None, &Model::shipped(), &Keyer::unstored(), 2).links.is_empty());
}

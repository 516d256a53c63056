//! Plausible households, drawn from a seed: who lives together, how old they are, what they are called.
//!
//! Shapes follow what surveys of low- and middle-income countries show (mean size near five, one in five headed by a
//! woman alone, three generations in one of six); no figure here decides anything. `Household` is what an officer
//! would type; registering it goes through the same use case as at the counter.

use std::collections::BTreeSet;

use time::{Date, Duration, Month};

use super::dice::Dice;
use super::names::{Culture, Order};

/// The largest household drawn.
const MOST: usize = 14;

/// How exactly a birth is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The day.
    Day,
    /// The year.
    Year,
    /// Only an age, on the day of asking.
    Age,
}

/// One person as told at the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Given names; empty when `free` is used.
    pub given: String,
    /// Family name; empty when `free` is used.
    pub family: String,
    /// The one field of those who have neither.
    pub free: String,
    /// Whether a woman or girl.
    pub female: bool,
    /// Day of birth.
    pub born: Date,
    /// How much of it is known.
    pub known: Known,
    /// Code of the relation to the head.
    pub relation: &'static str,
    /// Number on an identity card (UIN); about half of the adults have one.
    pub uin: Option<String>,
    /// Number of the birth registration (BRN); most children have one.
    pub brn: Option<String>,
}

/// One household as told at the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// Where it stands in the registry; part of what its numbers are drawn from.
    pub number: u64,
    /// Place in the list of areas it was drawn for.
    pub area: usize,
    /// Language of letters.
    pub language: &'static str,
    /// How to find the dwelling.
    pub directions: String,
    /// National number, nine digits.
    pub phone: Option<String>,
    /// Whether messages to that number must say nothing.
    pub unsafe_contact: bool,
    /// The head comes first.
    pub members: Vec<Person>,
}

struct Draw<'a> {
    dice: Dice,
    today: Date,
    culture: &'a Culture,
    number: u64,
    /// The given name of the children's father, whether he lives here or not.
    father: String,
    members: Vec<Person>,
}

/// Household number `number` of the registry of `seed`, living in one of `areas` places, as of `today`.
pub fn draw(seed: u64, number: u64, areas: usize, cultures: &[Culture], today: Date) -> Household {
    let mut dice = Dice::new(seed, number);
    let area = dice.below(u32::try_from(areas).unwrap_or(u32::MAX)) as usize;
    // People live among their own more often than not: each area has a culture of its own that most share.
    let at_home = area % cultures.len().max(1);
    let culture = if dice.chance(70) { cultures.get(at_home) } else { dice.pick(cultures) };
    let fallback;
    let culture = if let Some(culture) = culture {
        culture
    } else {
        fallback = Culture::all().swap_remove(0);
        &fallback
    };
    let directions = directions(&mut dice, culture.speaks);
    // One telephone in twenty-five is the neighbour's.
    let owner = if dice.chance(4) { number.saturating_sub(1) } else { number };
    let phone = dice.chance(72).then(|| format!("7{:08}", (owner * 7919 + seed % 7919) % 100_000_000));
    let unsafe_contact = phone.is_some() && dice.chance(2);
    let father = culture.given(false, &mut dice);
    let mut made = Draw { dice, today, culture, number, father, members: Vec::new() };
    made.people();
    Household {
        number,
        area,
        language: culture.speaks,
        directions,
        phone,
        unsafe_contact,
        members: made.members,
    }
}

impl Draw<'_> {
    fn people(&mut self) {
        let wanted = 1 + self.dice.weighted(&[7, 10, 14, 18, 17, 13, 8, 5, 3, 2, 1, 1, 1, 1]);
        let woman_alone = self.dice.chance(22);
        let head_female = woman_alone || self.dice.chance(6);
        // Someone who lives alone is often old.
        let head_age = if wanted == 1 && self.dice.chance(60) {
            self.dice.between(58, 86)
        } else {
            self.dice.between(21, 66)
        };
        let family = self.culture.family(&mut self.dice);
        self.add(head_female, head_age, "head", family.as_deref());
        self.take_father();
        let mut mother_age = head_age;
        if wanted > 1 && !woman_alone && self.dice.chance(86) {
            let gap = self.dice.between(-3, 9);
            let age = (if head_female { head_age + gap } else { head_age - gap }).max(18);
            if !head_female {
                mother_age = age;
            }
            let keeps_own = self.dice.chance(60);
            let own = if keeps_own { self.culture.family(&mut self.dice) } else { family.clone() };
            self.add(!head_female, age, "spouse", own.as_deref());
            self.take_father();
        }
        if self.members.len() < wanted && self.dice.chance(16) {
            let age = (head_age + self.dice.between(20, 32)).min(96);
            let female = self.dice.chance(68);
            self.add(female, age, "parent", family.as_deref());
        }
        let mut eldest = (mother_age - self.dice.between(17, 24)).clamp(0, 34);
        while self.members.len() < wanted.min(MOST) && eldest >= 0 {
            let female = self.dice.chance(49);
            self.add(female, eldest, "child", family.as_deref());
            // One birth in eighty is of twins: same day, another name.
            if self.members.len() < wanted && self.dice.chance(1) {
                let day = self.members.last().map(|twin| (twin.born, twin.known));
                let female = self.dice.chance(49);
                self.add(female, eldest, "child", family.as_deref());
                if let (Some(twin), Some((born, known))) = (self.members.last_mut(), day) {
                    (twin.born, twin.known) = (born, known);
                }
            }
            eldest -= self.dice.between(1, 4);
        }
        while self.members.len() < wanted.min(MOST) {
            let (relation, low, high) = match self.dice.weighted(&[5, 3, 2, 1]) {
                0 if head_age > 42 => ("grandchild", 0, 12),
                1 => ("sibling", (head_age - 12).max(8), head_age + 8),
                2 => ("not_related", 9, 60),
                _ => ("other_relative", 1, 70),
            };
            let age = self.dice.between(low, high);
            let female = self.dice.chance(50);
            let shares = self.dice.chance(65);
            let name = if shares { family.clone() } else { self.culture.family(&mut self.dice) };
            self.add(female, age, relation, name.as_deref());
        }
    }

    fn add(&mut self, female: bool, age: i32, relation: &'static str, family: Option<&str>) {
        let place = self.members.len() as u64;
        let born = self.born(age);
        let known = match (age, self.dice.below(100)) {
            (50.., 0..30) | (18..50, 0..8) => Known::Year,
            (50.., 30..45) => Known::Age,
            _ => Known::Day,
        };
        // The given name is drawn until nobody in the house has it: neighbours can tell them apart, so must we.
        let taken: BTreeSet<String> = self.members.iter().map(|m| format!("{}{}", m.given, m.free)).collect();
        let of_father = match relation {
            "child" => self.father.clone(),
            _ => self.culture.given(false, &mut self.dice),
        };
        let mut parts = self.called(female, family, &of_father);
        for _ in 0..20 {
            if !taken.contains(&format!("{}{}", parts.0, parts.2)) {
                break;
            }
            parts = self.called(female, family, &of_father);
        }
        // Some counters write the family's name first, and some people have told only one.
        match self.dice.below(100) {
            0..2 if !parts.1.is_empty() => parts = (parts.1, parts.0, parts.2),
            2..4 if !parts.1.is_empty() => parts = (String::new(), String::new(), parts.0),
            _ => {}
        }
        // Spread over all numbers (3^18 has no factor in common with 10^9): who registers side by side does not get
        // numbers side by side.
        let number = (self.number * 16 + place) * 387_420_489 % 1_000_000_000;
        let uin = (age >= 18 && self.dice.chance(55)).then(|| with_check_digit(2_000_000_000 + number));
        let birth_number =
            (age < 18 && self.dice.chance(70)).then(|| with_check_digit(7_000_000_000 + number));
        self.members.push(Person {
            given: parts.0,
            family: parts.1,
            free: parts.2,
            female,
            born,
            known,
            relation,
            uin,
            brn: birth_number,
        });
    }

    /// Given name, family name, or the one name of those who have neither.
    fn called(&mut self, female: bool, family: Option<&str>, father: &str) -> (String, String, String) {
        let mut given = self.culture.given(female, &mut self.dice);
        let from_father = self.culture.from_father(father, female);
        if let Some(from_father) = &from_father {
            given = format!("{given} {from_father}");
        }
        match (self.culture.order, family) {
            (Order::Free, Some(family)) if from_father.is_none() => {
                (String::new(), String::new(), format!("{given} {family}"))
            }
            (Order::Free, _) | (_, None) => (String::new(), String::new(), given),
            (_, Some(family)) => (given, self.culture.family_of(family, female), String::new()),
        }
    }

    /// The man who was added last is the children's father.
    fn take_father(&mut self) {
        if let Some(man) = self.members.last().filter(|member| !member.female) {
            let name = if man.free.is_empty() { &man.given } else { &man.free };
            name.split(' ').next().unwrap_or_default().clone_into(&mut self.father);
        }
    }

    /// A birthday that makes the age true today. Dates that were guessed are the first of January more often than not.
    fn born(&mut self, age: i32) -> Date {
        let day = self.today - Duration::days(i64::from(self.dice.below(365)));
        let year = day.year() - age;
        // 29 February: the day before exists in every year.
        let born =
            day.replace_year(year).or_else(|_| (day - Duration::DAY).replace_year(year)).unwrap_or(day);
        match Date::from_calendar_date(born.year(), Month::January, 1) {
            Ok(first) if age > 30 && self.dice.chance(12) => first,
            _ => born,
        }
    }
}

/// Ten digits and a check digit (Luhn), as identity numbers often have.
fn with_check_digit(number: u64) -> String {
    let text = number.to_string();
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{text}{}", (10 - sum % 10) % 10)
}

fn directions(dice: &mut Dice, language: &str) -> String {
    let n = dice.between(2, 9) * 50;
    let (landmarks, side): (&[&str], [&str; 2]) = match language {
        "fr" => (
            &[
                "de l'école primaire",
                "du marché",
                "du centre de santé",
                "de la borne-fontaine",
                "du grand manguier",
                "de la mosquée",
                "de l'église",
            ],
            ["après, côté gauche", "avant, côté droit"],
        ),
        "ar" => {
            (&["المدرسة", "السوق", "المركز الصحي", "البئر", "الجامع", "محطة الحافلات"], ["يسارًا", "يمينًا"])
        }
        _ => (
            &[
                "the primary school",
                "the market",
                "the health post",
                "the water point",
                "the big mango tree",
                "the mosque",
                "the church",
            ],
            ["past it, on the left", "before it, on the right"],
        ),
    };
    let landmark = dice.pick(landmarks).copied().unwrap_or_default();
    let side = side[usize::from(dice.chance(50))];
    match language {
        "fr" => format!("À {n} m {landmark}, {side}"),
        "ar" => format!("على بعد {n} م من {landmark}، {side}"),
        _ => format!("{n} m from {landmark}, {side}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn some() -> Vec<Household> {
        let cultures = Culture::all();
        (0..3000).map(|n| draw(1, n, 80, &cultures, TODAY)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_registry_and_another_seed_another() {
        let cultures = Culture::all();
        let of = |seed| (0..50).map(|n| draw(seed, n, 80, &cultures, TODAY)).collect::<Vec<_>>();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn households_are_of_one_to_fourteen_around_five() {
        let all = some();
        let sizes: BTreeSet<usize> = all.iter().map(|h| h.members.len()).collect();
        assert_eq!((sizes.first(), sizes.last()), (Some(&1), Some(&14)));
        let people: usize = all.iter().map(|h| h.members.len()).sum();
        assert!((40..55).contains(&(people * 10 / all.len())), "{people} people");
    }

    #[test]
    fn every_household_has_one_head_who_is_grown_up_and_nobody_is_unborn() {
        for household in some() {
            let heads: Vec<_> = household.members.iter().filter(|m| m.relation == "head").collect();
            assert_eq!(heads.len(), 1);
            assert!(TODAY - heads[0].born > Duration::days(18 * 365));
            for member in &household.members {
                assert!(
                    member.born <= TODAY && TODAY - member.born < Duration::days(110 * 365),
                    "{member:?}"
                );
                assert!(!(member.given.is_empty() && member.free.is_empty()), "{member:?}");
            }
        }
    }

    #[test]
    fn numbers_are_held_by_one_person_and_a_few_phones_by_two_households() {
        let (mut numbers, mut phones, mut shared) = (BTreeSet::new(), BTreeSet::new(), 0);
        for household in some() {
            shared += usize::from(household.phone.is_some_and(|phone| !phones.insert(phone)));
            for number in household.members.iter().flat_map(|m| [&m.uin, &m.brn]).flatten() {
                assert!(numbers.insert(number.clone()), "{number}");
            }
        }
        assert!((20..200).contains(&shared), "{shared}");
    }

    #[test]
    fn the_check_digit_is_luhns() {
        assert_eq!(with_check_digit(7_992_739_871), "79927398713");
    }
}

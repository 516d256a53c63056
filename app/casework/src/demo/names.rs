//! The cultures of the demo registry, read from `names.txt`.

use super::dice::Dice;

const TEXT: &str = include_str!("names.txt");

/// Of a hundred names so many are made of a beginning and an ending: no list of common names is a country's.
const RARE: u32 = 38;

/// How a full name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Given names, then the family's.
    GivenFamily,
    /// The family's name first.
    FamilyGiven,
    /// One field: no family name, or a father's name in its place.
    Free,
}

/// One block of `names.txt`.
#[derive(Clone, Debug)]
pub struct Culture {
    /// What the block is called.
    pub name: &'static str,
    /// How its names are written.
    pub order: Order,
    /// Language of letters: `en`, `fr` or `ar`.
    pub speaks: &'static str,
    /// Everybody has the father's name after their own, with these endings for men and women.
    father: Option<(&'static str, &'static str)>,
    hyphen: bool,
    women: Vec<&'static str>,
    men: Vec<&'static str>,
    family: Vec<&'static str>,
    rare: Rare,
    rare_family: Rare,
}

/// Beginnings and endings of less common names.
#[derive(Clone, Debug, Default)]
struct Rare {
    beginnings: Vec<&'static str>,
    endings: Vec<&'static str>,
}

impl Rare {
    fn read(text: &'static str) -> Self {
        let (beginnings, endings) = text.split_once('|').unwrap_or((text, ""));
        Self {
            beginnings: beginnings.split_whitespace().collect(),
            endings: endings.split_whitespace().collect(),
        }
    }

    fn name(&self, dice: &mut Dice) -> Option<String> {
        let beginning = dice.pick(&self.beginnings)?;
        Some(format!("{beginning}{}", dice.pick(&self.endings).copied().unwrap_or_default()))
    }
}

impl Culture {
    fn empty(name: &'static str) -> Self {
        Self {
            name,
            order: Order::GivenFamily,
            speaks: "en",
            father: None,
            hyphen: false,
            women: Vec::new(),
            men: Vec::new(),
            family: Vec::new(),
            rare: Rare::default(),
            rare_family: Rare::default(),
        }
    }

    /// Every culture, in the order of the file.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for line in TEXT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                all.push(Self::empty(name));
                continue;
            }
            let Some(culture) = all.last_mut() else { continue };
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let list = || rest.split_whitespace().collect();
            match word {
                "order" if rest == "free" => culture.order = Order::Free,
                "order" if rest == "family-given" => culture.order = Order::FamilyGiven,
                "speaks" => culture.speaks = rest,
                "father" => culture.father = Some(rest.split_once(' ').unwrap_or_default()),
                "hyphen" => culture.hyphen = true,
                "women" => culture.women = list(),
                "men" => culture.men = list(),
                "family" => culture.family = list(),
                "rare" => culture.rare = Rare::read(rest),
                "rare-family" => culture.rare_family = Rare::read(rest),
                _ => {}
            }
        }
        all
    }

    /// A given name; one in eight has two.
    pub fn given(&self, female: bool, dice: &mut Dice) -> String {
        let first = self.one_given(female, dice);
        if !dice.chance(12) {
            return first;
        }
        let second = self.one_given(female, dice);
        if second == first {
            return first;
        }
        format!("{first}{}{second}", if self.hyphen { "-" } else { " " })
    }

    fn one_given(&self, female: bool, dice: &mut Dice) -> String {
        if dice.chance(RARE)
            && let Some(name) = self.rare.name(dice)
        {
            return name;
        }
        let names = if female { &self.women } else { &self.men };
        common(names, dice).unwrap_or("Amani").to_owned()
    }

    /// A family's name, of two families in one of twenty-five; `None` where people have none.
    pub fn family(&self, dice: &mut Dice) -> Option<String> {
        let first = self.one_family(dice)?;
        if dice.chance(4)
            && let Some(second) = self.one_family(dice).filter(|second| *second != first)
        {
            return Some(format!("{first} {second}"));
        }
        Some(first)
    }

    fn one_family(&self, dice: &mut Dice) -> Option<String> {
        if dice.chance(RARE)
            && let Some(name) = self.rare_family.name(dice)
        {
            return Some(name);
        }
        common(&self.family, dice).map(ToOwned::to_owned)
    }

    /// The family's name as a woman of it writes it, where that differs.
    pub fn family_of(&self, family: &str, female: bool) -> String {
        let bends = self.father.is_some_and(|(_, woman)| !woman.is_empty()) && family.ends_with(['в', 'н']);
        if female && bends { format!("{family}а") } else { family.to_owned() }
    }

    /// What stands after the own name of a child of this father, where fathers' names are given.
    pub fn from_father(&self, father: &str, female: bool) -> Option<String> {
        let (man, woman) = self.father?;
        let first = father.split([' ', '-']).next().unwrap_or(father);
        Some(format!("{first}{}", if female { woman } else { man }))
    }
}

/// One of a list whose first names are the most common: a hyperbola, as counts of names are.
fn common<'a>(names: &[&'a str], dice: &mut Dice) -> Option<&'a str> {
    let weights: Vec<u32> =
        (0..names.len()).map(|place| 10_000 / (u32::try_from(place).unwrap_or(0) + 6)).collect();
    names.get(dice.weighted(&weights)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_of_the_file_is_whole() {
        let all = Culture::all();
        assert!(all.len() >= 11);
        for culture in &all {
            assert!(culture.women.len() >= 20 && culture.men.len() >= 20, "{}", culture.name);
            assert!(["en", "fr", "ar"].contains(&culture.speaks), "{}", culture.name);
            assert!(culture.order == Order::Free || culture.family.len() >= 20, "{}", culture.name);
            assert!(culture.rare.beginnings.len() * culture.rare.endings.len() >= 70, "{}", culture.name);
            let mut once = culture.women.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), culture.women.len(), "{}: a name twice", culture.name);
        }
    }

    #[test]
    fn four_scripts_are_written() {
        let first: Vec<char> =
            Culture::all().iter().filter_map(|culture| culture.women[0].chars().next()).collect();
        for script in [' '..='\u{24F}', '\u{600}'..='\u{6FF}', '\u{400}'..='\u{4FF}', '\u{1780}'..='\u{17FF}']
        {
            assert!(first.iter().any(|letter| script.contains(letter)), "{script:?}");
        }
    }

    #[test]
    fn a_father_is_named_as_his_people_do() {
        let all = Culture::all();
        let of = |name: &str| all.iter().find(|culture| culture.name == name).unwrap();
        assert_eq!(of("steppe").from_father("Иван", true).as_deref(), Some("Ивановна"));
        assert_eq!(of("steppe").family_of("Петров", true), "Петрова");
        assert_eq!(of("steppe").family_of("Петров", false), "Петров");
        assert_eq!(of("horn").from_father("Kebede Haile", true).as_deref(), Some("Kebede"));
        assert_eq!(of("sahel").from_father("Moussa", true), None);
    }
}

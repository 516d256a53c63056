//! The cultures of the demo registry, read from `names.txt`.

use super::dice::Dice;

const TEXT: &str = include_str!("names.txt");

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
    women: Vec<&'static str>,
    men: Vec<&'static str>,
    family: Vec<&'static str>,
}

impl Culture {
    /// Every culture, in the order of the file.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for line in TEXT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                let empty = Vec::new;
                all.push(Self {
                    name,
                    order: Order::GivenFamily,
                    speaks: "en",
                    women: empty(),
                    men: empty(),
                    family: empty(),
                });
                continue;
            }
            let Some(culture) = all.last_mut() else { continue };
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let list = || rest.split_whitespace().collect();
            match word {
                "order" if rest == "free" => culture.order = Order::Free,
                "order" if rest == "family-given" => culture.order = Order::FamilyGiven,
                "speaks" => culture.speaks = rest,
                "women" => culture.women = list(),
                "men" => culture.men = list(),
                "family" => culture.family = list(),
                _ => {}
            }
        }
        all
    }

    /// A given name; one in eight has two.
    pub fn given(&self, female: bool, dice: &mut Dice) -> String {
        let names = if female { &self.women } else { &self.men };
        let first = dice.pick(names).copied().unwrap_or("Amani");
        match dice.pick(names) {
            Some(second) if *second != first && dice.chance(12) => format!("{first} {second}"),
            _ => first.to_owned(),
        }
    }

    /// A family's name; `None` where people have none.
    pub fn family(&self, dice: &mut Dice) -> Option<String> {
        dice.pick(&self.family).map(|name| (*name).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_of_the_file_is_whole() {
        let all = Culture::all();
        assert!(all.len() >= 8);
        for culture in &all {
            assert!(culture.women.len() >= 20 && culture.men.len() >= 20, "{}", culture.name);
            assert!(["en", "fr", "ar"].contains(&culture.speaks), "{}", culture.name);
            assert!(culture.order == Order::Free || culture.family.len() >= 20, "{}", culture.name);
            let mut once = culture.women.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), culture.women.len(), "{}: a name twice", culture.name);
        }
    }
}

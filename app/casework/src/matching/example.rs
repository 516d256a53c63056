//! Two invented records of one woman, and her daughter, weighed by the engine as it is: for whoever wants to see how.
//! Nobody of them is in the registry.

use domain::birth::Birth;
use domain::household::Sex;
use domain::identifier::IdentifierKind;
use domain::matching::{Address, Born, Features, Keyer, Number, Record, Scored, score};
use domain::role::Right;
use time::macros::date;

use crate::error::Result;
use crate::{Actor, Casework};

/// Somebody invented.
#[derive(Debug, Clone, Copy)]
pub struct Invented {
    /// Given name.
    pub given: &'static str,
    /// Family name.
    pub family: &'static str,
    /// Birth.
    pub birth: Birth,
    /// Sex.
    pub sex: Sex,
    /// Number of the card, where it was shown.
    pub card: Option<&'static str>,
    /// Telephone.
    pub phone: Option<&'static str>,
    /// Village, and district.
    pub place: (&'static str, &'static str),
}

/// The woman as she registered first.
const FIRST: Invented = Invented {
    given: "Mariam",
    family: "Ouattara",
    birth: Birth::Date(date!(1987 - 04 - 09)),
    sex: Sex::Female,
    card: Some("4471 2093 118"),
    phone: Some("+226 70 55 01 02"),
    place: ("Boulmiou", "Houet"),
};

/// The same woman years later, at another counter: her name as another officer hears it, day and month exchanged, no card.
const AGAIN: Invented = Invented {
    given: "Maryam",
    birth: Birth::Date(date!(1987 - 09 - 04)),
    card: None,
    phone: Some("+226 76 11 90 47"),
    ..FIRST
};

/// Her daughter.
const DAUGHTER: Invented =
    Invented { given: "Aïcha", birth: Birth::Date(date!(2012 - 12 - 21)), card: None, ..FIRST };

/// What the engine says of them.
#[derive(Debug, Clone)]
pub struct Example {
    /// The woman, the woman again, her daughter.
    pub people: [Invented; 3],
    /// The woman and herself.
    pub same: Scored,
    /// The woman and her daughter.
    pub daughter: Scored,
    /// The model in force, by which they were weighed.
    pub model: i64,
}

fn features(one: &Invented) -> Features {
    let record = Record {
        given: Some(one.given.into()),
        family: Some(one.family.into()),
        full: None,
        birth: Some(Born::from(one.birth)),
        sex: Some(one.sex),
        identifiers: one
            .card
            .iter()
            .map(|card| Number { kind: Some(IdentifierKind::Uin), value: (*card).into() })
            .collect(),
        phones: one.phone.iter().map(|phone| (*phone).into()).collect(),
        address: Address {
            village: Some(one.place.0.into()),
            district: Some(one.place.1.into()),
            ..Address::default()
        },
    };
    Features::of(&record, &Keyer::unstored())
}

/// The invented people, weighed with the model in force and the registry's own counts of names and births.
pub async fn example(cw: &Casework, actor: &Actor) -> Result<Example> {
    actor.require_anywhere(Right::ReadModels)?;
    let scales = cw.acting(actor).scales().await?;
    let [first, again, daughter] = [FIRST, AGAIN, DAUGHTER].map(|one| features(&one));
    let weigh =
        |other: &Features| score(&scales.model, &scales.counts, &first.view(), &other.view(), scales.prior());
    Ok(Example {
        people: [FIRST, AGAIN, DAUGHTER],
        same: weigh(&again),
        daughter: weigh(&daughter),
        model: scales.model.version(),
    })
}

//! A large registry for measuring how people are found: who they are, where they live, and what the matcher keeps of them,
//! several hundred households to a commit. No consents, applications, clocks or journal: this is no registry to work in.

use std::sync::{Arc, LazyLock};

use domain::household::{Contact, Person};
use domain::ids::PersonId;
use domain::matching::Features;
use domain::pack::Pack;
use domain::registration::Registration;

use super::registry::Registry;
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::{Arg, Tx};
use crate::error::Result;
use crate::matching::index::{self, Entry};
use crate::matching::{keyer, record};

/// Households in one commit.
const TOGETHER: u32 = 400;
/// Rows in one statement, where there are so many.
const ROWS: usize = 16;

/// Statements for one row and for [`ROWS`] of them.
struct Into(String, String);

impl Into {
    fn new(start: &str, columns: usize) -> Self {
        let rows = |count: usize| {
            let row = |at: usize| {
                let places: Vec<String> =
                    (1..=columns).map(|place| format!("${}", at * columns + place)).collect();
                format!("({})", places.join(", "))
            };
            format!("{start} VALUES {}", (0..count).map(row).collect::<Vec<_>>().join(", "))
        };
        Self(rows(1), rows(ROWS))
    }

    async fn write(&'static self, tx: &mut Tx, rows: Vec<Vec<Arg>>) -> Result<()> {
        let mut rows = rows.into_iter();
        while rows.len() >= ROWS {
            let args = rows.by_ref().take(ROWS).flatten().collect();
            tx.run(self.1.as_str(), args).await?;
        }
        for row in rows {
            tx.run(self.0.as_str(), row).await?;
        }
        Ok(())
    }
}

static INTO_PERSON: LazyLock<Into> = LazyLock::new(|| {
    Into::new(
        "INSERT INTO person (household_id, person_id, given, family, one_name, name_key, sex, birth_precision, birth_date, \
         birth_told_on, relation, from_at, by_staff, version)",
        14,
    )
});
static INTO_MEMBERSHIP: LazyLock<Into> = LazyLock::new(|| {
    Into::new("INSERT INTO membership (household_id, membership_id, person_id, from_date, by_staff)", 5)
});

/// Somebody of a large registry, kept for asking.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// Who.
    pub id: PersonId,
    /// As registered.
    pub person: Person,
    /// Where.
    pub contact: Contact,
}

/// Fills a new database with so many households of the seed at the pack's first office; gives everyone whose number is
/// a multiple of `every`, and what draws the households that come next.
pub async fn fill<'p>(
    cw: &Casework,
    pack: &'p Arc<Pack>,
    (households, seed): (u32, u64),
    every: u64,
    progress: impl Fn(u64),
) -> Result<(Vec<Sampled>, Registry<'p>)> {
    let cw = &cw.acting(&Actor::command_line());
    let office = pack.offices.first().map(|office| office.code.clone()).unwrap_or_default();
    let mut registry = Registry::new(pack, seed, cw.today());
    let (mut sampled, mut people, mut left) = (Vec::new(), 0_u64, households);
    while left > 0 {
        let now = left.min(TOGETHER);
        left -= now;
        let drawn: Vec<(Registration, Vec<PersonId>)> = (0..now)
            .map(|_| {
                let registration = registry.next(cw.now());
                let ids = registration.members.iter().map(|_| cw.new_id()).collect();
                (registration, ids)
            })
            .collect();
        for (registration, ids) in &drawn {
            for (id, person) in ids.iter().zip(&registration.members) {
                people += 1;
                if people.is_multiple_of(every) {
                    let contact = registration.contact.clone();
                    sampled.push(Sampled { id: *id, person: person.clone(), contact });
                }
            }
        }
        let (keys, pack, office) = (cw.keys.clone(), pack.clone(), office.clone());
        cw.write(async move |tx| {
            let keyer = keyer(&keys);
            let mut entries = Vec::new();
            for (registration, _) in &drawn {
                household(tx, &office, registration).await?;
            }
            members(tx, &drawn).await?;
            for (registration, ids) in &drawn {
                entries.extend(ids.iter().zip(&registration.members).map(|(id, person)| {
                    let record = record(person, &registration.contact, &pack);
                    Entry::first(*id, registration.id, Features::of(&record, &keyer), &keyer)
                }));
            }
            index::put(tx, &keyer, &entries, None).await
        })
        .await?;
        progress(people);
    }
    Ok((sampled, registry))
}

async fn household(tx: &mut Tx, office: &str, registration: &Registration) -> Result<()> {
    let (household, by) = (registration.id, Actor::command_line().staff_id);
    let reference = domain::reference::Reference::from_random(rand::random());
    let now = tx.now();
    tx.run(
        "INSERT INTO household (household_id, reference, office, registered_at, registered_by) VALUES ($1, $2, $3, $4, $5)",
        args![household, reference.symbols(), office, now, by],
    )
    .await?;
    let contact: uuid::Uuid = tx.new_id();
    tx.run(
        "INSERT INTO contact (household_id, contact_id, area, language, safe_contact, from_at, by_staff) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            household,
            contact,
            registration.contact.area.as_str(),
            registration.contact.language.as_str(),
            false,
            now,
            by
        ],
    )
    .await
    .map(drop)
}

async fn members(tx: &mut Tx, drawn: &[(Registration, Vec<PersonId>)]) -> Result<()> {
    let (now, today, by) = (tx.now(), tx.today(), Actor::command_line().staff_id);
    let (mut people, mut memberships) = (Vec::new(), Vec::new());
    for (registration, ids) in drawn {
        for (id, person) in ids.iter().zip(&registration.members) {
            people.push(args![
                registration.id,
                *id,
                person.name.given().map(ToOwned::to_owned),
                person.name.family().map(ToOwned::to_owned),
                person.name.one().map(ToOwned::to_owned),
                person.name.key(),
                person.sex.code(),
                person.birth.precision().code(),
                person.birth.for_rules(),
                person.birth.told_on(),
                person.relation.code(),
                now,
                by,
                1_i64,
            ]);
            let membership: uuid::Uuid = tx.new_id();
            memberships.push(args![registration.id, membership, *id, today, by]);
        }
    }
    INTO_PERSON.write(tx, people).await?;
    INTO_MEMBERSHIP.write(tx, memberships).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{Asked, candidates, upkeep};
    use crate::test_support::{counter_officer, demo_pack, each_engine};

    #[tokio::test]
    async fn whoever_was_filled_in_is_found_by_what_is_known_of_them() {
        each_engine(async |world| {
            let pack = Arc::new(Pack::load(&demo_pack()).unwrap());
            world.packs.put(pack.clone(), true);
            let (sampled, mut registry) = fill(world, &pack, (300, 3), 50, |_| {}).await.unwrap();
            assert!(sampled.len() >= 20);
            upkeep::round(&world.acting(&Actor::command_line())).await.unwrap();
            for one in &sampled {
                let asked = Asked::from(record(&one.person, &one.contact, &pack));
                let found = candidates(world, &counter_officer(), &asked).await.unwrap();
                assert_eq!(found.first().map(|best| best.found.person), Some(one.id), "{:?}", one.person);
            }
            let next = registry.next(world.now());
            crate::households::register::register_drawn(
                world,
                &counter_officer(),
                crate::test_support::OFFICE,
                &next,
            )
            .await
            .unwrap();
        })
        .await;
    }
}

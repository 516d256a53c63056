//! A large registry for measuring how people are found: who they are, where they live, and what the matcher keeps of them,
//! several hundred households to a commit. No consents, applications, clocks or journal: this is no registry to work in.

use std::sync::Arc;

use domain::household::{Contact, Person};
use domain::ids::PersonId;
use domain::matching::Features;
use domain::pack::Pack;
use domain::registration::Registration;

use super::registry::Registry;
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::Result;
use crate::households::people::{self, Written};
use crate::matching::index::{self, Known};
use crate::matching::{keyer, record};

/// Households in one commit.
const TOGETHER: u32 = 400;
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
                    Known::of(Features::of(&record, &keyer), &keyer).entry(*id, registration.id)
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
    let (today, me) = (tx.today(), Actor::command_line());
    let all = || {
        drawn
            .iter()
            .flat_map(|(one, ids)| ids.iter().zip(&one.members).map(|(id, person)| (one.id, *id, person)))
    };
    let versions: Vec<_> =
        all().map(|(household, id, person)| Written { household, id, version: 1, person }).collect();
    people::write_versions(tx, &me, &versions).await?;
    let ids: Vec<_> = all().map(|(household, id, _)| (household, id)).collect();
    people::join(tx, &me, &ids, today).await
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

//! Keeping the directory right between two packs: by the provider for its own places, by an office for those in its area.
//!
//! Each change is a new version of what is known, and an entry in the registry's own chain; to say that all is still right is
//! a change too, of the day alone.

use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::services::Access;
use domain::services::hours::Hours;
use time::Date;

use super::{Keeper, Spot, one, stale};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// What a keeper says of a place. Saying it verifies the entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Opening hours as text; empty for those of the pack.
    pub open: String,
    /// A number to call; empty for that of the pack.
    pub phone: String,
    /// Places; none for no limit.
    pub capacity: Option<u32>,
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Who can use it.
    pub access: Vec<Access>,
    /// The first day on which it is open again; none when it is open.
    pub closed_until: Option<Date>,
}

impl Change {
    /// What is known now: to change a part of it, or nothing but the day on which somebody looked.
    pub fn of(spot: &Spot) -> Self {
        Self {
            open: spot.place.open.clone().unwrap_or_default(),
            phone: spot.place.phone.clone().unwrap_or_default(),
            capacity: spot.place.capacity,
            languages: spot.place.languages.clone(),
            access: spot.place.access.clone(),
            closed_until: spot.closed_until,
        }
    }
}

/// The longest telephone number that is kept, in signs.
const LONGEST_PHONE: usize = 40;
/// More places than this are a slip of the hand.
const MOST_PLACES: u32 = 1_000_000;

/// As whom an actor may keep what is known of a place; none for who may not.
pub fn keeper(pack: &Pack, actor: &Actor, spot: &Spot) -> Option<Keeper> {
    if actor.may_in(Right::KeepDirectory, &Scope::Provider(spot.provider.code.clone())) {
        return Some(Keeper::Provider);
    }
    let serves = |office: &&domain::country::Office| {
        pack.areas.is_within(&spot.place.area, &office.area)
            && actor.may_in(Right::KeepDirectory, &Scope::Office(office.code.clone()))
    };
    pack.offices.iter().find(serves).map(|_| Keeper::Office)
}

/// One place as it is now, for its page.
pub async fn spot(cw: &Casework, code: &str) -> Result<Spot> {
    let pack = cw.pack()?;
    one(&mut cw.db.read().await?, &pack, code).await
}

/// Says what is so of a place now, and that somebody looked. `version` is that of the [`Spot`] it was filled in on: `Stale`
/// when another keeper was faster. `Forbidden` for who does not keep it; `Invalid("place.open" | "place.phone" |
/// "place.capacity" | "place.languages" | "place.closed_until")`.
pub async fn change(cw: &Casework, actor: &Actor, code: &str, version: i64, change: &Change) -> Result<()> {
    actor.require_anywhere(Right::KeepDirectory)?;
    // The task that ends with it may lie in a queue that the actor does not see.
    let cw = &cw.acting(&Actor::system());
    let (actor, pack, code, change) = (actor.clone(), cw.pack()?, code.to_owned(), change.clone());
    let known = |language: &String| {
        pack.about.languages.contains(language)
            || pack.directory.places.iter().any(|place| place.languages.contains(language))
    };
    if !change.open.is_empty() && change.open.parse::<Hours>().is_err() {
        return Err(Error::Invalid("place.open"));
    }
    let is_number = |ch: char| ch.is_ascii_digit() || "+ ()-/.".contains(ch);
    if change.phone.chars().count() > LONGEST_PHONE || !change.phone.chars().all(is_number) {
        return Err(Error::Invalid("place.phone"));
    }
    if change.capacity.is_some_and(|count| count > MOST_PLACES) {
        return Err(Error::Invalid("place.capacity"));
    }
    if !change.languages.iter().all(known) {
        return Err(Error::Invalid("place.languages"));
    }
    if change.closed_until.is_some_and(|until| until <= cw.today()) {
        return Err(Error::Invalid("place.closed_until"));
    }
    cw.write(async move |tx| {
        let before = one(tx, &pack, &code).await?;
        let keeper = keeper(&pack, &actor, &before).ok_or(Error::Forbidden)?;
        if before.version != version {
            return Err(Error::Stale);
        }
        insert(tx, &actor, &code, version + 1, &change, keeper).await?;
        let fields = changed(&Change::of(&before), &change);
        let event = Event::new(if fields.is_empty() { "place.verified" } else { "place.changed" });
        let event = event.code("place", &code).code("by", keeper.code()).number("version", version + 1);
        let event = if fields.is_empty() { event } else { event.fields(&fields) };
        journal::append(tx, &actor, REGISTRY, event).await?;
        stale::looked(tx, &actor, &code).await
    })
    .await
}

/// The names of what is said otherwise than before.
fn changed(before: &Change, now: &Change) -> Vec<&'static str> {
    let parts = [
        ("open", before.open != now.open),
        ("phone", before.phone != now.phone),
        ("capacity", before.capacity != now.capacity),
        ("languages", before.languages != now.languages),
        ("access", before.access != now.access),
        ("closed_until", before.closed_until != now.closed_until),
    ];
    parts.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}

async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    code: &str,
    version: i64,
    change: &Change,
    keeper: Keeper,
) -> Result<()> {
    let access: Vec<&str> = change.access.iter().map(|one| one.code()).collect();
    let made = tx
        .run(
            "INSERT INTO provider_place (place, version, open, phone, capacity, languages, access, closed_until,
                    verified_on, verified_by, changed_at, changed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (place, version) DO NOTHING",
            args![
                code,
                version,
                change.open.as_str(),
                change.phone.as_str(),
                change.capacity,
                change.languages.join(","),
                access.join(","),
                change.closed_until,
                tx.today(),
                keeper.code(),
                tx.now(),
                actor.staff_id
            ],
        )
        .await?;
    if made == 1 { Ok(()) } else { Err(Error::Stale) }
}

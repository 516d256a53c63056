//! Records that providers hand in: who is to be recorded for which cycle, and the handing in. A provider sees of those whom
//! a condition concerns the reference and the name, and of others nothing.
//!
//! Handing the same in twice changes nothing; a correction is a new version, and says which one it corrects.

use std::collections::BTreeMap;

use domain::definitions::CheckDef;
use domain::ids::HouseholdId;
use domain::life::condition::{Excuse, Given, RecordKind};
use domain::name::PersonName;
use domain::pack::Pack;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::Date;
use uuid::Uuid;

use super::conditions::{check_of, due_on};
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// Cycles that can be recorded besides the one that runs.
const BACK: usize = 3;
/// People on one sheet; a larger group is handed in as a list.
pub const ON_SHEET: usize = 300;
/// People in one group at all.
pub const IN_GROUP: usize = 20_000;

/// People of one condition at the actor's providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The programme.
    pub programme: String,
    /// The condition.
    pub condition: String,
    /// What is handed in.
    pub record: RecordKind,
    /// The cycles that can be recorded, the newest first.
    pub cycles: Vec<Counted>,
}

/// A cycle and how far it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// The last day on which records count without a task for anybody.
    pub by: Date,
    /// People.
    pub people: i64,
    /// Of them those recorded.
    pub given: i64,
}

/// One cycle of one condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// The programme.
    pub programme: String,
    /// The condition.
    pub condition: String,
    /// The first day of the cycle.
    pub from: Date,
}

/// The people of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What is handed in.
    pub record: RecordKind,
    /// The last day of the cycle.
    pub until: Date,
    /// The last day for records.
    pub by: Date,
    /// Everybody, by name.
    pub rows: Vec<Row>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// A person on a sheet: the least that lets the provider know who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose case; for the form only.
    pub household: HouseholdId,
    /// Which award.
    pub enrolment: Uuid,
    /// The person.
    pub person: Uuid,
    /// What the person shows.
    pub reference: Reference,
    /// The name.
    pub name: String,
    /// The version of the record that counts; 0 where there is none.
    pub number: i64,
    /// What it says.
    pub given: Option<Given>,
}

/// A record to be handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// Whose case.
    pub household: HouseholdId,
    /// Which award.
    pub enrolment: Uuid,
    /// The person.
    pub person: Uuid,
    /// The version that it was seen beside; 0 for none.
    pub seen: i64,
    /// What is told.
    pub given: Given,
}

/// What came of handing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Recorded for the first time.
    pub new: usize,
    /// Corrected.
    pub corrected: usize,
    /// Recorded so already.
    pub same: usize,
}

/// How records reach us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Typed on a sheet.
    Form,
    /// In a list.
    List,
    /// By the office that keeps the file.
    Office,
}

impl Source {
    const fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::List => "list",
            Self::Office => "office",
        }
    }
}

fn providers(actor: &Actor) -> Result<Vec<String>> {
    actor.require_anywhere(Right::HandInRecords)?;
    let scopes = actor.scopes(Right::HandInRecords);
    Ok(scopes
        .filter(|scope| matches!(scope, Scope::Provider(_)))
        .filter_map(Scope::code)
        .map(str::to_owned)
        .collect())
}

/// What the actor's providers have to record.
pub async fn groups(cw: &Casework, actor: &Actor) -> Result<Vec<Group>> {
    let cw = &cw.acting(actor);
    let (own, pack) = (providers(actor)?, cw.pack()?);
    let mut found: BTreeMap<(String, String), BTreeMap<Date, (i64, i64)>> = BTreeMap::new();
    for provider in &own {
        let there: Vec<(String, String)> = cw
            .db
            .all(
                "SELECT DISTINCT programme, condition FROM condition_watch WHERE provider = $1 AND until_date IS NULL",
                args![provider],
            )
            .await?;
        for (programme, condition) in there {
            let Some(check) = check_of(&pack, &programme, &condition) else { continue };
            let counts = found.entry((programme.clone(), condition.clone())).or_default();
            for from in cycles(check, cw.today()) {
                let row: Option<(i64, i64)> = cw
                    .db
                    .one(
                        "SELECT COUNT(*), COUNT(record.record_id) FROM condition_watch AS watch
                         LEFT JOIN condition_record AS record ON record.household_id = watch.household_id
                              AND record.enrolment_id = watch.enrolment_id AND record.person_id = watch.person_id
                              AND record.condition = watch.condition AND record.cycle_from = $1
                              AND record.replaced_at IS NULL
                         WHERE watch.provider = $2 AND watch.programme = $3 AND watch.condition = $4
                           AND watch.until_date IS NULL AND watch.from_date <= $1",
                        args![from, provider, programme.as_str(), condition.as_str()],
                    )
                    .await?;
                let (people, given) = row.unwrap_or_default();
                let sum = counts.entry(from).or_default();
                *sum = (sum.0 + people, sum.1 + given);
            }
        }
    }
    let group = |((programme, condition), counts): ((String, String), BTreeMap<Date, (i64, i64)>)| {
        let check = check_of(&pack, &programme, &condition)?;
        let cycle = |(from, (people, given)): (Date, (i64, i64))| Counted {
            from,
            until: check.cycle.last_of(from),
            by: due_on(check, from),
            people,
            given,
        };
        let cycles: Vec<Counted> = counts.into_iter().rev().map(cycle).filter(|one| one.people > 0).collect();
        (!cycles.is_empty()).then_some(Group { programme, condition, record: check.record, cycles })
    };
    Ok(found.into_iter().filter_map(group).collect())
}

/// The cycles that can be recorded on a day, the newest first.
fn cycles(check: &CheckDef, today: Date) -> Vec<Date> {
    let mut from = check.cycle.first_of(today);
    let mut cycles = vec![from];
    for _ in 0..BACK {
        from = check.cycle.first_of(from.previous_day().unwrap_or(from));
        cycles.push(from);
    }
    cycles
}

/// How the condition is checked; `NotFound` for one that is not, or a cycle that cannot be recorded now.
fn found<'p>(pack: &'p Pack, which: &Which, today: Date) -> Result<&'p CheckDef> {
    let check = check_of(pack, &which.programme, &which.condition).ok_or(Error::NotFound)?;
    if cycles(check, today).contains(&which.from) { Ok(check) } else { Err(Error::NotFound) }
}

/// The people of a cycle at the actor's providers, at most so many. The reading is told in the registry's own chain.
pub async fn sheet(cw: &Casework, actor: &Actor, which: &Which, most: usize) -> Result<Sheet> {
    let cw = &cw.acting(actor);
    let (own, pack) = (providers(actor)?, cw.pack()?);
    let check = found(&pack, which, cw.today())?;
    let mut rows = Vec::new();
    let mut view = cw.db.read().await?;
    for provider in &own {
        rows.extend(people(&mut view, provider, which, most + 1).await?);
    }
    drop(view);
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let event = Event::new("records.listed").code("condition", &which.condition).number("count", count);
    journal::record(cw, actor, REGISTRY, event).await?;
    let more = rows.len() > most;
    rows.truncate(most);
    rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.person.cmp(&b.person)));
    let until = check.cycle.last_of(which.from);
    Ok(Sheet { record: check.record, until, by: due_on(check, which.from), rows, more })
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    household_id: Uuid,
    enrolment_id: Uuid,
    person_id: Uuid,
    reference: String,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    number: Option<i64>,
    value: Option<i64>,
    excuse: Option<String>,
}

impl PersonRow {
    fn read(self) -> Result<Row> {
        let name = PersonName::from_columns(self.given, self.family, self.one_name);
        let excuse: Option<Excuse> = match self.excuse.as_deref() {
            None | Some("") => None,
            Some(code) => Some(code.parse().map_err(Error::internal)?),
        };
        Ok(Row {
            household: self.household_id.into(),
            enrolment: self.enrolment_id,
            person: self.person_id,
            reference: Reference::parse(&self.reference).map_err(Error::internal)?,
            name: name.map(|name| name.display()).unwrap_or_default(),
            number: self.number.unwrap_or(0),
            given: self.number.map(|_| Given { value: self.value, excuse }),
        })
    }
}

/// The people of a cycle at a provider.
pub(super) const PEOPLE: &str = "SELECT watch.household_id, watch.enrolment_id, watch.person_id, household.reference, person.given,
                    person.family, person.one_name, record.number, record.value, record.excuse
             FROM condition_watch AS watch
             JOIN household ON household.household_id = watch.household_id
             JOIN person ON person.household_id = watch.household_id AND person.person_id = watch.person_id
                  AND person.replaced_at IS NULL
             LEFT JOIN condition_record AS record ON record.household_id = watch.household_id
                  AND record.enrolment_id = watch.enrolment_id AND record.person_id = watch.person_id
                  AND record.condition = watch.condition AND record.cycle_from = $1 AND record.replaced_at IS NULL
             WHERE watch.provider = $2 AND watch.programme = $3 AND watch.condition = $4
               AND watch.until_date IS NULL AND watch.from_date <= $1
             ORDER BY watch.household_id LIMIT $5";

async fn people(tx: &mut Tx, provider: &str, which: &Which, most: usize) -> Result<Vec<Row>> {
    let rows: Vec<PersonRow> = tx
        .all(
            PEOPLE,
            args![
                which.from,
                provider,
                which.programme.as_str(),
                which.condition.as_str(),
                i64::try_from(most).unwrap_or(i64::MAX)
            ],
        )
        .await?;
    rows.into_iter().map(PersonRow::read).collect()
}

/// Takes records in, all or none. `NotFound` when one is about somebody who is not the actor's to record, `Stale` when
/// somebody else recorded one meanwhile, `Invalid` for a value that cannot be.
pub async fn hand_in(
    cw: &Casework,
    actor: &Actor,
    which: &Which,
    source: Source,
    rows: Vec<Handed>,
) -> Result<Taken> {
    let cw = &cw.acting(actor);
    let (own, pack) = (providers(actor)?, cw.pack()?);
    let record = found(&pack, which, cw.today())?.record;
    let (actor, which) = (actor.clone(), which.clone());
    cw.write(async move |tx| {
        let mut taken = Taken::default();
        for row in &rows {
            if !fits(record, &row.given) {
                return Err(Error::Invalid("record.value"));
            }
            let there: Option<(String, String)> = tx
                .one(
                    "SELECT provider, office FROM condition_watch
                     WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3 AND condition = $4
                       AND programme = $5 AND until_date IS NULL AND from_date <= $6",
                    args![
                        row.household,
                        row.enrolment,
                        row.person,
                        which.condition.as_str(),
                        which.programme.as_str(),
                        which.from
                    ],
                )
                .await?;
            let Some((provider, office)) = there.filter(|(provider, _)| own.contains(provider)) else {
                return Err(Error::NotFound);
            };
            let from = Hand { provider: &provider, office: &office, source };
            keep(tx, &actor, &which, row, from, &mut taken).await?;
        }
        Ok(taken)
    })
    .await
}

/// Whether a value can be of this kind of record.
fn fits(record: RecordKind, given: &Given) -> bool {
    match given.value {
        Some(value) => (0..=record.most()).contains(&value),
        None => given.excuse.is_some(),
    }
}

/// Who hands a record in.
struct Hand<'a> {
    provider: &'a str,
    office: &'a str,
    source: Source,
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    which: &Which,
    row: &Handed,
    from: Hand<'_>,
    taken: &mut Taken,
) -> Result<()> {
    let current: Option<(Uuid, i64, Option<i64>, String)> = tx
        .one(
            "SELECT record_id, number, value, excuse FROM condition_record
             WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3 AND condition = $4 AND cycle_from = $5
               AND replaced_at IS NULL",
            args![row.household, row.enrolment, row.person, which.condition.as_str(), which.from],
        )
        .await?;
    let excuse = row.given.excuse.map(Excuse::code).unwrap_or_default();
    let mut number = 1;
    if let Some((id, before, value, said)) = current {
        if value == row.given.value && said == excuse {
            taken.same += 1;
            return Ok(());
        }
        if before != row.seen {
            return Err(Error::Stale);
        }
        tx.run_one(
            "UPDATE condition_record SET replaced_at = $1 WHERE household_id = $2 AND record_id = $3 AND replaced_at IS NULL",
            args![tx.now(), row.household, id],
        )
        .await?;
        number = before + 1;
        taken.corrected += 1;
    } else if row.seen != 0 {
        return Err(Error::Stale);
    } else {
        taken.new += 1;
    }
    let id: Uuid = tx.new_id();
    tx.run(
        "INSERT INTO condition_record (household_id, record_id, enrolment_id, person_id, condition, cycle_from, number,
                                       value, excuse, provider, office, source, recorded_by, recorded_at, judged)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, FALSE)",
        args![
            row.household,
            id,
            row.enrolment,
            row.person,
            which.condition.as_str(),
            which.from,
            number,
            row.given.value,
            excuse,
            from.provider,
            from.office,
            from.source.code(),
            actor.staff_id,
            tx.now()
        ],
    )
    .await?;
    let event = Event::new(if number > 1 { "record.corrected" } else { "record.handed_in" })
        .id("record", id)
        .id("enrolment", row.enrolment)
        .code("condition", &which.condition)
        .date("from", which.from);
    journal::append(tx, actor, row.household, event).await
}

/// The office that keeps the file knows of a good cause: a new version of the record, with the value that was handed in.
/// `NotFound` for a cycle that was not judged, or somebody whom the condition does not concern.
pub async fn excuse(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    (enrolment, person): (Uuid, Uuid),
    which: Which,
    cause: Excuse,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::EditHousehold).await?;
        let judged: Option<i64> = tx
            .value(
                "SELECT COUNT(*) FROM condition_cycle WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3
                 AND condition = $4 AND cycle_from = $5",
                args![household, enrolment, person, which.condition.as_str(), which.from],
            )
            .await?;
        if judged.unwrap_or(0) == 0 {
            return Err(Error::NotFound);
        }
        let current: Option<(i64, Option<i64>)> = tx
            .one(
                "SELECT number, value FROM condition_record
                 WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3 AND condition = $4
                   AND cycle_from = $5 AND replaced_at IS NULL",
                args![household, enrolment, person, which.condition.as_str(), which.from],
            )
            .await?;
        let (seen, value) = current.unwrap_or_default();
        let given = Given { value, excuse: Some(cause) };
        let row = Handed { household, enrolment, person, seen, given };
        let from = Hand { provider: "", office: &home.office, source: Source::Office };
        keep(tx, &actor, &which, &row, from, &mut Taken::default()).await
    })
    .await
}

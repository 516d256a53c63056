//! What was found, by bands; the sample that is checked by hand, and the precision that follows; what an officer accepts.

use domain::ids::{HouseholdId, ListId};
use domain::lists::course::{self, SURE};
use domain::lists::{Category, Choice, Entry, ListState, Outcome};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use uuid::Uuid;

use super::store::{self, BLOCK};
use super::{List, own};
use crate::actor::Actor;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Casework, args};

/// Rows of one page.
pub const ROWS: u32 = 25;

/// Rows of one category that are about equally sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// What was found.
    pub category: Category,
    /// At least 0.95 sure.
    pub sure: bool,
}

impl Band {
    /// Every band, in the order of the page.
    pub fn all() -> impl Iterator<Item = Self> {
        Category::ALL.iter().flat_map(|category| [true, false].map(|sure| Self { category: *category, sure }))
    }

    /// As it stands in an address.
    pub fn code(self) -> String {
        format!("{}.{}", self.category, if self.sure { "sure" } else { "possible" })
    }

    /// From an address.
    pub fn parse(code: &str) -> Option<Self> {
        Self::all().find(|band| band.code() == code)
    }

    /// The range of chances, in millionths: from, and below.
    const fn range(self) -> (i64, i64) {
        if self.sure { (SURE, i64::MAX) } else { (0, SURE) }
    }
}

/// A band in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    /// Which.
    pub band: Band,
    /// Rows.
    pub rows: i64,
    /// Rows for which it is right, as the model expects: the sum of their chances.
    pub expected: f64,
    /// Rows about which an officer has said something.
    pub chosen: i64,
    /// Rows to be registered.
    pub to_register: i64,
}

/// The sample in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// Rows drawn.
    pub drawn: i64,
    /// Found right.
    pub yes: i64,
    /// Found wrong.
    pub no: i64,
    /// Between which shares the true one lies, with 95 % confidence.
    pub range: Option<(f64, f64)>,
}

/// The result of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// By band; bands without rows are left out.
    pub bands: Vec<Tally>,
    /// What an officer found who looked by hand.
    pub sample: Sampled,
    /// Expected share of right answers among all links that are told, by the model alone.
    pub precision: Option<f64>,
    /// What became of rows: outcome and how many.
    pub outcomes: Vec<(Outcome, i64)>,
}

/// The result of a list.
pub async fn report(cw: &Casework, actor: &Actor, id: ListId) -> Result<Report> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    own(&mut view, actor, id).await?;
    let rows: Vec<(String, bool, i64, i64, i64, i64)> = view
        .all(
            "SELECT category, chance >= $2 AS sure, COUNT(*), CAST(SUM(chance) AS BIGINT), \
             CAST(SUM(CASE WHEN choice <> '' THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(SUM(CASE WHEN choice IN ('register', 'other') THEN 1 ELSE 0 END) AS BIGINT) \
             FROM partner_list_row WHERE list_id = $1 AND category <> '' GROUP BY category, chance >= $2",
            args![id, SURE],
        )
        .await?;
    let mut bands = Vec::new();
    for (category, sure, rows, chances, chosen, to_register) in rows {
        let category = category.parse().map_err(Error::internal)?;
        let expected = real(chances) / 1e6;
        bands.push(Tally { band: Band { category, sure }, rows, expected, chosen, to_register });
    }
    bands.sort_by_key(|tally| (tally.band.category, !tally.band.sure));
    let linked = bands.iter().filter(|tally| tally.band.category != Category::New);
    let (expected, told) =
        linked.fold((0.0, 0), |(sum, rows), tally| (sum + tally.expected, rows + tally.rows));
    let counted: Option<(i64, i64, i64)> = view
        .one(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN verdict = 'yes' THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(COALESCE(SUM(CASE WHEN verdict = 'no' THEN 1 ELSE 0 END), 0) AS BIGINT) \
             FROM partner_list_row WHERE list_id = $1 AND drawn > 0",
            args![id],
        )
        .await?;
    let (drawn, yes, no) = counted.unwrap_or_default();
    let small = |count: i64| u32::try_from(count).unwrap_or(0);
    let sample = Sampled { drawn, yes, no, range: course::confidence(small(yes), small(yes + no)) };
    let outcomes: Vec<(String, i64)> = view
        .all(
            "SELECT outcome, COUNT(*) FROM partner_list_row WHERE list_id = $1 AND outcome <> '' GROUP BY outcome ORDER BY outcome",
            args![id],
        )
        .await?;
    let outcomes = outcomes
        .into_iter()
        .map(|(outcome, rows)| Ok((outcome.parse().map_err(Error::internal)?, rows)))
        .collect::<Result<_>>()?;
    Ok(Report { bands, sample, precision: (told > 0).then(|| expected / real(told)), outcomes })
}

/// A count as a number to divide by.
fn real(count: i64) -> f64 {
    let high = i32::try_from(count >> 32).unwrap_or(i32::MAX);
    let low = u32::try_from(count & 0xFFFF_FFFF).unwrap_or(0);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// The registered household that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The household.
    pub household: HouseholdId,
    /// The office that keeps its file.
    pub office: String,
    /// Its reference, where the actor may open the file.
    pub reference: Option<Reference>,
    /// Name of the person, or of the head; the first letters only where the actor may not see it.
    pub name: String,
    /// Year of birth.
    pub born: i32,
}

/// A row with what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The row's place in the list.
    pub place: i64,
    /// Its number in the file.
    pub line: i64,
    /// What it says.
    pub entry: Option<Entry>,
    /// What was found.
    pub category: Category,
    /// How sure.
    pub chance: f64,
    /// Who is registered.
    pub registered: Option<Registered>,
    /// Number in the file of the earlier row.
    pub earlier: Option<i64>,
    /// What was said by who looked at the sample.
    pub verdict: Option<bool>,
    /// What an officer said.
    pub choice: Option<Choice>,
}

#[derive(sqlx::FromRow)]
struct Row {
    place: i64,
    line: i64,
    category: String,
    chance: i64,
    found_household: Option<Uuid>,
    found_person: Option<Uuid>,
    earlier: Option<i64>,
    verdict: String,
    choice: String,
}

macro_rules! rows {
    ($rest:literal) => {
        concat!(
            "SELECT r.place, r.line, r.category, r.chance, r.found_household, r.found_person, e.line AS earlier, \
             r.verdict, r.choice FROM partner_list_row r LEFT JOIN partner_list_row e \
             ON e.list_id = r.list_id AND e.place = r.found_place WHERE r.list_id = $1 ",
            $rest
        )
    };
}

/// Rows of a band after a place, at most [`ROWS`].
pub async fn rows(cw: &Casework, actor: &Actor, id: ListId, band: Band, after: i64) -> Result<Vec<Found>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let list = own(&mut view, actor, id).await?;
    let (from, below) = band.range();
    let rows: Vec<Row> = view
        .all(
            rows!("AND r.category = $2 AND r.chance >= $3 AND r.chance < $4 AND r.place > $5 ORDER BY r.place LIMIT $6"),
            args![id, band.category.code(), from, below, after, ROWS],
        )
        .await?;
    shown(cw, &mut view, actor, &list, rows).await
}

/// The rows drawn to be checked by hand.
pub async fn sample(cw: &Casework, actor: &Actor, id: ListId) -> Result<Vec<Found>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let list = own(&mut view, actor, id).await?;
    let rows: Vec<Row> = view.all(rows!("AND r.drawn > 0 ORDER BY r.drawn"), args![id]).await?;
    shown(cw, &mut view, actor, &list, rows).await
}

async fn shown(cw: &Casework, tx: &mut Tx, actor: &Actor, list: &List, rows: Vec<Row>) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let number = u32::try_from(row.place).unwrap_or(u32::MAX);
        let block = store::block(tx, &cw.keys, list.id, number / BLOCK).await?;
        let entry = usize::try_from(number % BLOCK).ok().and_then(|at| block.into_iter().nth(at)).flatten();
        let registered = match row.found_household {
            Some(household) => registered(tx, actor, household, row.found_person).await?,
            None => None,
        };
        found.push(Found {
            place: row.place,
            line: row.line,
            entry,
            category: row.category.parse().map_err(Error::internal)?,
            chance: real(row.chance) / 1e6,
            registered,
            earlier: row.earlier,
            verdict: match row.verdict.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            choice: row.choice.parse().ok(),
        });
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    office: String,
    reference: String,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    birth_date: time::Date,
}

/// Who is registered, as far as the actor may see it.
async fn registered(
    tx: &mut Tx,
    actor: &Actor,
    household: Uuid,
    person: Option<Uuid>,
) -> Result<Option<Registered>> {
    let row: Option<PersonRow> = tx
        .one(
            "SELECT h.office, h.reference, p.given, p.family, p.one_name, p.birth_date FROM household h \
             JOIN person p ON p.household_id = h.household_id AND p.replaced_at IS NULL \
             WHERE h.household_id = $1 AND (p.person_id = $2 OR ($2 IS NULL AND p.relation = 'head')) LIMIT 1",
            args![household, person],
        )
        .await?;
    let Some(PersonRow { office, reference, given, family, one_name, birth_date }) = row else {
        return Ok(None);
    };
    let name = domain::name::PersonName::from_columns(given, family, one_name)
        .ok_or_else(|| Error::internal("a person without a name"))?;
    let may_open = actor.may_in(Right::OpenFile, &Scope::Office(office.clone()));
    let reference = may_open.then(|| Reference::parse(&reference)).transpose().map_err(Error::internal)?;
    Ok(Some(Registered {
        household: HouseholdId::new(household),
        office,
        reference,
        name: if may_open { name.display() } else { name.masked() },
        born: birth_date.year(),
    }))
}

/// Says of drawn rows whether what was found is right.
pub async fn judge(cw: &Casework, actor: &Actor, id: ListId, verdicts: &[(i64, bool)]) -> Result<()> {
    let cw = &cw.acting(actor);
    let (actor, verdicts) = (actor.clone(), verdicts.to_vec());
    cw.write(async move |tx| {
        matched(tx, &actor, id).await?;
        for (place, yes) in &verdicts {
            tx.run(
                "UPDATE partner_list_row SET verdict = $1 WHERE list_id = $2 AND place = $3 AND drawn > 0",
                args![if *yes { "yes" } else { "no" }, id, *place],
            )
            .await?;
        }
        let told =
            Event::new("list.sampled").number("rows", i64::try_from(verdicts.len()).unwrap_or(i64::MAX));
        journal::append(tx, &actor, id, told).await
    })
    .await
}

async fn matched(tx: &mut Tx, actor: &Actor, id: ListId) -> Result<List> {
    let list = own(tx, actor, id).await?;
    if list.state == ListState::Matched { Ok(list) } else { Err(Error::Conflict(Conflict::State)) }
}

/// Whether a choice can be made of rows of a category: what is new is registered or left; what was found is right or not.
const fn fits(category: Category, choice: Choice) -> bool {
    match (category, choice) {
        (_, Choice::Leave) => true,
        (Category::New, choice) => matches!(choice, Choice::Register),
        (_, choice) => matches!(choice, Choice::Same | Choice::Other),
    }
}

/// Accepts or refuses what was found of single rows; choices that do not fit a row are refused as a whole.
pub async fn choose(cw: &Casework, actor: &Actor, id: ListId, choices: &[(i64, Choice)]) -> Result<()> {
    let cw = &cw.acting(actor);
    let (actor, choices) = (actor.clone(), choices.to_vec());
    cw.write(async move |tx| {
        matched(tx, &actor, id).await?;
        for (place, choice) in &choices {
            let category: Option<String> = tx
                .value(
                    "SELECT category FROM partner_list_row WHERE list_id = $1 AND place = $2",
                    args![id, *place],
                )
                .await?;
            let category: Category =
                category.ok_or(Error::NotFound)?.parse().map_err(|_| Error::Invalid("list.choice"))?;
            if !fits(category, *choice) {
                return Err(Error::Invalid("list.choice"));
            }
            tx.run(
                "UPDATE partner_list_row SET choice = $1 WHERE list_id = $2 AND place = $3",
                args![choice.code(), id, *place],
            )
            .await?;
        }
        let told = Event::new("list.chosen").number("rows", i64::try_from(choices.len()).unwrap_or(i64::MAX));
        journal::append(tx, &actor, id, told).await
    })
    .await
}

/// Accepts or refuses a whole band: every row of it about which nobody has said anything. Gives how many.
pub async fn choose_band(
    cw: &Casework,
    actor: &Actor,
    id: ListId,
    band: Band,
    choice: Choice,
) -> Result<u64> {
    let cw = &cw.acting(actor);
    if !fits(band.category, choice) {
        return Err(Error::Invalid("list.choice"));
    }
    let actor = actor.clone();
    cw.write(async move |tx| {
        matched(tx, &actor, id).await?;
        let (from, below) = band.range();
        let rows = tx
            .run(
                "UPDATE partner_list_row SET choice = $1 WHERE list_id = $2 AND category = $3 AND chance >= $4 \
                 AND chance < $5 AND choice = ''",
                args![choice.code(), id, band.category.code(), from, below],
            )
            .await?;
        let told = Event::new("list.chosen")
            .code("band", &band.code())
            .code("choice", choice.code())
            .number("rows", i64::try_from(rows).unwrap_or(i64::MAX));
        journal::append(tx, &actor, id, told).await?;
        Ok(rows)
    })
    .await
}

//! Who is assessed: the household as the register has it now, and the answers that the register gives to the form.
//!
//! The register's answers are never kept with an assessment in progress: they are read afresh each time, so that a
//! birth date corrected in between counts. To fill one more question from the register: its row in
//! `domain::form::registry`, its column here, and its line in [`Household::fill`].

use std::collections::{BTreeMap, BTreeSet};

use domain::answers::{Answer, Answered, Answers, MemberAnswers};
use domain::birth::{Birth, Precision};
use domain::ids::HouseholdId;
use domain::lifecycle::application::ApplicationState;
use domain::name::PersonName;
use domain::pack::Pack;
use domain::value::Value;
use time::Date;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::file::require_reader;
use crate::{Actor, args};
use domain::role::{Right, Scope};

/// A household as an assessment sees it.
#[derive(Clone, Debug)]
pub struct Household {
    /// The household.
    pub household: HouseholdId,
    /// The office that keeps the file.
    pub office: String,
    /// Its public reference.
    pub reference: String,
    /// Where it lives.
    pub area: String,
    /// The language of its letters.
    pub language: String,
    /// Its members now, the head first.
    pub people: Vec<Person>,
    /// Who members were in records that went into this one, as assessments that came along name them: then and now.
    pub merged: BTreeMap<Uuid, Uuid>,
    /// Its request, the newest one.
    pub application: Application,
}

/// A member.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person.
    pub id: Uuid,
    /// The name as it is written.
    pub name: String,
    /// Sex, as the form's choice.
    pub sex: String,
    /// Birth, as well as it is known.
    pub birth: Birth,
    /// Relation to the head, as the form's choice.
    pub relation: String,
}

/// A household's request.
#[derive(Clone, Debug)]
pub struct Application {
    /// The request.
    pub id: Uuid,
    /// Where it stands.
    pub state: ApplicationState,
    /// Its row's version.
    pub version: i64,
    /// The day of first contact.
    pub date_of_claim: Date,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    person_id: Uuid,
    given: Option<String>,
    family: Option<String>,
    one_name: Option<String>,
    sex: String,
    birth_precision: String,
    birth_date: Date,
    birth_told_on: Option<Date>,
    relation: String,
}

impl PersonRow {
    fn read(self) -> Result<Person> {
        let name = PersonName::from_columns(self.given, self.family, self.one_name);
        let precision: Precision = self.birth_precision.parse().map_err(Error::internal)?;
        Ok(Person {
            id: self.person_id,
            name: name.map(|name| name.display()).unwrap_or_default(),
            sex: self.sex,
            birth: Birth::from_columns(precision, self.birth_date, self.birth_told_on),
            relation: self.relation,
        })
    }
}

impl Household {
    /// Reads the household; `NotFound` when there is none, `Forbidden` when the actor has not this right in its office.
    pub async fn read(tx: &mut Tx, actor: &Actor, household: HouseholdId, right: Right) -> Result<Self> {
        let home = Self::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
        actor.require(right, &home.scope())?;
        Ok(home)
    }

    /// Reads the household for showing a part of its file: for who may open it there, or gave a reason to. Gives who
    /// reads with the purpose they read for, as the journal entry must have it.
    pub async fn for_reading(tx: &mut Tx, actor: &Actor, household: HouseholdId) -> Result<(Self, Actor)> {
        let reader = require_reader(tx, actor, household).await?;
        let home = Self::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
        Ok((home, reader))
    }

    /// Reads the household without asking who wants to know: for the applicant's own page and for clocks.
    pub(crate) async fn read_unchecked(tx: &mut Tx, household: HouseholdId) -> Result<Option<Self>> {
        let id = household.uuid();
        let head: Option<(String, String, String, String)> = tx
            .one(
                "SELECT household.office, household.reference, contact.area, contact.language FROM household
                 JOIN contact ON contact.household_id = household.household_id AND contact.replaced_at IS NULL
                 WHERE household.household_id = $1",
                args![id],
            )
            .await?;
        let Some((office, reference, area, language)) = head else { return Ok(None) };
        let rows: Vec<PersonRow> = tx
            .all(
                "SELECT person.person_id, person.given, person.family, person.one_name, person.sex,
                        person.birth_precision, person.birth_date, person.birth_told_on, person.relation
                 FROM membership JOIN person ON person.household_id = membership.household_id
                      AND person.person_id = membership.person_id AND person.replaced_at IS NULL
                 WHERE membership.household_id = $1 AND membership.until_date IS NULL
                 ORDER BY person.person_id",
                args![id],
            )
            .await?;
        let mut people: Vec<Person> = rows.into_iter().map(PersonRow::read).collect::<Result<_>>()?;
        people.sort_by_key(|person| person.relation != "head");
        let merged: Vec<(Uuid, Uuid)> = tx
            .all(
                "SELECT merged_person.person_id, merged_person.into_person FROM household_merge
                 JOIN merged_person ON merged_person.household_id = household_merge.household_id
                      AND merged_person.merge_id = household_merge.merge_id
                 WHERE household_merge.survivor = $1 AND household_merge.undone_at IS NULL
                   AND merged_person.person_id <> merged_person.into_person",
                args![id],
            )
            .await?;
        let application: Option<(Uuid, String, i64, Date)> = tx
            .one(
                "SELECT application_id, state, version, date_of_claim FROM application
                 WHERE household_id = $1 ORDER BY application_id DESC LIMIT 1",
                args![id],
            )
            .await?;
        // All have one, save a record whose requests went with a merge: nothing is decided there any more.
        let Some((application_id, state, version, date_of_claim)) = application else { return Ok(None) };
        let state = state.parse().map_err(Error::internal)?;
        let application = Application { id: application_id, state, version, date_of_claim };
        let merged = merged.into_iter().collect();
        Ok(Some(Self { household, office, reference, area, language, people, merged, application }))
    }

    /// The office that keeps the file, as a scope.
    pub fn scope(&self) -> Scope {
        Scope::Office(self.office.clone())
    }

    /// Who a member of an assessment is now: another id only where two records were made one since.
    pub fn now(&self, member: Uuid) -> Uuid {
        self.merged.get(&member).copied().unwrap_or(member)
    }

    /// The name of a member, by the id that answers and decisions use.
    pub fn name_of(&self, member: &str) -> Option<&str> {
        let id = self.now(Uuid::try_parse(member).ok()?);
        self.people.iter().find(|person| person.id == id).map(|person| person.name.as_str())
    }

    /// The names of the members, by the ids that answers and decisions use.
    pub fn names(&self) -> BTreeMap<String, String> {
        let own = self.people.iter().map(|person| (person.id.to_string(), person.name.clone()));
        let merged = self.merged.keys().map(ToString::to_string);
        let merged = merged.filter_map(|then| Some((then.clone(), self.name_of(&then)?.to_owned())));
        own.chain(merged).collect()
    }

    /// The head's name: whom letters are addressed to.
    pub fn addressee(&self) -> String {
        self.people.first().map(|person| person.name.clone()).unwrap_or_default()
    }

    /// Puts what the register knows with what was asked: one row for each member there is now. What was asked of somebody
    /// who has left does not count.
    pub fn fill(&self, pack: &Pack, asked: &Answers, enrolled: &[EnrolledSince]) -> Answers {
        let mut household = asked_only(pack, &asked.household);
        let text = |text: &str| Answer::Value(Value::Text(text.to_owned()));
        let choice = |id: &str| Answer::Value(Value::Choice(id.to_owned()));
        household.insert("area".into(), text(&self.area));
        if let Some(setting) = pack.areas.setting(&self.area) {
            household.insert("setting".into(), choice(setting.id()));
        }
        if let Some(province) = pack.areas.province(&self.area) {
            let is_text = pack.form.question("province").is_some_and(|question| question.choices.is_none());
            household.insert("province".into(), if is_text { text(province) } else { choice(province) });
        }
        let since = |person: Option<Uuid>| {
            let own = enrolled.iter().filter(move |one| one.person == person);
            own.map(|one| (one.question(), Answer::Value(Value::Date(one.since))))
        };
        let known: BTreeSet<&str> = pack.form.questions.iter().map(|question| question.id.as_str()).collect();
        household.extend(since(None).filter(|(id, _)| known.contains(id.as_str())));
        let members = self.people.iter().map(|person| {
            let id = person.id.to_string();
            let before = asked.members.iter().find(|member| member.id == id);
            let mut answers = before.map(|member| asked_only(pack, &member.answers)).unwrap_or_default();
            answers.insert("sex".into(), choice(&person.sex));
            answers.insert("birth_date".into(), Answer::Value(Value::Date(person.birth.for_rules())));
            answers.insert("relation".into(), choice(&person.relation));
            answers.extend(since(Some(person.id)).filter(|(id, _)| known.contains(id.as_str())));
            MemberAnswers { id, answers }
        });
        Answers { household, members: members.collect() }
    }
}

/// Only what a person was asked: what is kept of an assessment in progress.
pub(super) fn asked_only(pack: &Pack, answered: &Answered) -> Answered {
    let is_asked = |id: &str| pack.form.question(id).is_some_and(domain::form::Question::is_asked);
    answered.iter().filter(|(id, _)| is_asked(id)).map(|(id, answer)| (id.clone(), answer.clone())).collect()
}

/// An award that runs: the rules may ask since when.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EnrolledSince {
    /// The programme.
    pub programme: String,
    /// The person, where the programme is personal.
    #[sqlx(rename = "person_id")]
    pub person: Option<Uuid>,
    /// Since when.
    pub since: Date,
}

impl EnrolledSince {
    /// The question that it answers.
    fn question(&self) -> String {
        format!("enrolled_{}", self.programme).replace('-', "_")
    }

    /// The awards of a household that run now.
    pub(crate) async fn of(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Self>> {
        tx.all(
            "SELECT programme, person_id, since FROM enrolment
             WHERE household_id = $1 AND state IN ('accepted', 'onboarding', 'active', 'suspended')",
            args![household.uuid()],
        )
        .await
    }
}

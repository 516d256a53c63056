//! The receipt slip, and the PIN that may be printed on its tear-off strip.

use domain::answers::{Answer, Answered};
use domain::ids::HouseholdId;
use domain::letter::Missing;
use domain::letter::compose::office;
use domain::letter::slip::{Slip, then};
use domain::pack::Pack;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::role::Right;
use domain::value::Value;
use time::{Date, OffsetDateTime};

use super::in_language;
use crate::assessments::{Assessment, Household, answers_of, of_household};
use crate::error::{Error, Result};
use crate::households::register::renew_pin;
use crate::journal::{self, Event};
use crate::{Actor, Casework, clocks, packs};

/// A slip as it goes to the printer.
#[derive(Clone, Debug)]
pub struct Printed {
    /// What it says.
    pub slip: Slip,
    /// A new PIN for the strip, shown this once; the one before opens nothing any more.
    pub pin: Option<Pin>,
}

/// The receipt of a household as it stands now, in a language of the pack or, with none, in the household's own; with a new
/// PIN when one is asked for.
pub async fn receipt(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    language: impl Into<Option<&str>>,
    with_pin: bool,
) -> Result<Printed> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let home = Household::read(&mut view, actor, household, Right::OpenFile).await?;
    let all = of_household(&mut view, household).await?;
    let clocks = clocks::of_household(&mut view, household).await?;
    let shown_in = all.first();
    let pack = match shown_in {
        Some(assessment) => packs::by_hash(cw, &assessment.pack_hash).await?,
        None => cw.pack()?,
    };
    let answers = match shown_in {
        Some(assessment) => Some(answers_of(&mut view, &pack, assessment).await?),
        None => None,
    };
    drop(view);
    let language = language.into().unwrap_or(&home.language);
    let known = pack.about.languages.iter().find(|own| *own == language);
    let language = known.unwrap_or(&pack.about.default_language).clone();
    let decided = all.into_iter().find(Assessment::is_decided);
    let letter = match decided {
        Some(assessment) => Some(in_language(cw, actor, assessment, &language).await?),
        None => None,
    };
    let day = |at: OffsetDateTime| at.to_offset(cw.clock.offset()).date();
    let due = |kind: &str| -> Option<Date> {
        clocks
            .iter()
            .filter(|clock| clock.kind == kind && clock.ended_at.is_none())
            .map(|clock| day(clock.due_at))
            .min()
    };
    let missing: Vec<Missing> = letter.as_ref().map(|letter| letter.missing.clone()).unwrap_or_default();
    let shown: Vec<(String, Option<&str>)> =
        answers
            .iter()
            .flat_map(|answers| {
                let own = documents(&pack, &language, &answers.household, None);
                let members = answers.members.iter();
                own.into_iter().chain(members.flat_map(|member| {
                    documents(&pack, &language, &member.answers, home.name_of(&member.id))
                }))
            })
            .collect();
    let now = cw.now().to_offset(cw.clock.offset());
    // A day that is over helps nobody.
    let is_ahead = |day: &Date| *day >= now.date();
    let reference = Reference::parse(&home.reference).map_err(Error::internal)?;
    let slip = Slip {
        language: language.clone(),
        office: office(&pack, &language, &home.office),
        on: now.date(),
        at: format!("{:02}:{:02}", now.hour(), now.minute()),
        reference: reference.to_string(),
        officer: officer_number(actor),
        handed_in: by_document(&shown),
        then: then(
            &missing,
            letter.is_some(),
            letter.as_ref().map(|letter| letter.objection.until),
            due("decide").filter(is_ahead),
            due("info_request").filter(is_ahead),
        ),
        missing,
    };
    let pin = if with_pin {
        Some(renew_pin(cw, actor, household, home.application.id.into()).await?)
    } else {
        None
    };
    journal::record(cw, actor, household, Event::new("receipt.printed")).await?;
    Ok(Printed { slip, pin })
}

/// The documents that were shown, each with whose it is.
fn documents<'h>(
    pack: &Pack,
    language: &str,
    answered: &Answered,
    person: Option<&'h str>,
) -> Vec<(String, Option<&'h str>)> {
    let shown = |id: &str| answered.get(&format!("document_{id}")) == Some(&Answer::Value(Value::Bool(true)));
    let documents = pack.definitions().documents.iter().filter(|document| shown(&document.id));
    let name = |id: &str| pack.words.text(language, &format!("document.{id}")).to_owned();
    documents.map(|document| (name(&document.id), person)).collect()
}

/// Each document once, with the people it was shown for: a slip is narrow.
fn by_document(shown: &[(String, Option<&str>)]) -> Vec<String> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for (document, person) in shown {
        match all.iter_mut().find(|(other, _)| other == document) {
            Some((_, people)) => people.extend(*person),
            None => all.push((document, person.iter().copied().collect())),
        }
    }
    let line = |(document, people): (&str, Vec<&str>)| match people.as_slice() {
        [] => document.to_owned(),
        people => format!("{document} ({})", people.join(", ")),
    };
    all.into_iter().map(line).collect()
}

/// An officer's number on paper: the end of the account's id, never a name.
fn officer_number(actor: &Actor) -> String {
    let id = actor.staff_id.uuid().simple().to_string().to_uppercase();
    id.get(26..).unwrap_or_default().to_owned()
}

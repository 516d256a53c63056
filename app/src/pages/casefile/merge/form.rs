//! Both files side by side: who is whom, who joins, which of two benefits stays, and why.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::enrolments::{self, Enrolment};
use casework::error::Conflict;
use casework::households::file::{File, Member};
use casework::households::merge::{self, Done, Double, Joining, Keep, Pair, Plan, Weighed};
use casework::{Actor, Casework, Error};
use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId};
use leptos::prelude::*;
use uuid::Uuid;

use super::super::frame::{Part, Shown, name, or_reason, to_change, to_read, version};
use super::super::overview::amount;
use super::beside;
use crate::kit::{Button, Content, Day, InsetText, Problems, Radios, Select, Textarea, WarningText};
use crate::pages::counter::fields::birth_words;
use crate::shell::{Answer, Failure, Page};
use crate::state::{self, Pairs, SignedIn};

/// Longest reason.
const MOST: usize = 1000;

/// What is filled in.
#[derive(Clone, Debug, Default)]
struct Typed {
    /// For each person of the record that gives: `is:<person>`, `join:<relation>`, `stays`.
    people: BTreeMap<PersonId, String>,
    /// For each double, by the enrolment that comes: `own` or `comes`, and since when the other was a double.
    keep: BTreeMap<Uuid, (String, Day)>,
    reason: String,
    survivor_version: i64,
    gives_version: i64,
}

/// The input of a person.
fn person_input(member: PersonId) -> String {
    format!("person-{member}")
}

/// What both files are, for one request.
struct Two {
    survivor: File,
    gives: File,
    own: Vec<Enrolment>,
    comes: Vec<Enrolment>,
}

impl Two {
    async fn read(
        casework: &Casework,
        actor: &Actor,
        id: HouseholdId,
        other: HouseholdId,
    ) -> Result<Self, Failure> {
        let survivor = to_change(casework, actor, id).await?;
        let gives = if id == other { survivor.clone() } else { to_read(casework, actor, other).await? };
        // What went into another record is compared no more: the page of merges says where it is.
        if survivor.applications.is_empty() || gives.applications.is_empty() {
            return Err(Failure::elsewhere(format!("/households/{id}/merge")));
        }
        let list = async |of: HouseholdId| or_reason(enrolments::list(casework, actor, of).await, actor, of);
        Ok(Self { own: list(id).await?, comes: list(other).await?, survivor, gives })
    }

    fn is_within(&self) -> bool {
        self.survivor.id == self.gives.id
    }

    /// What is most likely, to begin with: the same birth and sex, or the same first name.
    fn guess(&self) -> BTreeMap<PersonId, String> {
        let mut taken: Vec<PersonId> = Vec::new();
        let mut guessed = BTreeMap::new();
        for member in self.gives.present() {
            if self.is_within() {
                guessed.insert(member.id, "stays".to_owned());
                continue;
            }
            let near = |there: &&Member| {
                let (a, b) = (&member.person, &there.person);
                !taken.contains(&there.id)
                    && a.sex == b.sex
                    && (a.birth == b.birth
                        || (a.name.key() == b.name.key())
                        || a.name.given().is_some() && a.name.given() == b.name.given())
            };
            let said = match self.survivor.present().find(near) {
                Some(there) => {
                    taken.push(there.id);
                    format!("is:{}", there.id)
                }
                None => format!("join:{}", Relation::OtherRelative.code()),
            };
            guessed.insert(member.id, said);
        }
        guessed
    }

    /// The plan that was filled in, or the problems in it. Doubles are looked at by the use case.
    fn plan(&self, page: &Page, typed: &Typed, problems: &mut Problems) -> Plan {
        let (mut pairs, mut joining, mut stays) = (Vec::new(), Vec::new(), false);
        for member in self.gives.present() {
            let said = typed.people.get(&member.id).map(String::as_str).unwrap_or_default();
            match said.split_once(':') {
                Some(("is", who)) if self.survivor.present().any(|there| there.id.to_string() == who) => {
                    if let Ok(stays) = who.parse() {
                        pairs.push(Pair { gives: member.id, stays });
                    }
                }
                Some(("join", relation)) => match relation.parse() {
                    Ok(relation) => joining.push(Joining { person: member.id, relation }),
                    Err(_) => drop(problems.add(person_input(member.id), page.t("merge-person-missing"))),
                },
                _ if said == "stays" => stays = true,
                _ => drop(problems.add(person_input(member.id), page.t("merge-person-missing"))),
            }
        }
        if typed.reason.is_empty() {
            problems.add("reason", page.t("merge-reason-missing"));
        } else if typed.reason.chars().count() > MOST {
            problems.add("reason", page.t_with("field-too-long", &[("most", MOST.into())]));
        }
        let whole = !stays && !self.is_within();
        if !whole && (pairs.is_empty() || !joining.is_empty()) {
            problems.add("main", page.t("merge-some-people"));
        }
        Plan {
            survivor: self.survivor.id,
            survivor_version: typed.survivor_version,
            gives: self.gives.id,
            gives_version: typed.gives_version,
            pairs,
            joining,
            whole,
            keep: Vec::new(),
            reason: typed.reason.clone(),
        }
    }
}

/// `GET /households/{household}/merge/{other}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, other)): Path<(HouseholdId, HouseholdId)>,
) -> Answer {
    let two = Two::read(&casework, &actor, id, other).await?;
    let typed = Typed {
        people: two.guess(),
        survivor_version: two.survivor.version,
        gives_version: two.gives.version,
        ..Typed::default()
    };
    show(&casework, &actor, &page, &two, &typed, &Problems::new(), None)
}

/// `POST /households/{household}/merge/{other}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, other)): Path<(HouseholdId, HouseholdId)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let two = Two::read(&casework, &actor, id, other).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    let mut typed = Typed {
        people: two.gives.present().map(|member| (member.id, value(&person_input(member.id)))).collect(),
        keep: BTreeMap::new(),
        reason: value("reason"),
        survivor_version: version(&value("version")),
        gives_version: version(&value("other_version")),
    };
    let page = page.failed();
    let mut problems = Problems::new();
    let mut plan = two.plan(&page, &typed, &mut problems);
    if !problems.is_empty() {
        return show(&casework, &actor, &page, &two, &typed, &problems, None);
    }
    let weighed = match merge::weigh(&casework, &actor, &plan).await {
        Ok(weighed) => weighed,
        Err(error) => {
            problems.add("main", page.t(wrong(error)?));
            return show(&casework, &actor, &page, &two, &typed, &problems, None);
        }
    };
    for double in &weighed.doubles {
        let id = double.comes.id.uuid();
        let first = double.own.since.max(double.comes.since);
        let mut from = Day::read(&format!("from-{id}"), &value);
        let said = value(&format!("keep-{id}"));
        if said.is_empty() && from.parse().is_none() {
            from = Day::of(first);
        }
        let (stays, ends) = match said.as_str() {
            "own" => (double.own.id.uuid(), id),
            "comes" => (id, double.own.id.uuid()),
            _ => {
                problems.add(format!("keep-{id}"), page.t("merge-keep-missing"));
                (id, id)
            }
        };
        match from.parse().filter(|day| *day >= first && *day <= casework.today()) {
            Some(day) => plan.keep.push(Keep { stays, ends, from: day }),
            None => drop(problems.add(
                format!("from-{id}-day"),
                page.t_with("merge-from-wrong", &[("date", page.date(first).into())]),
            )),
        }
        typed.keep.insert(id, (said, from));
    }
    if problems.is_empty() {
        match merge::merge(&casework, &actor, plan).await {
            Ok(Done::Now(_)) => {
                return Ok(Redirect::to(&format!("/households/{id}/merge?done=merged")).into_response());
            }
            Ok(Done::Waits(_)) => {
                return Ok(Redirect::to(&format!("/households/{id}/merge?done=waits")).into_response());
            }
            Err(error) => drop(problems.add("main", page.t(wrong(error)?))),
        }
    }
    show(&casework, &actor, &page, &two, &typed, &problems, Some(&weighed))
}

/// The key of what stands in the way; other errors are the page of that error.
fn wrong(error: Error) -> Result<&'static str, Failure> {
    Ok(match error {
        Error::Stale => "merge-stale",
        Error::Conflict(Conflict::Held) => "merge-held",
        Error::Conflict(Conflict::State) => "merge-gone",
        Error::Invalid("merge.head") => "merge-head",
        Error::Invalid("merge.people" | "relation.head") => "merge-people-wrong",
        Error::Invalid("members.many") => "merge-many",
        other => return Err(other.into()),
    })
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    two: &Two,
    typed: &Typed,
    problems: &Problems,
    weighed: Option<&Weighed>,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let survivor = Shown::new(page, &pack, &two.survivor, actor, casework);
    let gives = Shown::new(page, &pack, &two.gives, actor, casework);
    let title = page.t(if two.is_within() { "merge-within-title" } else { "merge-title" });
    Ok(survivor.render_as(Part::Overview, &title, || {
        let table =
            (!two.is_within()).then(|| beside::table(&survivor, &gives, &two.own, &two.comes).into_any());
        let lead = if two.is_within() {
            page.t("merge-within-lead")
        } else {
            let args = [
                ("survivor", two.survivor.reference.to_string().into()),
                ("gives", two.gives.reference.to_string().into()),
            ];
            page.t_with("merge-lead", &args)
        };
        let swap = (!two.is_within()).then(|| {
            let href = format!("/households/{}/merge/{}", two.gives.id, two.survivor.id);
            let text = page.t_with("merge-swap", &[("reference", two.gives.reference.to_string().into())]);
            view! { <p class="govuk-body"><a class="govuk-link" href=href>{text}</a></p> }.into_any()
        });
        let selects: Vec<Select> =
            two.gives.present().map(|member| select(page, two, member, typed, problems)).collect();
        let doubles = weighed.filter(|weighed| !weighed.doubles.is_empty()).map(|weighed| {
            let each: Vec<AnyView> =
                weighed.doubles.iter().map(|double| keep(&survivor, two, double, typed, problems)).collect();
            view! {
                <h2 class="govuk-heading-m">{page.t("merge-doubles")}</h2>
                {WarningText::new(page.t("merge-doubles-about"))}
                {each}
            }
            .into_any()
        });
        let second = weighed
            .is_some_and(|weighed| weighed.needs_second)
            .then(|| InsetText::new(page.t("merge-needs-second")));
        let action = survivor.address(&format!("merge/{}", two.gives.id));
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l" id="main">{title.clone()}</h1>
            <p class="govuk-body">{lead}</p>
            {table}
            {swap}
            <form method="post" action=action novalidate>
                <input type="hidden" name="version" value=typed.survivor_version.to_string()/>
                <input type="hidden" name="other_version" value=typed.gives_version.to_string()/>
                <h2 class="govuk-heading-m">{page.t("merge-people")}</h2>
                <p class="govuk-body">{page.t("merge-people-about")}</p>
                {selects}
                {doubles}
                {Textarea::new("reason", page.t("merge-reason"))
                    .hint(page.t("merge-reason-hint"))
                    .rows(4)
                    .value(&typed.reason)
                    .error(problems.of("reason"))}
                {second}
                <div class="govuk-button-group">
                    {Button::new(page.t("merge-button"))}
                    <a class="govuk-link" href=survivor.address("merge")>{page.t("casefile-cancel")}</a>
                </div>
            </form>
        }
        .into_any()
    }))
}

/// What becomes of one person of the record that gives.
fn select(page: &Page, two: &Two, member: &Member, typed: &Typed, problems: &Problems) -> Select {
    let input = person_input(member.id);
    let error = problems.of(&input);
    let about = format!(
        "{} – {}, {}",
        page.t_of("relation", member.person.relation.code()),
        page.t_of("sex", member.person.sex.code()),
        birth_words(page, member.person.birth)
    );
    let label = view! { <bdi>{name(member)}</bdi> };
    let same = two.survivor.present().filter(|there| there.id != member.id).map(|there| {
        let who = format!("{} ({})", name(there), birth_words(page, there.person.birth));
        (format!("is:{}", there.id), page.t_with("merge-is", &[("name", who.into())]))
    });
    let mut select = Select::new(input, Content::view(label))
        .hint(about)
        .item("", page.t("choose"))
        .items(same)
        .item("stays", page.t(if two.is_within() { "merge-is-nobody" } else { "merge-stays" }));
    if !two.is_within() {
        let joins = Relation::ALL.iter().filter(|relation| **relation != Relation::Head).map(|relation| {
            let words = page.t_of("relation", relation.code());
            (format!("join:{}", relation.code()), page.t_with("merge-joins", &[("relation", words.into())]))
        });
        select = select.items(joins);
    }
    select.value(typed.people.get(&member.id).cloned().unwrap_or_default()).error(error)
}

/// Which of two enrolments stays.
fn keep(shown: &Shown<'_>, two: &Two, double: &Double, typed: &Typed, problems: &Problems) -> AnyView {
    let page = shown.page;
    let id = double.comes.id.uuid();
    let (said, from) = typed.keep.get(&id).cloned().unwrap_or_default();
    let programme = shown.of_pack(&format!("programme.{}.name", double.own.programme));
    let whose = shown.whose(double.own.person);
    let of = |one: &Enrolment, reference: String| {
        let args = [
            ("reference", reference.into()),
            ("amount", amount(shown, one.amount_minor, one.period.as_deref()).into()),
            ("date", page.date(one.since).into()),
        ];
        page.t_with("merge-keep-one", &args)
    };
    let (named, day) = (format!("keep-{id}"), format!("from-{id}"));
    let (error, day_error) = (problems.of(&named), problems.of(&day));
    let legend = page.t_with("merge-keep", &[("programme", programme.into()), ("name", whose.into())]);
    view! {
        {Radios::new(named, legend)
            .item("own", of(&double.own, two.survivor.reference.to_string()))
            .item("comes", of(&double.comes, two.gives.reference.to_string()))
            .value(said)
            .error(error)}
        {from.input(&day, page.t("merge-from")).hint(page.t("merge-from-hint")).error(day_error)}
    }
    .into_any()
}

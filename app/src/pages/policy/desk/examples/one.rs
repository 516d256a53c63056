//! One worked example: its name, what the law expects, and the answers to the questions that the programme reads. One that a
//! condition lacks is worked out where one answer brings it about; what the law expects of it is for the officer to say.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy;
use domain::definitions::{ExampleDef, Expected, Level};
use domain::fault::At;
use domain::ids::ChangeId;
use domain::pack::Lack;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::super::printed::word;
use super::super::{Matter, Said, version};
use super::{address_of, cells, verdict};
use crate::kit::{Button, Content, Day, Fieldset, Input, InsetText, NotificationBanner, Problems, Radios};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Pairs, SignedIn, value};

/// Longest name.
const NAME: usize = 120;
const EXPECTED: [(&str, Expected); 3] =
    [("yes", Expected::Yes), ("no", Expected::No), ("needs", Expected::Needs)];

/// Which example, or what it should show.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The name of one that is there.
    pub name: String,
    /// The condition that lacks one.
    pub leaf: String,
    /// The kind that it lacks.
    pub lack: String,
}

/// An example on its form.
#[derive(Clone, Debug)]
struct Typed {
    /// Whether it is there under this name, which then stays.
    is_held: bool,
    name: String,
    expect: String,
    as_of: Day,
    answers: Value,
}

impl Typed {
    fn of(example: &ExampleDef, is_held: bool) -> Self {
        Self {
            is_held,
            name: example.name.clone(),
            expect: word(&example.expect),
            as_of: example.as_of.map(Day::of).unwrap_or_default(),
            answers: example.answers.clone(),
        }
    }

    /// A household of one, to begin with.
    fn new() -> Self {
        let answers = json!({ "answers": {}, "members": [{ "id": "a", "relation": "head" }] });
        Self { is_held: false, name: String::new(), expect: String::new(), as_of: Day::default(), answers }
    }

    fn household(&self) -> Option<&Map<String, Value>> {
        self.answers.get("answers").and_then(Value::as_object)
    }

    fn members(&self) -> Vec<&Map<String, Value>> {
        let members = self.answers.get("members").and_then(Value::as_array);
        members.into_iter().flatten().filter_map(Value::as_object).collect()
    }

    /// What was typed, laid over the example as it is held; with what is wrong.
    fn read(page: &Page, matter: &Matter, pairs: &[(String, String)]) -> (Self, Problems) {
        let mut problems = Problems::new();
        let text = |name: &str| value(pairs, name).to_owned();
        let held = matter.def.examples.iter().find(|example| example.name == text("held"));
        let base = held.map_or_else(Self::new, |held| Self::of(held, true));
        let mut household = base.household().cloned().unwrap_or_default();
        for question in cells::read(matter, Level::Household) {
            let name = cells::field(question, None);
            cells::put(page, question, &name, pairs, &mut household, &mut problems);
        }
        let questions = cells::read(matter, Level::Member);
        let before = base.members();
        let mut members: Vec<Value> = Vec::new();
        for at in 0..cells::PEOPLE {
            // Who has no relation to the head is not there.
            if value(pairs, &format!("m{at}-relation")).is_empty() {
                continue;
            }
            let mut member = before.get(at).map(|member| (*member).clone()).unwrap_or_default();
            for question in &questions {
                let name = cells::field(question, Some(at));
                cells::put(page, question, &name, pairs, &mut member, &mut problems);
            }
            let letter = u8::try_from(at).map_or('z', |at| char::from(b'a' + at));
            member.entry("id").or_insert_with(|| json!(letter.to_string()));
            members.push(Value::Object(member));
        }
        let name = if base.is_held { base.name } else { text("name") };
        let mut answers = base.answers;
        if let Some(answers) = answers.as_object_mut() {
            answers.insert("answers".into(), Value::Object(household));
            answers.insert("members".into(), Value::Array(members));
        }
        let typed = Self {
            is_held: base.is_held,
            name,
            expect: text("expect"),
            as_of: Day::read("as_of", &text),
            answers,
        };
        (typed, problems)
    }

    /// The example that is meant, or what is wrong with it.
    fn example(&self, page: &Page, matter: &Matter, mut problems: Problems) -> Result<ExampleDef, Problems> {
        if self.name.is_empty() {
            problems.add("name", page.t("desk-example-name-missing"));
        } else if self.name.chars().count() > NAME {
            problems.add("name", page.t_with("field-too-long", &[("most", NAME.into())]));
        } else if !self.is_held && matter.def.examples.iter().any(|example| example.name == self.name) {
            problems.add("name", page.t("desk-example-name-taken"));
        }
        let expect = EXPECTED.iter().find(|(word, _)| *word == self.expect).map(|(_, expect)| *expect);
        if expect.is_none() {
            problems.add("expect", page.t("desk-example-expect-missing"));
        }
        let as_of = self.as_of.parse();
        if as_of.is_none() && self.as_of.is_typed() {
            problems.add("as_of-day", page.t("policy-day-wrong"));
        }
        match expect {
            Some(expect) if problems.is_empty() => Ok(ExampleDef {
                name: self.name.clone(),
                answers: self.answers.clone(),
                as_of,
                expect,
                at: At::default(),
            }),
            _ => Err(problems),
        }
    }
}

/// `GET …/examples/one?name=…`, `?leaf=…&lack=…` for one that is worked out, nothing for a new one.
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(query): Asked<Query>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    if !query.name.is_empty() {
        let held = matter.def.examples.iter().find(|example| example.name == query.name);
        let typed = Typed::of(held.ok_or_else(Failure::not_found)?, true);
        return Ok(show(&page, &matter, &typed, &Said::default()));
    }
    let Ok(lack) = query.lack.parse::<Lack>() else {
        return Ok(show(&page, &matter, &Typed::new(), &Said::default()));
    };
    let pack = matter.drafted.compiles.then(|| matter.drafted.pack.clone());
    let proposed = match pack {
        // Thousands of examples may be tried: not where requests are answered.
        Some(pack) => tokio::task::spawn_blocking(move || pack.propose(&programme, &query.leaf, lack))
            .await
            .map_err(|error| Failure::internal(error.to_string()))?,
        None => None,
    };
    let (typed, key) = match &proposed {
        Some(example) => (Typed::of(example, false), "desk-proposed"),
        None => (Typed::new(), "desk-proposed-none"),
    };
    let said = Said { news: Some(NotificationBanner::new(page.t(key))), ..Said::default() };
    Ok(show(&page, &matter, &typed, &said))
}

/// `POST …/examples/one`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let (typed, problems) = Typed::read(&page, &matter, &pairs);
    let example = match typed.example(&page, &matter, problems) {
        Ok(example) => example,
        Err(problems) => return Ok(show(&page, &matter, &typed, &Said::wrong(problems))),
    };
    // What the form cannot read is told here; what the rules say otherwise is told by the gate.
    let on = example.as_of.unwrap_or(matter.def.valid_from);
    if let Err(faults) = matter.drafted.pack.answers_from_json(&example.answers, on) {
        let mut problems = Problems::new();
        problems.add("name", page.t("desk-refused"));
        return Ok(show(&page, &matter, &typed, &Said { faults, ..Said::wrong(problems) }));
    }
    let edited = policy::edit_example(&casework, &actor, change, version(&pairs), &programme, example).await;
    let Some(said) = Said::of(&page, edited, "name")? else {
        return Ok(Redirect::to(&format!("{}/examples?done=saved", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    Ok(show(&page, &matter, &typed, &said))
}

fn show(page: &Page, matter: &Matter, typed: &Typed, said: &Said) -> Response {
    let page = &said.page(page).back(format!("{}/examples", matter.address()));
    let title = page.t(if typed.is_held { "desk-example-change" } else { "desk-example-add" });
    render(page, &title, || {
        let name = matter.name(page);
        let body = if matter.is_open() {
            form(page, matter, typed, &said.problems)
        } else {
            InsetText::new(page.t("policy-document-closed")).into_any()
        };
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <span class="govuk-caption-l"><bdi>{name}</bdi></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {super::super::wrong(page, &matter.drafted, said)}
            {body}
        }
        .into_any()
    })
}

fn form(page: &Page, matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let name = if typed.is_held {
        let name = typed.name.clone();
        view! {
            <p class="govuk-body"><strong><bdi>{name.clone()}</bdi></strong></p>
            <input type="hidden" name="held" value=name/>
        }
        .into_any()
    } else {
        Input::new("name", page.t("desk-example-name"))
            .hint(page.t("desk-example-name-hint"))
            .value(&typed.name)
            .error(problems.of("name"))
            .into_any()
    };
    let said =
        typed.example(page, matter, Problems::new()).ok().and_then(|example| verdict(matter, &example)).map(
            |said| {
                let said = page.t_of("programme-expect", &word(&said));
                let text = page.t_with("desk-rules-say-of-it", &[("verdict", said.as_str().into())]);
                InsetText::new(text)
            },
        );
    let household = cells::read(matter, Level::Household);
    let household = household
        .into_iter()
        .map(|question| cells::show(page, matter, question, None, typed.household(), problems));
    let household = household.collect_view();
    let (members, questions) = (typed.members(), cells::read(matter, Level::Member));
    let people = (0..(members.len() + 1).min(cells::PEOPLE)).map(|at| {
        let fields = questions.iter().map(|question| {
            cells::show(page, matter, question, Some(at), members.get(at).copied(), problems)
        });
        let fields = view! { <div class="app-fields">{fields.collect_view()}</div> };
        let number = i64::try_from(at + 1).unwrap_or_default();
        let legend = if at < members.len() { "desk-person" } else { "desk-person-new" };
        Fieldset::new(page.t_with(legend, &[("number", number.into())]), Content::view(fields))
            .legend_class("govuk-fieldset__legend--m")
    });
    let people = people.collect_view();
    let expected = EXPECTED.iter().map(|(word, _)| (*word, page.t_of("programme-expect", word)));
    let action = address_of(matter, &[]);
    view! {
        <form method="post" action=action novalidate>
            <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
            {name}
            {said}
            {Radios::new("expect", page.t("desk-example-expect"))
                .hint(page.t("desk-example-expect-hint"))
                .items(expected)
                .small()
                .value(typed.expect.as_str())
                .error(problems.of("expect"))}
            {typed.as_of
                .input("as_of", page.t("desk-example-day"))
                .hint(page.t("desk-example-day-hint"))
                .error(problems.of("as_of-day"))}
            <h2 class="govuk-heading-m">{page.t("desk-example-household")}</h2>
            <div class="app-fields">{household}</div>
            <p class="govuk-body">{page.t("desk-people-lead")}</p>
            {people}
            {Button::new(page.t("desk-save"))}
        </form>
    }
    .into_any()
}

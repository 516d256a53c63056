//! Worked examples of a programme: what they show of each condition, each with what the rules say of it, and the way to one that
//! is lacking.
//!
//! | screen | what it is for |
//! | --- | --- |
//! | this | the list, and what is lacking |
//! | [`one`] | one example: added, changed, worked out |

mod cells;
pub mod one;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy;
use domain::answers::Answers;
use domain::definitions::{ExampleDef, Expected};
use domain::ids::ChangeId;
use leptos::prelude::*;

use super::super::printed::word;
use super::{Matter, Said, rule, version};
use crate::kit::{Button, Cell, Content, Table, Tag};
use crate::shell::{self, Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// `GET …/examples`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let said = Said::done(&page, &done.done);
    Ok(show(&page, &matter, &said))
}

/// `POST …/examples`: one is taken out.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let name = value(&pairs, "name");
    let edited = policy::remove_example(&casework, &actor, change, version(&pairs), &programme, name).await;
    let Some(said) = Said::of(&page, edited, "examples")? else {
        return Ok(Redirect::to(&format!("{}/examples?done=removed", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    Ok(show(&page, &matter, &said))
}

/// The address of one example; a new one without a name.
fn address_of(matter: &Matter, query: &[(&str, &str)]) -> String {
    shell::address(&format!("{}/examples/one", matter.address()), query)
}

/// What the rules of the change say of an example; `None` while they do not compile or its answers do not read.
fn verdict(matter: &Matter, example: &ExampleDef) -> Option<Expected> {
    let pack = matter.drafted.compiles.then_some(&matter.drafted.pack)?;
    let on = example.as_of.unwrap_or(matter.def.valid_from);
    let answers = Answers::from_json(&pack.form, &example.answers, on).ok()?;
    pack.program.example(&matter.def.id, &answers, on).map(|outcome| outcome.verdict)
}

fn show(page: &Page, matter: &Matter, said: &Said) -> Response {
    let page = &said.page(page).back(matter.address());
    let title = page.t_with("desk-examples-title", &[("name", matter.name(page).as_str().into())]);
    render(page, &title, || {
        let add = matter
            .is_open()
            .then(|| Button::link(address_of(matter, &[]), page.t("desk-example-add")).secondary());
        view! {
            {matter.head(page, "/examples", said)}
            <p class="govuk-body">{page.t("desk-examples-lead")}</p>
            {rule::tried(page, &matter.drafted, &matter.def.id)}
            {matter.is_open().then(|| lacking(page, matter))}
            <div id="examples">{table(page, matter)}</div>
            {add}
        }
        .into_any()
    })
}

/// The kinds of examples that conditions lack, each with the way to one.
fn lacking(page: &Page, matter: &Matter) -> AnyView {
    let own = matter.drafted.tried.iter().filter(|tried| tried.programme == matter.def.id);
    let lacks = own.flat_map(|tried| tried.lacks().into_iter().map(|lack| (tried.leaf.clone(), lack)));
    let lines = lacks.map(|(leaf, lack)| {
        let kind = page.t_of("policy-lack", lack.code());
        let text =
            page.t_with("desk-lacks", &[("leaf", leaf.as_str().into()), ("lack", kind.as_str().into())]);
        let href = address_of(matter, &[("leaf", &leaf), ("lack", lack.code())]);
        view! {
            <li>
                {text.clone()} " "
                <a class="govuk-link" href=href>
                    {page.t("desk-propose")} <span class="govuk-visually-hidden">" " {text}</span>
                </a>
            </li>
        }
    });
    let lines = lines.collect_view();
    if lines.is_empty() {
        return ().into_any();
    }
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any()
}

fn table(page: &Page, matter: &Matter) -> AnyView {
    if matter.def.examples.is_empty() {
        return view! { <p class="govuk-body">{page.t("desk-examples-none")}</p> }.into_any();
    }
    let head = ["programme-example", "programme-expected", "desk-rules-say", "policy-document-do"];
    let mut table =
        Table::new(page.t("programme-examples")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-table__caption--m".into();
    for example in &matter.def.examples {
        let said = verdict(matter, example);
        let outcome = match said {
            Some(said) if said == example.expect => {
                Tag::new(page.t_of("programme-expect", &word(&said))).colour("green")
            }
            Some(said) => Tag::new(page.t_of("programme-expect", &word(&said))).colour("red"),
            None => Tag::new(page.t("desk-rules-say-nothing")).colour("grey"),
        };
        let step = matter.is_open().then(|| {
            let href = address_of(matter, &[("name", &example.name)]);
            let (one, two, name) = (example.name.clone(), example.name.clone(), example.name.clone());
            view! {
                <form method="post" action=format!("{}/examples", matter.address()) class="app-tree__do">
                    <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
                    <input type="hidden" name="name" value=name/>
                    <a class="govuk-link" href=href>
                        {page.t("desk-change")} <span class="govuk-visually-hidden">" " {one}</span>
                    </a>
                    <button class="app-link-button" name="act" value="remove" type="submit">
                        {page.t("desk-remove")} <span class="govuk-visually-hidden">" " {two}</span>
                    </button>
                </form>
            }
        });
        table = table.row([
            Cell::new(example.name.as_str()),
            Cell::new(page.t_of("programme-expect", &word(&example.expect))),
            Cell::new(outcome),
            Cell::new(Content::view(step)),
        ]);
    }
    table.into_any()
}

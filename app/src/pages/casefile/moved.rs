//! A household lives elsewhere, and another office keeps its file from then on.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::error::Conflict;
use casework::households::changes::{self, Change, Dated};
use casework::households::file::File;
use casework::{Actor, Casework, Error};
use domain::ids::HouseholdId;
use domain::life_event::LifeEvent;
use leptos::prelude::*;

use super::frame::{Form, Part, Shown, recorded, to_change, version};
use super::stale;
use crate::kit::{Day, Problems, Select, Textarea};
use crate::pages::counter::fields::area_field;
use crate::shell::{Answer, Failure, Page};
use crate::state::{Pairs, SignedIn, value};

/// What is filled in.
#[derive(Clone, Debug, Default)]
struct Typed {
    area: String,
    directions: String,
    office: String,
    on: Day,
    version: i64,
}

/// `GET /households/{household}/moved`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let typed = Typed { on: Day::of(casework.today()), ..Typed::default() };
    show(&casework, &actor, &page, &file, &typed, &Problems::new())
}

/// `POST /households/{household}/moved`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut file = to_change(&casework, &actor, id).await?;
    let own = |name: &str| value(&pairs, name).to_owned();
    let typed = Typed {
        area: own("area"),
        directions: own("directions"),
        office: own("office"),
        on: Day::read("on", &own),
        version: version(&own("version")),
    };
    let page = page.failed();
    let mut problems = Problems::new();
    if typed.area.is_empty() {
        problems.add("area", page.t("contact-area-missing"));
    }
    if typed.office.is_empty() {
        problems.add("office", page.t("casefile-moved-office-missing"));
    }
    let on = typed.on.parse().filter(|on| *on <= casework.today());
    if on.is_none() {
        problems.add("on-day", page.t("casefile-day-wrong"));
    }
    if let Some(on) = on.filter(|_| problems.is_empty()) {
        let directions = (!typed.directions.is_empty()).then(|| typed.directions.clone());
        let change = Change::Moved { area: typed.area.clone(), directions, office: typed.office.clone() };
        match changes::record(&casework, &actor, id, typed.version, &Dated { change, on }, "").await {
            // Where it holds at once, the file is no longer theirs to read.
            Ok(changes::Made::Done(_)) => return Err(Failure::elsewhere("/search")),
            Ok(made) => return Ok(recorded(id, made, "moved")),
            Err(Error::Stale) => problems = stale::problem(&casework, &actor, &page, &file).await?,
            Err(Error::Invalid("area.unknown")) => {
                problems.add("area", page.t("contact-area-missing"));
            }
            Err(Error::Invalid(_)) => {
                problems.add("office", page.t("casefile-moved-office-missing"));
            }
            Err(Error::Conflict(Conflict::Taken)) => {
                problems.add("main", page.t("casefile-change-waits"));
            }
            Err(Error::Conflict(_)) => {
                problems.add("main", page.t("casefile-moved-later"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    file.version = typed.version;
    show(&casework, &actor, &page, &file, &typed, &problems)
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t_of("life-event", LifeEvent::Moved.code());
    Ok(shown.render_as(Part::Members, &title, || {
        let offices = pack.offices.iter().filter(|office| office.code != file.office);
        let offices = offices
            .map(|office| (office.code.clone(), shown.of_pack(&format!("office.{}.name", office.code))));
        let signed =
            pack.about.life_events.is_signed(LifeEvent::Moved).then(|| page.t("casefile-change-signed"));
        let fields = view! {
            <p class="govuk-body">{page.t("casefile-moved-about")} " " {signed}</p>
            {area_field(page, &pack, &typed.area, problems)}
            {Textarea::new("directions", page.t("contact-directions"))
                .hint(page.t("contact-directions-hint"))
                .rows(3)
                .value(&typed.directions)}
            {Select::new("office", page.t("casefile-moved-office"))
                .item("", page.t("choose"))
                .items(offices)
                .value(&typed.office)
                .error(problems.of("office"))}
            {typed.on.input("on", page.t("casefile-leave-on")).error(problems.of("on-day"))}
        }
        .into_any();
        let form = Form {
            title: &title,
            action: shown.address("moved"),
            button: page.t("casefile-save"),
            cancel: Part::Members.address(file.id),
            problems,
        };
        form.around(&shown, fields)
    }))
}

//! Lodging: which decisions, why, and whether they want to be heard; for what comes late also why. The officer helps to fill it
//! in; nothing else is asked.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::appeals::{Contestable, NewAppeal, contestable, lodge};
use casework::error::Conflict;
use casework::households::file::File;
use casework::{Casework, Error};
use domain::appeal::Channel;
use domain::ids::{AppealId, DecisionId, HouseholdId};
use domain::pack::Pack;
use leptos::prelude::*;

use super::{address, contested};
use crate::kit::Day;
use crate::kit::{Button, Checkboxes, Choice, NotificationBanner, Problems, Radios, Textarea};
use crate::pages::casefile::frame;
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Pairs, SignedIn, value};

/// How it may come to a counter.
const CHANNELS: [Channel; 3] = [Channel::Counter, Channel::Letter, Channel::Phone];
/// Which decision one comes from.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct From {
    /// Its id.
    pub decision: String,
}

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    id: String,
    against: Vec<String>,
    grounds: String,
    hearing: String,
    channel: String,
    received: Day,
    late: String,
}

impl Typed {
    fn read(pairs: &[(String, String)]) -> Self {
        let own = |name: &str| value(pairs, name).to_owned();
        Self {
            id: own("form_id"),
            against: contested::ticked(pairs),
            grounds: own("grounds"),
            hearing: own("hearing"),
            channel: own("channel"),
            received: Day::read("received", &own),
            late: own("late"),
        }
    }
}

/// What the page shows.
struct Matter {
    page: Page,
    casework: Casework,
    file: File,
    pack: std::sync::Arc<Pack>,
    found: Vec<Contestable>,
}

/// `GET /appeals/{household}/new`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(household): Path<HouseholdId>,
    Asked(from): Asked<From>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, household).await?;
    let found = contestable(&casework, &actor, household).await?;
    let id: AppealId = casework.new_id();
    let against = from.decision.parse::<DecisionId>().map(|id| vec![id.to_string()]).unwrap_or_default();
    let typed = Typed { id: id.to_string(), against, channel: "counter".into(), ..Typed::default() };
    let pack = casework.pack()?;
    let matter = Matter { page: page.back(format!("/households/{household}")), casework, file, pack, found };
    Ok(matter.answer(&typed, &Problems::new(), None))
}

/// `POST /appeals/{household}/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(household): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = frame::to_read(&casework, &actor, household).await?;
    let found = contestable(&casework, &actor, household).await?;
    let pack = casework.pack()?;
    let mut matter =
        Matter { page: page.back(format!("/households/{household}")), casework, file, pack, found };
    let typed = Typed::read(&pairs);
    let mut problems = Problems::new();
    let mut news = None;
    if let Some(new) = matter.check(&typed, &mut problems) {
        match lodge(&matter.casework, &actor, household, new).await {
            Ok(lodged) => {
                let href = format!("{}?done=lodged", address(household, lodged.id));
                return Ok(Redirect::to(&href).into_response());
            }
            Err(Error::Invalid("appeal.late_reason")) => {
                problems.add("late", matter.page.t("appeal-late-missing"));
            }
            Err(Error::Invalid("appeal.received")) => {
                problems.add("received-day", matter.page.t("appeal-received-wrong"));
            }
            Err(Error::Conflict(Conflict::Taken)) => {
                problems.add("against", matter.page.t("appeal-taken"));
            }
            Err(Error::Conflict(_)) => {
                news = Some(NotificationBanner::new(matter.page.t("appeal-moved")));
                matter.page = matter.page.status(StatusCode::CONFLICT);
                return Ok(matter.answer(&typed, &problems, news));
            }
            Err(error) => return Err(error.into()),
        }
    }
    matter.page = matter.page.failed();
    Ok(matter.answer(&typed, &problems, news))
}

impl Matter {
    fn check(&self, typed: &Typed, problems: &mut Problems) -> Option<NewAppeal> {
        let page = &self.page;
        let id = typed.id.parse().unwrap_or_else(|_| self.casework.new_id());
        let against = contested::chosen(&self.found, &typed.against, id);
        if against.is_empty() {
            problems.add("against", page.t("appeal-against-missing"));
        }
        if typed.grounds.is_empty() {
            problems.add("grounds", page.t("appeal-grounds-missing"));
        } else if typed.grounds.chars().count() > casework::appeals::lodge::MOST {
            let most = i64::try_from(casework::appeals::lodge::MOST).unwrap_or(i64::MAX);
            problems.add("grounds", page.t_with("field-too-long", &[("most", most.into())]));
        }
        if !matches!(typed.hearing.as_str(), "yes" | "no") {
            problems.add("hearing", page.t("appeal-hearing-missing"));
        }
        let channel = CHANNELS.into_iter().find(|one| one.code() == typed.channel);
        if channel.is_none() {
            problems.add("channel", page.t("appeal-channel-missing"));
        }
        let received = typed.received.parse();
        if typed.received.is_typed() && received.is_none() {
            problems.add("received-day", page.t("appeal-received-wrong"));
        }
        let new = NewAppeal {
            id,
            channel: channel?,
            received_on: received,
            against,
            grounds: typed.grounds.clone(),
            wants_hearing: typed.hearing == "yes",
            late_reason: typed.late.clone(),
            complaint: None,
        };
        problems.is_empty().then_some(new)
    }

    fn answer(
        &self,
        typed: &Typed,
        problems: &Problems,
        news: Option<NotificationBanner>,
    ) -> axum::response::Response {
        let page = &self.page;
        let title = page.t("appeal-new-title");
        render(page, &title, || {
            let body = if self.found.iter().all(|one| one.appealed.is_some()) {
                view! { <p class="govuk-body">{page.t("appeal-nothing-to")}</p> }.into_any()
            } else {
                self.form(typed, problems)
            };
            view! {
                {problems.summary()}
                {news}
                <span class="govuk-caption-l"><bdi class="app-reference">{self.file.reference.to_string()}</bdi></span>
                <h1 class="govuk-heading-l">{title.clone()}</h1>
                <p class="govuk-body">{page.t("appeal-free")}</p>
                {body}
                {self.open()}
            }
            .into_any()
        })
    }

    /// Appeals that wait already.
    fn open(&self) -> Vec<AnyView> {
        let link = |one: &Contestable| {
            let id = one.appealed?;
            let href = address(self.file.id, id);
            let text = format!("{}: {}", self.page.t("appeal-waits"), self.name(one));
            Some(view! { <p class="govuk-body"><a class="govuk-link" href=href>{text}</a></p> }.into_any())
        };
        self.found.iter().filter_map(link).collect()
    }

    fn name(&self, one: &Contestable) -> String {
        let person = one.decision.as_ref().and_then(|decision| decision.person);
        let person = person.and_then(|id| self.file.members.iter().find(|one| one.id.uuid() == id));
        contested::name(&self.page, &self.pack, one, person.map(frame::name).as_deref())
    }

    fn form(&self, typed: &Typed, problems: &Problems) -> AnyView {
        let page = &self.page;
        let mut against = Checkboxes::new(contested::FIELD, page.t("appeal-against"))
            .legend_class("govuk-fieldset__legend--m")
            .hint(page.t("appeal-against-hint"));
        for one in self.found.iter().filter(|one| one.appealed.is_none()) {
            against = against.choice(Choice::new(contested::key(one), self.name(one)).hint(contested::hint(
                page,
                &self.casework,
                one,
            )));
        }
        let against = against.values(typed.against.clone()).error(problems.of("against"));
        let is_late = self.found.iter().any(|one| one.is_late);
        let late = (is_late || !typed.late.is_empty()).then(|| {
            Textarea::new("late", page.t("appeal-late"))
                .hint(page.t("appeal-late-hint"))
                .rows(3)
                .value(&typed.late)
                .error(problems.of("late"))
        });
        let hearing = Radios::new("hearing", page.t("appeal-hearing"))
            .legend_class("govuk-fieldset__legend--m")
            .items([("yes", page.t("appeal-hearing-yes")), ("no", page.t("appeal-hearing-no"))])
            .value(&typed.hearing)
            .error(problems.of("hearing"));
        let channel = Radios::new("channel", page.t("appeal-channel"))
            .legend_class("govuk-fieldset__legend--m")
            .items(CHANNELS.map(|one| (one.code(), page.t_of("appeal-channel-how", one.code()))))
            .value(&typed.channel)
            .error(problems.of("channel"));
        let received = typed
            .received
            .input("received", page.t("appeal-received"))
            .hint(page.t("appeal-received-hint"))
            .error(problems.of("received-day"));
        let grounds = Textarea::new("grounds", page.t("appeal-grounds"))
            .label_class("govuk-label--m")
            .hint(page.t("appeal-grounds-hint"))
            .rows(6)
            .value(&typed.grounds)
            .error(problems.of("grounds"));
        view! {
            <form method="post" action=format!("/appeals/{}/new", self.file.id) novalidate>
                <input type="hidden" name="form_id" value=typed.id.clone()/>
                {against}
                {grounds}
                {hearing}
                {late}
                {channel}
                {received}
                {Button::new(page.t("appeal-send"))}
            </form>
        }
        .into_any()
    }
}

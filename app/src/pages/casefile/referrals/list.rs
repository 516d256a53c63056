//! Where the household was sent, the newest first.

use axum::extract::{Path, State};
use casework::Casework;
use casework::referrals;
use domain::ids::HouseholdId;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::{address as of, colour, provider};
use crate::kit::{Button, Cell, Content, Table, Tag};
use crate::pages::casefile::frame::{self, Part, Shown};
use crate::shell::{Answer, address};
use crate::state::SignedIn;

/// `GET /households/{household}/referrals`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let all = referrals::list(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    let may = !file.by_reason && actor.may_in(Right::Assess, &Scope::Office(file.office.clone()));
    Ok(shown.render(Part::Referrals, || {
        let query = [("for", id.to_string()), ("area", file.contact.area.clone())];
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let new = may.then(|| Button::link(address("/services", &query), page.t("refer-new")));
        let list = if all.is_empty() {
            view! { <p class="govuk-body">{page.t("refer-none")}</p> }.into_any()
        } else {
            let head = [
                "referral-service",
                "referral-person",
                "casefile-provider",
                "casefile-state",
                "casefile-since",
            ];
            let mut table =
                Table::new(page.t("casefile-referrals")).head(head.map(|key| page.t(key))).scroll();
            table.caption_classes = "govuk-visually-hidden".into();
            for one in &all {
                let href = of(id, one.id);
                let service = shown.of_pack(&format!("service.{}.name", one.service));
                let urgent = one.urgent.then(|| Tag::new(page.t("referral-urgent")).colour("red"));
                let state =
                    Tag::new(page.t_of("casefile-referral", one.state.code())).colour(colour(one.state));
                table = table.row([
                    Cell::new(Content::view(
                        view! { <a class="govuk-link" href=href>{service}</a> " " {urgent} },
                    )),
                    Cell::new(Content::view(view! { <bdi>{shown.whose(one.person)}</bdi> })),
                    Cell::new(provider(&shown, one)),
                    Cell::new(state),
                    Cell::new(Content::view(
                        view! { <bdi>{shown.day(one.requested_at.unwrap_or(one.created_at))}</bdi> },
                    )),
                ]);
            }
            table.into_any()
        };
        view! {
            <h1 class="govuk-heading-l">{page.t("casefile-referrals")}</h1>
            <p class="govuk-body">{page.t("refer-lead")}</p>
            {new}
            {list}
        }
        .into_any()
    }))
}

//! What a counter officer's first page starts with: the search, the own drafts, and who was registered today.

use casework::households::drafts::{self, Draft};
use casework::households::search::{self, Found};
use casework::{Actor, Casework, Result};
use domain::role::Right;
use leptos::prelude::*;
use time::{OffsetDateTime, Time, UtcOffset};

use super::fields::birth_words;
use super::summary;
use crate::kit::{Button, Content, Input, Table};
use crate::shell::Page;

/// An officer's own work at the counter.
#[derive(Clone, Debug)]
pub struct Desk {
    may_search: bool,
    drafts: Vec<Draft>,
    today: Vec<Found>,
    offset: UtcOffset,
}

impl Desk {
    /// What is there for this officer; nothing for who does not work at a counter.
    pub async fn read(casework: &Casework, actor: &Actor) -> Result<Self> {
        let offset = casework.clock.offset();
        let may_search = actor.may(Right::SearchRegistry);
        if !actor.may(Right::RegisterHousehold) {
            return Ok(Self { may_search, drafts: Vec::new(), today: Vec::new(), offset });
        }
        let midnight = OffsetDateTime::new_in_offset(casework.today(), Time::MIDNIGHT, offset);
        Ok(Self {
            may_search,
            drafts: drafts::drafts(casework, actor).await?,
            today: search::registered_since(casework, actor, midnight.to_offset(UtcOffset::UTC)).await?,
            offset,
        })
    }

    /// The search box, then what is begun, then what was done today.
    pub fn view(&self, page: &Page) -> AnyView {
        view! {
            {self.may_search.then(|| search_box(page))}
            {(!self.drafts.is_empty()).then(|| self.drafts(page))}
            {(!self.today.is_empty()).then(|| self.today(page))}
        }
        .into_any()
    }

    fn drafts(&self, page: &Page) -> AnyView {
        let head = ["desk-draft-who", "desk-draft-saved"];
        let table = self.drafts.iter().fold(
            Table::new(page.t("desk-drafts")).head(head.map(|key| page.t(key))),
            |table, draft| {
                let name = draft.form.members.first().map(summary::name).unwrap_or_default();
                let name = if name.is_empty() { page.t("desk-draft-nobody") } else { name };
                let href = format!("/households/new/{}/contact", draft.id);
                let saved = page.date_time(draft.saved_at.to_offset(self.offset));
                table.row([
                    Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> }),
                    Content::view(view! { <bdi>{saved}</bdi> }),
                ])
            },
        );
        table.scroll().into_any()
    }

    fn today(&self, page: &Page) -> AnyView {
        let head = ["search-column-name", "search-column-birth", "search-column-reference"];
        let table = self.today.iter().fold(
            Table::new(page.t("desk-today")).head(head.map(|key| page.t(key))),
            |table, found| {
                let open = if found.masked { "/open" } else { "" };
                let href = format!("/households/{}{open}", found.household);
                table.row([
                    Content::view(
                        view! { <a class="govuk-link" href=href><bdi>{found.name.clone()}</bdi></a> },
                    ),
                    Content::view(view! { <bdi>{birth_words(page, found.birth)}</bdi> }),
                    Content::view(view! { <bdi class="app-reference">{found.reference.to_string()}</bdi> }),
                ])
            },
        );
        table.scroll().into_any()
    }
}

/// The quickest of the four ways; the others are one link away.
fn search_box(page: &Page) -> AnyView {
    view! {
        <form method="post" action="/search" role="search" novalidate>
            {Input::new("reference", page.t("desk-search"))
                .label_class("govuk-label--m")
                .hint(page.t("search-reference-hint"))
                .width(20)
                .autocomplete("off")
                .attribute("spellcheck", "false")}
            <div class="govuk-button-group">
                {Button::new(page.t("search-button"))}
                <a class="govuk-link" href="/search">{page.t("desk-search-other")}</a>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use domain::role::Role;

    use crate::pages::casefile::testing::registered_by;
    use crate::test_support::{Browser, as_administrator, as_counter_officer, world_with_pack};
    use crate::words::Lang;

    #[tokio::test]
    async fn an_officer_finds_the_search_the_own_drafts_and_todays_households() {
        let world = world_with_pack().await;
        let login = Browser::add_account(&world, Role::CounterOfficer).await;
        let mut browser = Browser::signed_in(&world, &login).await;
        let empty = browser.get("/").await.html;
        assert!(empty.contains("action=\"/search\""), "{empty}");
        assert!(!empty.contains("Drafts") && !empty.contains("registered today"), "{empty}");
        browser.post("/households/new", &[("name", "Salimata Kone"), ("birth_year", "1990")]).await;
        let file = registered_by(&world, &login).await;
        for lang in [Lang::En, Lang::Fr] {
            let home = browser.get(&format!("/?lang={}", lang.code())).await;
            home.assert_page(lang);
            assert!(home.html.contains("Salimata Kone") && home.html.contains("/contact\""), "{}", home.html);
            assert!(home.html.contains(&format!("href=\"{file}\"")), "{}", home.html);
        }
        // Others see neither.
        let other = as_counter_officer(&world).await.get("/").await.html;
        assert!(!other.contains("Salimata") && !other.contains(&file), "{other}");
        let administrator = as_administrator(&world).await.get("/").await;
        assert_eq!(administrator.status, StatusCode::OK);
        assert!(!administrator.html.contains("action=\"/search\""), "{}", administrator.html);
    }
}

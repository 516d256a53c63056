//! The packs, and the programmes of one.

use axum::extract::{Path, State};
use casework::{Casework, packs};
use domain::pack::Pack;
use domain::role::Right;
use leptos::prelude::*;

use crate::kit::{Cell, Content, SummaryList, Table, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /packs`
pub async fn list(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let kept = packs::list(&casework, &actor).await?;
    let current = casework.pack().ok();
    let title = page.t("packs-title");
    Ok(render(&page, &title, || {
        let head = ["pack-name", "pack-version", "pack-loaded", "pack-state"].map(|key| page.t(key));
        let mut table = Table::new(title.clone()).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for one in &kept {
            let is_current = current.as_ref().is_some_and(|pack| pack.hash() == one.hash);
            let state = if is_current {
                Tag::new(page.t("pack-in-force")).colour("green")
            } else {
                Tag::new(page.t("pack-earlier")).colour("grey")
            };
            let href = format!("/packs/{}", one.hash);
            let name = view! { <a class="govuk-link" href=href><bdi>{one.pack_id.clone()}</bdi></a> };
            let loaded = page.date(casework.here(one.loaded_at).date());
            table = table.row([
                Cell::new(Content::view(name)),
                Cell::new(one.version.as_str()),
                Cell::new(Content::view(view! { <bdi class="app-nowrap">{loaded}</bdi> })),
                Cell::new(state),
            ]);
        }
        let list = if kept.is_empty() {
            view! { <p class="govuk-body">{page.t("packs-none")}</p> }.into_any()
        } else {
            table.into_any()
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("packs-lead")}</p>
            {list}
        }
        .into_any()
    }))
}

/// `GET /packs/{hash}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(hash): Path<String>,
) -> Answer {
    actor.require_anywhere(Right::KeepPolicy)?;
    let pack = packs::by_hash(&casework, &hash).await?;
    let page = page.back("/packs");
    let title = page.t_with("pack-title", &[("name", pack.id().into()), ("version", pack.version().into())]);
    Ok(render(&page, &title, || {
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {about(&page, &pack)}
            {by_agency(&page, &pack)}
        }
        .into_any()
    }))
}

fn about(page: &Page, pack: &Pack) -> SummaryList {
    let short: String = pack.hash().chars().take(16).collect();
    let definitions = pack.definitions();
    let count = |count: usize| page.number(i64::try_from(count).unwrap_or(i64::MAX));
    SummaryList::new()
        .row(page.t("pack-country"), pack.about.country.as_str())
        .row(page.t("pack-valid-from"), page.date(pack.about.valid_from))
        .row(page.t("pack-languages"), page.list(&pack.about.languages))
        .row(page.t("pack-currency"), pack.about.currency.code.as_str())
        .row(page.t("pack-programmes"), count(definitions.programmes.len()))
        .row(page.t("pack-questions"), count(pack.form.questions.len()))
        .row(page.t("pack-facts"), count(definitions.facts.len()))
        .row(page.t("pack-hash"), Content::view(view! { <bdi class="app-reference">{short}</bdi> }))
}

/// The programmes, under the agency that answers for them.
fn by_agency(page: &Page, pack: &Pack) -> Vec<AnyView> {
    pack.agencies
        .iter()
        .filter_map(|agency| {
            let lines: Vec<AnyView> = pack
                .definitions()
                .programmes
                .iter()
                .filter(|def| def.agency == agency.code)
                .map(|def| {
                    let href = format!("/packs/{}/{}", pack.hash(), def.id);
                    let name = page.of_pack(pack, &format!("programme.{}.name", def.id));
                    let about = page.of_pack(pack, &format!("programme.{}.about", def.id));
                    view! {
                        <li>
                            <a class="govuk-link" href=href>{name}</a>
                            <div class="govuk-hint">{about}</div>
                        </li>
                    }
                    .into_any()
                })
                .collect();
            (!lines.is_empty()).then(|| {
                let name = page.of_pack(pack, &format!("agency.{}.name", agency.code));
                view! {
                    <h2 class="govuk-heading-m">{name}</h2>
                    <ul class="govuk-list govuk-list--spaced">{lines}</ul>
                }
                .into_any()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::test_support::{as_counter_officer, as_policy_officer, world_with_pack};
    use crate::words::Lang;

    #[tokio::test]
    async fn every_programme_of_the_pack_in_force_can_be_read() {
        let world = world_with_pack().await;
        let mut policy = as_policy_officer(&world).await;
        let pack = world.pack().unwrap();
        let address = format!("/packs/{}", pack.hash());
        for lang in [Lang::Fr, Lang::En] {
            for path in ["/packs", &address] {
                policy.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
            }
        }
        let list = policy.get("/packs").await.html;
        assert!(list.contains("In force") && list.contains(&address), "{list}");
        for def in &pack.definitions().programmes {
            for lang in [Lang::Fr, Lang::En] {
                let reply = policy.get(&format!("{address}/{}?lang={}", def.id, lang.code())).await;
                reply.assert_page(lang);
                assert!(!reply.html.contains(&format!("programme.{}.", def.id)), "{}", reply.html);
            }
        }
        assert_eq!(policy.get("/packs/nothing").await.status, StatusCode::NOT_FOUND);
        assert_eq!(policy.get(&format!("{address}/nothing")).await.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn packs_are_for_the_policy_desk() {
        let world = world_with_pack().await;
        let address = format!("/packs/{}", world.pack().unwrap().hash());
        let mut officer = as_counter_officer(&world).await;
        for path in ["/packs".to_owned(), address.clone(), format!("{address}/child-grant")] {
            assert_eq!(officer.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

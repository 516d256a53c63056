//! Some members form a household of their own: who leaves and as what, since when, where they live, and what they agree to.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::households::file::{File, Member};
use casework::households::splitting::{self, Split};
use casework::{Actor, Casework, Error};
use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId};
use domain::registration::{ConsentForm, ContactForm, RegistrationForm};
use leptos::prelude::*;
use uuid::Uuid;

use super::frame::{Form, Part, Shown, name, to_change, version};
use super::relations::{self, Chosen};
use super::stale;
use crate::kit::{Day, Problems};
use crate::pages::counter::fields::{consent_fields, contact_fields, problems};
use crate::shell::{Answer, Failure, Page};
use crate::state::{self, Pairs, SignedIn};

/// What is filled in.
#[derive(Clone, Debug, Default)]
struct Typed {
    /// The new household's id: a form sent twice splits once.
    form_id: String,
    /// What each is to the new head; nothing for who stays.
    relations: Chosen,
    on: Day,
    contact: ContactForm,
    consent: ConsentForm,
    version: i64,
}

/// Those who can leave. Who is the head stays until another is named.
fn others(file: &File) -> impl Iterator<Item = &Member> {
    file.present().filter(|member| member.person.relation != Relation::Head)
}

/// `GET /households/{household}/split`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let contact = ContactForm { language: file.contact.language.clone(), ..ContactForm::default() };
    let form_id = casework.new_id::<Uuid>().to_string();
    let typed = Typed { form_id, on: Day::of(casework.today()), contact, ..Typed::default() };
    show(&casework, &actor, &page, &file, &typed, &Problems::new())
}

/// `POST /households/{household}/split`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut file = to_change(&casework, &actor, id).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    let mut typed = Typed {
        form_id: value("form_id"),
        // As sent: who left by the first press of two is still who was meant.
        relations: pairs
            .iter()
            .filter_map(|(name, code)| {
                let member = name.strip_prefix("relation-")?.parse().ok()?;
                Some((member, code.trim().to_owned()))
            })
            .collect(),
        on: Day::read("on", &value),
        version: version(&value("version")),
        ..Typed::default()
    };
    for member in others(&file) {
        typed.relations.entry(member.id).or_default();
    }
    let form = RegistrationForm::from_pairs(pairs);
    (typed.contact, typed.consent) = (form.contact, form.consent);
    let page = page.failed();
    let split = match check(&casework, &page, &typed)? {
        Ok(split) => split,
        Err(problems) => {
            file.version = typed.version;
            return show(&casework, &actor, &page, &file, &typed, &problems);
        }
    };
    match splitting::split(&casework, &actor, id, typed.version, &split).await {
        Ok(formed) => {
            Ok(Redirect::to(&format!("/households/{}?done=split", formed.household)).into_response())
        }
        // Somebody who was chosen is no member any more: the file has moved on.
        Err(Error::Stale | Error::NotFound) => {
            let problems = stale::problem(&casework, &actor, &page, &file).await?;
            show(&casework, &actor, &page, &file, &typed, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// The split, or everything that is wrong, in the order of the fields.
fn check(casework: &Casework, page: &Page, typed: &Typed) -> Result<Result<Split, Problems>, Failure> {
    let pack = casework.pack()?;
    let mut wrong = Problems::new();
    let chosen = typed.relations.iter().filter(|(_, code)| !code.is_empty());
    let leaving = relations::read(page, chosen, &mut wrong);
    if wrong.is_empty() && leaving.is_empty() {
        wrong.add(relations::first(&typed.relations), page.t("casefile-split-nobody"));
    } else if wrong.is_empty() && relations::heads(&leaving) != 1 {
        wrong.add(relations::first(&typed.relations), page.t("casefile-split-head-one"));
    }
    let on = typed.on.parse().filter(|on| *on <= casework.today());
    if on.is_none() {
        wrong.add("on-day", page.t("casefile-day-wrong"));
    }
    let contact = typed.contact.validate(&*pack);
    let given = typed.consent.validate(&*pack);
    let by: Option<PersonId> = typed.consent.by.trim().parse().ok();
    let by = by.filter(|by| leaving.contains_key(by));
    for errors in [contact.as_ref().err(), given.as_ref().err()].into_iter().flatten() {
        for (field, words) in problems(page, errors).iter() {
            wrong.add(field, words);
        }
    }
    if by.is_none() {
        let missing = typed.consent.by.trim().is_empty();
        wrong.add(
            "consent_by",
            page.t(if missing { "consent-by-missing" } else { "casefile-split-consent-by" }),
        );
    }
    let id = typed.form_id.parse().unwrap_or_else(|_| casework.new_id());
    Ok(match (on, contact, given, by) {
        (Some(on), Ok(contact), Ok(consent), Some(consent_by)) if wrong.is_empty() => {
            Ok(Split { id, leaving, contact, consent_by, consent, on })
        }
        _ => Err(wrong),
    })
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
    let title = page.t("casefile-split-title");
    Ok(shown.render_as(Part::Members, &title, || {
        let selects =
            relations::selects(page, others(file), "casefile-split-stays", &typed.relations, problems);
        let people = others(file).map(|member| (member.id.to_string(), name(member))).collect();
        let fields = view! {
            <p class="govuk-body">{page.t("casefile-split-about")}</p>
            <p class="govuk-body">
                {page.t("casefile-split-head-stays")} " "
                <a class="govuk-link" href=shown.address("head")>{page.t("casefile-head-change")}</a>
            </p>
            <input type="hidden" name="form_id" value=typed.form_id.clone()/>
            <h2 class="govuk-heading-m">{page.t("casefile-split-who")}</h2>
            {selects}
            {typed.on.input("on", page.t("casefile-leave-on")).error(problems.of("on-day"))}
            <h2 class="govuk-heading-m">{page.t("casefile-contact")}</h2>
            {contact_fields(page, &pack, &typed.contact, problems)}
            {consent_fields(page, &pack, &typed.consent, people, problems)}
        }
        .into_any();
        let form = Form {
            title: &title,
            action: shown.address("split"),
            button: page.t("casefile-split-button"),
            cancel: Part::Members.address(file.id),
            problems,
        };
        form.around(&shown, fields)
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, elsewhere, family, reference};
    use crate::test_support::{as_auditor, as_counter_officer, version, world_with_pack};

    #[tokio::test]
    async fn a_daughter_forms_a_household_and_each_file_leads_to_the_other() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let split = format!("{file}/split");
        let mut browser = as_counter_officer(&world).await;
        assert!(browser.get(&format!("{file}/members")).await.html.contains(&split));
        let form = browser.get(&split).await.html;
        let named = between(&form, "name=\"relation-", "\"").to_owned();
        assert_eq!(form.matches("name=\"relation-").count(), 1, "the head does not leave: {form}");
        let (daughter, relation) = (named.clone(), format!("relation-{named}"));
        let (id, words) = (
            between(&form, "name=\"form_id\" value=\"", "\"").to_owned(),
            between(&form, "name=\"consent_words\" value=\"", "\"").to_owned(),
        );
        let (old, own) = (version(&form), reference(&form));
        let nothing = [("form_id", &*id), ("version", &*old), ("consent_words", &*words)];
        let wrong = browser.post(&split, &nothing).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [&*relation, "on-day", "area", "consent_agency", "consent_by", "consent_how"];
        for field in fields {
            assert!(wrong.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", wrong.html);
        }
        assert!(wrong.html.contains(&id), "the form stays the same: {}", wrong.html);
        let typed = |as_what: &'static str| {
            vec![
                (relation.clone(), as_what.to_owned()),
                ("form_id".into(), id.clone()),
                ("version".into(), old.clone()),
                ("on-day".into(), "1".into()),
                ("on-month".into(), "11".into()),
                ("on-year".into(), "2026".into()),
                ("area".into(), "P01-D1-C2".into()),
                ("language".into(), "fr".into()),
                ("consent_words".into(), words.clone()),
                ("consent_agency".into(), "nspa".into()),
                ("consent_by".into(), daughter.clone()),
                ("consent_how".into(), "signed".into()),
            ]
        };
        let send = |typed: &[(String, String)]| {
            typed.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        let headless = send(&typed("child"));
        let headless: Vec<(&str, &str)> = headless.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let reply = browser.post(&split, &headless).await;
        assert!(reply.html.contains("Choose exactly one of those who leave"), "{}", reply.html);
        let right = send(&typed("head"));
        let right: Vec<(&str, &str)> = right.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let formed = browser.post(&split, &right).await;
        assert_eq!(formed.location, format!("/households/{id}?done=split"), "{}", formed.html);
        let there = browser.get(&formed.location).await;
        assert!(there.html.contains("Fatou Ba"), "{}", there.html);
        // A second press does nothing more.
        let again = browser.post(&split, &right).await;
        assert_eq!(again.location, formed.location, "{}", again.html);
        let members = browser.get(&format!("/households/{id}/members")).await.html;
        assert!(members.contains(&own) && members.contains(&format!("href=\"{file}\"")), "{members}");
        let before = browser.get(&format!("{file}/members")).await.html;
        assert!(before.contains(&format!("href=\"/households/{id}\"")), "{before}");
        let told = browser.get(&format!("{file}/history")).await.html;
        assert!(told.contains("Members formed a household of their own"), "{told}");
    }

    #[tokio::test]
    async fn who_may_only_read_splits_nothing() {
        let world = world_with_pack().await;
        let split = format!("{}/split", family(&world).await);
        assert_eq!(as_auditor(&world).await.get(&split).await.status, StatusCode::FORBIDDEN);
        assert!(elsewhere(&world).await.get(&split).await.location.ends_with("/open"));
        assert_eq!(as_auditor(&world).await.post(&split, &[]).await.status, StatusCode::FORBIDDEN);
    }
}

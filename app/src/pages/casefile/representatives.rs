//! People who act for the household: who, what they may do and until when; letting somebody, and taking it back. Their slip,
//! with reference and PIN, is shown in the one answer that follows the granting.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::households::file::File;
use casework::tracking::representatives::{self, Representative, Slip};
use casework::{Actor, Casework, Error};
use domain::ids::HouseholdId;
use domain::representative::{Field, GrantForm, Problem, Reach, Tie};
use leptos::prelude::*;
use uuid::Uuid;

use super::frame::{self, Part, Shown, name};
use crate::kit::{Button, Content, DateInput, Day, Input, NotificationBanner, Problems, Radios, Table, Tag};
use crate::shell::{Answer, Page};
use crate::state::{self, Asked, Done, Pairs, SignedIn};

/// `GET /households/{household}/representatives`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    show(&casework, &actor, &page, &file, &Typed::default(), &Problems::new(), After::Done(&done.done)).await
}

/// What is typed, with the last day as it stands in its fields.
#[derive(Default)]
struct Typed {
    form: GrantForm,
    until: Day,
}

/// What the page says was done.
enum After<'a> {
    Done(&'a str),
    Granted(Slip),
}

/// `POST /households/{household}/representatives`: lets somebody, or takes it back (`act=end`).
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = frame::to_change(&casework, &actor, id).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    if value("act") == "end" {
        let one = value("representative").parse::<Uuid>().map_err(|_| Error::NotFound)?;
        return match representatives::end(&casework, &actor, id, one).await {
            // Ended already, by somebody else or by a second press.
            Ok(()) | Err(Error::Stale) => {
                Ok(Redirect::to(&format!("/households/{id}/representatives?done=ended")).into_response())
            }
            Err(error) => Err(error.into()),
        };
    }
    let until = Day::read("until", &value);
    let form = GrantForm {
        name: value("name"),
        birth: ["birth-day", "birth-month", "birth-year"].map(value),
        tie: value("tie"),
        reach: value("reach"),
        until: until.parse(),
        agreed_by: value("agreed_by"),
    };
    let mut problems = Problems::new();
    let granted = match form.validate(casework.today()) {
        Ok(granted) => representatives::grant(&casework, &actor, id, &granted).await,
        Err(wrong) => {
            for (field, problem) in wrong {
                problems.add(place(field), said(&page, field, problem));
            }
            Err(Error::Invalid("fields"))
        }
    };
    let typed = Typed { form, until };
    match granted {
        Ok(slip) => {
            let nothing = Typed::default();
            return show(&casework, &actor, &page, &file, &nothing, &problems, After::Granted(slip)).await;
        }
        Err(Error::Invalid("fields")) => {}
        Err(Error::Invalid(_)) => {
            problems.add(place(Field::AgreedBy), said(&page, Field::AgreedBy, Problem::Missing));
        }
        Err(Error::Conflict(_)) => {
            problems.add(place(Field::Name), page.t("acting-too-many"));
        }
        Err(error) => return Err(error.into()),
    }
    show(&casework, &actor, &page.failed(), &file, &typed, &problems, After::Done("")).await
}

/// The id of the field that an error leads to.
fn place(field: Field) -> &'static str {
    match field {
        Field::Birth => "birth-day",
        Field::Until => "until-day",
        Field::Name | Field::Tie | Field::Reach | Field::AgreedBy => field.code(),
    }
}

fn said(page: &Page, field: Field, problem: Problem) -> String {
    match problem {
        Problem::Missing => page.t_of("acting-missing", field.code()),
        other => page.t_of("acting-problem", other.code()),
    }
}

async fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &Typed,
    problems: &Problems,
    after: After<'_>,
) -> Answer {
    let all = representatives::of_household(casework, actor, file.id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let today = casework.today();
    Ok(shown.render_as(Part::Consents, &page.t("acting-title"), || {
        let after = match after {
            After::Done("ended") => NotificationBanner::success(page.t("acting-done-ended")).into_any(),
            After::Done(_) => ().into_any(),
            After::Granted(slip) => paper(page, &slip),
        };
        let form = shown.may_edit.then(|| form(&shown, typed, problems));
        view! {
            {problems.summary()}
            {after}
            <h1 class="govuk-heading-l">{page.t("acting-title")}</h1>
            <p class="govuk-body">{page.t("acting-lead")}</p>
            {list(&shown, &all, today)}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">{form}</div>
            </div>
        }
        .into_any()
    }))
}

/// The slip: it is shown once.
fn paper(page: &Page, slip: &Slip) -> AnyView {
    let (reference, pin) = (slip.reference.to_string(), slip.pin.reveal().to_owned());
    view! {
        <div class="app-screen-only">{NotificationBanner::success(page.t("acting-done-granted"))}</div>
        <div class="app-receipt">
            <p class="govuk-body">{page.t("acting-slip")}</p>
            <p class="govuk-body">
                {page.t("track-reference")} {page.t("colon")} <bdi class="app-reference">{reference}</bdi>
            </p>
            <p class="govuk-body">
                {page.t("track-pin")} {page.t("colon")} <bdi class="app-reference">{pin}</bdi>
            </p>
        </div>
    }
    .into_any()
}

fn list(shown: &Shown<'_>, all: &[Representative], today: time::Date) -> AnyView {
    let page = shown.page;
    if all.is_empty() {
        return view! { <p class="govuk-body">{page.t("acting-none")}</p> }.into_any();
    }
    let mut head = vec![page.t("acting-name"), page.t("acting-reach"), page.t("casefile-state")];
    if shown.may_edit {
        head.push(page.t("acting-end"));
    }
    let table = all.iter().fold(Table::new(page.t("acting-all")).head(head), |table, one| {
        let acts = one.acts(today);
        let state: Content = match (acts, one.ended_at) {
            (true, _) => {
                let until = page.t_with("acting-until", &[("date", page.date(one.until).into())]);
                Tag::new(until).colour("green").into()
            }
            (false, Some(at)) => {
                Tag::new(page.t_with("acting-ended", &[("date", shown.day(at).into())])).colour("grey").into()
            }
            (false, None) => Tag::new(page.t_with("acting-over", &[("date", page.date(one.until).into())]))
                .colour("grey")
                .into(),
        };
        let (name, tie) = (one.name.clone(), page.t_of("acting-tie", one.tie.code()));
        let mut cells: Vec<Content> = vec![
            Content::view(view! { <bdi>{name.clone()}</bdi> ", " {tie} }),
            page.t_of("acting-reach", one.reach.code()).into(),
            state,
        ];
        if shown.may_edit {
            cells.push(if acts { end_button(shown, one) } else { Content::default() });
        }
        table.row(cells)
    });
    table.scroll().into_any()
}

fn end_button(shown: &Shown<'_>, one: &Representative) -> Content {
    let name = one.name.clone();
    let mut button = Button::new(Content::view(view! {
        {shown.page.t("acting-end")}
        <span class="govuk-visually-hidden">": " {name}</span>
    }))
    .secondary();
    button.classes.push_str(" govuk-!-margin-bottom-0");
    Content::view(view! {
        <form method="post" action=shown.address("representatives")>
            <input type="hidden" name="act" value="end"/>
            <input type="hidden" name="representative" value=one.id.to_string()/>
            {button}
        </form>
    })
}

fn form(shown: &Shown<'_>, typed: &Typed, problems: &Problems) -> AnyView {
    let page = shown.page;
    let [day, month, year] = typed.form.birth.clone();
    let ties = Tie::ALL.iter().map(|tie| (tie.code(), page.t_of("acting-tie", tie.code())));
    let reaches = Reach::ALL.iter().map(|reach| (reach.code(), page.t_of("acting-reach", reach.code())));
    let people = shown.file.present().map(|member| (member.id.to_string(), name(member)));
    view! {
        <h2 class="govuk-heading-m">{page.t("acting-new")}</h2>
        <form method="post" action=shown.address("representatives") novalidate>
            {Input::new("name", page.t("acting-name"))
                .label_class("govuk-label--s")
                .value(&typed.form.name)
                .autocomplete("off")
                .error(problems.of("name"))}
            {DateInput::new("birth", page.t("acting-birth"))
                .legend_class("govuk-fieldset__legend--s")
                .hint(page.t("acting-birth-hint"))
                .values(day, month, year)
                .error(problems.of("birth-day"))}
            {Radios::new("tie", page.t("acting-tie"))
                .legend_class("govuk-fieldset__legend--s")
                .small()
                .items(ties)
                .value(typed.form.tie.clone())
                .error(problems.of("tie"))}
            {Radios::new("reach", page.t("acting-reach"))
                .legend_class("govuk-fieldset__legend--s")
                .small()
                .items(reaches)
                .value(typed.form.reach.clone())
                .error(problems.of("reach"))}
            {typed.until.input("until", page.t("acting-until-field"))
                .legend_class("govuk-fieldset__legend--s")
                .hint(page.t("acting-until-hint"))
                .error(problems.of("until-day"))}
            {Radios::new("agreed_by", page.t("acting-agreed-by"))
                .legend_class("govuk-fieldset__legend--s")
                .small()
                .items(people)
                .value(typed.form.agreed_by.clone())
                .error(problems.of("agreed_by"))}
            {Button::new(page.t("acting-grant"))}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, family};
    use crate::test_support::{Browser, as_auditor, as_counter_officer, world_with_pack};

    #[tokio::test]
    async fn somebody_acts_for_a_household_until_it_is_taken_back() {
        let world = world_with_pack().await;
        let page = format!("{}/representatives", family(&world).await);
        let mut browser = as_counter_officer(&world).await;
        let form = browser.get(&page).await.html;
        let by = between(&form, "name=\"agreed_by\" type=\"radio\" value=\"", "\"").to_owned();
        let nothing = browser.post(&page, &[("name", "Fatou Ndiaye")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.html.contains("value=\"Fatou Ndiaye\""), "nothing typed is lost");
        for field in ["birth-day", "tie", "reach", "until-day", "agreed_by"] {
            assert!(nothing.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", nothing.html);
        }
        let typed = [
            ("name", "Fatou Ndiaye"),
            ("birth-year", "1980"),
            ("tie", "neighbour"),
            ("reach", "see"),
            ("until-day", "1"),
            ("until-month", "3"),
            ("until-year", "2027"),
            ("agreed_by", by.as_str()),
        ];
        let granted = browser.post(&page, &typed).await;
        assert_eq!(granted.status, StatusCode::OK, "{}", granted.html);
        let digits = |label: &str| {
            let rest = &granted.html[granted.html.find(label).unwrap()..];
            between(rest, "<bdi class=\"app-reference\">", "</bdi>").to_owned()
        };
        let paper = &granted.html[granted.html.find("app-receipt").unwrap()..];
        let reference = between(paper, "<bdi class=\"app-reference\">", "</bdi>").to_owned();
        let rest = &paper[paper.find(&reference).unwrap()..];
        let pin = between(rest, "<bdi class=\"app-reference\">", "</bdi>").to_owned();
        assert_eq!((digits("app-receipt"), pin.len()), (reference.clone(), 6));
        let again = browser.get(&page).await.html;
        assert!(!again.contains(&pin) && again.contains("Fatou Ndiaye"), "the PIN is shown once");

        let mut neighbour = Browser::stranger(&world);
        let slip = [("reference", reference.as_str()), ("birth-year", "1980"), ("pin", pin.as_str())];
        assert_eq!(neighbour.post("/track", &slip).await.location, "/track/status");
        let status = neighbour.get("/track/status?lang=en").await.html;
        assert!(status.contains("Fatou Ndiaye") && !status.contains("/track/letter"), "{status}");
        assert_eq!(neighbour.get("/track/letter").await.location, "/track/status?done=not_yours");

        let id = between(&again, "name=\"representative\" value=\"", "\"").to_owned();
        let ended = browser.post(&page, &[("act", "end"), ("representative", &id)]).await;
        assert_eq!(ended.location, format!("{page}?done=ended"));
        assert_eq!(neighbour.get("/track/status").await.location, "/track?over=true", "at once");
        let mut auditor = as_auditor(&world).await;
        assert!(!auditor.get(&page).await.html.contains("name=\"agreed_by\""));
        assert_eq!(auditor.post(&page, &typed).await.status, StatusCode::FORBIDDEN);
    }
}

//! The whole form of a change: modules, pages, questions, with the texts of every language beside one another.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::Casework;
use casework::policy::FormWords;
use domain::definitions::Level;
use domain::form::{Form, Group, Module, Question, registry};
use domain::ids::ChangeId;
use domain::policy::edit::FormEdit;
use leptos::prelude::*;

use super::typed::{dir, own_name};
use super::{Matter, Said, address, make};
use crate::kit::{Button, Cell, Content, Details, Input, NotificationBanner, Table, Tag};
use crate::shell::{self, Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// Most months for which answers may hold.
const MOST_MONTHS: u32 = 120;

/// `GET /policy/{change}/form`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let is_kept = done.done == "kept";
    Ok(show(&page, &matter, is_kept, &Said::default(), &[]))
}

/// `POST /policy/{change}/form`: for how long the answers of a module hold.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let (module, typed) = (value(&pairs, "module").to_owned(), value(&pairs, "months"));
    let field = format!("months-{module}");
    let months = match typed {
        "" => Ok(None),
        typed => match typed.parse::<u32>() {
            Ok(months) if (1..=MOST_MONTHS).contains(&months) => Ok(Some(months)),
            _ => Err(page.t_with("policy-form-months-wrong", &[("most", MOST_MONTHS.into())])),
        },
    };
    let said = match months {
        Ok(months) => {
            let edit = FormEdit::Validity { module, months };
            let done = format!("{}?done=kept", address(id));
            let of = (id, value(&pairs, "version"));
            match make((&casework, &actor, &page), of, (Some(edit), FormWords::new()), (&done, &field)).await
            {
                Ok(done) => return Ok(done),
                Err(said) => said?,
            }
        }
        Err(message) => Said::beside(&field, message),
    };
    let matter = Matter::load(&casework, &actor, id).await?;
    Ok(show(&said.on(page), &matter, false, &said, &pairs))
}

fn show(page: &Page, matter: &Matter, is_kept: bool, said: &Said, pairs: &[(String, String)]) -> Response {
    let page = &page.clone().back(super::changes::address(matter.id()));
    let title = page.t("policy-form-title");
    let form = &matter.draft.form;
    render(page, &title, || {
        let modules = form.modules.iter().map(|own| module(page, matter, own, said, pairs)).collect_view();
        let news = is_kept.then(|| NotificationBanner::success(page.t("policy-form-kept")));
        let add = matter.is_open().then(|| {
            Button::link(format!("{}/questions/new", address(matter.id())), page.t("policy-form-add"))
                .secondary()
        });
        view! {
            {news}
            {said.summary(page)}
            {matter.caption()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("policy-form-lead")}</p>
            {matter.closed(page)}
            {add}
            {modules}
            {lists(page, matter)}
        }
        .into_any()
    })
}

fn module(page: &Page, matter: &Matter, own: &Module, said: &Said, pairs: &[(String, String)]) -> AnyView {
    let label = matter.label(page, &format!("module.{}", own.id), &own.id).to_owned();
    let holds = match own.valid_months {
        Some(months) => page.t_with("policy-form-holds", &[("months", months.into())]),
        None => page.t("policy-form-holds-always"),
    };
    let field = format!("months-{}", own.id);
    let is_wrong = said.problems.of(&field).is_some();
    let edit = matter.is_open().then(|| {
        let typed = match own.valid_months {
            _ if is_wrong => value(pairs, "months").to_owned(),
            Some(months) => months.to_string(),
            None => String::new(),
        };
        let input = Input { id: Some(field.clone()), ..Input::new("months", page.t("policy-form-months")) };
        let form = view! {
            <form method="post" action=address(matter.id()) novalidate>
                {matter.version()}
                <input type="hidden" name="module" value=own.id.clone()/>
                {input
                    .hint(page.t("policy-form-months-hint"))
                    .numeric()
                    .width(4)
                    .value(typed)
                    .error(said.problems.of(&field))}
                {Button::new(page.t("policy-form-save")).secondary()}
            </form>
        };
        let summary = page.t_with("policy-form-validity", &[("module", label.as_str().into())]);
        let mut details = Details::new(summary, Content::view(form));
        details.open = is_wrong;
        details
    });
    let groups = matter.draft.form.groups_of(&own.id).map(|own| group(page, matter, own)).collect_view();
    view! {
        <h2 class="govuk-heading-m"><bdi>{label}</bdi></h2>
        <p class="govuk-body">{holds}</p>
        {edit}
        {groups}
    }
    .into_any()
}

fn group(page: &Page, matter: &Matter, own: &Group) -> AnyView {
    let label = matter.label(page, &format!("group.{}", own.id), &own.id).to_owned();
    let base = address(matter.id());
    let each = match own.level {
        Level::Household => page.t("policy-form-of-household"),
        Level::Member => page.t("policy-form-of-member"),
    };
    let relevant = own.relevant.as_ref().map(|text| {
        let text = text.text.clone();
        view! { <p class="govuk-body">{page.t("policy-form-relevant")} ": " <code dir="ltr">{text}</code></p> }
    });
    let languages = matter.languages();
    let head = [page.t("policy-form-question")]
        .into_iter()
        .chain(languages.iter().map(|language| own_name(language)))
        .chain([page.t("policy-form-kind"), page.t("policy-form-standing")]);
    let caption = page.t_with("policy-form-questions-of", &[("page", label.as_str().into())]);
    let mut table = Table::new(caption).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for question in matter.draft.form.questions_of(own) {
        table = table.row(row(page, matter, question, &languages));
    }
    let add = matter.is_open().then(|| {
        let href = shell::address(&format!("{base}/questions/new"), &[("group", &own.id)]);
        let about = label.clone();
        view! {
            <a class="govuk-link" href=href>
                {page.t("policy-form-add-here")} <span class="govuk-visually-hidden">": " {about}</span>
            </a>
            " · "
        }
    });
    let (seen, about) = (format!("{base}/preview/{}", own.id), label.clone());
    view! {
        <h3 class="govuk-heading-s"><bdi>{label}</bdi> <span class="govuk-caption-m">{each}</span></h3>
        {relevant}
        {table}
        <p class="govuk-body">
            {add}
            <a class="govuk-link" href=seen>
                {page.t("policy-form-preview")} <span class="govuk-visually-hidden">": " {about}</span>
            </a>
        </p>
    }
    .into_any()
}

fn row(page: &Page, matter: &Matter, question: &Question, languages: &[String]) -> Vec<Cell> {
    let (href, id) = (format!("{}/questions/{}", address(matter.id()), question.id), question.id.clone());
    let link = view! { <a class="govuk-link" href=href><code dir="ltr">{id}</code></a> };
    let mut cells = vec![Cell::new(Content::view(link))];
    for language in languages {
        let text = matter.words(language, &format!("question.{}", question.id)).map(str::to_owned);
        let cell = match text {
            Some(text) => {
                let language = language.clone();
                Content::view(view! { <span dir=dir(&language) lang=language.clone()>{text}</span> })
            }
            None => Content::from(page.t("policy-form-missing")),
        };
        cells.push(Cell::new(cell));
    }
    cells.push(Cell::new(page.t_of("policy-form-kind", question.kind.word())));
    cells.push(Cell::new(Content::view(standing(page, matter, question))));
    cells
}

/// Whether it is new, must be answered, or is asked no longer.
pub(super) fn standing(page: &Page, matter: &Matter, question: &Question) -> AnyView {
    let tag = |key: &str, colour: &str| Tag::new(page.t(key)).colour(colour);
    let new = (!matter.draft.in_force.contains(&question.id)).then(|| tag("policy-form-new", "blue"));
    let retired = question.retired.then(|| tag("policy-form-retired", "grey"));
    let required = (question.required && !question.retired)
        .then(|| view! { <span>{page.t("policy-form-required")}</span> });
    view! { {new} " " {retired} " " {required} }.into_any()
}

/// The lists of choices that are the form's own.
pub(super) fn own_lists(form: &Form) -> impl Iterator<Item = &domain::form::ChoiceList> {
    form.choice_lists().filter(|list| !registry::is_list(&list.id))
}

fn lists(page: &Page, matter: &Matter) -> AnyView {
    let base = address(matter.id());
    let items = own_lists(&matter.draft.form).map(|list| {
        let (href, id) = (format!("{base}/lists/{}", list.id), list.id.clone());
        let count = page.t_with("policy-form-options", &[("count", list.options.len().into())]);
        view! { <li><a class="govuk-link" href=href><code dir="ltr">{id}</code></a> " " {count}</li> }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("policy-form-lists")}</h2>
        <ul class="govuk-list">{items.collect_view()}</ul>
    }
    .into_any()
}

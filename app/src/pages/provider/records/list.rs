//! The same as a list: an empty one to fill in, and what a filled one would do before anything is written.

use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::response::Response;
use casework::Casework;
use casework::life::records::{self, IN_GROUP, Which};
use casework::life::records_list::{self, Checked, LARGEST, Spoken, Wrong};
use casework::lists::letters;
use domain::life::condition::Excuse;
use leptos::prelude::*;

use super::sheet::key;
use super::{At, address, asked, named, pack, which};
use crate::kit::{Button, Cell, Content, FileUpload, Problems, Table};
use crate::pages::csv;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::SignedIn;
use crate::words::{Lang, plain, t, t_of};

/// Rows that a list may have: each comes back with the form that takes them.
const MOST: usize = 3000;
/// Faults that are shown.
const SHOWN: usize = 100;

/// `GET /records/{programme}/{condition}/{cycle}/list`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(at): Path<At>,
) -> Answer {
    let which = which(at)?;
    records::sheet(&casework, &actor, &which, 1).await?;
    show(&casework, &page, &which, &Problems::new(), None)
}

/// `POST /records/{programme}/{condition}/{cycle}/list`: what the file would do; nothing is written.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(at): Path<At>,
    request: Request,
) -> Answer {
    let which = which(at)?;
    records::sheet(&casework, &actor, &which, 1).await?;
    let mut problems = Problems::new();
    let bytes = file(request).await;
    if bytes.is_empty() {
        problems.add("file", page.t("list-file-missing"));
    } else if bytes.len() > LARGEST {
        problems.add("file", page.t_with("list-file-large", &[("most", 1.into())]));
    } else {
        match records_list::check(&casework, &actor, &which, bytes, spoken()).await? {
            Ok(checked) if checked.rows.len() > MOST => {
                let most = i64::try_from(MOST).unwrap_or(i64::MAX);
                problems.add("file", page.t_with("records-list-long", &[("most", most.into())]));
            }
            Ok(checked) => return show(&casework, &page, &which, &problems, Some(&checked)),
            Err(fault) => {
                problems.add("file", page.t_of("list-problem", fault.problem.code()));
            }
        }
    }
    show(&casework, &page.failed(), &which, &problems, None)
}

/// The file of the form; one byte more than is taken tells that it is too large.
async fn file(request: Request) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Ok(mut form) = Multipart::from_request(request, &()).await else { return bytes };
    while let Ok(Some(mut field)) = form.next_field().await {
        if field.name() != Some("file") {
            continue;
        }
        while let Ok(Some(chunk)) = field.chunk().await {
            if bytes.len() <= LARGEST {
                bytes.extend_from_slice(&chunk);
            }
        }
    }
    bytes
}

/// Words that a list may use, of every language.
fn spoken() -> Spoken {
    let mut spoken = Spoken::default();
    for lang in [Lang::En, Lang::Fr] {
        spoken.yes.push(plain(&t(lang, "records-done")).to_lowercase());
        spoken.no.push(plain(&t(lang, "records-not-done")).to_lowercase());
        for one in Excuse::ALL {
            spoken.causes.push((plain(&t_of(lang, "condition-excuse", one.code())).to_lowercase(), *one));
        }
    }
    spoken.causes.extend(Excuse::ALL.iter().map(|one| (one.code().to_owned(), *one)));
    spoken
}

/// `GET /records/{programme}/{condition}/{cycle}/list.csv`: everybody, to be filled in.
pub async fn template(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(at): Path<At>,
) -> Answer {
    let which = which(at)?;
    let sheet = records::sheet(&casework, &actor, &which, IN_GROUP).await?;
    let mut text = csv::begin();
    let head =
        [page.t("work-case"), page.t("referral-person"), asked(&page, sheet.record), page.t("records-cause")];
    csv::line(&mut text, &head);
    for row in &sheet.rows {
        let value =
            row.given.and_then(|given| given.value).map(|value| value.to_string()).unwrap_or_default();
        let excuse = row.given.and_then(|given| given.excuse);
        let cause = excuse.map(|one| page.t_of("condition-excuse", one.code())).unwrap_or_default();
        csv::line(&mut text, &[row.reference.to_string(), row.name.clone(), value, cause]);
    }
    Ok(csv::file(&format!("{}-{}", which.condition, which.from), text))
}

fn show(
    casework: &Casework,
    page: &Page,
    which: &Which,
    problems: &Problems,
    checked: Option<&Checked>,
) -> Result<Response, Failure> {
    let pack = pack(casework)?;
    let (programme, condition) = named(page, &pack, which);
    let there = address(&which.programme, &which.condition, which.from);
    let page = page.clone().back(there.clone());
    let title = page.t("records-as-list");
    Ok(render(&page, &title, || {
        let result = checked.map(|checked| result(&page, &there, checked));
        view! {
            {problems.summary()}
            <span class="govuk-caption-l">{programme}</span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{condition}</p>
            {result}
            <h2 class="govuk-heading-m">{page.t("records-list-file")}</h2>
            <p class="govuk-body">
                <a class="govuk-link" href=format!("{there}/list.csv")>{page.t("records-list-empty")}</a>
            </p>
            <p class="govuk-body">{page.t("records-list-columns")}</p>
            <form method="post" action=format!("{there}/list") enctype="multipart/form-data" novalidate>
                {FileUpload::new("file", page.t("list-file"))
                    .hint(page.t("records-list-hint"))
                    .attribute("accept", ".csv,.tsv,.txt,.xlsx")
                    .error(problems.of("file"))}
                {Button::new(page.t("records-list-look")).secondary()}
            </form>
        }
        .into_any()
    }))
}

/// What the file would do: faults to be corrected, or a button that takes it.
fn result(page: &Page, there: &str, checked: &Checked) -> AnyView {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    if !checked.wrong.is_empty() {
        let args = [("count", count(checked.wrong.len()).into())];
        let head = ["list-error-row", "list-error-column", "list-error-what"].map(|key| page.t(key));
        let mut table = Table::new(page.t("list-errors")).head(head).row_heads().scroll();
        for one in checked.wrong.iter().take(SHOWN) {
            table = table.row(wrong(page, one));
        }
        return view! {
            <p class="govuk-body"><strong>{page.t_with("records-list-wrong", &args)}</strong></p>
            {table}
        }
        .into_any();
    }
    let args = [
        ("new", count(checked.taken.new).into()),
        ("corrected", count(checked.taken.corrected).into()),
        ("same", count(checked.taken.same).into()),
    ];
    let rows: Vec<AnyView> = checked
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let key = key(row.household, row.enrolment, row.person, row.seen);
            let said = row.given.value.map(|value| value.to_string()).unwrap_or_default();
            let cause = row.given.excuse.map(Excuse::code).unwrap_or_default();
            view! {
                <input type="hidden" name=format!("row-{at}") value=key/>
                <input type="hidden" name=format!("said-{at}") value=said/>
                <input type="hidden" name=format!("cause-{at}") value=cause/>
            }
            .into_any()
        })
        .collect();
    view! {
        <p class="govuk-body"><strong>{page.t_with("records-list-right", &args)}</strong></p>
        <form method="post" action=there.to_owned()>
            <input type="hidden" name="source" value="list"/>
            {rows}
            {Button::new(page.t("records-list-take"))}
        </form>
    }
    .into_any()
}

fn wrong(page: &Page, one: &Wrong) -> [Cell; 3] {
    [
        Cell::new(page.number(i64::from(one.line))),
        Cell::new(Content::view(view! { <bdi>{letters(one.column)}</bdi> })),
        Cell::new(page.t_of("records-fault", one.fault.code())),
    ]
}

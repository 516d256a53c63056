//! What is wrong with rows, as a table and as a file for whoever corrects the list. Neither repeats what stands in a cell.

use axum::extract::{Path, State};
use casework::Casework;
use casework::lists::{self, LineFault, List, letters};
use leptos::prelude::*;

use super::id;
use crate::kit::{Cell, Content, Table};
use crate::pages::csv;
use crate::shell::{Answer, Page};
use crate::state::SignedIn;

/// Faults shown on the page.
pub const SHOWN: u32 = 50;

/// Faults read at a time for the file.
const READ: u32 = 5000;

/// `GET /lists/{list}/errors.csv`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(list): Path<String>,
) -> Answer {
    let list = lists::list(&casework, &actor, id(&list)?).await?;
    let mut text = csv::begin();
    csv::line(
        &mut text,
        &["list-error-row", "list-error-column", "list-error-heading", "list-error-what"]
            .map(|key| page.t(key)),
    );
    let mut after = 0;
    loop {
        let some = lists::errors(&casework, &actor, list.id, after, READ).await?;
        for fault in &some.faults {
            let column = fault.column.map(letters).unwrap_or_default();
            csv::line(
                &mut text,
                &[fault.line.to_string(), column, heading(&list, fault), what(&page, fault)],
            );
        }
        match some.faults.last() {
            Some(end) if some.more => after = end.line,
            _ => break,
        }
    }
    Ok(csv::file(&format!("errors-{}", list.id), text))
}

fn heading(list: &List, fault: &LineFault) -> String {
    fault.column.and_then(|column| list.headings.get(column)).cloned().unwrap_or_default()
}

fn what(page: &Page, fault: &LineFault) -> String {
    page.t_of("list-fault", fault.fault.code())
}

/// The first faults as a table.
pub fn table(page: &Page, list: &List, faults: &[LineFault]) -> AnyView {
    let head = ["list-error-row", "list-error-column", "list-error-what"].map(|key| page.t(key));
    let table = Table::new(page.t("list-errors")).head(head).row_heads().scroll();
    faults
        .iter()
        .fold(table, |table, fault| {
            let column = fault.column.map(letters).unwrap_or_default();
            let heading = heading(list, fault);
            table.row([
                Cell::new(page.number(fault.line)),
                Cell::new(Content::view(view! { <bdi>{column}</bdi> " " <bdi>{heading}</bdi> })),
                Cell::new(what(page, fault)),
            ])
        })
        .into_any()
}

//! What is wrong with rows, as a table and as a file for whoever corrects the list. Neither repeats what stands in a cell.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use casework::Casework;
use casework::lists::{self, LineFault, List, letters};
use leptos::prelude::*;

use super::id;
use crate::kit::{Cell, Content, Table};
use crate::shell::{Answer, Page};
use crate::state::SignedIn;
use crate::words::{APART, ENGLISH};

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
    // The mark tells spreadsheets that this is UTF-8.
    let mut text = String::from("\u{FEFF}");
    line(
        &mut text,
        &["list-error-row", "list-error-column", "list-error-heading", "list-error-what"]
            .map(|key| page.t(key)),
    );
    let mut after = 0;
    loop {
        let some = lists::errors(&casework, &actor, list.id, after, READ).await?;
        for fault in &some.faults {
            let column = fault.column.map(letters).unwrap_or_default();
            line(&mut text, &[fault.line.to_string(), column, heading(&list, fault), what(&page, fault)]);
        }
        match some.faults.last() {
            Some(end) if some.more => after = end.line,
            _ => break,
        }
    }
    let name = format!("attachment; filename=\"errors-{}.csv\"", list.id);
    Ok((
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)],
        text,
    )
        .into_response())
}

/// One line of CSV. What a spreadsheet would take for a formula gets a mark before it.
fn line(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        text.push('"');
        if formula {
            text.push('\'');
        }
        // The marks of a page's words are for the shell; a file has none.
        let plain =
            cell.chars().filter(|ch| !ENGLISH.contains(ch) && !APART.contains(ch)).collect::<String>();
        text.push_str(&plain.replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_the_file_is_no_formula() {
        let mut text = String::new();
        line(&mut text, &["=1+1".into(), "a \"b\"".into(), "3".into()]);
        assert_eq!(text, "\"'=1+1\",\"a \"\"b\"\"\",\"3\"\r\n");
    }
}

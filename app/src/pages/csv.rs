//! Tables as files for a spreadsheet.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::words::{APART, ENGLISH};

/// Text without the marks that become elements in pages.
pub fn plain(text: &str) -> String {
    text.chars().filter(|ch| !ENGLISH.contains(ch) && !APART.contains(ch)).collect()
}

/// An empty file. The mark tells spreadsheets that it is UTF-8.
pub fn begin() -> String {
    String::from("\u{FEFF}")
}

/// One line. What a spreadsheet would take for a formula gets a mark before it.
pub fn line(text: &mut String, cells: &[String]) {
    let cell = |cell: &String| {
        let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{mark}{}\"", plain(cell).replace('"', "\"\""))
    };
    text.push_str(&cells.iter().map(cell).collect::<Vec<_>>().join(","));
    text.push_str("\r\n");
}

/// The file, under a name without its ending.
pub fn file(name: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"{name}.csv\"");
    let head =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (head, text).into_response()
}

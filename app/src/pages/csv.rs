//! Tables as files for a spreadsheet.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::words::plain;

/// An empty file. The mark tells spreadsheets that it is UTF-8.
pub fn begin() -> String {
    String::from("\u{FEFF}")
}

/// One line. What a spreadsheet would take for a formula gets a mark before it.
pub fn line(text: &mut String, cells: &[String]) {
    let cell = |cell: &String| {
        // As the file holds it: a mark of the page before it would hide how it begins.
        let cell = plain(cell);
        let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{mark}{}\"", cell.replace('"', "\"\""))
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

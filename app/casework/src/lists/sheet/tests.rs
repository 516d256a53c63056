use std::io::{Cursor, Write as _};

use time::macros::date;
use zip::write::SimpleFileOptions;

use super::*;

type Rows = Vec<(u32, Vec<String>)>;

fn read(bytes: &[u8], reading: &Reading) -> Result<(Opened, Rows), FileFault> {
    let opened = open(bytes, reading)?;
    let mut all = Vec::new();
    rows(bytes, &opened.reading, |row, cells| {
        all.push((row, cells.iter().map(Cell::shown).collect()));
        Go::On
    })?;
    Ok((opened, all))
}

fn found(bytes: &[u8]) -> (Opened, Rows) {
    read(bytes, &Reading::default()).unwrap()
}

fn refused(bytes: &[u8]) -> (FileProblem, Option<u32>, Option<usize>) {
    let fault = read(bytes, &Reading::default()).unwrap_err();
    (fault.problem, fault.row, fault.column)
}

/// A workbook with one sheet, whose rows and what follows them are given as XML.
fn book(sheet_data: &str, after: &str) -> Vec<u8> {
    book_of(&[("xl/worksheets/sheet1.xml", sheet(sheet_data, after))])
}

fn sheet(data: &str, after: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData>{after}</worksheet>"#
    )
}

fn book_of(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let own = [
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        ),
    ];
    let parts = own.into_iter().map(|(name, body)| (name, body.to_owned())).chain(parts.iter().cloned());
    for (name, body) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(body.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text_cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn named_row(row: u32, names: &[&str]) -> String {
    let cells: String = names
        .iter()
        .enumerate()
        .map(|(at, name)| text_cell(&format!("{}{row}", letters(at)), name))
        .collect();
    format!(r#"<row r="{row}">{cells}</row>"#)
}

#[test]
fn columns_have_letters() {
    assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
}

#[test]
fn separators_and_encodings_are_found() {
    let expected = vec![(2, vec!["Aïcha".to_owned(), "Née".to_owned(), "1990".to_owned()])];
    let utf8 = "Prénom;Nom;Né en\nAïcha;Née;1990\n";
    let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}Prénom;Nom;Né en\nAïcha;Née;1990\n".encode_utf16().flat_map(order).collect()
    };
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(utf8);
    for (bytes, encoding) in [
        (utf8.as_bytes().to_vec(), Encoding::Utf8),
        ([b"\xEF\xBB\xBF".as_slice(), utf8.as_bytes()].concat(), Encoding::Utf8),
        (windows.into_owned(), Encoding::Windows1252),
        (utf16(u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(u16::to_be_bytes), Encoding::Utf16Be),
        (utf16(u16::to_le_bytes).split_off(2), Encoding::Utf16Le),
    ] {
        let (opened, rows) = found(&bytes);
        assert_eq!(opened.reading.encoding, encoding);
        assert_eq!(opened.reading.separator, Some(';'));
        assert_eq!(opened.headings, ["Prénom", "Nom", "Né en"]);
        assert_eq!(rows, expected, "{encoding:?}");
    }
    for symbol in [',', '\t', '|'] {
        let (opened, rows) = found(utf8.replace(';', &symbol.to_string()).as_bytes());
        assert_eq!((opened.reading.separator, rows), (Some(symbol), expected.clone()));
    }
    // What is chosen is obeyed.
    let arabic = encoding_rs::WINDOWS_1256.encode("الاسم,سنة\nعائشة,1990\n").0.into_owned();
    let reading = Reading { encoding: Encoding::Windows1256, ..Reading::default() };
    assert_eq!(read(&arabic, &reading).unwrap().1, [(2, vec!["عائشة".to_owned(), "1990".to_owned()])]);
}

#[test]
fn rows_have_the_numbers_of_their_lines() {
    let (opened, rows) = found(b"name,age\n\n\"Awa\nDiallo\",30\n,\nBinta,40\n");
    assert_eq!(opened.preview.len(), 2);
    assert_eq!(rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 6]);
    assert_eq!(rows[0].1[0], "Awa\nDiallo");
}

#[test]
fn a_title_and_headings_of_groups_are_passed_over() {
    let bytes =
        b"Beneficiaries of 2026,,,,\n,Person,,Household,\nid,first,last,village,phone\n1,Awa,Ba,V,7\n";
    let (opened, rows) = found(bytes);
    assert_eq!((opened.reading.heading, opened.headings[1].as_str(), rows.len()), (3, "first", 1));
    let second = Reading { heading: 2, ..Reading::default() };
    assert_eq!(read(bytes, &second).unwrap().0.headings, ["", "Person", "", "Household"]);
    let beyond = Reading { heading: 9, ..Reading::default() };
    assert_eq!(read(bytes, &beyond).unwrap_err().problem, FileProblem::NoHeading);
}

#[test]
fn a_cell_in_another_encoding_is_told_and_the_others_are_read() {
    let mut bytes = "nom,né\n".to_owned().into_bytes();
    for _ in 0..9 {
        bytes.extend("Aïcha Hélène,é\n".as_bytes());
    }
    bytes.extend(b"Ren\xE9,1\n");
    let opened = open(&bytes, &Reading::default()).unwrap();
    assert_eq!(opened.reading.encoding, Encoding::Utf8);
    let mut wrong = Vec::new();
    rows(&bytes, &opened.reading, |row, cells| {
        wrong.extend(cells.iter().position(|cell| *cell == Cell::NotText).map(|column| (row, column)));
        Go::On
    })
    .unwrap();
    assert_eq!(wrong, [(11, 0)]);
}

#[test]
fn what_is_no_list_is_refused_with_its_place() {
    assert_eq!(refused(b""), (FileProblem::Empty, None, None));
    assert_eq!(refused(b"\n \n,,\n"), (FileProblem::Empty, None, None));
    assert_eq!(refused(b"%PDF-1.7"), (FileProblem::NotAList, None, None));
    assert_eq!(refused(b"a\x00b\x00\x00\x00c"), (FileProblem::NotAList, None, None));
    assert_eq!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xx"), (FileProblem::OldOrLocked, None, None));
    assert_eq!(refused(b"PK\x03\x04broken"), (FileProblem::Damaged, None, None));
    assert_eq!(refused(b"name,age\n"), (FileProblem::NoRows, Some(1), None));
    assert_eq!(refused(b"name,age\nAwa,30\n\"Binta,40\nMoussa,50\n"), (FileProblem::Quote, Some(3), Some(0)));
    let long = format!("name,age\nAwa,\"30\n{}", "x,1\n".repeat(100));
    assert_eq!(refused(long.as_bytes()), (FileProblem::Quote, Some(2), Some(1)));
    let wide = "x,".repeat(300) + "\n" + &"1,".repeat(300);
    let many = (0..300).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    assert_eq!(refused(wide.replacen(&"x,".repeat(300), &many, 1).as_bytes()).0, FileProblem::TooManyColumns);
}

#[test]
fn a_million_rows_and_no_more() {
    let mut text = String::from("name\n");
    text.push_str(&"Awa\n".repeat(1_000_000));
    let reading = open(text.as_bytes(), &Reading::default()).unwrap().reading;
    let mut count = 0;
    let mut counted = |_: u32, _: Vec<Cell>| {
        count += 1;
        Go::On
    };
    assert_eq!(rows(text.as_bytes(), &reading, &mut counted), Ok(()));
    text.push_str("Awa\n");
    let fault = rows(text.as_bytes(), &reading, &mut counted).unwrap_err();
    assert_eq!((fault.problem, fault.row), (FileProblem::TooManyRows, Some(1_000_002)));
    assert_eq!(count, 2_000_000);
}

#[test]
fn a_workbook_gives_its_cells() {
    let second = r#"<row r="4"><c r="A4" t="inlineStr"><is><t>Awa</t></is></c><c r="B4" s="1"><v>32909</v></c><c r="C4"><f>A4&amp;"x"</f><v>5</v></c><c r="E4"><v>221771234567</v></c></row>"#;
    let data = format!(
        "{}{}{second}",
        named_row(1, &["Our list"]),
        named_row(3, &["name", "born", "code", "note", "phone"])
    );
    // The title is merged over all columns, which does no harm.
    let merged = r#"<mergeCells count="1"><mergeCell ref="A1:E2"/></mergeCells>"#;
    let bytes = book(&data, merged);
    let opened = open(&bytes, &Reading::default()).unwrap();
    assert_eq!((opened.kind, opened.reading.heading, opened.headings.len()), (Kind::Book, 3, 5));
    let mut all = Vec::new();
    rows(&bytes, &opened.reading, |row, cells| {
        all.push((row, cells));
        Go::On
    })
    .unwrap();
    let text = |text: &str| Cell::Text(text.into());
    let expected =
        vec![text("Awa"), Cell::Day(date!(1990 - 02 - 05)), Cell::Formula, text(""), text("221771234567")];
    assert_eq!(all, [(4, expected)]);
}

#[test]
fn a_workbook_with_merged_rows_is_refused_with_its_place() {
    let data = format!(
        "{}{}{}",
        named_row(1, &["hh", "name"]),
        named_row(2, &["1", "Awa"]),
        named_row(3, &["", "Ali"])
    );
    let bytes = book(&data, r#"<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>"#);
    assert_eq!(refused(&bytes), (FileProblem::Merged, Some(2), Some(0)));
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_not_unpacked() {
    let limits = book::Limits { all: 3_000_000, held: 1_000_000, parts: 20 };
    let spaces = |count: usize| format!("<sst>{}</sst>", " ".repeat(count));
    let held =
        book_of(&[("xl/worksheets/sheet1.xml", sheet("", "")), ("xl/sharedStrings.xml", spaces(1_200_000))]);
    assert!(held.len() < 10_000);
    assert_eq!(book::measure(&held, limits).unwrap_err().problem, FileProblem::Bomb);
    let long = book_of(&[("xl/worksheets/sheet1.xml", sheet(&" ".repeat(2_500_000), ""))]);
    assert_eq!(book::measure(&long, limits), Ok(()));
    assert_eq!(
        book::measure(&long, book::Limits { all: 2_000_000, ..limits }).unwrap_err().problem,
        FileProblem::Bomb
    );
    let many: Vec<(String, String)> = (0..2100).map(|n| (format!("xl/x{n}.xml"), String::new())).collect();
    let many: Vec<(&str, String)> = many.iter().map(|(name, body)| (name.as_str(), body.clone())).collect();
    assert_eq!(refused(&book_of(&many)), (FileProblem::Bomb, None, None));
}

#[test]
fn a_workbook_whose_sheet_is_cut_off_is_damaged() {
    let whole = sheet(&named_row(1, &["hh", "name"]), "");
    let cut = whole[..whole.len() - 40].to_owned();
    assert_eq!(refused(&book_of(&[("xl/worksheets/sheet1.xml", cut)])).0, FileProblem::Damaged);
    let bytes = book(&named_row(1, &["hh", "name"]), "");
    assert_eq!(refused(&bytes[..bytes.len() - 100]).0, FileProblem::Damaged);
}

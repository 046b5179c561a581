use std::path::PathBuf;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Header and rows, or the error, as one text: cells parted by `|`, faults after `!`.
fn read(bytes: &[u8]) -> String {
    match from_bytes("a.csv", bytes) {
        Ok(table) => {
            let mut lines = vec![table.header.join("|")];
            lines.extend(table.map(|row| match row {
                Ok(Row { cells, fault: None, .. }) => cells.iter().collect::<Vec<_>>().join("|"),
                Ok(Row { line, fault: Some(fault), .. }) => format!("{line} ! {fault}"),
                Err(error) => format!("!! {error}"),
            }));
            lines.join("\n")
        }
        Err(error) => format!("!! {error}"),
    }
}

#[test]
fn files_read_right_or_say_what_is_wrong() {
    for (text, expected) in [
        ("a,b\n1,2\n", "a|b\n1|2"),
        ("a,b\r\n1,2\r\n\r\n3,4", "a|b\n1|2\n3|4"),
        ("a,b\r1,2\r", "a|b\n1|2"),
        ("\u{feff}a;b\n\"x;y\";\"2\n3\"\n", "a|b\nx;y|2\n3"),
        ("a\tb\n1\t\t\n", "a|b\n1|"),
        ("sep=;\na,b;c\n1;2\n", "a,b|c\n1|2"),
        ("a|b,c\n1|2\n", "a|b,c\n1|2"),
        ("a,a,,A\n1,2,3,4\n", "a|a (2)|Column 3|A (3)\n1|2|3|4"),
        (
            "a,b\n1\n1,2,3\n1,2,,\n",
            "a|b\n1 ! the row has 1 cells and the header has 2: quote cells that hold the delimiter or a line break\n2 ! the row has 3 cells and the header has 2: quote cells that hold the delimiter or a line break\n1|2",
        ),
        ("a,b\n\"x\"y,2\n3,4\n", "a|b\n1 ! cell 1 has text after its closing quote: write a quote inside a quoted cell twice (\"\")\n3|4"),
        ("a,b\n\"x\" ,2\n5\",6\n", "a|b\nx|2\n5\"|6"),
        (
            "a,b\n1,2\n3,\"4\n5,6\n",
            "a|b\n1|2\n!! a.csv: a quote opened on line 3 is never closed: close it, or write a quote inside a quoted cell twice (\"\")",
        ),
        ("a,b\n1,x\0y\n", "a|b\n1 ! column `b` holds a NUL character, which no text can hold: remove it"),
        ("", "!! a.csv is empty: it needs a header line with the names of the columns"),
        ("\n\r\n", "!! a.csv is empty: it needs a header line with the names of the columns"),
        ("\u{feff}", "!! a.csv is empty: it needs a header line with the names of the columns"),
        (" , \n1,2\n", "!! a.csv has no header: its first line must name the columns"),
        ("%PDF-1.7", "!! a.csv is a PDF: save it as CSV or XLSX"),
        ("a,b\n", "a|b"),
    ] {
        assert_eq!(read(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn encodings_are_found() {
    let text = "Nome;Preço\nJoão;1,50 €\nAna;2\n";
    let expected = "Nome|Preço\nJoão|1,50 €\nAna|2";
    let utf16 =
        |big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect() };
    let (latin, ..) = WINDOWS_1252.encode(text);
    let with_mark = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        (with_mark(&[0xEF, 0xBB, 0xBF], text.as_bytes().to_vec()), "UTF-8"),
        (with_mark(&[0xFF, 0xFE], utf16(false)), UTF_16LE.name()),
        (with_mark(&[0xFE, 0xFF], utf16(true)), UTF_16BE.name()),
        (utf16(false), UTF_16LE.name()),
        (utf16(true), UTF_16BE.name()),
        (latin.into_owned(), WINDOWS_1252.name()),
    ] {
        assert_eq!(from_bytes("a.csv", bytes.clone()).unwrap().format, format!("CSV, semicolon, {encoding}"));
        assert_eq!(read(&bytes), expected, "{encoding}");
    }
}

/// A byte that is not UTF-8 far behind the sample still decides the encoding; a character cut by a chunk does not.
#[test]
fn the_whole_file_decides_its_encoding() {
    let long = "á,b\n".repeat(200_000);
    assert_eq!(from_bytes("a.csv", long.clone()).unwrap().format, "CSV, comma, UTF-8");
    let ascii = "a,b\n".repeat(300_000);
    let bytes = [ascii.as_bytes(), b"Jo\xE3o,S\xE3o Tom\xE9\n"].concat();
    let table = from_bytes("a.csv", bytes).unwrap();
    assert_eq!(table.format, "CSV, comma, windows-1252");
    let last = table.last().unwrap().unwrap();
    assert_eq!(last.cells.iter().collect::<Vec<_>>(), ["João", "São Tomé"]);
}

#[test]
fn long_cells_pass_and_endless_ones_are_refused() {
    let cell = "ç".repeat(100_000);
    let rows: Vec<Row> = from_bytes("a.csv", format!("a,b\n{cell},\"{cell}\"\n")).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[0].cells.get(1), Some(cell.as_str()));
    assert_eq!(rows[0].fault, None);
    let over = read(format!("a,b\n{},2\n1,2\n", "x".repeat(CELL_CHARACTERS_MAX + 1)).as_bytes());
    assert_eq!(over, "a|b\n1 ! cell 1 has 1000001 characters, the limit is 1000000: shorten it\n1|2");
    let wide = vec!["x"; COLUMNS_MAX + 1].join(",");
    assert_eq!(read(wide.as_bytes()), "!! a.csv has 1001 columns, the limit is 1000: leave out those that you don't need");
    let endless = read(format!("a,b\n\"{}", "x\n".repeat(ROW_BYTES_MAX / 2 + 10)).as_bytes());
    assert!(endless.contains("look for a quote that is not closed"), "{}", &endless[..200]);
}

#[test]
fn a_file_of_rejected_rows_comes_back_as_it_was() {
    let header = ["=Name".to_owned(), "Note".to_owned()];
    let mut writer = rejected::RejectedWriter::new(Vec::new(), &header).unwrap();
    writer.row(1, &["=1+1", "'quoted'"].into_iter().collect(), "no reason").unwrap();
    assert_eq!(read(&writer.finish().unwrap()), "=Name|Note\n=1+1|'quoted'");
}

#[test]
fn workbooks_read_as_their_csv() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, name) in ["Name", "At", "Amount", "Id", "Ok"].into_iter().enumerate() {
        sheet.write(1, column as u16, name).unwrap();
    }
    sheet.write(2, 0, "São Tomé\n=1+1").unwrap();
    sheet.write_with_format(2, 1, 45_292.75, &date).unwrap();
    sheet.write(2, 2, 0.1 + 0.2).unwrap();
    sheet.write(2, 3, 123_456_789_012_f64).unwrap();
    sheet.write(2, 4, true).unwrap();
    sheet.write(5, 0, "short").unwrap();
    book.add_worksheet().set_name("Second").unwrap().write(0, 0, "Only").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    book.save(&path).unwrap();

    let table = open(&path).unwrap();
    assert_eq!((table.header.join("|"), table.format.as_str()), ("Name|At|Amount|Id|Ok".to_owned(), "XLSX, sheet Sheet1"));
    let rows: Vec<String> = table.map(|row| row.unwrap().cells.iter().collect::<Vec<_>>().join("|")).collect();
    assert_eq!(rows, ["São Tomé\n=1+1|2024-01-01 18:00:00|0.3|123456789012|true", "short||||"]);
    assert_eq!(open_sheet(&path, Some("second")).unwrap().header, ["Only"]);
    let missing = open_sheet(&path, Some("Third")).err().unwrap().to_string();
    assert_eq!(missing, "book.xlsx has no sheet `Third`; it has: Sheet1, Second");
    // An archive whose list of parts says that a part unpacks to 4 GiB.
    let mut bomb = std::fs::read(&path).unwrap();
    let entry = bomb.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].fill(0xFF);
    assert!(matches!(from_bytes("a.xlsx", bomb).err(), Some(FileError::WorkbookTooLarge { .. })));
    let broken = from_bytes("a.xlsx", std::fs::read(&path).unwrap()[..200].to_vec()).err().unwrap();
    assert!(matches!(broken, FileError::BadWorkbook { .. }), "{broken}");
}

fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/messy_csv")).join(folder);
    if !path.is_dir() {
        eprintln!("skipped: the test data {} is not here", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn csv_spectrum_reads_as_its_answers() {
    let Some(folder) = shared("csv_spectrum") else { return };
    let mut checked = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let answer: Value = serde_json::from_slice(&std::fs::read(folder.join("json").join(format!("{name}.json"))).unwrap()).unwrap();
        // One answer is a single object, with another phone number than its CSV.
        let answers = if answer.is_array() { answer } else { Value::Array(vec![answer]) };
        let table = open(&path).unwrap();
        let header = table.header.clone();
        let rows: Vec<Row> = table.map(Result::unwrap).collect();
        assert_eq!(rows.len(), answers.as_array().unwrap().len(), "{name}");
        for (row, answer) in rows.iter().zip(answers.as_array().unwrap()) {
            for (column, cell) in header.iter().zip(row.cells.iter()).filter(|(column, _)| *column != "Contact Phone Number") {
                // The answers were written with plain line feeds.
                assert_eq!(cell.replace("\r\n", "\n"), answer[column].as_str().unwrap().replace("\r\n", "\n"), "{name} {column}");
                checked += 1;
            }
        }
    }
    assert!(checked > 50);
}

#[test]
fn csv_test_data_reads_as_its_answers_or_says_what_is_wrong() {
    let Some(folder) = shared("csv_test_data") else { return };
    let read_file = |name: &str| read(&std::fs::read(folder.join("csv").join(name)).unwrap());
    for entry in std::fs::read_dir(folder.join("json")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // Blank lines hold no row for us, so these two have none.
        if ["all-empty", "empty-one-column", "header-simple", "header-no-rows"].contains(&name.as_str()) {
            continue;
        }
        let answer: Vec<Vec<String>> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let expected: Vec<String> = answer.iter().map(|row| row.join("|")).collect();
        assert_eq!(read_file(&format!("{name}.csv")), expected.join("\n"), "{name}");
    }
    for (name, expected) in [
        ("header-simple.csv", "foo|bar|baz\n1|2|3"),
        ("header-no-rows.csv", "foo|bar|baz"),
        ("empty-one-column.csv", "foo"),
        ("bad-header-no-header.csv", "!! a.csv is empty: it needs a header line with the names of the columns"),
        ("bad-header-wrong-header.csv", "qux|quux|quuz"),
        ("bad-unescaped-quote.csv", "foo|bar|baz\n1|This \"quotes\" must be escaped|3"),
    ] {
        assert_eq!(read_file(name), expected, "{name}");
    }
    for (name, part) in [
        ("bad-header-less-fields.csv", "1 ! the row has 2 cells"),
        ("bad-header-more-fields.csv", "1 ! the row has 4 cells"),
        ("bad-missing-quote.csv", "a quote opened on line 2 is never closed"),
        ("bad-quotes-with-unescaped-quote.csv", "cell 2 has text after its closing quote"),
    ] {
        assert!(read_file(name).contains(part), "{name}: {}", read_file(name));
    }
}

#[test]
fn naughty_strings_come_back() {
    let Some(folder) = shared("blns") else { return };
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(folder.join("blns.json")).unwrap()).unwrap();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(["n", "text"]).unwrap();
    for (n, text) in strings.iter().enumerate() {
        writer.write_record([n.to_string().as_str(), text]).unwrap();
    }
    let rows: Vec<Row> = from_bytes("blns.csv", writer.into_inner().unwrap()).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), strings.len());
    for (row, text) in rows.iter().zip(&strings) {
        assert_eq!((row.cells.get(1), &row.fault), (Some(text.as_str()), &None));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn nothing_like_csv_panics(text in "(sep=;\n)?[a\",;|\t\r\n\u{0} é-]{0,80}") {
        read(text.as_bytes());
    }

    #[test]
    fn no_workbook_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a\",; \n\ré]{0,8}", 3), 1..20)) {
        let mut writer = ::csv::WriterBuilder::new().quote_style(::csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let table = from_bytes("a.csv", writer.into_inner().unwrap()).unwrap();
        let found: Vec<Vec<String>> = table.map(|row| row.unwrap().cells.iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(found, rows);
    }
}

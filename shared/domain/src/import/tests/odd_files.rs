//! Files that other programs write in their own way: notes above the header, separators that are named, encodings that
//! nothing names, rows that are none.

use super::super::decode::Encoding;
use super::super::detect::detect_in;
use super::*;
use crate::lead::attributes::LeadText;

const NETWORK: &str = "Notes:\r\n\
    \"This list comes from a network for professionals; most members share no address,\r\nso the column is often empty.\"\r\n\
    \r\n\
    First Name,Last Name,URL,Email Address,Company,Connected On\r\n\
    Ida,Berg,https://net.example/ida,ida@berg.example,Berg Praxis,20 Nov 2026\r\n\
    Tom,\"Ash, PhD\",https://net.example/tom,,Harbour Dental,19 Nov 2026\r\n\
    Eva 🚀,Zimná,https://net.example/eva,eva@zimna.example,\"Zimná & Co, Oy\",03 Nov 2026\r\n";

/// Encodes a text as another program writes it.
fn encoded(text: &str, name: &str) -> Vec<u8> {
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).expect("a known encoding");
    let (bytes, _, has_unmappable) = encoding.encode(text);
    assert!(!has_unmappable, "{name} has no sign for a letter of {text}");
    bytes.into_owned()
}

/// Files that are read the same wherever they are cut.
pub(super) fn to_cut() -> [(&'static str, Vec<u8>); 3] {
    let japanese = "会社名,メール\n青空歯科,hanako@aozora.example\n表示医院,taro@hyoji.example\n";
    [
        ("a note above the header", NETWORK.into()),
        ("shift_jis", encoded(japanese, "shift_jis")),
        ("two marks", "\u{feff}\u{feff}sep=;\r\nFirma;E-Mail\r\nBerg;a@b.example\r\n".into()),
    ]
}

fn above(detected: &Detected) -> u64 {
    match detected.format {
        FileFormat::Csv { lines_above, .. } => lines_above,
        FileFormat::Json => 0,
    }
}

fn encoding(detected: &Detected) -> (&str, bool) {
    match &detected.format {
        FileFormat::Csv { encoding, encoding_sure, .. } => (encoding, *encoding_sure),
        FileFormat::Json => ("json", true),
    }
}

fn emails(outcome: &Outcome) -> Vec<&str> {
    outcome.leads.iter().filter_map(|lead| Some(lead.email.as_ref()?.as_str())).collect()
}

#[test]
fn header_below_a_note_is_found_and_lines_keep_their_numbers() {
    let detected = detect(NETWORK.as_bytes(), true).unwrap();
    assert_eq!((above(&detected), detected.headers()[3].as_str()), (4, "Email Address"));
    let outcome = import(NETWORK.as_bytes(), "DE");
    assert_eq!(emails(&outcome), ["ida@berg.example", "eva@zimna.example"]);
    assert_eq!(outcome.leads[1].texts[&LeadText::FirstName], "Eva 🚀");
    let [tom] = outcome.rejected.as_slice() else { panic!("{:?}", outcome.rejected) };
    assert_eq!((tom.line, tom.reason.as_str()), (7, "has neither an e-mail nor a phone"));
}

#[test]
fn header_is_found_below_whatever_stands_above_it() {
    let table = "Firma;Ansprechpartner;E-Mail;Telefon\nBerg Praxis;Ida Berg;ida@berg.example;030 23125012\n\
        Hafen Dental;Jan Voss;jan@hafen.example;030 23125013\n";
    for (what, top, lines) in [
        ("a title row of merged cells", "Leads trade fair Q4 2026;;;\n;;;\n", 2),
        ("three notes", "Report of 20 Nov 2026\nFilter: all\nOwner: Maya; Team: North\n", 3),
        ("an empty first line", "\n", 0),
        ("blank cells and lines", ";;;\n\n  \n", 0),
        ("a note whose quotation mark is never closed", "\"The best of leads\n", 1),
        ("a note with a semicolon and a word that is a header elsewhere", "Notes; status as of today\n", 1),
        ("a date and a count", "Exported;2026-11-20\nRows;2\n", 2),
        ("nothing", "", 0),
    ] {
        let file = format!("{top}{table}");
        let detected = detect(file.as_bytes(), true).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert_eq!((above(&detected), detected.headers().len()), (lines, 4), "{what}");
        let outcome = import(file.as_bytes(), "DE");
        assert_eq!(emails(&outcome), ["ida@berg.example", "jan@hafen.example"], "{what}");
        assert!(outcome.rejected.is_empty() && outcome.warnings.is_empty(), "{what}: {:?}", outcome.rejected);
    }
}

#[test]
fn first_row_stays_the_header_if_it_names_an_address() {
    let file = "E-mail,Answer\na@one.example,Phone\nb@two.example,E-mail\n";
    let detected = detect(file.as_bytes(), true).unwrap();
    assert_eq!((above(&detected), detected.headers()), (0, vec!["E-mail".to_owned(), "Answer".to_owned()]));
    assert_eq!(emails(&import(file.as_bytes(), "DE")), ["a@one.example", "b@two.example"]);
}

#[test]
fn delimiter_that_the_first_line_names_is_used() {
    for line in ["sep=;", "SEP=;", "\"sep=;\"", "\u{feff}sep=;", "\u{feff}\u{feff}sep=;"] {
        let file = format!("{line}\r\nFirma, Ort;E-Mail\r\nBerg, Kiel;ida@berg.example\r\n");
        let detected = detect(file.as_bytes(), true).unwrap();
        assert_eq!(detected.headers(), ["Firma, Ort", "E-Mail"], "{line}");
        assert_eq!(emails(&import(file.as_bytes(), "DE")), ["ida@berg.example"], "{line}");
    }
}

#[test]
fn decimal_commas_do_not_cut_columns() {
    for (delimiter, rating) in [(";", "4,5"), ("\t", "4,5")] {
        let file = ["Firma", "E-Mail", "Bewertung", "Quote"].join(delimiter)
            + "\n"
            + &["Berg", "ida@berg.example", rating, "0,73"].join(delimiter)
            + "\n";
        let outcome = import(file.as_bytes(), "DE");
        assert_eq!((outcome.leads[0].rating, outcome.leads[0].custom["Quote"].as_str()), (Some(4.5), "0,73"));
    }
}

#[test]
fn repeated_header_and_total_row_are_named_and_imported_by_no_means() {
    let file = "Name,E-Mail,Umsatz\nIda,ida@berg.example,10\nName,E-Mail,Umsatz\nJan,jan@hafen.example,20\nTotal,,30\n";
    let outcome = import(file.as_bytes(), "DE");
    assert_eq!(emails(&outcome), ["ida@berg.example", "jan@hafen.example"]);
    let told: Vec<(u64, &str)> = outcome.rejected.iter().map(|row| (row.line, row.reason.as_str())).collect();
    assert_eq!(told, [(3, "repeats the header of the file"), (5, "has neither an e-mail nor a phone")]);
}

#[test]
fn three_hundred_columns_give_one_warning_a_row() {
    let names: Vec<String> = (1..300).map(|n| format!("Answer {n}")).collect();
    let values: Vec<String> = (1..300).map(|n| n.to_string()).collect();
    let file = format!("email,{}\na@one.example,{}\n", names.join(","), values.join(","));
    let outcome = import(file.as_bytes(), "DE");
    assert_eq!(outcome.leads[0].custom.len(), 50);
    let [warning] = outcome.warnings.as_slice() else { panic!("{:?}", outcome.warnings) };
    assert_eq!(
        (warning.field.as_str(), warning.reason.as_str()),
        ("Answer 51", "and 248 more columns were skipped: a lead has at most 50 custom fields")
    );
}

#[test]
fn never_closed_quotation_mark_names_its_line_below_a_note_too() {
    let file =
        "Exported today\nname,email\nIda,ida@berg.example\nJan,\"jan@hafen.example\nEva,eva@zimna.example\n";
    let outcome = import(file.as_bytes(), "DE");
    assert_eq!(emails(&outcome), ["ida@berg.example", "eva@zimna.example"]);
    assert_eq!(outcome.rejected[0].line, 4);
    assert!(outcome.rejected[0].reason.contains("never closed"));
}

/// Lists of people in the languages of their encodings.
const LISTS: [(&str, &str); 21] = [
    (
        "windows-1252",
        "Firma;Vorname;Ort;E-Mail\nMüller & Söhne;Jörg;Köln;a@b.example\nWeiß;Änne;Gießen;c@d.example\n",
    ),
    (
        "windows-1252",
        "Société;Prénom;Ville;Email\nCrèche Étoile;Hélène;Orléans;a@b.example\nForêt;François;Besançon;c@d.example\n",
    ),
    ("windows-1252", "Empresa;Nome;Cidade;Email\nConstruções São João;Conceição;São Paulo;a@b.example\n"),
    ("windows-1252", "Firma;Navn;By;E-mail\nBjørn Rør;Åse Sørensen;Ærøskøbing;a@b.example\n"),
    (
        "windows-1250",
        "Firma;Jméno;Město;E-mail\nŘeznictví Dvořák;Jiří Růžička;Plzeň;a@b.example\nČapek;Ondřej;Třebíč;c@d.example\n",
    ),
    (
        "windows-1250",
        "Firma;Imię;Miasto;E-mail\nPiekarnia Źródło;Łukasz Wójcik;Łódź;a@b.example\nŻabka;Agnieszka;Gdańsk;c@d.example\n",
    ),
    ("windows-1250", "Cég;Név;Város;Email\nŐszi Kft;Győző Szűcs;Győr;a@b.example\n"),
    ("iso-8859-2", "Firma;Imię;Miasto;E-mail\nPiekarnia Źródło;Łukasz Wójcik;Łódź;a@b.example\n"),
    (
        "windows-1251",
        "Имя;Фамилия;Компания;Почта\nЕлена;Иванова;Северное сияние;a@b.example\nЮрий;Щукин;Маяк;c@d.example\n",
    ),
    (
        "koi8-r",
        "Имя;Фамилия;Компания;Почта\nЕлена;Иванова;Северное сияние;a@b.example\nЮрий;Щукин;Маяк;c@d.example\n",
    ),
    ("x-mac-cyrillic", "Имя;Фамилия;Компания;Почта\nЕлена;Иванова;Северное сияние;a@b.example\n"),
    ("windows-1253", "Όνομα;Επώνυμο;Πόλη;email\nΕλένη;Παπαδοπούλου;Αθήνα;a@b.example\n"),
    (
        "windows-1254",
        "Şirket;Ad;Şehir;Email\nIşık Diş;Ayşe Yıldız;Eskişehir;a@b.example\nGüneş;Oğuz;Muğla;c@d.example\n",
    ),
    (
        "macintosh",
        "Firma;Vorname;Nachname;E-Mail\nMüller & Söhne;Jörg;Weiß;a@b.example\nGärtnerei Grün;Jürgen;Groß;c@d.example\n",
    ),
    ("macintosh", "Société;Prénom;Ville;Email\nCrèche Étoile;Hélène;Orléans;a@b.example\n"),
    (
        "shift_jis",
        "会社名,氏名,メール\n青空歯科医院,佐藤花子,hanako@aozora.example\nさくら美容室,山田太郎,taro@sakura.example\n",
    ),
    (
        "euc-jp",
        "会社名,氏名,メール\n青空歯科医院,佐藤花子,hanako@aozora.example\nさくら美容室,山田太郎,taro@sakura.example\n",
    ),
    (
        "gb18030",
        "姓名,公司,邮箱\n李娜,蓝天牙科诊所,na.li@lantian.example\n王伟,北京口腔医院,wei@beijing.example\n",
    ),
    (
        "big5",
        "姓名,公司,email\n陳小明,藍天牙醫診所,chen@lan.example\n林美玲,台北口腔醫院,lin@taipei.example\n",
    ),
    ("euc-kr", "이름,회사,email\n김민수,푸른하늘치과,kim@blue.example\n박지영,서울병원,park@seoul.example\n"),
    ("utf-8", "Имя;Почта\nЕлена;a@b.example\n"),
];

#[test]
fn file_in_any_encoding_is_read_right_or_the_guess_says_that_it_may_be_wrong() {
    let mut unsure = Vec::new();
    for (name, text) in LISTS {
        let bytes = encoded(text, name);
        let detected = detect(&bytes, true).unwrap_or_else(|why| panic!("{name}: {why}"));
        let (guessed, sure) = encoding(&detected);
        let found = Encoding::parse(guessed).unwrap();
        let mut read = String::new();
        found.decode(&mut vec![], &bytes, true, &mut read);
        if sure {
            assert_eq!(read, text, "{name} is taken for {guessed} as if that were certain");
        } else {
            unsure.push((name, guessed.to_owned(), read == text));
        }
        // A user who chooses gets what the file says.
        let chosen = detect_in(&bytes, true, Encoding::parse(name)).unwrap();
        assert_eq!(encoding(&chosen), (name, true));
        assert_eq!(chosen.headers(), text.lines().next().unwrap().split([';', ',']).collect::<Vec<_>>());
    }
    assert!(unsure.len() <= 8, "{unsure:?}");
    let wrong = unsure.iter().filter(|(_, _, right)| !right).count();
    assert!(wrong <= 4, "{unsure:?}");
}

#[test]
fn usual_files_of_western_and_eastern_offices_are_certain() {
    for (name, text) in LISTS {
        if ["utf-8", "koi8-r", "windows-1251", "shift_jis"].contains(&name)
            || text.starts_with("Firma;Vorname;Ort")
        {
            let detected = detect(&encoded(text, name), true).unwrap();
            assert_eq!(encoding(&detected), (name, true), "{text}");
        }
    }
}

#[test]
fn utf_16_without_a_mark_is_recognised_in_every_script() {
    for text in [
        "Имя;Почта\nЕлена;a@b.example\n",
        "会社名,メール\n青空歯科,a@b.example\n",
        "Name;E-Mail\nJörg;a@b.example\n",
    ] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, name) in [(little, "utf-16le"), (big, "utf-16be")] {
            let detected = detect(&bytes, true).unwrap_or_else(|why| panic!("{name} {text}: {why}"));
            assert_eq!(encoding(&detected), (name, true), "{text}");
            assert_eq!(
                detected.headers(),
                text.lines().next().unwrap().split([';', ',']).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn encoding_is_judged_by_rows_far_below_the_first_ones() {
    let mut file = "name;email\n".to_owned().into_bytes();
    for row in 0..8_000 {
        file.extend(format!("Ann;ann{row}@one.example\n").bytes());
    }
    assert!(file.len() > super::super::detect::SAMPLE_BYTES);
    file.extend(encoded("Юлия Третьякова;julia@one.example\n", "windows-1251"));
    assert_eq!(encoding(&detect(&file, true).unwrap()), ("windows-1251", true));
}

#[test]
fn numbers_of_an_advertisement_form_are_read_behind_their_letter() {
    let file = "id\tcreated_time\tad_id\thow_many_rooms?\temail\tfull_name\tphone_number\n\
        l:1402233445566771\t2026-11-24T18:22:07+01:00\tag:120211\t6-10\tida@berg.example\tIda Berg\tp:+491713920012\n\
        l:1402233445566772\t2026-11-24T19:01:44+01:00\tag:120211\t1-5\t\tJan Voß\tp:+491713920013\n\
        l:1402233445566773\t2026-11-25T07:40:12+01:00\tag:120211\tüber 10\teva@zimna.example\tEva Zimná\tp:01713920014\n";
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(file.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [file.as_bytes(), &utf16] {
        let outcome = import(bytes, "DE");
        let phones: Vec<&str> =
            outcome.leads.iter().filter_map(|lead| Some(lead.phone.as_ref()?.as_str())).collect();
        assert_eq!(phones, ["+491713920012", "+491713920013", "+491713920014"]);
        assert_eq!(outcome.leads[2].custom["how_many_rooms?"], "über 10");
        assert!(outcome.rejected.is_empty() && outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    }
}

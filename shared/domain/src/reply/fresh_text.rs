//! The part of a reply that its author wrote: without the quoted mail and without the signature.

use super::wording::words;

/// The start and end of lines like `On Monday, Sam wrote:`, in the languages of mail programs.
const ATTRIBUTIONS: [(&str, &str); 12] = [
    (" on ", " wrote "),
    (" am ", " schrieb "),
    (" von ", " schrieb "),
    (" le ", " a ecrit "),
    (" el ", " escribio "),
    (" il ", " ha scritto "),
    (" op ", " schreef "),
    (" em ", " escreveu "),
    (" den ", " skrev "),
    (" pa ", " skrev "),
    (" w dniu ", " pisze "),
    (" em ", " escreveu "),
];
const CUTS: [&str; 12] = [
    " original message ",
    " forwarded message ",
    " ursprungliche nachricht ",
    " originalnachricht ",
    " weitergeleitete nachricht ",
    " message d origine ",
    " message original ",
    " mensaje original ",
    " messaggio originale ",
    " oorspronkelijk bericht ",
    " mensagem original ",
    " oprindelig meddelelse ",
];
const HEADER_STARTS: [&str; 8] = ["from:", "von:", "de:", "da:", "van:", "från:", "fra:", "od:"];
const HEADER_FOLLOWERS: [&str; 30] = [
    "sent:",
    "date:",
    "to:",
    "cc:",
    "subject:",
    "gesendet:",
    "datum:",
    "an:",
    "betreff:",
    "envoyé:",
    "à:",
    "objet:",
    "enviado:",
    "fecha:",
    "para:",
    "asunto:",
    "inviato:",
    "data:",
    "a:",
    "oggetto:",
    "verzonden:",
    "aan:",
    "onderwerp:",
    "skickat:",
    "till:",
    "ämne:",
    "sendt:",
    "til:",
    "wysłano:",
    "do:",
];

pub fn fresh_text(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if *line == "--"
            || text_of_cut(line)
            || starts_headers(&lines[at..])
            || starts_unknown_headers(&lines[at..])
        {
            break;
        }
        if line.trim_start().starts_with('>') {
            at += 1;
            continue;
        }
        if let Some(length) = attribution(&lines[at..]) {
            at += length;
            let next = lines[at..].iter().find(|line| !line.trim().is_empty());
            // Unmarked quotation: all the rest is history. With marks the reply may stand below or between the marked lines.
            if next.is_none_or(|line| !line.trim_start().starts_with('>')) {
                break;
            }
            continue;
        }
        kept.push(line);
        at += 1;
    }
    kept.join("\n").trim().to_owned()
}

fn text_of_cut(line: &str) -> bool {
    let line = line.trim();
    let ruled = line.starts_with("---") || line.starts_with("***") || line.starts_with("Begin");
    let underlined = line.len() >= 10 && line.bytes().all(|b| b == b'_');
    underlined || (ruled && CUTS.iter().any(|cut| words(line).contains(cut)))
}

fn starts_headers(lines: &[&str]) -> bool {
    let is = |line: &str, starts: &[&str]| {
        let line = line.trim().replace('*', "").replace([' ', '\u{a0}'], "").to_lowercase();
        starts.iter().any(|start| line.starts_with(start))
    };
    let followers = lines.iter().skip(1).take(4).filter(|line| is(line, &HEADER_FOLLOWERS)).count();
    lines.first().is_some_and(|line| is(line, &HEADER_STARTS)) && followers >= 2
}

/// Removes our own lines that a mail program has quoted without marks. The first line is always the lead's,
/// and so may a few words be: a lead who was told what to write to opt out writes just that.
pub fn without_our_lines(fresh: &str, ours: &[&str]) -> String {
    const QUOTED_WORDS: usize = 10;
    let ours: Vec<String> = ours.iter().map(|text| words(text)).collect();
    let count = |line: &str| words(line).split_whitespace().count();
    let is_ours = |line: &str| count(line) >= 4 && ours.iter().any(|text| text.contains(&words(line)));
    let rest = || fresh.lines().filter(|line| !line.trim().is_empty()).skip(1).filter(|line| is_ours(line));
    if rest().map(count).sum::<usize>() < QUOTED_WORDS {
        return fresh.to_owned();
    }
    let mut first = true;
    let mut kept = Vec::new();
    for line in fresh.lines() {
        let is_theirs = first || !is_ours(line);
        first &= line.trim().is_empty();
        if is_theirs {
            kept.push(line);
        }
    }
    kept.join("\n").trim().to_owned()
}

/// Whether the text has a year, as the date of a mail does.
fn names_a_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4 && number.starts_with("20"))
}

/// Whether the line has the form `Word: value`, in any language.
fn is_labelled(line: &str) -> bool {
    let found = line.trim().split_once([':', '：']);
    found.is_some_and(|(label, value)| {
        !value.trim().is_empty() && !label.is_empty() && label.chars().count() <= 20 && !label.contains('@')
    })
}

/// Whether a block of headers in an unknown language starts here: the first names an address, another a date.
fn starts_unknown_headers(lines: &[&str]) -> bool {
    let first = lines.first().is_some_and(|line| is_labelled(line) && line.contains('@'));
    let block = || lines.iter().skip(1).take(4).take_while(|line| is_labelled(line));
    first && block().count() >= 3 && block().any(|line| names_a_year(line))
}

/// The number of lines of an attribution such as `On Monday, Sam wrote:`, which mail programs wrap. It must
/// name an address or a date, or marked lines must follow; otherwise the author may speak of something that
/// was written.
fn attribution(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (i, line) in lines.iter().take(3).enumerate() {
        if line.trim().is_empty() {
            return None;
        }
        joined.push(' ');
        joined.push_str(line.trim());
        if line.trim_end().ends_with([':', '：']) {
            let words = words(&joined);
            let is = |(start, verb): &(&str, &str)| words.starts_with(start) && words.contains(verb);
            let dated = joined.contains('@') || joined.bytes().any(|b| b.is_ascii_digit());
            let next = lines[i + 1..].iter().find(|line| !line.trim().is_empty());
            let marked = next.is_some_and(|line| line.trim_start().starts_with('>'));
            let known = ATTRIBUTIONS.iter().any(is) && (dated || marked);
            let unknown = joined.contains('@') && names_a_year(&joined);
            return (known || unknown).then_some(i + 1);
        }
    }
    None
}

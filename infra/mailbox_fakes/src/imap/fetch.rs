//! Finding and fetching mails of the folder that is open, by UID.

use super::{Folder, Mail};
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Answers `UID SEARCH` with these words behind it. `None`: it is no search that is understood here.
pub(super) fn search(folder: &Folder, words: &[&str]) -> Option<String> {
    let mut found: Vec<&Mail> = folder.mails.iter().collect();
    let mut rest = words;
    while let [key, more @ ..] = rest {
        rest = match (key.to_ascii_uppercase().as_str(), more) {
            ("ALL", more) => more,
            ("UID", [set, more @ ..]) => {
                let last = folder.mails.last().map_or(0, |mail| mail.uid);
                let ranges = ranges(set, last)?;
                found.retain(|mail| ranges.iter().any(|(from, to)| (*from..=*to).contains(&mail.uid)));
                more
            }
            ("SINCE", [day, more @ ..]) => {
                let day = strtime::parse("%d-%b-%Y", day).ok()?.to_date().ok()?;
                found.retain(|mail| day_of(mail) >= day);
                more
            }
            ("HEADER", [name, text, more @ ..]) => {
                let text = text.to_lowercase();
                let has = |mail: &&Mail| {
                    fields(&mail.raw).any(|(field, whole)| {
                        field.eq_ignore_ascii_case(name) && whole.to_lowercase().contains(&text)
                    })
                };
                found.retain(has);
                more
            }
            _ => return None,
        };
    }
    (!words.is_empty()).then(|| {
        let uids: String = found.iter().map(|mail| format!(" {}", mail.uid)).collect();
        format!("* SEARCH{uids}\r\n")
    })
}

fn day_of(mail: &Mail) -> Date {
    mail.at.to_zoned(TimeZone::UTC).date()
}

/// Answers `UID FETCH` of these mails and items.
pub(super) fn fetch(folder: &Folder, set: &str, items: &str) -> Option<String> {
    let last = folder.mails.last().map_or(0, |mail| mail.uid);
    let ranges = ranges(set, last)?;
    let items = split_items(items.strip_prefix('(')?.strip_suffix(')')?);
    let mut told = String::new();
    for (at, mail) in folder.mails.iter().enumerate() {
        if !ranges.iter().any(|(from, to)| (*from..=*to).contains(&mail.uid)) {
            continue;
        }
        let mut values = items.iter().map(|item| value(mail, item)).collect::<Option<Vec<_>>>()?;
        if !items.iter().any(|item| item.eq_ignore_ascii_case("UID")) {
            values.insert(0, format!("UID {}", mail.uid));
        }
        told.push_str(&format!("* {} FETCH ({})\r\n", at + 1, values.join(" ")));
    }
    Some(told)
}

/// Returns the mails of which these items name the whole content.
pub(super) fn handed_out(folder: &Folder, set: &str, items: &str) -> Vec<String> {
    let last = folder.mails.last().map_or(0, |mail| mail.uid);
    let ranges = ranges(set, last).filter(|_| items.to_ascii_uppercase().contains("BODY.PEEK[]"));
    let is_asked = |mail: &&Mail| ranges.iter().flatten().any(|(from, to)| (*from..=*to).contains(&mail.uid));
    folder.mails.iter().filter(is_asked).map(|mail| mail.raw.clone()).collect()
}

fn value(mail: &Mail, item: &str) -> Option<String> {
    let upper = item.to_ascii_uppercase();
    match upper.as_str() {
        "UID" => return Some(format!("UID {}", mail.uid)),
        "RFC822.SIZE" => return Some(format!("RFC822.SIZE {}", mail.raw.len())),
        "INTERNALDATE" => {
            return Some(format!("INTERNALDATE \"{}\"", mail.at.strftime("%e-%b-%Y %H:%M:%S +0000")));
        }
        _ => {}
    }
    // BODY.PEEK alone: BODY would mark the mail as seen.
    let (section, partial) = item.strip_prefix("BODY.PEEK[")?.split_once(']')?;
    let text = match section.to_ascii_uppercase().as_str() {
        "" => mail.raw.clone(),
        names => {
            let names = names.strip_prefix("HEADER.FIELDS (")?.strip_suffix(')')?;
            let wanted: Vec<&str> = names.split(' ').collect();
            let is_wanted = |name: &str| wanted.iter().any(|known| known.eq_ignore_ascii_case(name));
            let kept = fields(&mail.raw).filter(|(name, _)| is_wanted(name)).map(|(_, whole)| whole);
            format!("{}\r\n", kept.collect::<String>())
        }
    };
    let (origin, part) = match partial.strip_prefix('<') {
        None if partial.is_empty() => (String::new(), text),
        None => return None,
        Some(range) => {
            let (from, length) = range.strip_suffix('>')?.split_once('.')?;
            let (from, length): (usize, usize) = (from.parse().ok()?, length.parse().ok()?);
            let bytes = text.as_bytes().get(from..).unwrap_or_default();
            let part = &bytes[..length.min(bytes.len())];
            (format!("<{from}>"), String::from_utf8_lossy(part).into_owned())
        }
    };
    Some(format!("BODY[{section}]{origin} {{{}}}\r\n{part}", part.len()))
}

/// Returns each header field: its name, and the whole of it with its line ends.
fn fields(raw: &str) -> impl Iterator<Item = (&str, &str)> {
    let end = raw.find("\r\n\r\n").map_or(raw.len(), |at| at + 2);
    let mut rest = &raw[..end];
    std::iter::from_fn(move || {
        let mut length = 0;
        for line in rest.split_inclusive('\n') {
            if length > 0 && !line.starts_with([' ', '\t']) {
                break;
            }
            length += line.len();
        }
        let (field, after) = rest.split_at(length);
        rest = after;
        (!field.is_empty()).then(|| (field.split(':').next().unwrap_or_default().trim_end(), field))
    })
}

fn split_items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            ' ' if depth == 0 => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items
}

/// Reads a set such as `3,7:*`. A range may be written backwards.
fn ranges(set: &str, last: u32) -> Option<Vec<(u32, u32)>> {
    let number = |text: &str| if text == "*" { Some(last) } else { text.parse().ok().filter(|n| *n > 0) };
    let range = |text: &str| {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        let (from, to) = (number(from)?, number(to)?);
        Some((from.min(to), from.max(to)))
    };
    set.split(',').map(range).collect()
}

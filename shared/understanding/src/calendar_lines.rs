//! Reads the lines of a calendar (RFC 5545) and the times in them, whichever way their zone is named.

use crate::windows_zones;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// A line such as `ATTENDEE;CN="Lindt, Nora";PARTSTAT=ACCEPTED:mailto:nora@lead.example`.
pub(crate) struct ContentLine {
    pub name: String,
    parameters: Vec<(String, String)>,
    pub value: String,
}

/// The lines of a calendar, with those that begin with a blank joined to the line before.
pub(crate) fn content_lines(text: &str) -> Vec<ContentLine> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(1_000) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) if last.len() < 4_000 => last.push_str(more),
            _ => lines.push(line.trim_end().to_owned()),
        }
    }
    lines.iter().filter_map(|line| ContentLine::parse(line)).collect()
}

impl ContentLine {
    /// Splits at the signs outside quotes: a quoted parameter may hold a colon, as that of `SENT-BY="mailto:…"`.
    fn parse(line: &str) -> Option<Self> {
        let (head, value) = split_outside_quotes(line, ':')?;
        let (name, mut rest) = split_outside_quotes(head, ';').unwrap_or((head, ""));
        let mut parameters = Vec::new();
        while !rest.is_empty() {
            let (one, more) = split_outside_quotes(rest, ';').unwrap_or((rest, ""));
            if let Some((key, value)) = one.split_once('=') {
                parameters.push((key.trim().to_owned(), value.trim().trim_matches('"').to_owned()));
            }
            rest = more;
        }
        Some(Self { name: name.trim().to_owned(), parameters, value: value.trim().to_owned() })
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.value.eq_ignore_ascii_case(value)
    }

    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// Reads the line's time. One without a zone is read in the given one; none if it names a zone that nobody knows,
    /// because a wrong time is worse than none.
    pub fn time(&self, calendar: &[ContentLine], own: &TimeZone) -> Option<Timestamp> {
        let digits = self.value.trim_end_matches(['Z', 'z']);
        let local = DateTime::strptime("%Y%m%dT%H%M%S", digits).ok()?;
        let zone = match self.parameter("TZID") {
            _ if digits.len() < self.value.len() => TimeZone::UTC,
            Some(name) => named_zone(name).or_else(|| described_zone(calendar, name))?,
            None => own.clone(),
        };
        local.to_zoned(zone).ok().map(|zoned| zoned.timestamp())
    }
}

fn split_outside_quotes(text: &str, sign: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = text.find(|c: char| {
        quoted ^= c == '"';
        c == sign && !quoted
    })?;
    Some((&text[..at], &text[at + sign.len_utf8()..]))
}

/// Finds a zone by its name in IANA or in Windows, alone or behind a path
/// (`/freeassociation.sourceforge.net/America/New_York`).
fn named_zone(name: &str) -> Option<TimeZone> {
    let name = name.trim().trim_matches('"');
    let behind_slashes = name.match_indices('/').map(|(at, _)| &name[at + 1..]);
    std::iter::once(name)
        .chain(behind_slashes)
        .filter(|name| !name.is_empty())
        .find_map(|name| TimeZone::get(windows_zones::iana_name(name).unwrap_or(name)).ok())
}

/// Reads a zone from the calendar's own description of it, if it has the same offset all year.
fn described_zone(calendar: &[ContentLine], name: &str) -> Option<TimeZone> {
    let id = calendar.iter().position(|line| line.is("TZID", name))?;
    let description = calendar[id..].iter().take_while(|line| !line.is("END", "VTIMEZONE"));
    let mut offsets = description.filter(|line| line.name.eq_ignore_ascii_case("TZOFFSETTO"));
    let first = &offsets.next()?.value;
    offsets.all(|other| other.value == *first).then(|| offset(first).map(TimeZone::fixed)).flatten()
}

/// Reads `+0530` or `-013000`.
fn offset(text: &str) -> Option<Offset> {
    let digits = text.get(1..).filter(|rest| matches!(rest.len(), 4 | 6))?;
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |two| two.parse::<i32>().ok());
    let seconds = part(0)? * 3_600 + part(2)? * 60 + part(4)?;
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return None,
    };
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(lines: &str) -> Option<String> {
        let lines = content_lines(lines);
        let start = lines.iter().rfind(|line| line.name == "DTSTART").unwrap();
        start.time(&lines, &TimeZone::UTC).map(|time| time.to_string())
    }

    #[test]
    fn time_in_a_zone_is_read_whatever_names_the_zone() {
        for zone in [
            "Eastern Standard Time",
            "\"Eastern Standard Time\"",
            "eastern standard time",
            "America/New_York",
            "/freeassociation.sourceforge.net/America/New_York",
            "/citadel.org/20210210_1/America/New_York",
            "/mozilla.org/20050126_1/America/New_York",
        ] {
            let time = start(&format!("DTSTART;TZID={zone}:20270112T100000"));
            assert_eq!(time.as_deref(), Some("2027-01-12T15:00:00Z"), "{zone}");
        }
        assert_eq!(
            start("DTSTART;TZID=W. Europe Standard Time:20270712T100000").unwrap(),
            "2027-07-12T08:00:00Z"
        );
        assert_eq!(start("DTSTART:20270112T100000").unwrap(), "2027-01-12T10:00:00Z");
        assert_eq!(start("DTSTART;TZID=Nowhere:20270112T100000Z").unwrap(), "2027-01-12T10:00:00Z");
    }

    #[test]
    fn time_in_a_zone_of_its_own_is_read_by_its_description_or_not_at_all() {
        let described = |offsets: &str| {
            start(&format!(
                "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n{offsets}END:VTIMEZONE\nBEGIN:VTIMEZONE\n\
                 TZID:Other\nTZOFFSETTO:+0200\nEND:VTIMEZONE\n\
                 DTSTART;TZID=Customized Time Zone:20270112T100000\n"
            ))
        };
        assert_eq!(described("TZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n").unwrap(), "2027-01-12T04:30:00Z");
        assert_eq!(described("TZOFFSETTO:-0330\nTZOFFSETTO:-0330\n").unwrap(), "2027-01-12T13:30:00Z");
        for unclear in ["", "TZOFFSETTO:+0100\nTZOFFSETTO:+0200\n", "TZOFFSETTO:soon\n", "TZOFFSETTO:+é1x\n"]
        {
            assert_eq!(described(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn sign_within_quotes_splits_no_line() {
        let lines = content_lines(
            "ATTENDEE;CN=\"Lindt; Nora\";SENT-BY=\"mailto:a@lead.example\";PART\n STAT=ACCEPTED:mailto:n@lead.example",
        );
        assert_eq!(lines[0].parameter("partstat"), Some("ACCEPTED"));
        assert_eq!(lines[0].parameter("CN"), Some("Lindt; Nora"));
        assert_eq!(lines[0].value, "mailto:n@lead.example");
    }
}

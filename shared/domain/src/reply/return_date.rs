//! The return date that an out-of-office reply states, in the date formats of the known languages.

use super::wording::words;
use jiff::Span;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// Later dates are taken to be about something else.
pub const MAX_DAYS_AHEAD: i64 = 120;

/// The date and the line it was read from. Dates near words of return count before others; the latest of these wins.
pub fn return_date<'a>(text: &'a str, received: Date, zone: &TimeZone) -> Option<(Date, &'a str)> {
    let limit = received.checked_add(Span::new().days(MAX_DAYS_AHEAD)).ok()?;
    let reader = Reader { received, month_first: month_first(text, zone) };
    let mut best: Option<(bool, Date, &str)> = None;
    for line in text.lines() {
        for (near_return, date) in reader.dates_in(line) {
            let better = best.is_none_or(|(near, latest, _)| (near_return, date) > (near, latest));
            if date >= received && date <= limit && better {
                best = Some((near_return, date, line.trim()));
            }
        }
    }
    best.map(|(_, date, line)| (date, line))
}

/// Whether dates are written month first: `08/09` is August only in English in the United States.
fn month_first(text: &str, zone: &TimeZone) -> bool {
    const US: [&str; 12] = [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/Detroit",
        "America/Boise",
        "America/Anchorage",
        "America/Indiana/",
        "America/Kentucky/",
        "America/North_Dakota/",
        "Pacific/Honolulu",
    ];
    const NOT_ENGLISH: [&str; 8] =
        [" hasta ", " ate ", " jusquau ", " jusqu ", " bis ", " el ", " le ", " tot "];
    let said = words(text);
    zone.iana_name().is_some_and(|name| US.iter().any(|us| name.starts_with(us)))
        && !NOT_ENGLISH.iter().any(|word| said.contains(word))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number { value: i16, digits: usize },
    Word(String),
    Sign(char),
}

/// Words before a date that make it an end or a return.
const BEFORE: [&str; 40] = [
    "until",
    "till",
    "through",
    "thru",
    "back",
    "return",
    "returning",
    "returns",
    "resume",
    "reopen",
    "bis",
    "wieder",
    "zuruck",
    "jusqu",
    "jusquau",
    "jusquen",
    "retour",
    "reviens",
    "revenir",
    "hasta",
    "vuelvo",
    "volvere",
    "regreso",
    "incorporo",
    "fino",
    "torno",
    "rientro",
    "tornero",
    "tot",
    "terug",
    "tm",
    "ate",
    "volto",
    "retorno",
    "regresso",
    "tillbaka",
    "tilbage",
    "tilbake",
    "do",
    "wracam",
];
const AFTER: [&str; 9] =
    ["back", "return", "wieder", "zuruck", "retour", "terug", "tillbaka", "tilbage", "tilbake"];
const NEXT: [&str; 10] = [
    "next",
    "nachsten",
    "kommenden",
    "prochain",
    "proximo",
    "prossimo",
    "volgende",
    "aanstaande",
    "nasta",
    "proxima",
];

struct Reader {
    received: Date,
    month_first: bool,
}

impl Reader {
    fn dates_in(&self, line: &str) -> Vec<(bool, Date)> {
        let tokens = tokens(line);
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let (date, length) = self.date_at(&tokens[at..]).map_or((None, 1), |(date, n)| (Some(date), n));
            let is =
                |token: &Token, list: &[&str]| matches!(token, Token::Word(w) if list.contains(&w.as_str()));
            let before = &tokens[at.saturating_sub(6)..at];
            let after = &tokens[at + length..(at + length + 4).min(tokens.len())];
            let near = before.iter().any(|t| is(t, &BEFORE)) || after.iter().any(|t| is(t, &AFTER));
            if let Some(date) = date {
                found.push((near, date));
            } else if let Token::Word(word) = &tokens[at] {
                let next = before.last().is_some_and(|t| is(t, &NEXT))
                    || after.first().is_some_and(|t| is(t, &NEXT));
                if near || next {
                    found.extend(self.day_named(word).map(|date| (true, date)));
                }
            }
            at += length;
        }
        found
    }

    /// `Friday` is the next Friday, `tomorrow` the day after `received`.
    fn day_named(&self, word: &str) -> Option<Date> {
        if word == "tomorrow" {
            return self.received.tomorrow().ok();
        }
        self.received.nth_weekday(1, weekday(word)?).ok()
    }

    fn date_at(&self, tokens: &[Token]) -> Option<(Date, usize)> {
        use Token::{Number, Sign, Word};
        match tokens {
            [
                Number { value: y, digits: 4 },
                Sign('-'),
                Number { value: m, .. },
                Sign('-'),
                Number { value: d, .. },
                ..,
            ] => Some((day(*y, *m, *d)?, 5)),
            [
                Number { value: d, .. },
                Sign('-'),
                Number { value: m, .. },
                Sign('-'),
                Number { value: y, digits: 4 },
                ..,
            ] => Some((day(*y, *m, *d)?, 5)),
            [
                Number { value: d, .. },
                Sign('.'),
                Number { value: m, .. },
                Sign('.'),
                Number { value: y, digits },
                ..,
            ] if matches!(digits, 2 | 4) => Some((day(full_year(*y, *digits), *m, *d)?, 5)),
            [Number { value: d, .. }, Sign('.'), Number { value: m, .. }, Sign('.'), ..] => {
                Some((self.coming(*m, *d)?, 4))
            }
            [
                Number { value: a, .. },
                Sign('/'),
                Number { value: b, .. },
                Sign('/'),
                Number { value: y, digits },
                ..,
            ] if matches!(digits, 2 | 4) => {
                let year = full_year(*y, *digits);
                Some((self.by_language(*a, *b, |m, d| day(year, m, d))?, 5))
            }
            // Both need two digits: `24/7` is no date.
            [Number { value: a, digits: 2 }, Sign('/'), Number { value: b, digits: 2 }, ..] => {
                Some((self.by_language(*a, *b, |m, d| self.coming(m, d))?, 3))
            }
            [Number { value: d, .. }, rest @ ..] => {
                let skipped = rest.iter().take_while(|t| is_filler(t)).take(3).count();
                let Some(Word(name)) = rest.get(skipped) else { return None };
                let month = month(name)?;
                let (date, used) = self.with_year(month, *d, &rest[skipped + 1..])?;
                Some((date, 1 + skipped + 1 + used))
            }
            [Word(name), rest @ ..] => {
                let month = month(name)?;
                let skipped = rest.iter().take_while(|t| matches!(t, Sign('.'))).count();
                let Some(Number { value: d, digits: 1 | 2 }) = rest.get(skipped) else { return None };
                let tail = rest[skipped + 1..].iter().take_while(|t| is_ordinal(t)).count() + skipped + 1;
                // In `September 1 - 8` the end counts.
                if let [Sign('-') | Sign('–'), Number { value: end, digits: 1 | 2 }, ..] = &rest[tail..] {
                    return Some((self.coming(month, *end)?, 1 + tail + 2));
                }
                let (date, used) = self.with_year(month, *d, &rest[tail..])?;
                Some((date, 1 + tail + used))
            }
            _ => None,
        }
    }

    fn by_language(&self, a: i16, b: i16, date: impl Fn(i16, i16) -> Option<Date>) -> Option<Date> {
        let near = |date: &Date| {
            *date >= self.received && (*date - self.received).get_days() as i64 <= MAX_DAYS_AHEAD
        };
        let (first, other) = if self.month_first { ((a, b), (b, a)) } else { ((b, a), (a, b)) };
        let first = date(first.0, first.1);
        first.filter(near).or_else(|| date(other.0, other.1).filter(near)).or(first)
    }

    fn with_year(&self, month: i16, d: i16, rest: &[Token]) -> Option<(Date, usize)> {
        let skipped = rest.iter().take_while(|t| is_filler(t)).take(2).count();
        match rest.get(skipped) {
            Some(Token::Number { value, digits: 4 }) if (2000..2200).contains(value) => {
                Some((day(*value, month, d)?, skipped + 1))
            }
            _ => Some((self.coming(month, d)?, 0)),
        }
    }

    /// A date without a year: the next such day, today included.
    fn coming(&self, month: i16, d: i16) -> Option<Date> {
        let this_year = self.received.year();
        (this_year..this_year + 9).find_map(|year| day(year, month, d).filter(|date| *date >= self.received))
    }
}

fn full_year(value: i16, digits: usize) -> i16 {
    if digits == 2 { 2000 + value } else { value }
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn is_ordinal(token: &Token) -> bool {
    matches!(token, Token::Word(w) if ["st", "nd", "rd", "th"].contains(&w.as_str()))
}

fn is_filler(token: &Token) -> bool {
    const WORDS: [&str; 13] = ["st", "nd", "rd", "th", "er", "o", "a", "of", "de", "del", "di", "den", "the"];
    match token {
        Token::Word(word) => WORDS.contains(&word.as_str()),
        Token::Sign(sign) => ".,ºª".contains(*sign),
        Token::Number { .. } => false,
    }
}

/// Splits a line into numbers, words and signs; `8th` is a number and a word.
fn tokens(line: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let run = |same: fn(char) -> bool| rest.find(|c| !same(c)).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            if let Ok(value) = rest[..length].parse() {
                out.push(Token::Number { value, digits: length });
            }
            length
        } else if first.is_alphabetic() {
            let length =
                run(|c| c.is_alphabetic() || "'’".contains(c) || ('\u{300}'..'\u{370}').contains(&c));
            out.push(Token::Word(crate::text_match::folded(&rest[..length])));
            length
        } else {
            if !first.is_whitespace() {
                out.push(Token::Sign(first));
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// Folded names and abbreviations, one month a line.
const MONTHS: [&str; 12] = [
    "january jan januar janner janvier janv enero ene gennaio gen januari janeiro stycznia",
    "february feb februar fevrier fevr febrero febbraio februari fevereiro fev lutego",
    "march mar marz mrz mars marzo maart mrt marts marco marca",
    "april apr avril avr abril abr aprile kwietnia",
    "may mai mayo maggio mag mei maj maio maja",
    "june jun juni juin junio giugno giu junho czerwca",
    "july jul juli juillet juil julio luglio lug julho lipca",
    "august aug aout agosto augustus augusti sierpnia",
    "september sept sep septembre septiembre settembre setembro wrzesnia",
    "october oct oktober okt octobre octubre ottobre ott outubro pazdziernika",
    "november nov novembre noviembre novembro listopada",
    "december dec dezember dez decembre diciembre dic dicembre desember dezembro grudnia",
];

fn month(word: &str) -> Option<i16> {
    let place = MONTHS.iter().position(|names| names.split(' ').any(|name| name == word))?;
    i16::try_from(place + 1).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    Some(match word {
        "monday" | "montag" | "lundi" | "lunes" | "lunedi" | "maandag" | "segunda" | "mandag"
        | "poniedzialku" => Monday,
        "tuesday" | "dienstag" | "mardi" | "martes" | "martedi" | "dinsdag" | "terca" | "tisdag"
        | "wtorku" => Tuesday,
        "wednesday" | "mittwoch" | "mercredi" | "miercoles" | "mercoledi" | "woensdag" | "quarta"
        | "onsdag" => Wednesday,
        "thursday" | "donnerstag" | "jeudi" | "jueves" | "giovedi" | "donderdag" | "quinta" | "torsdag" => {
            Thursday
        }
        "friday" | "freitag" | "vendredi" | "viernes" | "venerdi" | "vrijdag" | "sexta" | "fredag"
        | "piatku" => Friday,
        "saturday" | "samstag" | "samedi" | "sabado" | "sabato" | "zaterdag" | "lordag" => Saturday,
        "sunday" | "sonntag" | "dimanche" | "domingo" | "domenica" | "zondag" | "sondag" => Sunday,
        _ => return None,
    })
}

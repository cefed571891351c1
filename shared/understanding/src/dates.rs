//! Dates as people write them, in all languages: `8th September`, `08.09.2026`, `12月7日`, `next Friday`, `in two weeks`,
//! `in Q2`.

use crate::fold::folded;
use crate::language::{DateWord, languages};
use crate::lists::List;
use crate::said::Said;
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use std::ops::Range;

/// Later dates are taken to be about something else, unless a word of return stands beside them.
pub const MAX_DAYS_AHEAD: i64 = 120;
/// The latest date that somebody returns at, after parental leave.
const LONGEST_ABSENCE: i64 = 4 * 366;

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Number { value: i16, digits: usize },
    Word(String),
    Sign(char),
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    piece: Piece,
    start: usize,
    end: usize,
}

/// A date and the place in the text that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub date: Date,
    pub place: Range<usize>,
    /// Whether a day was named, rather than a weekday, a month or a span.
    pub exact: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub received: Date,
    pub month_first: bool,
    pub said: &'a Said<'a>,
}

/// Whether dates are written month first: `08/09` is August only in English in the United States.
pub fn month_first(zone: Option<&str>, said: &Said<'_>) -> bool {
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
    // English is the first of the files.
    zone.is_some_and(|name| US.iter().any(|us| name.starts_with(us))) && said.likely & 1 != 0
}

/// The date of return and the sentence it was read from. Dates near words of return count before others; the latest of
/// these wins.
pub fn return_date<'a>(reader: &Reader<'a>) -> Option<(Date, &'a str)> {
    let ahead = |days: i64| reader.received.checked_add(Span::new().days(days)).ok();
    let (limit, latest_return) = (ahead(MAX_DAYS_AHEAD)?, ahead(LONGEST_ABSENCE)?);
    let said = reader.said;
    // A departure that the note speaks of, too, has its own date.
    let (others, of_departure): (Vec<Found>, Vec<Found>) =
        reader.dates().into_iter().partition(|found| !is_of_departure(said, &found.place));
    let return_of = |dates: Vec<Found>| {
        let mut best: Option<(bool, Date, usize)> = None;
        for found in dates {
            let near = is_near_return(said, &found.place);
            let limit = if near { latest_return } else { limit };
            if !found.exact && !near || found.date < reader.received || found.date > limit {
                continue;
            }
            if best.is_none_or(|(was_near, latest, _)| (near, found.date) > (was_near, latest)) {
                best = Some((near, found.date, found.place.start));
            }
        }
        best.map(|(_, date, start)| (date, sentence_at(said, start)))
    };
    return_of(others).or_else(|| return_of(of_departure))
}

fn is_of_departure(said: &Said<'_>, place: &Range<usize>) -> bool {
    let word = said.words.iter().position(|word| word.end > place.start).unwrap_or(0);
    let sentence = said.sentence_of(word);
    let departs = [List::DeparturePhrases, List::DepartureByMachine]
        .into_iter()
        .any(|list| said.likely_hits(list).any(|hit| sentence.contains(&hit.words.start)));
    departs && !said.likely_hits(List::AbsencePhrases).any(|hit| sentence.contains(&hit.words.start))
}

/// The date that somebody names for later, in this sentence.
pub fn later_date(reader: &Reader<'_>, sentence: &Range<usize>) -> Option<Date> {
    let words = &reader.said.words;
    let (start, end) = (words.get(sentence.start)?.start, words.get(sentence.end.checked_sub(1)?)?.end);
    let within = |found: &Found| {
        found.place.start >= start && found.place.start < end && found.date >= reader.received
    };
    let found: Vec<Found> = reader.dates().into_iter().filter(within).collect();
    found.iter().find(|found| found.exact).or(found.first()).map(|found| found.date)
}

fn sentence_at<'a>(said: &Said<'a>, byte: usize) -> &'a str {
    let word = said.words.iter().position(|word| word.end > byte).unwrap_or(0);
    said.text_of(&said.sentence_of(word))
}

fn is_near_return(said: &Said<'_>, place: &Range<usize>) -> bool {
    let Some(first) = said.words.iter().position(|word| word.end > place.start) else { return false };
    let last = said.words.iter().rposition(|word| word.start < place.end).unwrap_or(first);
    let sentence = said.sentence_of(first);
    let before = said
        .hits(List::ReturnBefore)
        .any(|hit| hit.words.end <= first && hit.words.start >= sentence.start && first - hit.words.end <= 5);
    let after = said
        .hits(List::ReturnAfter)
        .any(|hit| hit.words.start > last && hit.words.end <= sentence.end && hit.words.start - last <= 4);
    before || after
}

impl Reader<'_> {
    /// All dates of the text in their order.
    pub fn dates(&self) -> Vec<Found> {
        let tokens = tokens(self.said.text);
        let mut found: Vec<Found> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let (date, length, exact) = match self.exact_at(&tokens[at..]) {
                Some((date, length)) => (Some(date), length, true),
                None => match self.loose_at(&tokens, at) {
                    Some((date, length)) => (Some(date), length, false),
                    None => (None, 1, false),
                },
            };
            let end = (at + length).min(tokens.len());
            if let Some(date) = date {
                // `Friday, 4 December`: the day of the week only says the date again.
                if exact
                    && found.last().is_some_and(|last| !last.exact && tokens[at].start - last.place.end <= 8)
                {
                    found.pop();
                }
                found.push(Found { date, place: tokens[at].start..tokens[end - 1].end, exact });
            }
            at = end;
        }
        found
    }

    /// Weekdays, months alone, quarters, spans: `Friday`, `in March`, `Q2 2027`, `in two weeks`, `next month`.
    fn loose_at(&self, tokens: &[Token], at: usize) -> Option<(Date, usize)> {
        let Piece::Word(word) = &tokens[at].piece else { return self.span_at(tokens, at) };
        let is = |list: List, index: usize| tokens.get(index).is_some_and(|token| self.said_at(list, token));
        let comes_next = is(List::DateNext, at + 1) || at > 0 && is(List::DateNext, at - 1);
        let said_in = at > 0 && is(List::DateIn, at - 1)
            || at > 1 && is(List::DateIn, at - 2) && self.is_article(&tokens[at - 1]);
        if let Some(quarter) = word.strip_prefix(['q', 't', 'k']).filter(|_| word.len() == 1) {
            let _ = quarter;
            let Some(Token { piece: Piece::Number { value: number @ 1..=4, digits: 1 }, .. }) =
                tokens.get(at + 1)
            else {
                return None;
            };
            return Some(self.quarter(*number, tokens, at + 2));
        }
        for meaning in languages().date_words.get(word)? {
            match meaning {
                DateWord::Weekday(day) => return self.next_day(*day).map(|date| (date, 1)),
                DateWord::Month(month) if said_in || comes_next => {
                    let year = tokens.get(at + 1).and_then(year_of);
                    let date = match year {
                        Some(year) => day(year, i16::from(*month), 1)?,
                        None => self.coming_month(*month)?,
                    };
                    return Some((date, 1 + usize::from(year.is_some())));
                }
                DateWord::Week if comes_next => return Some((self.next_day(Weekday::Monday)?, 1)),
                DateWord::MonthUnit if comes_next => {
                    return Some((self.received.last_of_month().tomorrow().ok()?, 1));
                }
                DateWord::Year if comes_next => return Some((day(self.received.year() + 1, 1, 1)?, 1)),
                DateWord::Quarter if comes_next => {
                    let next = (self.received.month() - 1) / 3 * 3 + 4;
                    let (year, month) =
                        if next > 12 { (self.received.year() + 1, 1) } else { (self.received.year(), next) };
                    return Some((day(year, i16::from(month), 1)?, 1));
                }
                _ => {}
            }
        }
        self.span_at(tokens, at)
    }

    /// `two weeks`, `3 Monaten`, behind a word such as `in`; `2. Quartal`.
    fn span_at(&self, tokens: &[Token], at: usize) -> Option<(Date, usize)> {
        let number = match &tokens[at].piece {
            Piece::Number { value, digits: 1 | 2 } => i64::from(*value),
            Piece::Word(word) => {
                languages().date_words.get(word)?.iter().find_map(|meaning| match meaning {
                    DateWord::Number(number) => Some(*number),
                    _ => None,
                })?
            }
            _ => return None,
        };
        let skipped = tokens[at + 1..]
            .iter()
            .take_while(|token| matches!(token.piece, Piece::Sign(_)) || is_ordinal(token))
            .take(2)
            .count();
        let unit_at = at + 1 + skipped;
        let Some(Token { piece: Piece::Word(unit), .. }) = tokens.get(unit_at) else { return None };
        let said_in = at > 0 && self.said_at(List::DateIn, &tokens[at - 1]);
        let meanings = languages().date_words.get(unit)?;
        if meanings.contains(&DateWord::Quarter) && (1..=4).contains(&number) {
            let (date, used) = self.quarter(i16::try_from(number).ok()?, tokens, unit_at + 1);
            return Some((date, unit_at - at + used - 1));
        }
        if !said_in || !(1..=60).contains(&number) {
            return None;
        }
        let span = meanings.iter().find_map(|meaning| match meaning {
            DateWord::Day => Some(number.days()),
            DateWord::Week => Some(number.weeks()),
            DateWord::MonthUnit => Some(number.months()),
            DateWord::Year => Some(number.min(3).years()),
            _ => None,
        })?;
        Some((self.received.checked_add(span).ok()?, unit_at - at + 1))
    }

    fn quarter(&self, number: i16, tokens: &[Token], after: usize) -> (Date, usize) {
        let skipped = tokens
            .get(after..)
            .unwrap_or_default()
            .iter()
            .take_while(|token| is_filler(token))
            .take(2)
            .count();
        let year = tokens.get(after + skipped).and_then(year_of);
        let month = number * 3 - 2;
        let coming = || {
            let this = day(self.received.year(), month, 1).unwrap_or(self.received);
            if this > self.received { this } else { day(self.received.year() + 1, month, 1).unwrap_or(this) }
        };
        let date = year.and_then(|year| day(year, month, 1)).unwrap_or_else(coming);
        (date, 2 + year.map_or(0, |_| skipped + 1))
    }

    fn said_at(&self, list: List, token: &Token) -> bool {
        let words = &self.said.words;
        let at = words.partition_point(|word| word.end <= token.start);
        self.said.hits(list).any(|hit| hit.words.contains(&at))
    }

    fn is_article(&self, token: &Token) -> bool {
        matches!(&token.piece, Piece::Word(word) if word.len() <= 4)
    }

    fn next_day(&self, day: Weekday) -> Option<Date> {
        self.received.nth_weekday(1, day).ok()
    }

    fn coming_month(&self, month: i8) -> Option<Date> {
        let this = day(self.received.year(), i16::from(month), 1)?;
        if this > self.received { Some(this) } else { day(self.received.year() + 1, i16::from(month), 1) }
    }

    fn exact_at(&self, tokens: &[Token]) -> Option<(Date, usize)> {
        use Piece::{Number, Sign, Word};
        let piece = |at: usize| tokens.get(at).map(|token| &token.piece);
        match [
            piece(0)?,
            piece(1).unwrap_or(&Sign(' ')),
            piece(2).unwrap_or(&Sign(' ')),
            piece(3).unwrap_or(&Sign(' ')),
            piece(4).unwrap_or(&Sign(' ')),
        ] {
            [
                Number { value: y, digits: 4 },
                Sign(a),
                Number { value: m, .. },
                Sign(b),
                Number { value: d, .. },
            ] if a == b && "-./".contains(*a) => Some((day(*y, *m, *d)?, 5)),
            [
                Number { value: y, digits: 4 },
                Word(year),
                Number { value: m, .. },
                Word(month),
                Number { value: d, .. },
            ] if is_year_sign(year) && is_month_sign(month) => Some((day(*y, *m, *d)?, 5)),
            [Number { value: m, digits: 1 | 2 }, Word(month), Number { value: d, .. }, Word(_), ..]
                if is_month_sign(month) =>
            {
                Some((self.coming(*m, *d)?, 4))
            }
            [
                Number { value: d, .. },
                Sign('-'),
                Number { value: m, .. },
                Sign('-'),
                Number { value: y, digits: 4 },
            ] => Some((day(*y, *m, *d)?, 5)),
            [
                Number { value: d, .. },
                Sign('.'),
                Number { value: m, .. },
                Sign('.'),
                Number { value: y, digits: digits @ (2 | 4) },
            ] => Some((day(full_year(*y, *digits), *m, *d)?, 5)),
            [Number { value: d, .. }, Sign('.'), Number { value: m, .. }, Sign('.'), ..] => {
                Some((self.coming(*m, *d)?, 4))
            }
            [
                Number { value: a, .. },
                Sign('/'),
                Number { value: b, .. },
                Sign('/'),
                Number { value: y, digits: digits @ (2 | 4) },
            ] => {
                let year = full_year(*y, *digits);
                Some((self.by_language(*a, *b, |m, d| day(year, m, d))?, 5))
            }
            // Both need two digits: `24/7` is no date.
            [Number { value: a, digits: 2 }, Sign('/'), Number { value: b, digits: 2 }, ..] => {
                Some((self.by_language(*a, *b, |m, d| self.coming(m, d))?, 3))
            }
            // Finnish and Czech write `7.12` without the last stop.
            [
                Number { value: d, digits: 1 | 2 },
                Sign('.'),
                Number { value: m @ 1..=12, digits: 1 | 2 },
                ..,
            ] if glued(tokens) => Some((self.coming(*m, *d)?, 3)),
            [Number { value: d, digits: 1 | 2 }, ..] => self.day_then_month(*d, tokens),
            [Word(name), ..] => self.month_then_day(name, tokens),
            _ => None,
        }
    }

    fn day_then_month(&self, d: i16, tokens: &[Token]) -> Option<(Date, usize)> {
        let skipped = tokens[1..].iter().take_while(|token| is_filler(token)).take(3).count();
        let Some(Token { piece: Piece::Word(name), .. }) = tokens.get(1 + skipped) else { return None };
        let month = month(name)?;
        let (date, used) = self.with_year(month, d, &tokens[2 + skipped..])?;
        Some((date, 2 + skipped + used))
    }

    fn month_then_day(&self, name: &str, tokens: &[Token]) -> Option<(Date, usize)> {
        let month = month(name)?;
        let skipped =
            tokens[1..].iter().take_while(|token| matches!(token.piece, Piece::Sign('.'))).take(1).count();
        let Some(Token { piece: Piece::Number { value: d, digits: 1 | 2 }, .. }) = tokens.get(1 + skipped)
        else {
            return None;
        };
        let ordinals = tokens[2 + skipped..].iter().take_while(|token| is_ordinal(token)).count();
        let tail = 2 + skipped + ordinals;
        // In `September 1 - 8` the end counts.
        if let [
            Token { piece: Piece::Sign('-' | '–'), .. },
            Token { piece: Piece::Number { value: end, digits: 1 | 2 }, .. },
            ..,
        ] = &tokens[tail..]
        {
            return Some((self.coming(month, *end)?, tail + 2));
        }
        let (date, used) = self.with_year(month, *d, &tokens[tail..])?;
        Some((date, tail + used))
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
        let skipped = rest.iter().take_while(|token| is_filler(token)).take(2).count();
        match rest.get(skipped).and_then(year_of) {
            Some(year) => Some((day(year, month, d)?, skipped + 1)),
            None => Some((self.coming(month, d)?, 0)),
        }
    }

    /// A date without a year: the next such day, today included.
    fn coming(&self, month: i16, d: i16) -> Option<Date> {
        let this_year = self.received.year();
        (this_year..this_year.saturating_add(9))
            .find_map(|year| day(year, month, d).filter(|date| *date >= self.received))
    }
}

/// `年` or `년` behind the number of a year. Hangul is folded into its letters.
fn is_year_sign(word: &str) -> bool {
    word == "年" || word == "\u{1102}\u{1167}\u{11ab}"
}

/// `月` or `월` behind the number of a month.
fn is_month_sign(word: &str) -> bool {
    word == "月" || word == "\u{110b}\u{116f}\u{11af}"
}

fn glued(tokens: &[Token]) -> bool {
    tokens[0].end == tokens[1].start && tokens[1].end == tokens[2].start
}

fn year_of(token: &Token) -> Option<i16> {
    match token.piece {
        Piece::Number { value, digits: 4 } if (2000..2200).contains(&value) => Some(value),
        _ => None,
    }
}

fn full_year(value: i16, digits: usize) -> i16 {
    if digits == 2 { 2000 + value } else { value }
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn month(name: &str) -> Option<i16> {
    languages().date_words.get(name)?.iter().find_map(|meaning| match meaning {
        DateWord::Month(month) => Some(i16::from(*month)),
        _ => None,
    })
}

fn is_ordinal(token: &Token) -> bool {
    matches!(&token.piece, Piece::Word(word) if ["st", "nd", "rd", "th", "er", "e", "o", "a"].contains(&word.as_str()))
}

fn is_filler(token: &Token) -> bool {
    const WORDS: [&str; 14] =
        ["st", "nd", "rd", "th", "er", "o", "a", "of", "de", "del", "di", "den", "the", "e"];
    match &token.piece {
        Piece::Word(word) => WORDS.contains(&word.as_str()),
        Piece::Sign(sign) => ".,ºª".contains(*sign),
        Piece::Number { .. } => false,
    }
}

/// Splits a text into numbers, words and signs; `8th` is a number and a word.
fn tokens(text: &str) -> Vec<Token> {
    const MOST: usize = 20_000;
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next().filter(|_| out.len() < MOST) {
        let rest = &text[at..];
        let run = |same: fn(char) -> bool| rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (piece, length) = if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            (rest[..length].parse().ok().map(|value| Piece::Number { value, digits: length }), length)
        } else if ('\u{3041}'..='\u{9FFF}').contains(&first) {
            (Some(Piece::Word(first.to_string())), first.len_utf8())
        } else if first.is_alphabetic() {
            let length = run(|c| {
                c.is_alphabetic() && !('\u{3041}'..='\u{9FFF}').contains(&c)
                    || ('\u{300}'..'\u{370}').contains(&c)
            });
            (Some(Piece::Word(folded(&rest[..length]))), length)
        } else {
            ((!first.is_whitespace()).then_some(Piece::Sign(first)), first.len_utf8())
        };
        out.extend(piece.map(|piece| Token { piece, start: at, end: at + length }));
        at += length;
    }
    out
}

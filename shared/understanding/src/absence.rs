//! Absence notes, with and without the headers that should mark them.

use crate::dates::{MAX_DAYS_AHEAD, Reader, month_first, return_date};
use crate::lists::List;
use crate::machine::Seen;
use crate::phrase::Hit;
use crate::said::Said;
use crate::{Context, Kind, Rule, Understood, verdict};
use jiff::civil::Date;
use std::ops::Range;

/// The longest note without any mark that is taken for one on its wording alone.
const SHORT_NOTE: usize = 30;

/// Whether the subject is that of an absence note: it begins with such words, and what follows is no business of theirs
/// (`Out of office until Monday`, but not `Out of office chairs`).
pub(crate) fn subject(seen: &Seen<'_>) -> bool {
    let said = seen.subject;
    said.hits(List::AbsenceSubjects).any(|hit| {
        let end = said.words[hit.words.end - 1].end;
        let rest = said.text[end..].trim_start();
        let punctuated = !rest.starts_with(char::is_alphanumeric);
        let goes_on = said.hits.iter().any(|next| {
            next.words.start == hit.words.end
                && matches!(next.list, List::ReturnBefore | List::DateIn | List::AbsenceSubjects)
        });
        let with_date = rest.starts_with(|c: char| c.is_ascii_digit());
        let by_sign = said.hits(List::AbsencePhrases).next().is_some();
        punctuated || goes_on || with_date || by_sign
    })
}

pub(crate) fn absence(
    seen: &Seen<'_>,
    header: Option<&(Rule, String)>,
    context: &Context<'_>,
) -> Option<Understood> {
    let said = seen.said;
    if header.is_some() {
        return by_any_sign(seen, Rule::AbsenceWording, context);
    }
    let by_subject = subject(seen);
    let phrase = phrase(seen);
    let sign = said.hits(List::AbsenceSigns).next();
    let date = date_of(seen, context);
    let is_absence = if by_subject {
        !said.has(List::AcknowledgementPhrases) || phrase.is_some()
    } else {
        let short = said.words.len() <= SHORT_NOTE;
        phrase.is_some()
            && (!seen.looks_personal() && (sign.is_some() || date.is_some() || short)
                || says_nothing_else(said) && verdict::is_by_a_machine(seen.body, false, false, context))
    };
    is_absence.then(|| note(seen, by_subject, phrase.or(sign), date, Rule::AbsenceWording))
}

/// The note of somebody who is known to be a machine: any word of absence will do.
pub(crate) fn by_any_sign(seen: &Seen<'_>, rule: Rule, context: &Context<'_>) -> Option<Understood> {
    let said = seen.said;
    let by_subject = subject(seen);
    let phrase = phrase(seen);
    let sign = said.hits(List::AbsenceSigns).next();
    let is_absence =
        by_subject || phrase.is_some() || sign.is_some() && !said.has(List::AcknowledgementPhrases);
    is_absence.then(|| note(seen, by_subject, phrase.or(sign), date_of(seen, context), rule))
}

fn phrase<'s>(seen: &'s Seen<'_>) -> Option<&'s Hit> {
    let of_subject = || seen.subject.hits(List::AbsencePhrases).next();
    seen.said
        .hits(List::AbsencePhrases)
        .next()
        .or_else(|| of_subject().filter(|_| seen.said.words.len() <= SHORT_NOTE))
}

fn note(
    seen: &Seen<'_>,
    by_subject: bool,
    told: Option<&Hit>,
    date: Option<(jiff::civil::Date, String)>,
    rule: Rule,
) -> Understood {
    let said = seen.said;
    let rule = if by_subject { Rule::AbsenceSubject } else { rule };
    let wording =
        told.filter(|hit| hit.words.end <= said.words.len()).map_or("", |hit| said.sentence_text(hit));
    let sentence = date
        .as_ref()
        .map(|(_, sentence)| sentence.as_str())
        .filter(|sentence| !sentence.is_empty())
        .unwrap_or(wording);
    let sentence = if sentence.is_empty() { &seen.mail.subject } else { sentence };
    let mut found = Understood::new(Kind::OutOfOffice, rule, sentence);
    found.return_date = date.map(|(date, _)| date);
    found
}

/// Whether a text is a note though it quotes us or greets us by name: short, with an absence told in two ways (`I am away until
/// Monday. In urgent cases call Sam`), without a question, a yes or a but.
fn says_nothing_else(said: &Said<'_>) -> bool {
    const LONGEST: usize = 70;
    let told = |list: List| said.likely_hits(list).map(|hit| &hit.words);
    let in_two_ways = told(List::AbsencePhrases).any(|phrase| {
        told(List::AbsenceSigns).any(|sign| sign.start >= phrase.end || sign.end <= phrase.start)
    });
    let asks = said.sentences.iter().any(|sentence| said.ends_with_question(sentence));
    let says_more = [List::But, List::InterestWords, List::InterestPhrases, List::RefusalPhrases]
        .into_iter()
        .any(|list| told(list).next().is_some());
    in_two_ways && !asks && !says_more && said.words.len() <= LONGEST
}

/// Whether a sentence names a day that is still to come, and near.
pub(crate) fn names_a_coming_day(seen: &Seen<'_>, sentence: &Range<usize>, context: &Context<'_>) -> bool {
    let said = seen.said;
    let received = context.zone.to_datetime(context.received_at).date();
    let reader = Reader { received, month_first: month_first(context.zone.iana_name(), said), said };
    let of_sentence = |start: usize| said.words[sentence.clone()].iter().any(|word| word.start == start);
    let is_near = |date: Date| (1..=MAX_DAYS_AHEAD).contains(&i64::from((date - received).get_days()));
    reader.dates().iter().any(|found| found.exact && of_sentence(found.place.start) && is_near(found.date))
}

fn date_of(seen: &Seen<'_>, context: &Context<'_>) -> Option<(jiff::civil::Date, String)> {
    let received = context.zone.to_datetime(context.received_at).date();
    [seen.said, seen.subject].into_iter().find_map(|said: &Said<'_>| {
        let month_first = month_first(context.zone.iana_name(), said);
        return_date(&Reader { received, month_first, said })
            .map(|(date, sentence)| (date, sentence.to_owned()))
    })
}

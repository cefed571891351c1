//! Absence notes, with and without the headers that should mark them.

use crate::dates::{Reader, month_first, return_date};
use crate::lists::List;
use crate::machine::Seen;
use crate::said::Said;
use crate::{Context, Kind, Rule, Understood};

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
    let by_subject = subject(seen);
    let phrase = said.hits(List::AbsencePhrases).next().or_else(|| {
        seen.subject.hits(List::AbsencePhrases).next().filter(|_| said.words.len() <= SHORT_NOTE)
    });
    let sign = said.hits(List::AbsenceSigns).next();
    let date = date_of(seen, context);
    let is_absence = if header.is_some() {
        by_subject || phrase.is_some() || sign.is_some() && !said.has(List::AcknowledgementPhrases)
    } else if by_subject {
        !said.has(List::AcknowledgementPhrases) || phrase.is_some()
    } else {
        phrase.is_some()
            && !seen.looks_personal()
            && (sign.is_some() || date.is_some() || said.words.len() <= SHORT_NOTE)
    };
    if !is_absence {
        return None;
    }
    let rule = if by_subject { Rule::AbsenceSubject } else { Rule::AbsenceWording };
    let wording = phrase
        .or(sign)
        .filter(|hit| hit.words.end <= said.words.len())
        .map_or("", |hit| said.sentence_text(hit));
    let sentence = date
        .as_ref()
        .map(|(_, sentence)| sentence.as_str())
        .filter(|sentence| !sentence.is_empty())
        .unwrap_or(wording);
    let sentence = if sentence.is_empty() { &seen.mail.subject } else { sentence };
    let mut found = Understood::new(Kind::OutOfOffice, rule, sentence);
    found.return_date = date.map(|(date, _)| date);
    Some(found)
}

fn date_of(seen: &Seen<'_>, context: &Context<'_>) -> Option<(jiff::civil::Date, String)> {
    let received = context.zone.to_datetime(context.received_at).date();
    [seen.said, seen.subject].into_iter().find_map(|said: &Said<'_>| {
        let month_first = month_first(context.zone.iana_name(), said);
        return_date(&Reader { received, month_first, said })
            .map(|(date, sentence)| (date, sentence.to_owned()))
    })
}

//! Wishes for no more that are none, or none yet: denied (`please don't remove me`, `why did you remove me?`, `I never asked
//! you to stop`), or hanging on something else (`otherwise remove me`).

use crate::lists::List;
use crate::phrase::Hit;
use crate::said::Said;
use std::ops::Range;

/// The most words between a denial and what it denies, or between a condition and its wish.
const NEAR: usize = 3;

/// Whether the words of a wish belong to a denial.
pub(crate) fn denies(said: &Said<'_>, wish: &Hit) -> bool {
    denials(said).any(|denial| {
        let overlap = denial.words.start < wish.words.end && wish.words.start < denial.words.end;
        let behind = wish.words.start >= denial.words.end
            && wish.words.start - denial.words.end < NEAR
            && said.clauses[denial.words.end - 1] == said.clauses[wish.words.start];
        overlap || behind && said.sentence_of(denial.words.start).contains(&wish.words.start)
    })
}

/// Whether a denial stands in these words.
pub(crate) fn denies_in(said: &Said<'_>, range: &Range<usize>) -> bool {
    denials(said).any(|denial| range.contains(&denial.words.start))
}

/// Whether some of these words belong to a denial.
pub(crate) fn is_part(said: &Said<'_>, words: &Range<usize>) -> bool {
    denials(said).any(|denial| denial.words.start < words.end && words.start < denial.words.end)
}

fn denials<'s>(said: &'s Said<'_>) -> impl Iterator<Item = &'s Hit> {
    said.hits(List::OptOutDenied).filter(|denial| is_one_clause(said, denial) && is_begun(said, denial))
}

/// `I don't want this, remove me` is none: a gap does not reach beyond its clause.
fn is_one_clause(said: &Said<'_>, denial: &Hit) -> bool {
    !denial.has_gap || said.clauses[denial.words.start] == said.clauses[denial.words.end - 1]
}

/// Whether a phrase that begins with a negation reaches with a gap into the clause of a wish that it does not belong to:
/// `I don't want that, delete me`.
pub(crate) fn is_of_another_clause(said: &Said<'_>, phrase: &Hit, wish: &Hit) -> bool {
    let negates = said.hits(List::Negations).any(|no| no.words.start == phrase.words.start);
    let is_before = said.clauses[phrase.words.start] < said.clauses[wish.words.start];
    // `Do not call, but you may write`
    let opposes = said.hits(List::But).any(|but| phrase.words.contains(&but.words.start));
    negates && is_before && !opposes && !is_one_clause(said, phrase)
}

/// `If you don't remove me` is none: what begins with a negation has nothing but courtesy before it in its clause.
fn is_begun(said: &Said<'_>, denial: &Hit) -> bool {
    const BEFORE: [List; 3] = [List::Courtesy, List::Greetings, List::But];
    let start = denial.words.start;
    let negates = said
        .hits(List::Negations)
        .any(|no| no.language == denial.language && (start..start + 2).contains(&no.words.start));
    let before = start.checked_sub(1).filter(|before| {
        said.clauses[*before] == said.clauses[start] && said.sentence_of(start).contains(before)
    });
    !negates || before.is_none_or(|before| said.consists_of(&(before..before + 1), &BEFORE, &[]))
}

/// Whether a wish hangs on something else that its sentence names.
pub(crate) fn is_conditional(said: &Said<'_>, wish: &Hit) -> bool {
    let sentence = said.sentence_of(wish.words.start);
    said.likely_hits(List::OptOutConditions).any(|condition| {
        let is_before = sentence.contains(&condition.words.start) && condition.words.end <= wish.words.start;
        let is_first = condition.words.start == sentence.start;
        is_before && (is_first || wish.words.start - condition.words.end <= NEAR)
    })
}

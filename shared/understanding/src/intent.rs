//! What a person's answer wants. Each intent has its own phrases; where several are found the stronger wins: an angry
//! answer is angry though it asks something, a yes for March is `later`, a no is a no though it is polite. Interest is told
//! only by a phrase that shows it.

use crate::dates::{Reader, later_date, month_first};
use crate::lists::List;
use crate::phrase::Hit;
use crate::said::Said;
use crate::spoken::other_address;
use crate::{Context, Intent, Kind, Rule, Understood, denial};
use jiff::civil::Date;
use std::ops::Range;

/// A date within so many days is a meeting's, not a postponement.
const SOON_DAYS: i32 = 16;

pub(crate) fn person(said: &Said<'_>, from: &str, context: &Context<'_>) -> Understood {
    let (intent, rule, sentence) = intent(said, from, context);
    let mut found = Understood::new(Kind::Person, rule, said.text_of(&sentence));
    found.intent = Some(intent);
    add_details(&mut found, said, &sentence, from, context);
    found
}

/// Reads what belongs to the intent: the date of a wish for later, the address of somebody else.
pub(crate) fn add_details(
    found: &mut Understood,
    said: &Said<'_>,
    sentence: &Range<usize>,
    from: &str,
    context: &Context<'_>,
) {
    if found.intent == Some(Intent::Later) {
        let reader = reader(said, context);
        let dated = later_date(&reader, sentence);
        found.later_date =
            dated.or_else(|| said.sentences.iter().find_map(|sentence| later_date(&reader, sentence)));
    }
    if matches!(found.intent, Some(Intent::Referral | Intent::WrongPerson)) {
        found.referred_to = other_address(said.text, from, context);
    }
}

/// Whether the answer shows something that only a person says: interest, a refusal, a wish for later.
pub(crate) fn is_personal(said: &Said<'_>) -> bool {
    interest(said).is_some()
        || first(said, List::RefusalPhrases).is_some()
        || first(said, List::Later).is_some()
        || said.likely_hits(List::WrongPerson).next().is_some()
}

fn reader<'a>(said: &'a Said<'a>, context: &Context<'_>) -> Reader<'a> {
    let received = context.zone.to_datetime(context.received_at).date();
    Reader { received, month_first: month_first(context.zone.iana_name(), said), said }
}

fn intent(said: &Said<'_>, from: &str, context: &Context<'_>) -> (Intent, Rule, Range<usize>) {
    let yes = interest(said);
    let no = refusal(said);
    if let Some(sentence) = first(said, List::Anger) {
        return (Intent::Angry, Rule::AngerWording, sentence);
    }
    let referral = first(said, List::Referral);
    let wrong = first(said, List::WrongPerson);
    let names_another = other_address(said.text, from, context).is_some();
    if let Some(sentence) = wrong
        .clone()
        .filter(|_| names_another)
        .or(referral.filter(|_| yes.is_none() || wrong.is_some() || names_another))
    {
        return (Intent::Referral, Rule::ReferralWording, sentence);
    }
    if let Some(sentence) = wrong {
        return (Intent::WrongPerson, Rule::WrongPersonWording, sentence);
    }
    if let Some(sentence) =
        first(said, List::Later).filter(|sentence| yes.is_none() || !is_soon(said, sentence, context))
    {
        return (Intent::Later, Rule::LaterWording, sentence);
    }
    if let Some(sentence) = first(said, List::NotNow) {
        return (Intent::NotNow, Rule::NotNowWording, sentence);
    }
    if let Some(sentence) = no {
        return (Intent::NotInterested, Rule::RefusalWording, sentence);
    }
    if let Some(sentence) = yes {
        return (Intent::Interested, Rule::InterestWording, sentence);
    }
    if let Some(sentence) = question(said) {
        return (Intent::Question, Rule::QuestionWording, sentence);
    }
    let rule = if said.words.iter().all(|word| word.text.chars().any(crate::fold::is_emoji)) {
        Rule::Wordless
    } else {
        Rule::NoSign
    };
    (Intent::Neutral, rule, said.sentences.first().cloned().unwrap_or(0..0))
}

fn is_soon(said: &Said<'_>, sentence: &Range<usize>, context: &Context<'_>) -> bool {
    let reader = reader(said, context);
    let days = |date: Date| (date - reader.received).get_days();
    later_date(&reader, sentence).is_some_and(|date| days(date) <= SOON_DAYS)
}

fn first(said: &Said<'_>, list: List) -> Option<Range<usize>> {
    said.likely_hits(list).next().map(|hit| said.sentence_of(hit.words.start))
}

fn refusal(said: &Said<'_>) -> Option<Range<usize>> {
    // `Don't take me off, I am interested` has the words of a refusal.
    let refuses = |hit: &&Hit| !denial::is_part(said, &hit.words);
    let phrase = said.likely_hits(List::RefusalPhrases).find(refuses);
    phrase.map(|hit| said.sentence_of(hit.words.start)).or_else(|| alone(said, List::RefusalWords))
}

/// A sentence, or its first clause, that is one of the words with courtesy and nothing else: `No`, `Nein danke`.
fn alone(said: &Said<'_>, list: List) -> Option<Range<usize>> {
    let beside = [list, List::Courtesy, List::Greetings];
    said.sentences
        .iter()
        .find(|sentence| {
            let has = said.likely_hits(list).any(|hit| sentence.contains(&hit.words.start));
            has && said.consists_of(sentence, &beside, &[]) && !said.ends_with_question(sentence)
        })
        .cloned()
}

pub(crate) fn interest(said: &Said<'_>) -> Option<Range<usize>> {
    let shows = |hit: &&Hit| !said.is_negated(hit) && !said.sentence_has(List::InterestExcept, hit);
    let phrase =
        said.likely_hits(List::InterestPhrases).find(shows).map(|hit| said.sentence_of(hit.words.start));
    if said.likely_hits(List::InterestExcept).next().is_some() && phrase.is_none() {
        return None;
    }
    phrase.or_else(|| alone(said, List::InterestWords)).or_else(|| begins_with_yes(said))
}

/// `Yes, Tuesday at three`: the word with a sign behind it, at the beginning of a sentence.
fn begins_with_yes(said: &Said<'_>) -> Option<Range<usize>> {
    let hit = said.likely_hits(List::InterestWords).find(|hit| {
        let sentence = said.sentence_of(hit.words.start);
        let begins = sentence
            .clone()
            .take_while(|at| *at < hit.words.start)
            .all(|at| said.consists_of(&(at..at + 1), &[List::Greetings], &[]));
        let clause_ends =
            said.clauses.get(hit.words.end).is_none_or(|next| *next != said.clauses[hit.words.start]);
        let refused = said.sentence_has(List::RefusalPhrases, hit)
            || said.sentence_has(List::Negations, hit)
            || said.sentence_has(List::But, hit);
        let asks_back = said.ends_with_question(&sentence) && sentence.len() <= hit.words.len() + 1;
        begins && clause_ends && !refused && !asks_back && !said.sentence_has(List::InterestExcept, hit)
    })?;
    Some(said.sentence_of(hit.words.start))
}

fn question(said: &Said<'_>) -> Option<Range<usize>> {
    if said.words.is_empty() && said.text.trim().contains(['?', '？']) {
        return Some(0..0);
    }
    let asked = said.sentences.iter().find(|sentence| said.ends_with_question(sentence)).cloned();
    let begins =
        |hit: &&Hit| hit.words.start == said.sentence_of(hit.words.start).start || hit.words.len() >= 3;
    asked.or_else(|| {
        said.likely_hits(List::Question).find(begins).map(|hit| said.sentence_of(hit.words.start))
    })
}

//! Whether somebody wants no further messages: in the body, in the subject alone, by the automatic mail of a mail program,
//! by a word in a text.

use crate::fold::Folded;
use crate::language::languages;
use crate::lists::List;
use crate::mail::Mail;
use crate::phrase::Hit;
use crate::said::Said;
use crate::spoken::Spoken;
use crate::{Context, Kind, Rule, Understood, denial};
use std::collections::HashSet;
use std::ops::Range;

/// An opt-out in words of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub rule: Rule,
    pub sentence: String,
    /// Whether the words mean nothing else: otherwise a user is asked.
    pub is_sure: bool,
    /// Whether the text shows interest, or asks for a message later, in other words.
    pub wants: bool,
    /// Whether the words are so plain that a user is asked whatever the classifier says.
    pub is_plain: bool,
}

impl Found {
    fn sure(rule: Rule, sentence: &str) -> Self {
        Self { rule, sentence: sentence.to_owned(), is_sure: true, wants: false, is_plain: false }
    }

    pub fn understood(&self) -> Understood {
        let kind = if self.is_sure { Kind::OptOut } else { Kind::PossibleOptOut };
        Understood::new(kind, self.rule, &self.sentence)
    }
}

/// Words that may stand beside an opt-out word without changing what it says.
const BESIDE: [List; 6] = [
    List::OptOutWords,
    List::Courtesy,
    List::Greetings,
    List::SignOffs,
    List::RefusalWords,
    List::WrongPerson,
];
/// The lists of phrases that ask for no more.
const WISHES: [List; 4] = [List::OptOutPhrases, List::WishRequests, List::WishRefusals, List::WishConditions];
/// The letters from which on a word is no other one in another language.
const LONG: usize = 7;
/// The longest body whose opt-out word counts wherever it stands.
const SHORT: usize = 40;

/// The opt-out in the words of a body.
pub(crate) fn in_words(spoken: &Spoken, names: &[String], is_text: bool) -> Option<Found> {
    let said = Said::read(&spoken.body);
    if let Some(sentence) = alone(&said, names, is_text) {
        return Some(Found::sure(Rule::OptOutWord, said.text_of(&sentence)));
    }
    let keeps_some = keeps_others(&said, &(0..said.words.len()));
    if let Some(hit) = phrase(&said) {
        // What another sentence keeps may be something else: a user is asked.
        let is_sure = !languages().asks(hit.language)
            && !names_somebody(&said, hit, names)
            && !denial::is_conditional(&said, hit)
            && !keeps_some;
        let is_plain = matches!(hit.list, List::WishRequests | List::WishConditions);
        let wants = wants(&said, hit);
        let found = Found::sure(Rule::OptOutWording, said.sentence_text(hit));
        return Some(Found { is_sure, wants, is_plain, ..found });
    }
    if let Some(part) = alone_in_a_part(&said, names) {
        return Some(Found { is_sure: false, ..Found::sure(Rule::OptOutWord, part) });
    }
    if let Some(sentence) = alone_of(&said, names, &[List::OptOutPerhaps]) {
        return Some(Found { is_sure: false, ..Found::sure(Rule::OptOutWord, said.text_of(&sentence)) });
    }
    // Below the sign-off there may be a postscript, or the footer of their own newsletter.
    const LONGEST_POSTSCRIPT: usize = 10;
    const LONGEST_SIGNATURE: usize = 12;
    if keeps_some || shows_interest(&said) {
        return None;
    }
    let below = Said::read(&spoken.below);
    let of_writer = |hit: &Hit| {
        below.sentence_has(List::FirstPerson, hit)
            || below.sentence_of(hit.words.start).len() <= LONGEST_POSTSCRIPT
    };
    let written = |sentence: &str| !is_footer(sentence);
    if let Some(hit) = phrase(&below).filter(|hit| of_writer(hit) && written(below.sentence_text(hit))) {
        let is_sure = !languages().asks(hit.language);
        return Some(Found { is_sure, ..Found::sure(Rule::OptOutWording, below.sentence_text(hit)) });
    }
    // `Not for us. Thanks. STOP`
    let is_short = is_text || below.words.len() <= LONGEST_SIGNATURE;
    let sentence = alone(&below, names, is_text).filter(|_| is_short)?;
    let sentence = below.text_of(&sentence);
    written(sentence).then(|| Found::sure(Rule::OptOutWord, sentence))
}

/// `Please remove Tom from the list`: a name stands among the words of a wish, and not the writer's. Where every noun has a
/// capital none can be told.
fn names_somebody(said: &Said<'_>, wish: &Hit, names: &[String]) -> bool {
    let first = said.sentence_of(wish.words.start).start;
    let is_name = |word: &Folded| {
        let mut letters = said.text[word.start..word.end].chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
            && !names.contains(&word.text)
            && languages().phrases.atoms_of(&word.text, false).is_empty()
    };
    !languages().has_capital_nouns(wish.language)
        && wish.words.clone().filter(|at| *at != first).any(|at| is_name(&said.words[at]))
}

/// Whether a text shows interest or asks for a message later, in other words than its wish for no more: the wish may mean
/// something else.
fn wants(said: &Said<'_>, wish: &Hit) -> bool {
    let is_beside = |hit: &Hit| hit.words.end <= wish.words.start || hit.words.start >= wish.words.end;
    [List::InterestPhrases, List::Later]
        .into_iter()
        .flat_map(|list| said.likely_hits(list))
        .any(|hit| is_beside(hit) && !said.is_negated(hit))
}

fn shows_interest(said: &Said<'_>) -> bool {
    said.likely_hits(List::InterestPhrases).any(|hit| !said.is_negated(hit))
}

fn is_footer(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    [
        "http",
        "www.",
        "newsletter",
        "@",
        "click",
        "klick",
        "clic",
        "klik",
        "hier",
        "here",
        "aqui",
        "aquí",
        "qui ",
        "link",
    ]
    .iter()
    .any(|part| lower.contains(part))
}

/// A sentence that is an opt-out word with courtesy and nothing else: `Stop. Thank you`, but not `can you stop by`.
fn alone(said: &Said<'_>, names: &[String], is_text: bool) -> Option<Range<usize>> {
    let all = [List::OptOutWords, List::OptOutTextWords];
    alone_of(said, names, if is_text { &all } else { &all[..1] })
}

/// A part of a sentence, up to a comma or behind a label, that is a long opt-out word and nothing else: `Unsubscribe, I have
/// retired`, `Subject: unsubscribe`. A short one is a word of everyday life: `Basta, you have convinced me`.
fn alone_in_a_part<'t>(said: &Said<'t>, names: &[String]) -> Option<&'t str> {
    if said.words.len() > SHORT || shows_interest(said) {
        return None;
    }
    let parts = |sentence: &Range<usize>| {
        said.text_of(sentence).split([',', ':', ';', '–', '—']).flat_map(|part| part.split(" - "))
    };
    let is_word = |part: &&str| {
        part.chars().filter(|letter| letter.is_alphabetic()).count() >= LONG
            && alone(&Said::read(part), names, false).is_some()
    };
    said.sentences.iter().filter(|sentence| !said.ends_with_question(sentence)).flat_map(parts).find(is_word)
}

fn alone_of(said: &Said<'_>, names: &[String], of: &[List]) -> Option<Range<usize>> {
    let words = said.words.len();
    let count = said.sentences.len();
    let lists: Vec<List> = BESIDE.iter().chain(of).copied().collect();
    let found = said.sentences.iter().enumerate().find(|(at, sentence)| {
        let is_word = |hit: &Hit| {
            of.contains(&hit.list) && sentence.contains(&hit.words.start) && is_of_language(said, hit)
        };
        let in_place = words <= SHORT || *at <= 1 || at + 1 == count;
        said.hits.iter().any(is_word)
            && in_place
            && said.consists_of(sentence, &lists, names)
            && !said.ends_with_question(sentence)
            && !denial::denies_in(said, sentence)
    });
    let (_, sentence) = found?;
    // `Stop! That is what we need, call me`
    (!shows_interest(said)).then(|| sentence.clone())
}

/// Whether a word counts in this text: in its own language, if it is long, or if other languages have it too. `Red` is an
/// opt-out in Turkish alone.
fn is_of_language(said: &Said<'_>, hit: &Hit) -> bool {
    const SHARED: usize = 3;
    let letters: usize = said.words[hit.words.clone()].iter().map(|word| word.text.chars().count()).sum();
    let shared = || {
        let same = |other: &&Hit| other.list == List::OptOutWords && other.words == hit.words;
        said.hits.iter().filter(same).map(|other| other.language).collect::<HashSet<_>>().len() >= SHARED
    };
    said.likely & (1 << hit.language) != 0 || letters >= LONG || shared()
}

/// A phrase that asks for no more, anywhere in a sentence that does not speak of something else.
fn phrase<'s>(said: &'s Said<'_>) -> Option<&'s Hit> {
    let speaks_to_readers = |hit: &Hit| said.sentence_has(List::Footers, hit);
    // Exceptions and footers begin with a condition, too.
    let is_other =
        |hit: &Hit| is_excepted(said, hit) || hit.list != List::WishConditions && speaks_to_readers(hit);
    let keeps = |hit: &Hit| keeps_others(said, &said.sentence_of(hit.words.start));
    wishes(said).find(|hit| !is_denied(said, hit) && !is_other(hit) && !said.is_quoted(hit) && !keeps(hit))
}

/// The phrases that ask for no more, denied or not. A form counts in its own language alone: its words are many.
fn wishes<'s>(said: &'s Said<'_>) -> impl Iterator<Item = &'s Hit> {
    said.hits(List::OptOutPhrases).chain(WISHES[1..].iter().flat_map(|list| said.likely_hits(*list)))
}

/// Whether a user may be asked about a sentence that no rule calls an opt-out: not where a rule knows that its words mean
/// something else, or that others are wanted.
pub(crate) fn may_ask(said: &Said<'_>, sentence: &Range<usize>) -> bool {
    let has = |list: List| said.likely_hits(list).any(|hit| sentence.contains(&hit.words.start));
    !keeps_others(said, sentence)
        && !has(List::OptOutExcept)
        && !has(List::Footers)
        && !denial::denies_in(said, sentence)
}

/// Whether a sentence says that other messages are wanted all the same. `I do not want to keep getting them` says the
/// contrary.
fn keeps_others(said: &Said<'_>, sentence: &Range<usize>) -> bool {
    let is_denied = |hit: &Hit| {
        let denies = |no: &Hit| no.language == hit.language && hit.words.contains(&no.words.start);
        said.is_negated(hit) || said.hits(List::Negations).any(denies)
    };
    said.likely_hits(List::OptOutKeeps).any(|hit| sentence.contains(&hit.words.start) && !is_denied(hit))
}

/// Whether the wish of a text is in a language that nothing has been trained in, so that the classifier knows nothing of it.
pub(crate) fn is_untrained(said: &Said<'_>) -> bool {
    phrase(said).is_some_and(|hit| languages().asks(hit.language))
}

/// The place of the first word of a wish for no more, as a phrase or a word alone.
pub(crate) fn wish(said: &Said<'_>) -> Option<usize> {
    phrase(said).map(|hit| hit.words.start).or_else(|| Some(alone(said, &[], false)?.start))
}

/// Whether a phrase of the same language says that the sentence is about something else.
fn is_excepted(said: &Said<'_>, hit: &Hit) -> bool {
    let sentence = said.sentence_of(hit.words.start);
    // `You have the wrong address, please remove us` is about the wrong address in its other clause alone.
    let clauses = |of: &Hit| said.clauses[of.words.start]..=said.clauses[of.words.end - 1];
    let touches = |except: &Hit| {
        let (its, own) = (clauses(except), clauses(hit));
        its.start() <= own.end() && own.start() <= its.end()
    };
    // `Please write to me` is no wish, and `Please write to me no more` is one.
    let is_refused = |except: &Hit| {
        let is_outside =
            |no: &Hit| hit.words.contains(&no.words.start) && !except.words.contains(&no.words.start);
        hit.words.contains(&except.words.start)
            && except.words.end < hit.words.end
            && said.hits(List::Negations).any(|no| no.language == hit.language && is_outside(no))
    };
    let is_except = |except: &Hit| {
        sentence.contains(&except.words.start)
            && (hit.list != List::WishRequests || touches(except))
            && !is_refused(except)
    };
    let excepts = said.hits(List::OptOutExcept).filter(|except| except.language == hit.language);
    let excepts = excepts.filter(|except| !denial::is_of_another_clause(said, except, hit));
    hit.list != List::WishConditions && excepts.chain(said.likely_hits(List::WishExcept)).any(is_except)
        || is_about_others(said, hit, &sentence)
}

/// `We want to stop calling our customers`: somebody else is named close by, the writer is not named in the phrase.
fn is_about_others(said: &Said<'_>, hit: &Hit, sentence: &Range<usize>) -> bool {
    const NEAR: usize = 12;
    let near =
        hit.words.start.saturating_sub(NEAR).max(sentence.start)..(hit.words.end + NEAR).min(sentence.end);
    let of_language = |list: List, range: &Range<usize>| {
        let in_range = |other: &&Hit| other.language == hit.language && range.contains(&other.words.start);
        said.hits(list).filter(in_range).collect::<Vec<_>>()
    };
    // Who is named in a clause behind the wish is the reason for it: `this address is for customers`.
    let before = |other: &&Hit| {
        other.words.start < hit.words.end
            || said.clauses[other.words.start] == said.clauses[hit.words.end - 1]
    };
    of_language(List::ThirdParties, &near).iter().any(before)
        && of_language(List::FirstPerson, &hit.words).is_empty()
}

/// Whether a text asks for no more, as a phrase or a word alone.
pub(crate) fn asks(said: &Said<'_>) -> bool {
    wish(said).is_some()
}

/// Whether a text has the words of a wish, whatever it says with them.
pub(crate) fn has_wish(said: &Said<'_>) -> bool {
    wishes(said).next().is_some()
}

/// Whether a text has the words of an opt-out and denies them.
pub(crate) fn denies(said: &Said<'_>) -> bool {
    wishes(said).chain(said.hits(List::OptOutWords)).any(|hit| is_denied(said, hit))
        || denial::denies_in(said, &(0..said.words.len()))
}

/// `don't remove me`, `I would not say stop writing to me`.
fn is_denied(said: &Said<'_>, hit: &Hit) -> bool {
    // `If you do not remove me` is a threat and no denial.
    if hit.list != List::WishConditions && denial::denies(said, hit) {
        return true;
    }
    let is_request = hit.list == List::WishRequests;
    let within = |no: &Hit| hit.words.contains(&no.words.start);
    said.hits(List::Negations).filter(|no| no.language == hit.language).any(|no| {
        let behind = languages().negation_follows(hit.language) && no.words.start == hit.words.end;
        let same_clause = said.clauses[no.words.start] == said.clauses[hit.words.start];
        if is_request && (within(no) || behind && same_clause) {
            return true;
        }
        no.words.end <= hit.words.start
            && hit.words.start - no.words.end <= 1
            && said.clauses[no.words.start] == said.clauses[hit.words.start]
            && said.sentence_of(no.words.start).contains(&hit.words.start)
    })
}

/// The opt-out in the subject alone. What stands under it may be empty, a signature, or a mail program's line; if it is an
/// answer that wants something, the subject is only a subject.
pub(crate) fn in_subject(
    mail: &Mail,
    body: &Said<'_>,
    context: &Context<'_>,
    names: &[String],
) -> Option<Found> {
    let ours = context
        .ours
        .iter()
        .map(|ours| ours.subject.trim().to_lowercase())
        .filter(|subject| !subject.is_empty());
    let mut subject = mail.subject.clone();
    for known in ours {
        if let Some(at) = subject
            .to_lowercase()
            .find(&known)
            .filter(|at| subject.is_char_boundary(*at) && subject.is_char_boundary(*at + known.len()))
        {
            subject.replace_range(at..at + known.len(), " - ");
        }
    }
    if shows_interest(body) || body.words.len() > 60 {
        return None;
    }
    segments(&subject).into_iter().find_map(|segment| {
        let said = Said::read(segment);
        let whole = 0..said.words.len();
        let lists = [List::OptOutWords, List::Courtesy];
        let is_word = said.has(List::OptOutWords)
            && said.consists_of(&whole, &lists, names)
            && !segment.trim_end().ends_with('?');
        (is_word || phrase(&said).is_some()).then(|| Found::sure(Rule::OptOutSubject, &mail.subject))
    })
}

fn segments(subject: &str) -> Vec<&str> {
    subject
        .split([':', '|', '–', '—', '：'])
        .flat_map(|part| part.split(" - "))
        .filter(|part| !part.trim().is_empty())
        .collect()
}

/// The mail that a mail program sends when somebody presses its unsubscribe button.
pub(crate) fn by_client(mail: &Mail, text: &str) -> Option<Found> {
    let said = Said::read(text);
    let subject = Said::read(&mail.subject);
    let subject_says = subject.has(List::OptOutWords) && subject.words.len() <= 4;
    // The footer of their own newsletter has such a sentence below other words.
    const LONGEST: usize = 40;
    // A link is for the footer's readers; a mail program has none to give.
    let is_of_footer =
        |hit: &Hit| said.sentence_has(List::Footers, hit) || said.sentence_text(hit).contains("http");
    let of_client = |hit: &&Hit| said.words.len() <= LONGEST && (!is_of_footer(hit) || subject_says);
    if let Some(hit) = said.hits(List::OptOutClients).find(of_client) {
        // Gmail's line says only that it was made by Gmail.
        let says_it = said.sentence_text(hit).to_lowercase().contains("unsub")
            || said.sentences.len() > 1
            || subject_says;
        return says_it.then(|| Found::sure(Rule::MailClientUnsubscribe, said.sentence_text(hit)));
    }
    let is_for_it = |address: &String| {
        let local = address.split('@').next().unwrap_or_default().to_lowercase();
        local.contains("unsubscribe") || local.contains("unsub+") || local.contains("+unsub")
    };
    (mail.to.iter().any(is_for_it) && said.words.len() <= 60)
        .then(|| Found::sure(Rule::MailClientUnsubscribe, &mail.subject))
}

//! Puts rules and classifier together. A rule's hit decides, unless the classifier is sure that it misled; where no rule
//! knows, the classifier decides if it is sure enough. The bounds were chosen by reading sentences that it was not trained
//! on (`training.rs`), so that what is called an opt-out or a yes is one.

use crate::fold::is_unspaced;
use crate::lists::List;
use crate::model::{
    ANGRY, CLASSES, INTERESTED, MACHINE, NEUTRAL, NOT_INTERESTED, OPT_OUT, Odds, QUESTION, RuleSays,
    class_of, odds,
};
use crate::opt_out::Found;
use crate::said::Said;
use crate::{Context, Intent, Kind, Rule, Understood, intent, opt_out};
use std::ops::Range;

/// An opt-out by a phrase is none below, if the classifier knows better.
const OPT_OUT_DENIED: f32 = 0.20;
/// It lists somebody from here; below, a user is asked.
const OPT_OUT_LISTED: f32 = 0.80;
/// The same of a sentence that is a question: a product can be asked about lists, too.
const OPT_OUT_LISTED_OF_A_QUESTION: f32 = 0.95;
/// The same of a text that shows interest, too.
const OPT_OUT_LISTED_BESIDE_INTEREST: f32 = 0.97;
/// What no rule calls an opt-out is one from here.
const OPT_OUT_SURE: f32 = 0.62;
/// The same where a rule knows another meaning, such as a wish for later.
const OPT_OUT_SURE_AGAINST_A_RULE: f32 = 0.70;
/// The same where others are named, such as customers, or a rule found that the words mean something else.
const OPT_OUT_SURE_OF_OTHERS: f32 = 0.90;
/// A text is an opt-out if one of its sentences is one by itself from here, whatever the others say.
const OPT_OUT_SURE_OF_A_SENTENCE: f32 = 0.95;
/// The most sentences that are read by themselves.
const MOST_SENTENCES: usize = 20;
/// The same of a text that the words of an absence note, a notice of departure or a challenge are in, too.
const OPT_OUT_SURE_AGAINST_A_MACHINE: f32 = 0.90;
/// What a person's habits show in (our mail below, a greeting by name) is a machine's from here; other texts from there.
const MACHINE_SURE_OF_AN_ANSWER: f32 = 0.90;
const MACHINE_SURE: f32 = 0.70;
const INTEREST_DENIED: f32 = 0.45;
const INTEREST_SURE: f32 = 0.70;
/// Any other meaning, where no rule knows one.
const SURE: f32 = 0.25;
/// The same where a rule says another, and of a refusal, which counts against the message that it answers.
const SURER: f32 = 0.45;

/// What the classifier makes of a wish that a phrase told: none, one to ask about, or one. A wish that stands clearly in a
/// sentence of its own is none the less for what is said around it.
pub(crate) fn weighed(wish: Found, body: &Said<'_>, is_text: bool) -> Option<Found> {
    if wish.rule != Rule::OptOutWording {
        return Some(wish);
    }
    let own = Said::read(&wish.sentence);
    let body = if body.text.contains(&wish.sentence) { body } else { &own };
    let says = RuleSays { class: OPT_OUT, rule: wish.rule };
    let odds_of = |said: &Said<'_>| odds(said, 0..said.words.len(), says, is_text)[OPT_OUT];
    let (by_all, by_itself) = (odds_of(body), odds_of(&own));
    let shows_interest = intent::interest(body).is_some();
    // Of scripts without blanks the classifier knows too little to deny a phrase.
    let may_deny =
        (shows_interest || !wish.is_plain) && !is_unspaced(&wish.sentence) && !opt_out::is_untrained(&own);
    // What stands around a wish makes it none no more than it makes one.
    if may_deny && by_itself < OPT_OUT_DENIED {
        return None;
    }
    let least = match wish.wants {
        true => OPT_OUT_LISTED_BESIDE_INTEREST,
        false if is_question(body, &wish.sentence) => OPT_OUT_LISTED_OF_A_QUESTION,
        false => OPT_OUT_LISTED,
    };
    // Who also shows interest may speak of a wish that they had: a user is asked.
    let odds = if shows_interest { by_all } else { by_all.max(by_itself) };
    Some(Found { is_sure: wish.is_sure && odds >= least, ..wish })
}

fn is_question(body: &Said<'_>, sentence: &str) -> bool {
    body.sentences.iter().any(|range| body.text_of(range) == sentence && body.ends_with_question(range))
}

/// What a person wants, by the rules and then by the classifier.
pub(crate) fn person(body: &Said<'_>, from: &str, is_text: bool, context: &Context<'_>) -> Understood {
    let by_rule = intent::person(body, from, context);
    if body.is_empty() {
        return by_rule;
    }
    let says = RuleSays { class: class_of(by_rule.kind, by_rule.intent), rule: by_rule.rule };
    let all = odds(body, 0..body.words.len(), says, is_text);
    let mut class = decided(says.class, &all, is_of_others(body));
    let may_hide_one = class != OPT_OUT && class != INTERESTED;
    let alone = may_hide_one.then(|| surest_opt_out(body, is_text, context)).flatten();
    let alone = alone.filter(|(_, odds)| *odds >= OPT_OUT_SURE_OF_A_SENTENCE).map(|(sentence, _)| sentence);
    if alone.is_some() {
        class = OPT_OUT;
    }
    if class == says.class || asks_about_words(&by_rule, CLASSES[class].1, body) {
        return by_rule;
    }
    let sentence = alone.unwrap_or_else(|| telling_sentence(body, class, says, is_text));
    if class == OPT_OUT && !opt_out::may_ask(body, &sentence) {
        return by_rule;
    }
    let (kind, intent) = CLASSES[class];
    let mut found = Understood::new(kind, Rule::Model, body.text_of(&sentence));
    found.intent = intent;
    if kind == Kind::Person {
        intent::add_details(&mut found, body, &sentence, from, context);
    }
    found
}

/// Whether a text ends with a question about what somebody else wrote: the time that it names is theirs.
fn asks_about_words(by_rule: &Understood, by_model: Option<Intent>, body: &Said<'_>) -> bool {
    let last = body.sentences.last().cloned().unwrap_or(0..0);
    by_rule.intent == Some(Intent::Question)
        && by_model == Some(Intent::Later)
        && body.has(List::Attributions)
        && body.ends_with_question(&last)
        && !body.likely_hits(List::Later).any(|hit| last.contains(&hit.words.start))
}

/// The opt-out that the classifier is surest of, in words that may look like a machine's.
pub(crate) fn clear_opt_out(body: &Said<'_>, is_text: bool, context: &Context<'_>) -> Option<Understood> {
    let (says, all) = read(body, is_text, context);
    let sentence = if all[OPT_OUT] >= OPT_OUT_SURE_AGAINST_A_MACHINE {
        telling_sentence(body, OPT_OUT, says, is_text)
    } else {
        surest_opt_out(body, is_text, context)
            .filter(|(_, odds)| *odds >= OPT_OUT_SURE_OF_A_SENTENCE)
            .map(|(sentence, _)| sentence)?
    };
    opt_out::may_ask(body, &sentence)
        .then(|| Understood::new(Kind::PossibleOptOut, Rule::Model, body.text_of(&sentence)))
}

/// Whether the classifier holds a text for a machine's.
pub(crate) fn is_by_a_machine(
    body: &Said<'_>,
    looks_personal: bool,
    is_text: bool,
    context: &Context<'_>,
) -> bool {
    let (_, all) = read(body, is_text, context);
    all[MACHINE] >= if looks_personal { MACHINE_SURE_OF_AN_ANSWER } else { MACHINE_SURE }
}

fn read(body: &Said<'_>, is_text: bool, context: &Context<'_>) -> (RuleSays, Odds) {
    let by_rule = intent::person(body, "", context);
    let says = RuleSays { class: class_of(by_rule.kind, by_rule.intent), rule: by_rule.rule };
    (says, odds(body, 0..body.words.len(), says, is_text))
}

/// The class that holds after both have spoken.
pub(crate) fn decided(by_rule: usize, odds: &Odds, of_others: bool) -> usize {
    let sure = match by_rule {
        _ if of_others => OPT_OUT_SURE_OF_OTHERS,
        NEUTRAL | QUESTION => OPT_OUT_SURE,
        _ => OPT_OUT_SURE_AGAINST_A_RULE,
    };
    if odds[OPT_OUT] >= sure {
        return OPT_OUT;
    }
    let best = (1..MACHINE).max_by(|a, b| odds[*a].total_cmp(&odds[*b])).unwrap_or(NEUTRAL);
    let least = match (best, by_rule) {
        (INTERESTED, _) => INTEREST_SURE,
        (NOT_INTERESTED | ANGRY, _) => SURER,
        (_, NEUTRAL) => SURE,
        _ => SURER,
    };
    if odds[best] >= least {
        return best;
    }
    if by_rule == INTERESTED && odds[INTERESTED] < INTEREST_DENIED { NEUTRAL } else { by_rule }
}

/// Whether an opt-out that no rule told would rather be somebody else's, or none: `our customers want no more mail`,
/// `don't take me off`.
pub(crate) fn is_of_others(body: &Said<'_>) -> bool {
    [List::ThirdParties, List::OptOutExcept].into_iter().any(|list| body.likely_hits(list).next().is_some())
        || opt_out::denies(body)
}

/// The sentence that is most clearly an opt-out where it is read by itself, and how clearly, of a text of several. Sentences
/// that speak of others are left out.
pub(crate) fn surest_opt_out(
    body: &Said<'_>,
    is_text: bool,
    context: &Context<'_>,
) -> Option<(Range<usize>, f32)> {
    if body.sentences.len() < 2 {
        return None;
    }
    let rated = body.sentences.iter().take(MOST_SENTENCES).filter_map(|sentence| {
        let one = Said::read(body.text_of(sentence));
        if one.is_empty() || is_of_others(&one) {
            return None;
        }
        let odds = if opt_out::asks(&one) {
            let says = RuleSays { class: OPT_OUT, rule: Rule::OptOutWording };
            odds(&one, 0..one.words.len(), says, is_text)
        } else {
            read(&one, is_text, context).1
        };
        Some((sentence.clone(), odds[OPT_OUT]))
    });
    rated.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The sentence that says it most clearly.
fn telling_sentence(body: &Said<'_>, class: usize, says: RuleSays, is_text: bool) -> Range<usize> {
    const MOST: usize = 12;
    let clarity = |sentence: &Range<usize>| odds(body, sentence.clone(), says, is_text)[class];
    let rated = body.sentences.iter().take(MOST).map(|sentence| (clarity(sentence), sentence));
    rated.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0..0, |(_, sentence)| sentence.clone())
}

//! A linear classifier behind the rules, for what people say in words that no list has.
//!
//! A text becomes features: its words, pairs of words, the letters within words, whether it asks, and what the rules found
//! in it. Each is a hash of twenty bits. `model.bin` holds the features that tell something, sorted by hash, so that the
//! first twelve bits are a place in a table of where they begin, and eight bits are written with each; then follow its
//! weights in four bits a class. The weights of a feature sum to zero, therefore the last class has none written. The
//! sums of the weights of a text, one a class, become probabilities (softmax). `training.rs` makes the file from the
//! sentences in `training/` and from the corpus, the same byte for byte each time.

use crate::fold::is_emoji;
use crate::lists::List;
use crate::said::Said;
use crate::{Intent, Kind, Rule, opt_out};
use std::ops::Range;

/// What a text may be read as, in the order of the weights.
pub(crate) const CLASSES: [(Kind, Option<Intent>); 11] = [
    (Kind::PossibleOptOut, None),
    (Kind::Person, Some(Intent::Interested)),
    (Kind::Person, Some(Intent::Later)),
    (Kind::Person, Some(Intent::Question)),
    (Kind::Person, Some(Intent::NotNow)),
    (Kind::Person, Some(Intent::Referral)),
    (Kind::Person, Some(Intent::NotInterested)),
    (Kind::Person, Some(Intent::WrongPerson)),
    (Kind::Person, Some(Intent::Angry)),
    (Kind::Person, Some(Intent::Neutral)),
    // All that a machine writes.
    (Kind::AutoAcknowledgement, None),
];
pub(crate) const OPT_OUT: usize = 0;
pub(crate) const INTERESTED: usize = 1;
pub(crate) const QUESTION: usize = 3;
pub(crate) const NOT_INTERESTED: usize = 6;
pub(crate) const ANGRY: usize = 8;
pub(crate) const NEUTRAL: usize = 9;
pub(crate) const MACHINE: usize = 10;

/// The probability of each class.
pub(crate) type Odds = [f32; CLASSES.len()];

/// The words of a text that are looked at; an answer says what it wants before.
const MOST_WORDS: usize = 90;
/// The bits of a hash that are the place in the table, and those written with each feature.
const PLACE_BITS: usize = 12;
const REST_BITS: usize = 8;
const PLACES: usize = 1 << PLACE_BITS;
const WEIGHT_BITS: usize = 4;
/// The largest weight as it is written; the smallest is its negative.
pub(crate) const MOST_WEIGHT: i8 = 7;
const WRITTEN: usize = CLASSES.len() - 1;
const ENTRY: usize = (REST_BITS + WRITTEN * WEIGHT_BITS) / 8;
/// The scale of the weights and one bias a class, then the table.
const NUMBERS: usize = 4 * (1 + CLASSES.len());
const HEAD: usize = NUMBERS + 2 * (PLACES + 1);

static FILE: &[u8] = include_bytes!("model.bin");

/// What the rules made of the text, as a class, and the rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleSays {
    pub class: usize,
    pub rule: Rule,
}

pub(crate) fn class_of(kind: Kind, intent: Option<Intent>) -> usize {
    CLASSES.iter().position(|class| *class == (kind, intent)).unwrap_or(MACHINE)
}

/// Reads a range of words of a text.
pub(crate) fn odds(said: &Said<'_>, range: Range<usize>, rules: RuleSays, is_text: bool) -> Odds {
    odds_with(FILE, &features(said, range, rules, is_text))
}

pub(crate) fn odds_with(file: &[u8], features: &[u32]) -> Odds {
    let (head, entries) = file.split_at(HEAD.min(file.len()));
    let number = |at: usize| {
        head.get(at * 4..at * 4 + 4).map_or(0.0, |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    };
    let scale = number(0) / length(features.len());
    let mut sums: Odds = std::array::from_fn(|class| number(class + 1));
    let (entries, _) = entries.as_chunks::<ENTRY>();
    for feature in features {
        let Some(entry) = entry_of(head, entries, *feature) else { continue };
        for (sum, weight) in sums.iter_mut().zip(unpacked(entry)) {
            *sum += f32::from(weight) * scale;
        }
    }
    softmax(sums)
}

fn entry_of<'f>(head: &[u8], entries: &'f [[u8; ENTRY]], feature: u32) -> Option<&'f [u8; ENTRY]> {
    let place = NUMBERS + 2 * (feature >> REST_BITS) as usize;
    let begin = |at: usize| head.get(at..at + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let range = begin(place)?..begin(place + 2)?;
    let rest = feature.to_le_bytes()[0];
    entries.get(range)?.iter().find(|entry| entry[0] == rest)
}

/// The table of where the features of each place begin, then each feature with its weights.
#[cfg(test)]
pub(crate) fn packed(weights: &[(u32, [i8; CLASSES.len()])]) -> Vec<u8> {
    let begin =
        |place: usize| weights.partition_point(|(feature, _)| ((feature >> REST_BITS) as usize) < place);
    let mut file: Vec<u8> =
        (0..=PLACES).flat_map(|place| u16::try_from(begin(place)).unwrap().to_le_bytes()).collect();
    for (feature, weights) in weights {
        let bits = weights[..WRITTEN].iter().rev().fold(0_u64, |bits, weight| {
            bits << WEIGHT_BITS | u64::from((weight + MOST_WEIGHT).cast_unsigned())
        });
        file.push(feature.to_le_bytes()[0]);
        file.extend(&bits.to_le_bytes()[..ENTRY - 1]);
    }
    file
}

fn unpacked(entry: &[u8; ENTRY]) -> [i8; CLASSES.len()] {
    let mut bytes = [0; 8];
    bytes[..ENTRY - 1].copy_from_slice(&entry[1..]);
    let bits = u64::from_le_bytes(bytes);
    let mut weights = [0; CLASSES.len()];
    for (class, weight) in weights[..WRITTEN].iter_mut().enumerate() {
        let written = bits >> (class * WEIGHT_BITS) & ((1 << WEIGHT_BITS) - 1);
        *weight = i8::try_from(written).unwrap_or(0) - MOST_WEIGHT;
    }
    weights[WRITTEN] = -weights[..WRITTEN].iter().sum::<i8>();
    weights
}

/// The length of a vector of so many features, so that a long text weighs no more than a short one.
pub(crate) fn length(features: usize) -> f32 {
    (features.max(1) as f32).sqrt()
}

pub(crate) fn softmax(sums: Odds) -> Odds {
    let most = sums.iter().copied().fold(f32::MIN, f32::max);
    let raised = sums.map(|sum| exp(sum - most));
    let total: f32 = raised.iter().sum();
    raised.map(|one| one / total)
}

/// The exponential of a number that is not positive, by multiplication alone: the same on every machine.
fn exp(x: f32) -> f32 {
    const HALVINGS: i32 = 10;
    let small = x.max(-40.0) / 1024.0;
    let mut power = 1.0 + small + small * small / 2.0 + small * small * small / 6.0;
    for _ in 0..HALVINGS {
        power *= power;
    }
    power
}

/// The hashed features of a range of words, sorted, each once.
pub(crate) fn features(said: &Said<'_>, range: Range<usize>, rules: RuleSays, is_text: bool) -> Vec<u32> {
    let mut out = Vec::with_capacity(1_000);
    let range = range.start..range.end.min(range.start + MOST_WORDS);
    let words: Vec<String> = said.words[range.clone()].iter().map(|word| shape(&word.text)).collect();
    let at = |at: usize| words.get(at).map_or("$", String::as_str);
    out.push(hash(&["^", at(0)]));
    out.push(hash(&["^", at(0), at(1)]));
    for (number, word) in words.iter().enumerate() {
        out.push(hash(&["w", word]));
        out.push(hash(&["w", word, at(number + 1)]));
        letters(word, &mut out);
    }
    let size = ["1", "2", "4", "8", "16", "32"][words.len().max(1).ilog2().min(5) as usize];
    out.push(hash(&["size", size]));
    out.push(hash(&["size", size, if is_text { "text" } else { "mail" }]));
    let asks = said
        .sentences
        .iter()
        .any(|one| one.start < range.end && one.end > range.start && said.ends_with_question(one));
    let last = said.sentences.iter().rfind(|one| one.start < range.end);
    if asks {
        out.push(hash(&["asks"]));
        out.push(hash(&["asks", size]));
    }
    if last.is_some_and(|last| said.ends_with_question(last)) {
        out.push(hash(&["asks at last"]));
    }
    for hit in said.hits.iter().filter(|hit| range.contains(&hit.words.start) && tells(hit.list)) {
        let negated = if said.is_negated(hit) { "not" } else { "" };
        out.push(hash(&["list", list_name(hit.list), negated]));
    }
    if rules.class != OPT_OUT && opt_out::has_wish(said) {
        out.push(hash(&["no opt-out by rule"]));
        out.push(hash(&["no opt-out by rule", "2"]));
    }
    // The rule counts more than one word does.
    for times in ["1", "2"] {
        out.push(hash(&["rule", rules.rule.code(), times]));
        out.push(hash(&["class", &rules.class.to_string(), times]));
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn tells(list: List) -> bool {
    list >= List::Negations && list <= List::AbsenceSigns
}

fn list_name(list: List) -> &'static str {
    List::ALL.iter().find(|(one, _)| *one == list).map_or("", |(_, name)| name)
}

/// Numbers count by their length.
fn shape(word: &str) -> String {
    word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).take(24).collect()
}

/// The groups of three to five letters of a word with its edges.
fn letters(word: &str, out: &mut Vec<u32>) {
    if word.chars().any(is_emoji) {
        return;
    }
    let edged: Vec<char> = std::iter::once('<').chain(word.chars()).chain(std::iter::once('>')).collect();
    for size in 3..=5 {
        for group in edged.windows(size) {
            let group: String = group.iter().collect();
            out.push(hash(&["l", &group]));
        }
    }
}

/// FNV-1a, folded to twenty bits.
fn hash(parts: &[&str]) -> u32 {
    const BITS: usize = PLACE_BITS + REST_BITS;
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let folded = hash ^ (hash >> BITS) ^ (hash >> (2 * BITS));
    u32::try_from(folded & ((1 << BITS) - 1)).unwrap_or(0)
}

//! Makes `model.bin`: reads sentences of known meaning, fits the weights, keeps the features that tell most, and writes
//! them in bytes. Everything is done in a fixed order with plain arithmetic, so that the same sentences give the same file.
//!
//! `cargo test -p understanding model` writes the file where it differs from what the sentences give.
//!
//! `training/answers/<language>.txt` has answers as people write them below the line of their meaning. They were written by
//! somebody who did not write the rules, and most speak of lists, ends and deletions, whatever they want.
//!
//! `training/<language>.txt` has a meaning in a line of its own (`# opt_out`) and below it sentences of that meaning, one
//! a line; `(a|b|)` stands for each of its parts, and a line gives [`MOST_OF_A_LINE`] sentences at most.

use crate::model::{
    CLASSES, INTERESTED, MOST_WEIGHT, NEUTRAL, OPT_OUT, Odds, QUESTION, RuleSays, class_of, features, length,
    packed, softmax,
};
use crate::said::Said;
use crate::spoken::spoken;
use crate::tests::{read, reply, said, with_context};
use crate::{Intent, Kind, Rule, TextChannel, intent, opt_out, verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const MOST_OF_A_LINE: usize = 8;
const MOST_FEATURES: usize = 48_600;
const ROUNDS: usize = 14;
const DECAY: f32 = 1e-4;
/// Weights above so many times the root of their mean square are cut.
const CUT: f32 = 4.0;
/// A sentence of the corpus counts as much as so many that were made by patterns.
const CORPUS: f32 = 2.0;

/// An interested answer of `training/answers` counts as so many others, because it has fewer of them than life.
const RARE_INTEREST: f32 = 2.0;

/// What stands around the words of every third sentence, so that it tells nothing.
const AROUND: [(&str, &str); 12] = [
    ("Hi Ada,", "Kind regards\nMorgan Hale\nTel. +44 20 7946 0011"),
    ("Guten Tag Frau Park,", "Mit freundlichen Grüßen\nJonas Brandt\nGeschäftsführer, Tel. 030 901820"),
    ("Bonjour,", "Cordialement\nÉlise Morel\n+33 1 99 00 12 34"),
    ("Hola Ada:", "Un saludo\nLucía Robles\nAdministración"),
    ("Buongiorno,", "Cordiali saluti\nMarta Ferri\nVia Roma 12, Torino"),
    ("Olá, bom dia", "Cumprimentos\nRui Sampaio"),
    ("Beste mevrouw,", "Met vriendelijke groet\nSanne Visser\nwww.firma.example"),
    ("Dzień dobry,", "Pozdrawiam\nEwa Sikora\ntel. 22 555 01 02"),
    ("Dobrý den,", "S pozdravem\nIng. Karel Dvořák"),
    ("Merhaba,", "İyi çalışmalar\nSelin Aydın"),
    ("Hej!", "Vänliga hälsningar\nBritta Ek\nVD"),
    ("Kære Ada", "Venlig hilsen\nMette Krogh"),
];

#[derive(Debug, Clone)]
struct Example {
    features: Vec<u32>,
    class: usize,
    weight: f32,
}

pub(crate) fn crate_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The sentences of a pattern: each part of the first group with each of the next, then every so manieth of them.
pub(crate) fn expanded(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('(') {
        let (group, after) = behind.split_once(')').expect("a group ends");
        all = all
            .iter()
            .flat_map(|start| group.split('|').map(move |part| format!("{start}{before}{part}")))
            .collect();
        rest = after;
    }
    let all: Vec<String> = all
        .iter()
        .map(|start| format!("{start}{rest}").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    if all.len() <= MOST_OF_A_LINE {
        return all;
    }
    // A step without a common divisor goes through all parts of all groups.
    let step = (all.len() / MOST_OF_A_LINE..).find(|step| gcd(*step, all.len()) == 1).unwrap_or(1);
    (0..MOST_OF_A_LINE).map(|number| all[number * step % all.len()].clone()).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn class_named(name: &str) -> Option<usize> {
    let class = match (Kind::from_code(name), Intent::from_code(name)) {
        (_, Some(intent)) => class_of(Kind::Person, Some(intent)),
        (Some(Kind::OptOut | Kind::PossibleOptOut), _) => OPT_OUT,
        (Some(Kind::Person | Kind::Reaction | Kind::Bounce | Kind::Complaint | Kind::Calendar), _) => {
            return None;
        }
        (Some(_), _) => class_of(Kind::AutoAcknowledgement, None),
        (None, None) => return None,
    };
    Some(class)
}

fn example(text: &str, is_text: bool, class: usize, weight: f32) -> Example {
    let (features, ..) = seen(text, is_text);
    Example { features, class, weight }
}

/// The features of a text, what the rules make of it, and whether it speaks of others.
fn seen(text: &str, is_text: bool) -> (Vec<u32>, RuleSays, bool) {
    with_context(|context| {
        let spoken = spoken(text, context);
        let said = Said::read(&spoken.body);
        let rules = match opt_out::in_words(&spoken, &[], is_text) {
            Some(wish) => RuleSays { class: OPT_OUT, rule: wish.rule },
            None => {
                let found = intent::person(&said, "", context);
                RuleSays { class: class_of(found.kind, found.intent), rule: found.rule }
            }
        };
        (features(&said, 0..said.words.len(), rules, is_text), rules, verdict::is_of_others(&said))
    })
}

/// The patterns of the training folder, each with its class.
fn pattern_lines() -> Vec<(usize, String)> {
    lines_of("training")
}

/// The lines of a folder's files, each with its class.
fn lines_of(folder: &str) -> Vec<(usize, String)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(crate_folder().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let mut class = None;
        for line in fs::read_to_string(&file).unwrap().lines().map(str::trim).filter(|line| !line.is_empty())
        {
            if let Some(name) = line.strip_prefix("# ") {
                class = Some(class_named(name).unwrap_or_else(|| panic!("{name}: no such meaning")));
                continue;
            }
            all.push((class.expect("a meaning comes first"), line.to_owned()));
        }
    }
    all
}

/// The sentences of the training folder.
fn from_patterns() -> Vec<Example> {
    let mut all = Vec::new();
    for (class, line) in pattern_lines() {
        for text in expanded(&line) {
            let number = all.len();
            if number % 3 == 1 {
                let (before, behind) = AROUND[number / 3 % AROUND.len()];
                all.push(example(&format!("{before}\n\n{text}\n\n{behind}"), false, class, 1.0));
            } else {
                all.push(example(&text, number % 3 == 0, class, 1.0));
            }
        }
    }
    all
}

/// The answers of the training folder, every third as a text.
fn from_answers() -> Vec<Example> {
    let lines = lines_of("training/answers").into_iter().enumerate();
    let weight = |class| if class == INTERESTED { CORPUS * RARE_INTEREST } else { CORPUS };
    lines.map(|(number, (class, line))| example(&line, number % 3 == 0, class, weight(class))).collect()
}

#[derive(Debug)]
struct Known {
    channel: String,
    text: String,
    want: String,
}

/// The sentences of the corpus.
fn corpus() -> Vec<Known> {
    let folder = crate_folder().join("../../infra/bench/understanding/known/sentences");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let known: Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| known[name].as_str().map(str::to_owned);
            all.push(Known {
                channel: field("channel").unwrap(),
                text: field("text").unwrap(),
                want: field("intent").or(field("kind")).unwrap(),
            });
        }
    }
    all
}

fn examples_of_corpus(known: &[Known]) -> Vec<Example> {
    known
        .iter()
        .filter_map(|known| {
            Some(example(&known.text, known.channel != "mail", class_named(&known.want)?, CORPUS))
        })
        .collect()
}

/// The sentences of the stream's development half, their gaps filled: what its writer wants is known, what else it may be is
/// told by the rules.
fn from_stream() -> Vec<Example> {
    let stream = crate_folder().join("../../infra/answer_stream");
    let mut files: Vec<PathBuf> =
        fs::read_dir(stream.join("frames")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for frame in files {
        let gaps = fs::read_to_string(&frame).unwrap();
        let sentences =
            fs::read_to_string(stream.join("development").join(frame.file_name().unwrap())).unwrap();
        for (code, words) in sentences.lines().filter_map(|line| line.split_once(' ')) {
            let wants = match &code[..1] {
                "x" => Some(OPT_OUT),
                "y" => Some(INTERESTED),
                "o" => None,
                _ => continue,
            };
            let is_text = code.contains('t');
            let text = filled(words, &gaps, all.len());
            let (_, rules, _) = seen(&text, is_text);
            let class = wants.unwrap_or(match rules.class {
                OPT_OUT if text.contains(['?', '？']) => QUESTION,
                OPT_OUT | INTERESTED => NEUTRAL,
                class => class,
            });
            all.push(example(&text, is_text, class, CORPUS));
        }
    }
    all
}

/// The words with one of its choices in each gap.
fn filled(words: &str, gaps: &str, number: usize) -> String {
    let mut text = words.replace("{n}", &(2 + number % 38).to_string());
    for (gap, choices) in gaps.lines().filter_map(|line| line.split_once(" = ")) {
        let choices: Vec<&str> = choices.split(" | ").collect();
        text = text.replace(&format!("{{{gap}}}"), choices[number % choices.len()]);
    }
    text
}

type Weights = BTreeMap<u32, Odds>;

/// Multinomial logistic regression by stochastic descent with a step for each weight (`AdaGrad`).
fn fit(examples: &[Example], kept: Option<&Weights>) -> (Weights, Odds) {
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for feature in examples.iter().flat_map(|one| &one.features) {
        *counts.entry(*feature).or_default() += 1;
    }
    for (feature, count) in &counts {
        if kept.map_or(*count >= 2, |kept| kept.contains_key(feature)) {
            places.insert(*feature, places.len());
        }
    }
    let rows: Vec<(Vec<usize>, f32, usize, f32)> = examples
        .iter()
        .map(|one| {
            let row = one.features.iter().filter_map(|feature| places.get(feature).copied()).collect();
            (row, 1.0 / length(one.features.len()), one.class, one.weight)
        })
        .collect();
    let mut weights = vec![[0.0_f32; CLASSES.len()]; places.len()];
    let mut squares = vec![[1e-4_f32; CLASSES.len()]; places.len()];
    let mut bias = [0.0_f32; CLASSES.len()];
    // The mean of the weights after each of the later rounds is steadier than the last ones.
    let mut mean = weights.clone();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = 88_172_645_463_325_252_u64;
    for round in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(at, usize::try_from(random % (at as u64 + 1)).unwrap());
        }
        let step = if round * 2 < ROUNDS { 0.5 } else { 0.25 };
        for at in &order {
            let (row, size, class, weight) = &rows[*at];
            let mut sums = bias;
            for place in row {
                for (sum, one) in sums.iter_mut().zip(&weights[*place]) {
                    *sum += one * size;
                }
            }
            let mut slope = softmax(sums);
            slope[*class] -= 1.0;
            for (bias, slope) in bias.iter_mut().zip(&slope) {
                *bias -= 0.002 * slope * weight;
            }
            for place in row {
                let (weights, squares) = (&mut weights[*place], &mut squares[*place]);
                for class in 0..CLASSES.len() {
                    let slope = slope[class] * size * weight + DECAY * weights[class];
                    squares[class] += slope * slope;
                    weights[class] -= step * slope / squares[class].sqrt();
                }
            }
        }
        if round * 2 >= ROUNDS {
            for (mean, one) in mean.iter_mut().flatten().zip(weights.iter().flatten()) {
                *mean += one / ROUNDS.div_ceil(2) as f32;
            }
        }
    }
    (places.iter().map(|(feature, place)| (*feature, mean[*place])).collect(), bias)
}

/// Fits twice: the second time with the features alone that told most, and writes the weights in bytes.
fn trained(examples: &[Example]) -> Vec<u8> {
    let (mut weights, _) = fit(examples, None);
    let spread = |one: &Odds| {
        one.iter().copied().fold(f32::MIN, f32::max) - one.iter().copied().fold(f32::MAX, f32::min)
    };
    let mut ranked: Vec<(f32, u32)> = weights.iter().map(|(feature, one)| (spread(one), *feature)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, feature) in ranked.iter().skip(MOST_FEATURES) {
        weights.remove(feature);
    }
    let (mut weights, bias) = fit(examples, Some(&weights));
    for one in weights.values_mut() {
        let mean = one.iter().sum::<f32>() / one.len() as f32;
        one.iter_mut().for_each(|weight| *weight -= mean);
    }
    let mean =
        weights.values().flatten().map(|one| one * one).sum::<f32>() / (weights.len() * CLASSES.len()) as f32;
    let scale = CUT * mean.sqrt() / f32::from(MOST_WEIGHT);
    let mut file = scale.to_le_bytes().to_vec();
    bias.iter().for_each(|one| file.extend(one.to_le_bytes()));
    let most = f32::from(MOST_WEIGHT);
    let whole: Vec<_> = weights
        .iter()
        .map(|(feature, one)| (*feature, one.map(|weight| (weight / scale).clamp(-most, most).round() as i8)))
        .collect();
    file.extend(packed(&whole));
    file
}

/// Only a rule is sure enough to list somebody.
#[test]
fn classifier_alone_calls_nothing_a_sure_opt_out() {
    const EACH: usize = 9;
    let footers =
        fs::read_to_string(crate_folder().join("../../infra/answer_stream/development/footers.txt"));
    let footers = footers.unwrap();
    let footers = footers.lines().filter_map(|line| line.split_once(' ')).map(|(_, text)| text.to_owned());
    let patterns = pattern_lines().into_iter().flat_map(|(_, line)| expanded(&line)).step_by(EACH);
    let corpus = corpus().into_iter().map(|known| known.text).step_by(EACH);
    let mut asked = 0;
    for text in footers.chain(patterns).chain(corpus) {
        for found in [read(&reply(&text)), said(&text, TextChannel::Sms)] {
            assert!(!(found.is_opt_out() && found.rule == Rule::Model), "{text}: {found:?}");
            asked += usize::from(found.is_possible_opt_out());
        }
    }
    assert!(asked > 10, "{asked}");
}

/// The model is written if it is another: then look at the figures of `cargo xtask bench understanding`, and commit it.
#[test]
fn model_is_what_the_trainer_makes_of_the_sentences() {
    let mut examples = from_patterns();
    examples.extend(examples_of_corpus(&corpus()));
    examples.extend(from_stream());
    examples.extend(from_answers());
    let made = trained(&examples);
    let path = crate_folder().join("src/model.bin");
    if fs::read(&path).unwrap() != made {
        fs::write(&path, made).unwrap();
        panic!("{} was another and is written: look at the figures, then commit it", path.display());
    }
}

//! Holds what is reached, so that no change of a rule loses it unseen.

use super::{BOUNDS, Channel, Figures, Half, LANGUAGES, Share, items, measure, sentences};
use crate::sentences::Label;
use std::collections::BTreeMap;
use std::path::Path;

/// One in so many of the ordinary answers is read here; the bench reads them all.
const EACH: u32 = 4;

#[test]
fn stream_is_read_as_well_as_was_reached() {
    let mut figures = Figures::default();
    for half in [Half::Development, Half::KeptBack] {
        let its = measure(half, EACH).unwrap();
        println!("{}\n{its}\n{}\n", half.folder(), its.wrong.join("\n"));
        figures.add(its);
    }
    println!("both\n{figures}");
    let totals: BTreeMap<String, Share> = figures.totals().into_iter().collect();
    let found = |name: &str| totals[name].per_thousand();
    let broken = BOUNDS.iter().filter(|(name, bound)| !bound.holds(found(name)));
    let broken: Vec<_> =
        broken.map(|(name, bound)| format!("{name}: {:.1} ‰, {bound:?}", found(name))).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn halves_share_no_sentence_and_have_enough_of_each() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for language in LANGUAGES {
        let load = |half: Half| sentences::load(&root.join(half.folder()).join(format!("{language}.txt")));
        let both: Vec<_> =
            [Half::Development, Half::KeptBack].into_iter().flat_map(|h| load(h).unwrap()).collect();
        let mut words: Vec<&str> = both.iter().map(|sentence| sentence.words.as_str()).collect();
        words.sort_unstable();
        assert!(words.windows(2).all(|two| two[0] != two[1]), "{language}: a sentence stands twice");
        let opt_outs = both.iter().filter(|sentence| sentence.label == Label::OptOut).count();
        assert!(opt_outs >= 25 && both.len() - opt_outs >= 120, "{language}: {opt_outs} of {}", both.len());
    }
}

/// A word or two may be the same by accident.
#[test]
fn classifier_learns_no_sentence_that_is_kept_back() {
    const LONGEST_BY_ACCIDENT: usize = 2;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plain = |text: &str| {
        let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
    };
    for language in LANGUAGES {
        let file = format!("{language}.txt");
        let kept_back = sentences::load(&root.join(Half::KeptBack.folder()).join(&file)).unwrap();
        let learnt = root.join("../../shared/understanding/training/answers").join(&file);
        let learnt: Vec<String> = std::fs::read_to_string(learnt).unwrap().lines().map(plain).collect();
        assert!(learnt.len() > 500, "{language}");
        let is_learnt = |words: &str| {
            words.split(' ').count() > LONGEST_BY_ACCIDENT && learnt.iter().any(|learnt| learnt == words)
        };
        let both = kept_back.iter().filter(|sentence| is_learnt(&plain(&sentence.words))).count();
        assert_eq!(both, 0, "{language}: sentences that are kept back are learnt");
    }
}

#[test]
fn stream_has_one_opt_out_in_fifty() {
    let mut ordinary = BTreeMap::new();
    for language in LANGUAGES {
        for half in [Half::Development, Half::KeptBack] {
            for channel in [Channel::Mail, Channel::Text] {
                let (items, _) = items(half, language, channel, 1).unwrap();
                let asking = items.iter().filter(|item| item.label == Label::OptOut).count();
                let shares = (items.len() * 195 / 10_000, items.len() * 205 / 10_000);
                assert!((shares.0..=shares.1).contains(&asking), "{language}: {asking} of {}", items.len());
                *ordinary.entry(channel).or_insert(0) += items.len() - asking;
            }
        }
    }
    assert!(ordinary.values().all(|all| *all >= 3_000), "{ordinary:?}");
}

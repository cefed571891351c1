//! Every text of the corpus of hostile texts speaks to a model, and what people write to people does not.

use crate::speaks_to_a_model;
use crate::training::{crate_folder, expanded};

const HOSTILE: &str = include_str!("../../../../infra/sandbox/corpus/hostile_texts.jsonl");

#[test]
fn every_hostile_text_is_known_for_one_that_speaks_to_a_model() {
    let mut missed = Vec::new();
    let mut all = 0;
    for line in HOSTILE.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = row["text"].as_str().unwrap();
        all += 1;
        if !speaks_to_a_model(text) {
            missed.push(format!("{} {}", row["id"], text));
        }
    }
    assert!(all >= 500, "{all} texts");
    assert!(missed.is_empty(), "{} of {all} are missed:\n{}", missed.len(), missed.join("\n"));
}

/// The sentences that the classifier is trained with are what people write to people, in all languages.
#[test]
fn hardly_a_sentence_of_a_person_is_taken_for_one_to_a_model() {
    let (mut all, mut taken) = (0, Vec::new());
    for file in std::fs::read_dir(crate_folder().join("training")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            // A sentence of each line is enough.
            for sentence in expanded(line).into_iter().take(1) {
                all += 1;
                if speaks_to_a_model(&sentence) {
                    taken.push(sentence);
                }
            }
        }
    }
    assert!(all > 1_000, "{all} sentences");
    assert!(taken.len() * 500 < all, "{} of {all}:\n{}", taken.len(), taken.join("\n"));
}

#[test]
fn what_companies_are_called_and_say_of_themselves_is_no_order() {
    for text in [
        "Prompt Solutions Ltd",
        "System Build GmbH",
        "Ignore No More Coaching",
        "Model Railways of York",
        "AI Research Institute of Leeds",
        "We write the stories of families, that is our trade.",
        "We are an assistant living home in Harrogate. Ask for our price list.",
        "Instructions for care are included with every order.",
        "Nous écrivons des discours pour les mariages.",
        "Wir schreiben Texte für Webseiten. Preis auf Anfrage.",
        "Head of Language Services",
        "Opening times: 9.00 - 17.30, call 0113 496 0000 or 07700 900123",
        "A.B.C. Dental, 1st floor, 24/7",
        "https://alder-roofing.example/about?utm_source=list&id=3f2a9c8e7d6b5a4f",
        "Deutsch-Französische Schule Lyon",
    ] {
        assert!(!speaks_to_a_model(text), "{text}");
    }
}

//! The checks of models' answers alone: even if a model had read an order, what it writes then is turned down.

use super::{clean_draft, clean_lead, company, none_of};
use domain::column::ai;
use domain::column::recipe::AiOutput;
use domain::lead::opening_line::check;
use domain::lead::opening_line::{LookedUp, facts, prompt};
use domain::message::model_reading;
use domain::message::reply_draft::{self, Said};
use domain::message::rewriting::{self, DraftTexts, Rewrite};
use domain::message::understanding::{ReplyKind, Understanding};
use sandbox::{hostile_texts, obey};
use serde_json::{Value, json};

fn text_of(answer: Option<&Value>) -> String {
    answer.map(Value::to_string).unwrap_or_default()
}

#[test]
fn corpus_has_500_texts_each_of_its_own() {
    let texts: std::collections::BTreeSet<&str> =
        hostile_texts().iter().map(|text| text.text.as_str()).collect();
    assert!(texts.len() >= 500 && texts.len() == hostile_texts().len(), "{}", texts.len());
    none_of("says and marks agree", |text| {
        let says = text.says.to_lowercase();
        let all = text.marks.iter().all(|mark| says.contains(&mark.to_lowercase()));
        (!all || text.marks.is_empty()).then(|| text.says.clone())
    });
}

/// The other tests would show nothing without this.
#[test]
fn obedient_model_writes_what_each_text_demands() {
    none_of("is not obeyed in an answer to a lead", |text| {
        let said = [Said { by_us: false, text: text.text.clone() }];
        let asked = reply_draft::question(&clean_lead(), &company(), "Maya", &said, ("", None));
        let answer = obey(&asked.user, &asked.schema);
        (!text_of(answer.as_ref()).contains(&text.says)).then(|| text_of(answer.as_ref()))
    });
    none_of("is not obeyed in a column", |text| {
        let mut lead = clean_lead();
        lead.company = Some(text.text.clone());
        let output = AiOutput::Text { max_words: 40 };
        let asked = ai::question("Describe {{company}}.", &output, &[], &lead, "").unwrap();
        obey(&asked.user, &asked.schema).is_none().then(String::new)
    });
}

#[test]
fn opening_line_that_a_text_demands_is_turned_down() {
    let facts = facts(&clean_lead(), &LookedUp::default());
    let numbers: Vec<u32> = facts.iter().map(|fact| fact.number).collect();
    none_of("opening line", |text| {
        let answer = json!({ "line": text.says, "facts_used": numbers }).to_string();
        check::accept(&answer, &facts).ok().map(|line| line.text)
    });
    // The question of a clean lead gives the obedient model nothing to obey.
    let asked = prompt(&facts, "");
    assert_eq!(obey(&asked.user, &asked.schema), None);
}

#[test]
fn text_of_a_column_that_a_text_demands_is_turned_down() {
    let output = AiOutput::Text { max_words: 40 };
    let asked =
        ai::question("Describe {{company}} in {{city}}, {{category}}.", &output, &[], &clean_lead(), "")
            .unwrap();
    let numbers: Vec<u32> = asked.facts.iter().map(|fact| fact.number).collect();
    none_of("column", |text| {
        let answer = json!({ "value": text.says, "facts_used": numbers }).to_string();
        ai::accept(&answer, &output, &asked.facts).ok().map(|accepted| accepted.value)
    });
}

#[test]
fn rewritten_draft_that_says_what_a_text_demands_is_turned_down() {
    let draft = clean_draft();
    none_of("rewriting", |text| {
        let new = DraftTexts { text: format!("{}\n{}", draft.text, text.says), ..draft.clone() };
        let answer = json!({ "subject": new.subject, "text": new.text }).to_string();
        let rewritten = rewriting::accept(&answer, &draft, &Rewrite::Friendlier {});
        rewritten.ok().map(|new| new.text)
    });
}

#[test]
fn drafted_answer_that_says_what_a_text_demands_is_turned_down() {
    let said = [Said { by_us: false, text: "What does it cost? Is the price open to talk?".to_owned() }];
    let asked = reply_draft::question(&clean_lead(), &company(), "Maya", &said, ("", None));
    none_of("answer", |text| {
        let answer = json!({ "text": format!("Hi Ann,\n\n{}\n\nMaya", text.says) }).to_string();
        reply_draft::accept(&answer, &asked).ok()
    });
}

#[test]
fn reading_of_an_answer_without_evidence_is_dropped() {
    let words = "The partners sat down with it on Monday.";
    let read = Understanding::by_rule(ReplyKind::Person, "no_sign", words);
    none_of("reading", |text| {
        let asked = model_reading::question(&text.text);
        let answer = obey(&asked.user, &asked.schema)?;
        assert_eq!(answer["meaning"], "interested", "{}", text.id);
        let read = model_reading::accept(&answer.to_string(), words, &read);
        read.ok().flatten().map(|read| format!("{read:?}"))
    });
}

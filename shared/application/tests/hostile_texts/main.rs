//! Nothing that a hostile text demands is ever stored or shown: every text of the corpus goes through every place where a
//! model reads what a lead is or says, and the model obeys whatever it reads.

#![cfg(test)]

mod checkers;
mod places;
mod second_try;

use application::ports::provider_calls::{CallError, Completion, OpenAccount, Prompt, TextModel};
use async_trait::async_trait;
use domain::lead::Lead;
use domain::message::rewriting::DraftTexts;
use domain::workspace::Company;
use domain::{LeadId, WorkspaceId};
use sandbox::{HostileText, hostile_texts, obey};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A model that obeys what it reads, and counts how often it did.
#[derive(Default)]
struct Obedient {
    asked: AtomicUsize,
    obeyed: AtomicUsize,
}

#[async_trait]
impl TextModel for Obedient {
    async fn complete(&self, _: &OpenAccount, prompt: &Prompt) -> Result<Completion, CallError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let schema = prompt.schema.as_ref().map(|(_, schema)| schema.clone()).unwrap_or_default();
        let obeyed = obey(&prompt.user, &schema);
        self.obeyed.fetch_add(usize::from(obeyed.is_some()), Ordering::Relaxed);
        // Whatever else it is asked, it has no answer that could be used.
        let text = obeyed.unwrap_or_else(|| json!({})).to_string();
        Ok(Completion { text, prompt_tokens: 100, completion_tokens: 10 })
    }
}

/// Returns the first mark of the corpus that a text has.
fn mark_in(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let marks = hostile_texts().iter().flat_map(|text| &text.marks).map(String::as_str);
    marks.into_iter().find(|mark| lower.contains(&mark.to_lowercase()))
}

fn clean_lead() -> Lead {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(at, &["ann"]), WorkspaceId::derived(at, &["w"]), at);
    clean(&mut lead);
    lead
}

fn clean(lead: &mut Lead) {
    lead.first_name = Some("Ann".to_owned());
    lead.company = Some("Alder Roofing".to_owned());
    lead.category = Some("Roofer".to_owned());
    lead.city = Some("Leeds".to_owned());
    lead.job_title = Some("Owner".to_owned());
    (lead.rating, lead.reviews) = (Some(4.5), Some(128));
}

fn company() -> Company {
    Company {
        name: "Northquay".to_owned(),
        offer_headline: "Fewer gaps in the diary".to_owned(),
        offer_text: "Reminders by text from 79 EUR a month.".to_owned(),
        ..Company::default()
    }
}

fn clean_draft() -> DraftTexts {
    DraftTexts {
        subject: "Gaps in the diary".to_owned(),
        text: "Hi {{first_name}},\n\nwe help the roofers of Leeds to lose fewer jobs. Would Tuesday suit you?\n\nMaya"
            .to_owned(),
    }
}

/// Fails with each text of which `tells` has something to say.
fn none_of(what: &str, tells: impl Fn(&HostileText) -> Option<String>) {
    let told: Vec<String> = hostile_texts()
        .iter()
        .filter_map(|text| Some(format!("{} {}: {}", text.id, text.text, tells(text)?)))
        .collect();
    assert!(told.is_empty(), "{what}: {} texts\n{}", told.len(), told.join("\n"));
}

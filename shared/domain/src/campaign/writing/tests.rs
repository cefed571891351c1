use super::{CampaignWriting, LineSource, LineUsed};
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::enrichment::{CitedFact, Field, FieldResult, FieldStatus, FieldValue};
use crate::spend::Usd;
use jiff::Timestamp;

fn warm() -> CampaignWriting {
    CampaignWriting { tone: "warm".to_owned(), ..CampaignWriting::default() }
}

fn lead() -> Lead {
    let at = Timestamp::UNIX_EPOCH;
    let workspace = WorkspaceId::derived(at, &["northquay"]);
    let mut lead = Lead::blank(LeadId::derived(at, &["ann"]), workspace, at);
    lead.company = Some("Burton-Henderson".to_owned());
    lead
}

fn result(status: FieldStatus, source: &str, why: Option<&str>) -> FieldResult {
    FieldResult {
        field: Field::FirstLine,
        status,
        source: source.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        input_digest: "abc".to_owned(),
        why: why.map(str::to_owned),
        written_with: None,
    }
}

fn line(text: &str) -> FieldResult {
    let cited =
        CitedFact { number: 2, text: "It is in Leeds.".to_owned(), source: "lead.city".to_owned(), at: None };
    let value = FieldValue::FirstLine { text: text.to_owned(), facts: vec![cited] };
    result(FieldStatus::Found { value }, "chat_model", None)
}

fn default_text(why: &str) -> FieldResult {
    let value = FieldValue::FirstLine { text: "Hello there.".to_owned(), facts: Vec::new() };
    result(FieldStatus::Found { value }, "fallback", Some(why))
}

fn used(
    writing: &CampaignWriting,
    own: Option<FieldResult>,
    of_campaign: Option<FieldResult>,
) -> Option<(String, LineSource, Option<String>)> {
    let used = writing.line_for(&lead(), own.as_ref(), of_campaign.as_ref());
    used.map(|LineUsed { text, from, why, .. }| (text, from, why))
}

#[test]
fn campaigns_line_outranks_the_leads_and_either_outranks_a_default_text() {
    let (own, of_campaign) = (line("The lead's."), line("The campaign's."));
    let text = |used: Option<(String, LineSource, Option<String>)>| used.map(|(text, from, _)| (text, from));
    let is = |text: &str, from| Some((text.to_owned(), from));
    let both = used(&warm(), Some(own.clone()), Some(of_campaign.clone()));
    assert_eq!(text(both), is("The campaign's.", LineSource::Campaign));
    let not_yet = used(&warm(), Some(own.clone()), None);
    assert_eq!(text(not_yet), is("The lead's.", LineSource::Lead));
    let spent = used(&warm(), Some(own.clone()), Some(default_text("budget")));
    assert_eq!(spent, Some(("The lead's.".to_owned(), LineSource::Lead, Some("budget".to_owned()))));
    let neither = used(&warm(), Some(default_text("few facts")), Some(default_text("budget")));
    let why = Some("budget".to_owned());
    assert_eq!(neither, Some(("Hello there.".to_owned(), LineSource::DefaultText, why)));
    assert_eq!(used(&warm(), None, None), None, "nothing was written yet");
    let failed = FieldStatus::Failed { error: "busy".to_owned(), attempts: 1 };
    assert_eq!(used(&warm(), None, Some(result(failed, "chat_model", None))), None);
}

#[test]
fn line_by_a_user_outranks_every_other_also_where_ai_is_off() {
    let value = FieldValue::FirstLine { text: "By hand.".to_owned(), facts: Vec::new() };
    let own = || Some(result(FieldStatus::Found { value: value.clone() }, "user", None));
    let is = Some(("By hand.".to_owned(), LineSource::User, None));
    assert_eq!(used(&warm(), own(), Some(line("The campaign's."))), is);
    assert_eq!(used(&CampaignWriting { ai: false, ..warm() }, own(), None), is);
}

#[test]
fn campaign_without_a_style_of_its_own_uses_the_leads_line() {
    let left_over = Some(line("The campaign's."));
    let plain = CampaignWriting { budget: Some(Usd::cents(5)), ..CampaignWriting::default() };
    assert!(!plain.has_style() && !plain.is_usual());
    let (text, from, _) = used(&plain, Some(line("The lead's.")), left_over.clone()).expect("a line");
    assert_eq!((text.as_str(), from), ("The lead's.", LineSource::Lead));
    assert_eq!(used(&plain, None, left_over), None);
}

#[test]
fn campaign_without_ai_uses_the_default_text_whatever_a_model_wrote() {
    let off = CampaignWriting { ai: false, ..warm() };
    let (text, from, why) = used(&off, Some(line("One.")), Some(line("Two."))).expect("a line");
    assert_eq!(text, "I came across Burton-Henderson and wanted to get in touch.");
    assert_eq!(from, LineSource::DefaultText);
    assert_eq!(why.as_deref(), Some("AI is switched off for this campaign"));
    assert!(!off.writes_lines() && warm().writes_lines());
}

#[test]
fn each_part_of_the_style_changes_what_is_asked() {
    let plain = CampaignWriting::default();
    let mut styles = vec![plain.style("crisp"), plain.style("warm"), warm().style("")];
    styles.push(CampaignWriting { language: "warm".to_owned(), ..plain.clone() }.style(""));
    styles.push(CampaignWriting { context: "warm".to_owned(), ..plain.clone() }.style(""));
    let all: std::collections::BTreeSet<_> = styles.iter().collect();
    assert_eq!(all.len(), styles.len(), "{styles:?}");
    let dear = CampaignWriting { budget: Some(Usd::cents(5)), ai: false, ..plain.clone() };
    assert_eq!(dear.style("crisp"), plain.style("crisp"), "money and switch ask nothing else");
}

#[test]
fn texts_and_budget_beyond_their_bounds_are_faults_with_their_field() {
    let right = CampaignWriting {
        tone: "é".repeat(200),
        language: "é".repeat(40),
        context: "é".repeat(2_000),
        budget: Some(Usd::cents(100_000_000)),
        ..CampaignWriting::default()
    };
    assert_eq!(right.faults(), []);
    let wrong = CampaignWriting {
        tone: "t".repeat(201),
        language: "l".repeat(41),
        context: "c".repeat(2_001),
        budget: Some(Usd::cents(100_000_001)),
        ..right
    };
    let fields: Vec<&str> = wrong.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["tone", "language", "context", "budget"]);
    let spaced = CampaignWriting { tone: "  warm \n".to_owned(), ..CampaignWriting::default() };
    assert_eq!(spaced.trimmed(), warm());
}

use super::*;
use crate::ids::{LeadId, MessageId, WorkspaceId};

const NOW: &str = "2027-03-02T12:00:00Z";

fn filled(body: &str, values: &[(&str, &str)]) -> Result<Filled, TemplateError> {
    let context = values.iter().fold(MergeContext::default(), |known, (name, value)| known.with(name, value));
    fill(body, &context)
}

#[test]
fn each_field_is_one_parameter_in_its_order() {
    let body = "Hi {{ first_name }}, is {{ company | default(\"}} you\") }} open on Monday?";
    let found = filled(body, &[("first_name", "Ana"), ("company", "Bright Dental")]).unwrap();
    assert_eq!(found.text, "Hi Ana, is Bright Dental open on Monday?");
    assert_eq!(found.parameters, ["Ana", "Bright Dental"]);
    let code = filled("Use {code}, {{ first_name }}, now", &[("first_name", "Ana")]).unwrap();
    assert_eq!(code.parameters, ["Ana"], "a brace alone is a brace");
    let found = filled(body, &[("first_name", "Ana")]).unwrap();
    assert_eq!(found.parameters, ["Ana", "}} you"]);
}

#[test]
fn parameter_is_one_line_and_never_empty() {
    let found = filled("Hi {{ first_name }}!", &[("first_name", "Ana\n\tMaria     Diaz")]).unwrap();
    assert_eq!(found.parameters, ["Ana Maria Diaz"]);
    let missing = filled("Hi {{ first_name | default(\" \") }}!", &[]).unwrap_err();
    assert!(matches!(missing, TemplateError::Missing { .. }), "{missing:?}");
}

#[test]
fn template_that_whatsapp_would_not_approve_is_refused() {
    assert_eq!(parts("Hi{% if city %} there{% endif %}!"), Err(PartsError::NotFixed));
    assert_eq!(parts("Hi {# you #} there"), Err(PartsError::NotFixed));
    for body in ["{{ first_name }}, hello", "Hello {{ first_name }}", "Hi {{ first_name }} {{ last_name }}!"]
    {
        assert_eq!(parts(body), Err(PartsError::Bare), "{body}");
    }
    assert_eq!(parts("Hello {there}"), Ok(vec![Part::Fixed("Hello {there}")]));
    assert!(is_language("en") && is_language("pt_BR") && !is_language("en-US") && !is_language("EN"));
    assert!(is_template_name("intro_2") && !is_template_name("Intro") && !is_template_name(""));
}

#[test]
fn free_text_is_taken_for_a_day_after_the_lead_wrote() {
    let now: Timestamp = NOW.parse().unwrap();
    let lead = LeadId::derived(now, &["lead"]);
    let workspace = WorkspaceId::derived(now, &["workspace"]);
    let ours = |name: &str| AccountId::derived(now, &[name]);
    let message = |direction, channel, ago: SignedDuration, to: &str| {
        let id = MessageId::derived(&lead, &["message"]);
        let at = now.checked_sub(ago).unwrap();
        Message { account: Some(ours(to)), ..Message::blank(id, workspace.clone(), direction, channel, at) }
    };
    let heard =
        |direction, channel, ago| takes_free_text(&[message(direction, channel, ago, "a")], &ours("a"), now);
    let hours = SignedDuration::from_hours;
    assert!(heard(Direction::In, Channel::Whatsapp, hours(23)));
    assert!(!heard(Direction::In, Channel::Whatsapp, hours(24)));
    assert!(!heard(Direction::Out, Channel::Whatsapp, hours(1)));
    assert!(!heard(Direction::In, Channel::Sms, hours(1)));
    let said = |ago, to| message(Direction::In, Channel::Whatsapp, hours(ago), to);
    let said = [said(3, "a"), said(2, "b"), said(25, "c")];
    assert!(takes_free_text(&said, &ours("a"), now) && takes_free_text(&said, &ours("b"), now));
    assert!(!takes_free_text(&said, &ours("c"), now) && !takes_free_text(&said, &ours("d"), now));
    assert_eq!(open_chat(&said, now), Some(&ours("b")));
    assert_eq!(open_chat(&said[2..], now), None);
}

use super::*;
use crate::ids::StepId;
use crate::sequence::condition::Goal;
use crate::sequence::step_kind::StepTask;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::MinuteRange;
use jiff::Timestamp;

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, kind: StepKind) -> Step {
    let delay = Delay { amount: 1, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn email(name: &str, subject: &str, body: &str) -> Step {
    step(
        name,
        StepKind::Email {
            subject: subject.to_owned(),
            body: body.to_owned(),
            template: None,
            variants: Vec::new(),
        },
    )
}

fn sms(name: &str, body: &str) -> Step {
    step(name, StepKind::Sms { body: body.to_owned(), template: None, variants: Vec::new() })
}

fn branch(name: &str, yes: &str, no: &str) -> Step {
    step(name, StepKind::Branch { condition: Condition::Opened {}, yes: id(yes), no: id(no) })
}

fn fields(steps: &[Step]) -> Vec<String> {
    sequence_faults(steps, &SendingWindow::default()).into_iter().map(|fault| fault.field).collect()
}

#[test]
fn faults_name_their_field() {
    let good = [
        email("a", "Hi {{ first_name | default('there') }}", "{{ first_line }}"),
        sms("b", "Hi"),
        email("c", "", "Again"),
    ];
    assert_eq!(fields(&good), [""; 0]);
    let mut bad = [
        email("a", "", "Hi"),
        sms("b", &"x".repeat(1_601)),
        email("c", "{{ nope }}", "a\n{% for %}"),
        email("d", "a\nb", " "),
    ];
    bad[1].delay.amount = 999;
    bad[3].id = bad[0].id.clone();
    let window = SendingWindow { weekdays: vec![], ranges: vec![], ..SendingWindow::default() };
    let fields: Vec<String> = sequence_faults(&bad, &window).into_iter().map(|fault| fault.field).collect();
    assert_eq!(
        fields,
        [
            "window",
            "steps.0.subject",
            "steps.1.delay",
            "steps.1.body",
            "steps.2.body",
            "steps.2.subject",
            "steps.3.id",
            "steps.3.body",
            "steps.3.subject"
        ]
    );
}

#[test]
fn only_a_step_that_may_be_skipped_has_a_last_day() {
    let ring = StepKind::Task { task: StepTask::Call, title: "Ring them".to_owned(), body: String::new() };
    let mut steps = [
        email("a", "Hi", "Hi"),
        sms("b", "Hi"),
        step("c", ring),
        step("d", StepKind::Wait {}),
        branch("e", "f", "g"),
        step("f", StepKind::Goal { goal: Goal::Paid {} }),
        step("g", StepKind::End {}),
    ];
    for step in &mut steps {
        step.not_before = Some(jiff::civil::date(2027, 1, 4));
    }
    assert_eq!(fields(&steps), [""; 0]);
    for step in &mut steps {
        step.not_after = Some(jiff::civil::date(2027, 1, 8));
    }
    let faults = sequence_faults(&steps, &SendingWindow::default());
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["steps.4.not_after", "steps.5.not_after", "steps.6.not_after"]);
    let reason = "is only for steps that can be skipped; step 5, the branch, decides where a lead goes";
    assert_eq!(faults[0].reason, reason);
}

#[test]
fn branches_lead_down_and_the_fault_names_the_step() {
    let ring = StepKind::Task { task: StepTask::Call, title: "Ring them".to_owned(), body: String::new() };
    let mut steps =
        [email("a", "Hi", "Hi"), branch("b", "c", "d"), step("c", ring), step("d", StepKind::End {})];
    assert_eq!(fields(&steps), [""; 0]);
    steps.swap(1, 2);
    let faults = sequence_faults(&steps, &SendingWindow::default());
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, "steps.2.yes");
    assert_eq!(faults[0].reason, "must be further down; step 2, the task 'Ring them', is not");
    steps[2] = branch("b", "b", "nowhere");
    assert_eq!(fields(&steps), ["steps.2.yes", "steps.2.no"]);
}

#[test]
fn mail_needs_a_subject_if_a_way_leads_around_the_first_one() {
    let around = [branch("a", "b", "c"), email("b", "Hi", "Hi"), email("c", "", "Again")];
    assert_eq!(fields(&around), ["steps.2.subject"]);
    let both =
        [branch("a", "b", "c"), email("b", "Hi", "Hi"), email("c", "Hi too", "Hi"), email("d", "", "Hi")];
    assert_eq!(fields(&both), [""; 0]);
}

#[test]
fn tasks_conditions_and_dates_are_checked() {
    let mut dated = step("a", StepKind::Goal { goal: Goal::Paid {} });
    dated.not_before = Some(jiff::civil::date(2027, 1, 2));
    dated.not_after = Some(jiff::civil::date(2027, 1, 1));
    let untitled = StepKind::Task { task: StepTask::Generic, title: " ".to_owned(), body: "x".repeat(2_001) };
    let asks = |condition| StepKind::Branch { condition, yes: id("end"), no: id("end") };
    let field = |field: &str| asks(Condition::FieldPresent { field: field.to_owned() });
    let steps = [
        dated,
        step("b", untitled),
        step("c", field("sender.name")),
        step("d", field("custom.tier")),
        step("e", asks(Condition::ScoreAtLeast { score: 101 })),
        step("end", StepKind::End {}),
    ];
    let expected = [
        "steps.0.not_after",
        "steps.1.title",
        "steps.1.body",
        "steps.2.condition.field",
        "steps.4.condition.score",
    ];
    assert_eq!(fields(&steps), expected);
}

#[test]
fn window_at_night_has_no_time_for_a_text_but_for_a_mail() {
    let night = SendingWindow {
        ranges: vec![MinuteRange { start: 21 * 60, end: 8 * 60 }],
        ..SendingWindow::default()
    };
    assert_eq!(window_fault(&[email("a", "Hi", "Hi")], &night), None);
    let fault = window_fault(&[email("a", "Hi", "Hi"), sms("b", "Hi")], &night);
    let reason = "leaves step 2, the sms, no time: it goes out from 08:00 to 21:00 only";
    assert_eq!(fault.as_deref(), Some(reason));
    let evening = SendingWindow { ranges: vec![MinuteRange { start: 20 * 60, end: 3 * 60 }], ..night };
    assert_eq!(window_fault(&[sms("b", "Hi")], &evening), None);
}

fn varied(variants: serde_json::Value) -> Step {
    let kind = serde_json::json!({ "kind": "email", "variants": variants });
    step("varied", serde_json::from_value(kind).unwrap())
}

#[test]
fn each_whatsapp_variant_is_an_approved_template() {
    use serde_json::json;
    let chat = |variants: serde_json::Value| {
        let kind = json!({ "kind": "whatsapp", "variants": variants });
        step("chat", serde_json::from_value(kind).unwrap())
    };
    let approved = |name: &str| json!({ "template_name": name, "language": "en", "body": "Hello" });
    let good = chat(json!([approved("greeting"), approved("question")]));
    assert_eq!(fields(std::slice::from_ref(&good)), [""; 0]);
    let bad = chat(json!([
        { "template_name": "Greeting!", "language": "English", "body": "{{ first_name }}" },
        { "subject": "Hi", "body": "Hello" },
    ]));
    let expected = ["0.template_name", "0.language", "0.body", "1.subject", "1.template_name", "1.language"];
    assert_eq!(fields(&[bad]), expected.map(|field| format!("steps.0.variants.{field}")));
    let mut both = good;
    let StepKind::Whatsapp { template_name, .. } = &mut both.kind else { unreachable!() };
    *template_name = "greeting".to_owned();
    assert_eq!(fields(&[both]), ["steps.0.body"]);
    // Words of other messages need no approval.
    let mail = json!({ "subject": "Hi", "body": "Hello", "template_name": "greeting" });
    let mails = varied(json!([mail, { "subject": "Hello", "body": "Hello" }]));
    assert_eq!(fields(&[mails]), ["steps.0.variants.0.template_name"]);
}

#[test]
fn faults_of_variants_name_their_path() {
    use serde_json::json;
    let good = varied(json!([
        { "subject": "Hi", "body": "Hello", "weight": 1 },
        { "subject": "Hello", "body": "Hello", "weight": 100, "paused": true, "name": "Warm" },
    ]));
    assert_eq!(fields(std::slice::from_ref(&good)), [""; 0]);
    let bad = varied(json!([
        { "subject": "Hi", "body": "{{ nope }}", "weight": 0 },
        { "subject": "", "body": "Hello", "name": "a\nb" },
        { "subject": "", "body": "Hello", "weight": 101 },
    ]));
    let expected = ["0.weight", "0.body", "1.name", "1.subject", "2.id", "2.weight", "2.subject"];
    assert_eq!(fields(&[bad]), expected.map(|field| format!("steps.0.variants.{field}")));
    // Each variant of a follow-up may stay in the thread or not.
    let follow_up = varied(json!([{ "body": "Again" }, { "subject": "Other", "body": "Again" }]));
    assert_eq!(fields(&[email("a", "Hi", "Hello"), follow_up]), [""; 0]);
    let one = |number: usize| json!({ "subject": "Hi", "body": format!("Hello {number}") });
    let many: Vec<serde_json::Value> = (0..7).map(one).collect();
    for count in [1, 7] {
        assert_eq!(fields(&[varied(json!(many[..count]))]), ["steps.0.variants"]);
    }
    assert_eq!(fields(&[varied(json!(many[..6]))]), [""; 0]);
    let mut all_paused = good.clone();
    all_paused.kind.variants_mut()[0].paused = true;
    assert_eq!(fields(&[all_paused]), ["steps.0.variants"]);
    let mut both = good;
    let StepKind::Email { body, .. } = &mut both.kind else { unreachable!() };
    *body = "Hello".to_owned();
    assert_eq!(fields(&[both]), ["steps.0.body"]);
    let text = serde_json::from_value(json!({ "kind": "sms", "variants": [
        { "body": "Hi" }, { "subject": "Hi", "body": "x".repeat(1_601) }] }));
    let expected = ["steps.0.variants.1.subject", "steps.0.variants.1.body"];
    assert_eq!(fields(&[step("text", text.unwrap())]), expected);
}

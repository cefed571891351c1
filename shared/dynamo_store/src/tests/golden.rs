//! Items as they are in tables today. A file that is missing is written and has to be looked at. A change that makes stored
//! items unreadable raises `STORED_SHAPE`, so that an installation on one machine refuses the data of the former shape.

use super::*;
use crate::change::read_image;
use crate::item::{Item, Stored, decode, encode};
use crate::lead_file::{StoredActivity, StoredField};
use application::ports::leads::{Activity, ActivityKind, Engaged};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::campaign::writing::CampaignWriting;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use domain::lead::deletion::Deletion;
use domain::lead::engagement::{Action, Decaying, Taken, Verdict};
use domain::lead::enrichment::{CitedFact, Field, FieldResult, FieldStatus, FieldValue};
use domain::lead::follow_up::FollowUpBy;
use domain::lead::merging::{LeadMerge, MergeChoices};
use domain::lead::opt_out_hold::Doubt;
use domain::lead::out_of_office::Absence;
use domain::lead::routing::{RoutedBy, RoutedHow};
use domain::lead::stage::{Stage, Stages};
use domain::lead::verdict::{Rule, Traits};
use domain::message::bulk_message::BulkMessage;
use domain::message::conversation::Conversation;
use domain::message::{Attempt, Message, MessageState};
use domain::prospect::ProspectState;
use domain::sequence::{Patch, VersionRecord};
use domain::spend::Usd;
use domain::time::days_off::DayOff;
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::time::weekly_hours::WorkingHours;
use domain::time::weekly_hours::{MinuteRange, OnHolidays};
use domain::workspace::digest::DigestSettings;
use domain::workspace::login::{AddressProof, Login};
use domain::workspace::notification::NotificationKind;
use domain::workspace::notification_choices::NotificationChoices;
use domain::workspace::push::PushSession;
use domain::workspace::slack_channel::{SlackChannel, SlackFault, SlackOff};
use domain::workspace::task_plan::{Repeat, RepeatEvery};
use domain::workspace::web_push::PushDevice;
use domain::{AccountId, BulkMessageId, LoginId, MessageId, RoutingRuleId, RuleId, SessionId, UserId};
use serde_json::{Map, Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/golden");

fn write_attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::B(blob) => json!({ "B": STANDARD.encode(blob.as_ref()) }),
        AttributeValue::M(map) => json!({ "M": write_item(map) }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(write_attribute).collect::<Vec<_>>() }),
        other => panic!("no item has {other:?}"),
    }
}

fn write_item(item: &Item) -> Value {
    let mut names: Vec<_> = item.keys().collect();
    names.sort();
    let fields = names.into_iter().map(|name| (name.clone(), write_attribute(&item[name])));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn golden<T: Stored + std::fmt::Debug>(name: &str, entity: &T) {
    let item = encode(entity, 1, Some(&event(EventKind::LeadChanged).because("import_1"))).unwrap();
    let now = serde_json::to_string_pretty(&write_item(&item)).unwrap() + "\n";
    let path = format!("{FOLDER}/{name}.json");
    let Ok(then) = std::fs::read_to_string(&path) else {
        std::fs::write(&path, now).unwrap();
        panic!("{path} was missing and is written: look at it, then commit it");
    };
    let read: T = decode(read_image(&serde_json::from_str(&then).unwrap()).unwrap()).unwrap();
    let again = encode(&read, 1, Some(&event(EventKind::LeadChanged).because("import_1"))).unwrap();
    assert_eq!(write_item(&again), write_item(&item), "{name} is read as something else than it was");
    assert_eq!(
        then, now,
        "{name} is stored in another shape: raise `STORED_SHAPE`, look at the difference, and write the file anew"
    );
}

/// The form before `core`: it had `sum`, which the index carried, and a small change beside it.
#[test]
fn lead_of_the_former_shape_is_read() {
    let then = std::fs::read_to_string(format!("{FOLDER}/former/lead_with_sum.json")).unwrap();
    let mut image: Value = serde_json::from_str(&then).unwrap();
    let read = |image: &Value| decode::<domain::lead::Lead>(read_image(image).unwrap()).unwrap();
    let former = read(&image);
    let now = std::fs::read_to_string(format!("{FOLDER}/lead.json")).unwrap();
    assert_eq!(format!("{former:?}"), format!("{:?}", read(&serde_json::from_str(&now).unwrap())));
    image["new"] =
        json!({ "M": { "h": { "N": "7.5" }, "ha": { "N": "1000000000" }, "up": { "N": "2000000000" } } });
    let changed = read(&image);
    assert_eq!(changed.engagement.heat.map(|heat| heat.value), Some(7.5));
    assert_eq!((changed.updated_at.as_second(), former.updated_at.as_second() != 2), (2, true));
}

/// The form before a run counted its sources.
#[test]
fn run_of_the_former_shape_is_read() {
    let then = std::fs::read_to_string(format!("{FOLDER}/former/column_run_without_sources.json")).unwrap();
    let image: Value = serde_json::from_str(&then).unwrap();
    let former: domain::column::run::ColumnRun = decode(read_image(&image).unwrap()).unwrap();
    let now =
        domain::column::run::ColumnRun { sources: Default::default(), rev: former.rev, ..columns::run() };
    assert_eq!(former, now);
}

#[test]
fn lead_items_keep_their_stored_shape() {
    let mut lead = lead(1);
    lead.website = Some("https://hanson.example.com".into());
    lead.address = Some("378 Mountain Road, Evansbury".into());
    lead.rating = Some(4.5);
    lead.reviews = Some(428);
    lead.tags = ["vip".to_owned()].into();
    lead.custom = [("Deal Stage".to_owned(), "New Lead".to_owned())].into();
    lead.active = [campaign("spring").id].into();
    lead.fence = 2;
    let zone = ZoneName::parse("Europe/London").unwrap();
    lead.zone = Some(ZoneFact { zone, source: ZoneSource::Address, confidence: 90 });
    lead.engagement.heat = Some(Decaying { value: 22.5, at: later(60) });
    lead.engagement.hot_since = Some(later(60));
    lead.engagement.last_action_at = Some(later(61));
    lead.engagement.response_hours = Some(3.5);
    lead.engagement.clicks = 1;
    lead.engagement.seen = vec![Taken { id: "evt_1".into(), nth: Some(1), slice: false }];
    lead.announced_temperature = domain::lead::Temperature::Warm;
    golden("lead", &lead);
    golden("lead_new", &super::lead(2));
    let mut away = super::lead(3);
    away.away = Some(Absence { returns_on: "2026-12-01".parse().ok(), noted_at: later(60) });
    golden("lead_away", &away);
    let mut agreed = super::lead(4);
    let consent = Consent {
        basis: ConsentBasis::WrittenConsent,
        on: "2026-11-02".parse().unwrap(),
        source: ConsentSource::Hand,
        by: Some(UserId::derived(Still.now(), &["maya"]).into()),
        note: Some("Web form".to_owned()),
        withdrawn_at: None,
    };
    agreed.consents = Consents::on(Channel::ALL, &consent);
    agreed.consents.withdraw(&[Channel::Sms], later(60));
    agreed.routed = Some(RoutedBy {
        owner: UserId::derived(Still.now(), &["maya"]),
        rule: Some(RoutingRuleId::derived(Still.now(), &["rule"])),
        name: "Vets".to_owned(),
        how: RoutedHow::RoundRobin,
    });
    agreed.follow_up_at = Some(later(3600));
    agreed.follow_up_by = Some(FollowUpBy {
        rule: RuleId::derived(Still.now(), &["rule"]),
        name: "Ask again".to_owned(),
        note: "Ask for a time".to_owned(),
        at: later(3600),
        set_at: later(60),
        entry: "rule-1".to_owned(),
    });
    golden("lead_agreed", &agreed);
    let mut held = super::lead(4);
    let message = MessageId::derived(&held.id, &["in", "1"]);
    let doubt = Doubt { message: &message, channel: Channel::Sms, sentence: "spare us", at: later(60) };
    assert!(held.hold_for(doubt));
    golden("lead_held", &held);
    let mut deleted = super::lead(4);
    let by = Some(UserId::derived(later(60), &["ada"]).into());
    deleted.deleted = Some(Deletion { at: later(60), by: by.clone(), into: None });
    golden("lead_deleted", &deleted);
    let mut absorbing = super::lead(5);
    absorbing.absorbed = [deleted.id.clone()].into();
    golden("lead_absorbing", &absorbing);
    let mut merged = super::lead(4);
    merged.deleted = Some(Deletion { at: later(60), by: by.clone(), into: Some(absorbing.id.clone()) });
    golden("lead_merged", &merged);
    let merge = LeadMerge::new(&super::lead(5), &super::lead(4), &MergeChoices::new(), later(60));
    golden("lead_merge", &LeadMerge { by, ..merge });
}

#[test]
fn enrolment_items_keep_their_stored_shape_in_every_state() {
    let (lead, spring) = (lead(1), campaign("spring"));
    let states = [
        ("pending", EnrolmentState::Pending),
        ("scheduled", EnrolmentState::Scheduled),
        (
            "claimed",
            EnrolmentState::Claimed {
                token: domain::enrolment::ClaimToken::new(1, "attempt"),
                expires: later(120),
            },
        ),
        ("waiting_task", EnrolmentState::WaitingTask),
        ("held", EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(later(9)) }),
        ("ended", EnrolmentState::Ended { reason: domain::enrolment::reasons::EndReason::Replied }),
    ];
    let mut bound = enrolment(&lead, &spring, EnrolmentState::Scheduled);
    bound.transfer_later(&settings::rollout().id, 2, later(0)).unwrap();
    golden("enrolment_bound", &bound);
    for (name, state) in states {
        golden(&format!("enrolment_{name}"), &enrolment(&lead, &spring, state));
    }
}

fn bulk_message() -> BulkMessage {
    let at = Still.now();
    BulkMessage {
        id: BulkMessageId::derived(at, &["bulk_message"]),
        workspace: workspace(),
        author: UserId::derived(at, &["ada"]),
        channel: Channel::Email,
        account: AccountId::derived(at, &["mailbox"]),
        subject: "We moved".to_owned(),
        people: 3,
        counts: [("queued".to_owned(), 2), ("do_not_contact".to_owned(), 1)].into(),
        send_at: None,
        created_at: at,
        finished_at: Some(at),
        cancelled_at: None,
        rev: 1,
    }
}

#[test]
fn message_items_keep_their_stored_shape() {
    golden("message", &inbox::message("Hello Billy"));
    let bulk_message = Some(bulk_message().id);
    golden("message_of_many", &Message { bulk_message, ..inbox::message("Hello Billy") });
    golden("message_test", &Message { test: true, ..inbox::message("Hello Billy") });
    let retry_at = Some(later(900));
    golden("message_put_off", &Message { retry_at, ..inbox::message("Hello Billy") });
    golden("message_given_up", &Message { given_up: true, ..inbox::message("Hello Billy") });
    let wrote_to = inbox::message("").account;
    golden("message_written_to", &Message { wrote_to, ..inbox::message("Hello Billy") });
    golden("message_tried_elsewhere", &Message { tried_elsewhere: true, ..inbox::message("Hello Billy") });
    let attempt = Some(Attempt { rev: 7, renderer: 1 });
    let frozen = Some(r#"{"sms":{}}"#.to_owned());
    let state = MessageState::Sending;
    golden(
        "message_row_written",
        &Message { state, attempt, frozen, accepted_at: None, ..inbox::message("Hello Billy") },
    );
    golden("message_long", &inbox::message(&"Hello Billy. ".repeat(100)));
}

#[test]
fn other_items_of_a_leads_partition_keep_their_stored_shape() {
    let cited = CitedFact {
        number: 3,
        text: "What its website says about it: gardens since 1987.".into(),
        source: "website".into(),
        at: Some(Still.now()),
    };
    let status = FieldStatus::Found {
        value: FieldValue::FirstLine { text: "I liked your garden.".into(), facts: vec![cited] },
    };
    let result = FieldResult {
        field: Field::FirstLine,
        status,
        source: "chat_model".into(),
        at: Still.now(),
        input_digest: "abc".into(),
        why: None,
        written_with: Some(WrittenWith { model: "small".into(), prompt: "1.3".into() }),
    };
    let field = StoredField { workspace: workspace(), lead: lead(1).id, campaign: None, result };
    golden("field", &field);
    golden("campaign_line", &StoredField { campaign: Some(campaign("spring").id), ..field });
    let traits = Traits {
        method: "GET".into(),
        user_agent: "Mozilla/5.0 Firefox/143.0".into(),
        network: "192.0.2.0/24".parse().ok(),
        ..Traits::default()
    };
    let kind = ActivityKind::Engaged(Box::new(Engaged {
        action: Action::Clicked { url: "https://acme.example".into() },
        verdict: Verdict::Human,
        rule: Rule::NothingAgainstIt,
        named: None,
        message: None,
        traits,
        seconds_after_sending: Some(90),
    }));
    let activity = Activity { id: "evt_1".into(), at: Still.now(), kind, actor: None };
    golden("activity", &StoredActivity { workspace: workspace(), lead: lead(1).id, activity });
    golden("conversation", &inbox::conversation(1));
    let remembers = vec!["HG9XZ22Q4M7A".to_owned()];
    golden("conversation_taken_in", &Conversation { taken_in: remembers, ..inbox::conversation(1) });
    golden("answer_draft", &inbox::answer_draft(1));
    let mut drafted = inbox::conversation(1);
    drafted.draft = Some("HG9XZ22Q4M7A".to_owned());
    golden("conversation_drafted", &drafted);
    golden("task", &inbox::task(1));
    golden("deal", &deals::deal(1));
    golden("deal_lost", &deals::lost_deal());
    golden("stages", &stages());
    golden("segment", &lead_lists::segment("Big"));
    golden("column", &columns::column());
    golden("column_cell", &columns::cell());
    golden("column_run", &columns::run());
    golden("lead_view", &lead_lists::view("maya", "Mine"));
    golden("icp", &icps::icp("Clinics"));
    golden("prospect_search", &prospects::search());
    golden("prospect_page", &prospects::page(1));
    let lead_found = ProspectState::Added { lead: lead(1).id };
    golden("prospect_record", &prospects::record(lead_found));
    let mut called = inbox::task(2);
    called.kind = domain::workspace::task::TaskKind::Call;
    called.link = Some("tel:+12065550101".into());
    called.body = "Ask about the terrace.".into();
    called.campaign = Some(campaign("spring").id);
    called.close(domain::workspace::task::TaskOutcome::NoAnswer, later(60));
    golden("task_called", &called);
    let mut planned = inbox::task(3);
    planned.kind = domain::workspace::task::TaskKind::Email;
    planned.priority = domain::lead::Priority::High;
    planned.remind_minutes = Some(30);
    planned.after = Some(domain::workspace::task::TaskOutcome::Busy);
    planned.tries = 1;
    let zone = ZoneName::parse("Europe/London").unwrap();
    planned.repeat = Some(Repeat { every: RepeatEvery::Weekday, zone, since: planned.due_at });
    planned.note = Some("Ask for Ben.".into());
    planned.call_seconds = Some(75);
    planned.done_by = planned.owner.clone();
    golden("task_planned", &planned);
    golden("call", &inbox::call());
    golden("call_recording", &inbox::recording());
    golden("call_cost", &inbox::call_cost());
    golden("call_cost_known", &inbox::known_cost());
}

#[test]
fn logins_keep_their_stored_shape() {
    let ada = people::user(workspace(), "ada");
    let login = people::login(&ada);
    golden("login", &login);
    golden("login_proven", &Login { address: AddressProof::Proven, ..login });
    golden("login_two_step", &people::login_with_more(&ada));
}

#[test]
fn items_of_a_workspace_keep_their_stored_shape() {
    golden("workspace", &people::a_workspace(workspace()));
    let mut closed = people::a_workspace(workspace());
    let name = "Company outing".to_owned();
    closed.days_off.push(DayOff { date: "2027-06-11".parse().unwrap(), name, yearly: true });
    golden("workspace_days_off", &closed);
    golden("user", &people::user(workspace(), "ada"));
    golden("campaign", &campaign("spring"));
    let writing = CampaignWriting {
        ai: false,
        tone: "warm".into(),
        language: "German".into(),
        context: "Reminders for practices.".into(),
        budget: Some(Usd::cents(500)),
    };
    golden("campaign_writing", &Campaign { writing, ..campaign("spring") });
    golden("campaign_page", &campaigns::page("spring"));
    golden("sequence", &settings::sequence());
    let mut open_house = settings::sequence();
    open_house.window.on_holidays = OnHolidays::Send;
    golden("sequence_on_holidays", &open_house);
    let version = settings::version();
    golden("sequence_version", &version);
    let by = Some(settings::rollout().by);
    let patch = Patch { at: Still.now(), by: by.map(Into::into), before: version.version.steps.clone() };
    let promoted = version.version.steps.iter().map(|step| step.id.clone()).collect();
    golden("sequence_version_patched", &VersionRecord { patches: vec![patch], promoted, ..version });
    golden("rollout", &settings::rollout());
    golden("import", &settings::import());
    golden("bulk_message", &bulk_message());
    golden("suppression", &settings::suppression(1));
    golden("account", &settings::account("inbound", settings::inbound(&["in@acme.example"])));
    let mut mornings = settings::account("mornings", settings::inbound(&["in@acme.example"]));
    mornings.hours = Some(WorkingHours {
        zone: ZoneName::parse("Europe/London").unwrap(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 540, end: 720 }],
    });
    golden("account_hours", &mornings);
    golden("breaker", &settings::breaker());
    golden("mailbox_reading", &settings::mailbox_reading());
    golden("inbound_record", &inbox::inbound_record());
    golden("prompt_version", &prompts::prompt_version(3, "Name the city."));
    golden("client", &money::client());
    golden("subscription", &money::subscription());
    golden("transaction", &money::payment("in_1", 0));
    golden("commission_plan", &money::commission_plan());
    golden("commission_statement", &money::commission_statement());
    golden("target_plan", &money::target_plan());
    golden("slack_channel", &slack_channel());
    golden("digest_settings", &digest_settings());
    golden("notification_choices", &notification_choices());
    golden("push_device", &push_device());
}

/// A channel that was switched off.
fn slack_channel() -> SlackChannel {
    SlackChannel {
        workspace: workspace(),
        sealed_url: "c2VhbGVk".to_owned(),
        ending: "WORD".to_owned(),
        kinds: vec![NotificationKind::HotLead, NotificationKind::Reply],
        with_details: true,
        off: Some(SlackOff { at: Still.now(), fault: SlackFault::Archived }),
        rev: 1,
    }
}

fn notification_choices() -> NotificationChoices {
    let usual = NotificationChoices::usual(workspace(), UserId::derived(Still.now(), &["ada"]));
    NotificationChoices { hot_leads_always: true, ..usual }
}

fn push_device() -> PushDevice {
    let login = LoginId::derived(Still.now(), &["ada"]);
    let user = UserId::derived(Still.now(), &["ada"]);
    PushDevice {
        workspace: workspace(),
        id: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
        of: PushSession { session: SessionId::derived(Still.now(), &["ada"]), login, user },
        name: Some("Firefox on Linux".to_owned()),
        sealed: "c2VhbGVk".to_owned(),
        server_key: "BKey".to_owned(),
        added_at: Still.now(),
    }
}

fn digest_settings() -> DigestSettings {
    DigestSettings {
        hour: Some(18),
        zone: ZoneName::parse("Asia/Kolkata"),
        last_day: Some(jiff::civil::date(2026, 11, 20)),
        ..DigestSettings::usual(workspace(), UserId::derived(Still.now(), &["ada"]))
    }
}

/// The stages of a workspace that has added one.
fn stages() -> Stages {
    let mut stages = Stages::usual(workspace());
    let id = stages.next_stage().expect("the first number is free");
    let demo = Stage { id, name: "Demo booked".to_owned(), probability: 70, stale_after_days: Some(9) };
    stages.stages.insert(4, demo);
    stages
}

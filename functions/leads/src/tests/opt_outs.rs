//! What a lead has opted out of is said with a new lead, and by the file of an export.

use super::*;
use application::{Clock, Ports};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::opt_out_hold::Doubt;
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};

async fn exported(suite: &Suite) -> Vec<Vec<String>> {
    let reply = suite.get("/api/leads/export.csv?sort=name").await;
    let csv = String::from_utf8(reply.body).unwrap();
    let cells = |line: &str| line.trim_start_matches('\u{feff}').split(',').map(str::to_owned).collect();
    csv.lines().map(cells).collect()
}

/// Which channels of the lead are open: e-mail, SMS and WhatsApp.
fn open(lead: &Value) -> Vec<bool> {
    let channels = lead["channels"].as_array().unwrap().iter();
    channels.map(|channel| channel["open"].as_bool().unwrap()).collect()
}

async fn listed(suite: &Suite, scope: SuppressionScope) -> Option<Suppression> {
    let found = suite.stage.ports.suppressions().find(&suite.workspace, &[scope]).await.unwrap();
    found.into_iter().next()
}

#[tokio::test]
async fn new_lead_that_has_opted_out_is_not_contacted() {
    let suite = suite().await;
    let body = json!({"email": "ana@quay.example", "phone": "020 7946 0018", "opted_out": ["sms"],
        "consent": {"sms": {"basis": "consent"}, "email": {"basis": "consent"}}});
    let by_phone = suite.post("/api/leads", body).await.expect(201);
    assert_eq!(by_phone["do_not_contact"], false);
    assert_eq!(open(&by_phone), [true, false, false], "{by_phone}");
    assert_eq!(by_phone["consent"].as_array().unwrap().len(), 1, "the opt-out is later than the consent");
    for body in [
        json!({"email": "b@quay.example", "opted_out": ["email"]}),
        json!({"email": "c@quay.example", "do_not_contact": true}),
        json!({"email": "d@quay.example", "custom": {"Email Opt Out": true}}),
        json!({"email": "e@quay.example", "custom": {"Unsubscribed": "WAHR"}}),
    ] {
        let lead = suite.post("/api/leads", body.clone()).await.expect(201);
        assert_eq!((&lead["do_not_contact"], open(&lead)), (&json!(true), vec![false; 3]), "{body}");
        let listed = suite.post("/api/leads", body).await;
        listed.expect(409);
    }
    let open_lead = json!({"email": "f@quay.example", "custom": {"Email Opt Out": false}});
    let lead = suite.post("/api/leads", open_lead).await.expect(201);
    assert_eq!(lead["do_not_contact"], false);
    let change = json!({"custom": {"Email Opt Out": "yes"}});
    let changed = suite.patch(&format!("/api/leads/{}", id(&lead)), change).await.expect(200);
    assert_eq!(changed["do_not_contact"], true);
}

#[tokio::test]
async fn denied_consent_or_a_tag_of_an_opt_out_closes_a_lead_by_every_route() {
    let suite = suite().await;
    for (n, body) in [
        json!({"custom": {"Subscribed": "no"}}),
        json!({"custom": {"optin": "false"}}),
        json!({"custom": {"marketing_opt_in": false}}),
        json!({"tags": ["unsubscribed"]}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut new = body.clone();
        new["email"] = json!(format!("new{n}@quay.example"));
        let lead = suite.post("/api/leads", new).await.expect(201);
        assert_eq!((&lead["do_not_contact"], open(&lead)), (&json!(true), vec![false; 3]), "{body}");
        let lead =
            suite.post("/api/leads", json!({"email": format!("old{n}@quay.example")})).await.expect(201);
        let changed = suite.patch(&format!("/api/leads/{}", id(&lead)), body.clone()).await.expect(200);
        assert_eq!((&changed["do_not_contact"], open(&changed)), (&json!(true), vec![false; 3]), "{body}");
    }
    suite.post("/api/fields", json!({"label": "Newsletter", "kind": "text"})).await.expect(201);
    for body in [
        json!({"custom": {"Subscribed": "yes"}, "tags": ["subscribed", "vip"]}),
        json!({"custom": {"Newsletter": "no"}}),
    ] {
        let mut new = body.clone();
        new["email"] = json!(format!("open{}@quay.example", body["tags"].is_null()));
        assert_eq!(suite.post("/api/leads", new).await.expect(201)["do_not_contact"], false, "{body}");
    }
}

#[tokio::test]
async fn bulk_tag_or_value_of_an_opt_out_closes_the_leads() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Subscribed", "kind": "text"})).await.expect(201);
    let phone = suite.post("/api/fields", json!({"label": "SMS Consent", "kind": "text"})).await.expect(201);
    for (n, (action, expected)) in [
        (json!({"do": "tag", "add": ["Do not contact"]}), [false; 3]),
        (json!({"do": "fill", "field": "Subscribed", "value": "no"}), [false; 3]),
        (json!({"do": "fill", "field": phone["key"], "value": "denied"}), [true, false, false]),
        (json!({"do": "fill", "field": "Subscribed", "value": "yes"}), [true; 3]),
        (json!({"do": "tag", "add": ["vip"]}), [true; 3]),
    ]
    .into_iter()
    .enumerate()
    {
        let new = json!({"email": format!("l{n}@quay.example"), "phone": format!("020 7946 001{n}"),
            "consent": {"sms": {"basis": "consent"}, "whatsapp": {"basis": "consent"}}});
        let lead = suite.post("/api/leads", new).await.expect(201);
        let body = json!({"ids": [lead["id"]], "action": action});
        assert_eq!(suite.post("/api/leads/bulk", body).await.expect(200)["changed"], 1, "{action}");
        let lead = suite.get(&format!("/api/leads/{}", id(&lead))).await.expect(200);
        assert_eq!(open(&lead), expected, "{action}: {lead}");
        let scope = SuppressionScope::Phone(format!("+44207946001{n}"));
        assert_eq!(listed(&suite, scope).await.is_some(), n == 0 || n == 2, "{action}");
    }
}

#[tokio::test]
async fn new_lead_who_has_opted_out_as_another_one_starts_closed() {
    let suite = suite().await;
    let first = json!({"email": "ana@quay.example", "phone": "020 7946 0018", "second_email": "ana2@quay.example",
        "second_phone": "020 7946 0019"});
    let first = suite.post("/api/leads", first).await.expect(201);
    let path = format!("/api/leads/{}", id(&first));
    let new = |n: usize, more: Value| {
        let mut new = json!({"email": format!("new{n}@quay.example")});
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        new
    };
    let open_one = suite.post("/api/leads", new(1, json!({"phone": "020 7946 0018"}))).await.expect(201);
    assert_eq!(open_one["do_not_contact"], false);
    suite.patch(&path, json!({"do_not_contact": true})).await.expect(200);
    for (n, more) in [
        json!({"phone": "020 7946 0018"}),
        json!({"second_phone": "020 7946 0018", "phone": "020 7946 0011"}),
        json!({"phone": "020 7946 0019"}),
        json!({"email": "ana2@quay.example"}),
    ]
    .into_iter()
    .enumerate()
    {
        let lead = suite.post("/api/leads", new(n + 2, more.clone())).await.expect(201);
        assert_eq!((&lead["do_not_contact"], open(&lead)), (&json!(true), vec![false; 3]), "{more}");
        let timeline = suite.get(&format!("/api/leads/{}/timeline", id(&lead))).await.expect(200);
        assert!(timeline.to_string().contains("suppressed"), "{timeline}");
    }
    let stranger = suite.post("/api/leads", new(9, json!({"phone": "020 7946 0012"}))).await.expect(201);
    assert_eq!(stranger["do_not_contact"], false);
}

#[tokio::test]
async fn number_that_may_be_of_another_country_is_refused_with_its_readings() {
    let suite = suite().await;
    for (n, written) in ["436641234567", "41791234567"].into_iter().enumerate() {
        let email = format!("n{n}@quay.example");
        let new = json!({"email": email, "phone": written, "country": "DE"});
        let refused = suite.post("/api/leads", new).await.expect(422);
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("+{written} or +49{written}")), "{refused}");
        let lead = suite.post("/api/leads", json!({"email": email, "country": "DE"})).await.expect(201);
        let change = json!({"phone": written});
        suite.patch(&format!("/api/leads/{}", id(&lead)), change).await.expect(422);
    }
}

#[tokio::test]
async fn changed_value_that_says_opted_out_is_listed_once() {
    let suite = suite().await;
    let lead = json!({"email": "ana@quay.example", "phone": "020 7946 0018",
        "consent": {"sms": {"basis": "consent"}}});
    let lead = suite.post("/api/leads", lead).await.expect(201);
    assert!(open(&lead)[1], "{lead}");
    let path = format!("/api/leads/{}", id(&lead));
    let change = || json!({"custom": {"Do Not Call": true}});
    let changed = suite.patch(&path, change()).await.expect(200);
    assert_eq!((&changed["do_not_contact"], open(&changed)), (&json!(false), vec![true, false, false]));
    assert!(!changed["consent"][0]["withdrawn_at"].is_null(), "{changed}");
    let scope = || SuppressionScope::Phone("+442079460018".to_owned());
    let entry = listed(&suite, scope()).await.unwrap();
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    suite.stage.ports.suppressions().lift(&entry, &event).await.unwrap();
    suite.patch(&path, change()).await.expect(200);
    assert_eq!(listed(&suite, scope()).await, None, "the value is the former one");
}

#[tokio::test]
async fn field_that_says_nothing_of_opt_outs_by_an_admins_word_is_not_heard() {
    let suite = suite().await;
    let made = suite.post("/api/fields", json!({"label": "Do not call", "kind": "text"})).await.expect(201);
    let path = format!("/api/fields/{}/opt-outs", id(&made));
    let lead = |n: usize| {
        json!({"email": format!("l{n}@quay.example"), "phone": format!("020 7946 001{n}"),
            "custom": {"Do not call": "yes"}})
    };
    let open_of = async |n| open(&suite.post("/api/leads", lead(n)).await.expect(201))[0];
    let number = |n: usize| SuppressionScope::Phone(format!("+44207946001{n}"));
    assert!(open_of(1).await && listed(&suite, number(1)).await.is_some());
    suite.post(&path, json!({"target": null})).await.expect(202);
    assert!(open_of(2).await && listed(&suite, number(2)).await.is_none());
    let changed =
        suite.post("/api/leads", json!({"email": "l3@quay.example", "phone": "020 7946 0013"})).await;
    let at = format!("/api/leads/{}", id(&changed.expect(201)));
    suite.patch(&at, json!({"custom": {"Do not call": "yes"}})).await.expect(200);
    assert!(listed(&suite, number(3)).await.is_none());
    suite.post(&path, json!({"target": "do_not_contact"})).await.expect(202);
    assert!(!open_of(4).await, "it is read as the admin says");
}

#[tokio::test]
async fn exported_file_says_what_closes_every_channel_and_what_may_be_an_opt_out() {
    let suite = suite().await;
    let lead = json!({"email": "a@quay.example", "first_name": "Ann", "phone": "020 7946 0018"});
    suite.post("/api/leads", lead).await.expect(201);
    let held = suite.post("/api/leads", json!({"email": "b@quay.example", "first_name": "Bob"})).await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let event = Event::system(EventKind::LeadChanged, now);
    let stop = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Phone("+442079460018".to_owned()),
        reason: SuppressionReason::OptedOut,
        source: Some("SM1".to_owned()),
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: Some(StopSign::Keyword),
    };
    ports.suppressions().put(&stop, &event).await.unwrap();
    let bob = LeadId::parse(&id(&held.expect(201))).unwrap();
    let mut bob = ports.leads().get(&suite.workspace, &bob).await.unwrap();
    let message = MessageId::of_inbound(&bob.id, "1");
    bob.hold_for(Doubt { message: &message, channel: Channel::Email, sentence: "Stpo", at: now });
    ports.leads().save(&bob, &event).await.unwrap();
    let file = exported(&suite).await;
    let place = |name: &str| file[0].iter().position(|header| header == name).unwrap();
    let cells = |row: usize| ["opted_out", "possible_opt_out"].map(|name| file[row][place(name)].as_str());
    assert_eq!(cells(1), ["\"email; sms; whatsapp\"", ""]);
    assert_eq!(cells(2), ["", "yes"]);
}

#[tokio::test]
async fn exported_file_says_what_leads_have_opted_out_of_and_agreed_to() {
    let suite = suite().await;
    let marked = json!({"email": "a@quay.example", "first_name": "Ann", "do_not_contact": true});
    suite.post("/api/leads", marked).await.expect(201);
    let by_phone = json!({"email": "b@quay.example", "first_name": "Bob", "phone": "020 7946 0018", "opted_out": ["sms"]});
    suite.post("/api/leads", by_phone).await.expect(201);
    let consent =
        json!({"email": {"basis": "written_consent", "on": "2026-05-04", "note": "Fair in Bremen"}});
    let agreed = json!({"email": "c@quay.example", "first_name": "Cy", "consent": consent,
        "tracking_consent": "2026-05-05"});
    suite.post("/api/leads", agreed).await.expect(201);
    let file = exported(&suite).await;
    let place = |name: &str| file[0].iter().position(|header| header == name).unwrap();
    let names = ["do_not_contact", "opted_out", "bounced", "consent_basis", "consent_date", "consent_source"];
    let cells = |row: usize| names.map(|name| file[row][place(name)].as_str());
    assert_eq!(cells(1), ["yes", "\"email; sms; whatsapp\"", "", "", "", ""]);
    assert_eq!(cells(2), ["", "\"sms; whatsapp\"", "", "", "", ""]);
    assert_eq!(cells(3), ["", "", "", "written_consent", "2026-05-04", "Fair in Bremen"]);
    assert_eq!(file[3][place("consent_channels")], "email");
    let tracking = |row: usize| file[row][place("tracking_consent")].as_str();
    assert_eq!((tracking(1), tracking(2), tracking(3)), ("", "", "2026-05-05"));
}

#[tokio::test]
async fn number_that_may_be_of_several_countries_is_refused_with_what_to_do() {
    let suite = suite().await;
    let unclear = json!({"email": "a@quay.example", "phone": "2079460018"});
    let refused = suite.post("/api/leads", unclear).await.expect(422);
    assert_eq!(refused["field"], "phone");
    assert!(refused["detail"].as_str().unwrap().contains("country code"), "{refused}");
    for (phone, read) in [("447911123456", "+447911123456"), ("447911123457.0", "+447911123457")] {
        let body = json!({"email": format!("{phone}@quay.example"), "phone": phone});
        assert_eq!(suite.post("/api/leads", body).await.expect(201)["phone"], read);
    }
    let known = json!({"email": "b@quay.example", "phone": "2079460018", "country": "GB"});
    assert_eq!(suite.post("/api/leads", known).await.expect(201)["phone"], "+442079460018");
}

#[tokio::test]
async fn custom_field_of_an_earlier_import_is_asked_about_once_and_answered() {
    let suite = suite().await;
    let made =
        suite.post("/api/fields", json!({"label": "Werbesperre (alt)", "kind": "text"})).await.expect(201);
    for (email, value) in [("a@quay.example", "ja"), ("b@quay.example", "nein")] {
        // A value that comes with a request is heard at once: this one is from before.
        let lead = suite.post("/api/leads", json!({"email": email})).await.expect(201);
        let (leads, event) =
            (suite.stage.ports.leads(), Event::system(EventKind::LeadChanged, suite.stage.clock.now()));
        let mut lead = leads.get(&suite.workspace, &LeadId::parse(&id(&lead)).unwrap()).await.unwrap();
        lead.custom.insert("Werbesperre (alt)".to_owned(), value.to_owned());
        leads.save(&lead, &event).await.unwrap();
    }
    let found = suite.get("/api/fields/opt-outs").await.expect(200);
    assert_eq!((&found["is_whole"], found["items"].as_array().unwrap().len()), (&json!(true), 1));
    let one = &found["items"][0];
    assert_eq!(
        (&one["leads"], &one["examples"], &one["target"]),
        (&json!(1), &json!(["ja"]), &json!("do_not_contact"))
    );
    let path = format!("/api/fields/{}/opt-outs", id(&made));
    assert_eq!(suite.post(&path, json!({"target": "city"})).await.expect(422)["field"], "target");
    suite.post(&path, json!({"target": "do_not_contact"})).await.expect(202);
    let queued = suite.stage.messages(Queue::Enrolments);
    assert_eq!(
        (&queued[0]["do"], &queued[0]["target"]),
        (&json!("apply_opt_outs"), &json!("do_not_contact"))
    );
    assert_eq!(suite.get("/api/fields/opt-outs").await.expect(200)["items"], json!([]));
}

async fn says_stop(suite: &Suite, scope: SuppressionScope) {
    let now = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope,
        reason: SuppressionReason::OptedOut,
        source: Some("msg_1".to_owned()),
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: Some(StopSign::Words),
    };
    let event = Event::system(EventKind::AddressSuppressed, now);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

#[tokio::test]
async fn changed_address_or_number_of_a_lead_that_has_opted_out_stays_closed() {
    let mail = |address: &str| SuppressionScope::Email(address.to_owned());
    let phone = |number: &str| SuppressionScope::Phone(number.to_owned());
    for (said, change, listed_then) in [
        (mail("a@quay.example"), json!({"email": "a.new@quay.example"}), Some(mail("a.new@quay.example"))),
        (phone("+442079460018"), json!({"phone": "020 7946 0019"}), Some(phone("+442079460019"))),
        // Nothing comes in its place: the lead itself is marked.
        (mail("a@quay.example"), json!({"email": null}), None),
        (phone("+442079460018"), json!({"phone": null}), None),
    ] {
        let suite = suite().await;
        let lead = json!({"email": "a@quay.example", "phone": "020 7946 0018",
            "consent": {"sms": {"basis": "consent"}, "whatsapp": {"basis": "consent"}}});
        let path = format!("/api/leads/{}", id(&suite.post("/api/leads", lead).await.expect(201)));
        says_stop(&suite, said.clone()).await;
        assert_eq!(open(&suite.get(&path).await.expect(200)), [false; 3], "{said:?}");
        let changed = suite.patch(&path, change.clone()).await.expect(200);
        assert_eq!(open(&changed), [false; 3], "{change}");
        assert_eq!(changed["do_not_contact"], listed_then.is_none(), "{change}");
        if let Some(scope) = listed_then {
            let entry = listed(&suite, scope).await.expect("the new one is listed");
            assert_eq!(entry.source.as_deref(), Some("msg_1"), "it tells what the lead has said");
        }
    }
}

#[tokio::test]
async fn dead_address_says_nothing_of_the_one_that_takes_its_place() {
    let suite = suite().await;
    let path = id(&suite.post("/api/leads", json!({"email": "a@quay.example"})).await.expect(201));
    let path = format!("/api/leads/{path}");
    let now = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Email("a@quay.example".to_owned()),
        reason: SuppressionReason::HardBounce,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, now);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
    let changed = suite.patch(&path, json!({"email": "a.new@quay.example"})).await.expect(200);
    assert!(open(&changed)[0], "{changed}");
}

#[tokio::test]
async fn erased_lead_that_nobody_may_contact_is_not_contacted_when_it_is_brought_anew() {
    let mut suite = suite().await;
    let lead = json!({"email": "a@quay.example", "phone": "020 7946 0018", "do_not_contact": true});
    let path = format!("/api/leads/{}", id(&suite.post("/api/leads", lead).await.expect(201)));
    suite.sign_in(Role::Manager);
    suite.post(&format!("{path}/erase"), json!({})).await.expect(204);
    let anew = suite.post("/api/leads", json!({"email": "a@quay.example"})).await.expect(201);
    assert_eq!(open(&anew), [false; 3], "{anew}");
}

//! Versions of a sequence: differences, rollouts, patches, clones.

use super::*;
use application::projection::stream::{ProjectPorts, project};

struct Running {
    suite: Suite,
    sequence: Value,
    path: String,
}

/// Two mails in an active campaign; Ana stands at the first, Ben at the second.
async fn running() -> Running {
    let suite = suite().await;
    let sequence = suite.post("/api/sequences", two_mails()).await.expect(201);
    let stored = stored(&suite, &sequence).await;
    let campaign = campaign(&suite, &stored, CampaignState::Active).await;
    for (name, step) in [("ana", 0), ("ben", 1)] {
        let lead = lead(&suite, name).await;
        let mut enrolment = suite.stage.enrolment(&campaign, &stored, &lead).await;
        if step > 0 {
            enrolment.advance(now(&suite), Some(stored.steps[step].id.clone()), None);
            let event = Event::system(EventKind::StepDone, now(&suite));
            suite.stage.ports.enrolments().save(&enrolment, &event).await.unwrap();
        }
    }
    project(&ProjectPorts::new(&suite.stage.ports), "shard", &suite.stage.stream()).await.unwrap();
    let path = format!("/api/sequences/{}", text(&sequence["id"]));
    Running { suite, sequence, path }
}

fn call(title: &str) -> Value {
    json!({"kind": "task", "task": "call", "delay": {"amount": 1, "unit": "days"}, "title": title})
}

#[tokio::test]
async fn diff_shows_changed_steps_and_active_leads() {
    let Running { suite, sequence, path } = running().await;
    let mut first = sequence["steps"][0].clone();
    first["delay"]["amount"] = json!(1);
    let changes = json!({"steps": [call("Ring them"), first]});
    let told = suite.post(&format!("{path}/diff"), changes).await.expect(200);
    assert_eq!((&told["since"], &told["version"], &told["campaigns"]), (&json!(1), &json!(2), &json!(1)));
    let rows = told["diff"]["steps"].as_array().unwrap();
    let words: Vec<&str> = rows.iter().map(|row| row["change"].as_str().unwrap()).collect();
    assert_eq!(words, ["added", "changed", "removed"]);
    assert_eq!(rows[1]["fields"], json!(["delay"]));
    assert_eq!(
        (&rows[1]["before"]["delay"]["amount"], &rows[1]["after"]["delay"]["amount"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(told["diff"]["is_patch"], false);
    let people = told["people"].as_array().unwrap();
    let stand = |step: &Value| people.iter().find(|row| row["step_id"] == step["id"]).unwrap();
    let (at_first, at_second) = (stand(&sequence["steps"][0]), stand(&sequence["steps"][1]));
    assert_eq!((&at_first["people"], &at_first["gone"]), (&json!(1), &json!(false)));
    assert_eq!((&at_second["people"], &at_second["gone"]), (&json!(1), &json!(true)));
    assert_eq!(at_first["campaign_name"], "Spring");
    assert_eq!(told["gone"][0]["id"], sequence["steps"][1]["id"]);
    let faulty = json!({"steps": [{"kind": "sms", "delay": {"amount": 0, "unit": "days"}, "body": ""}]});
    assert_eq!(suite.post(&format!("{path}/diff"), faulty).await.expect(422)["field"], "steps[0].body");
    assert_eq!(
        suite.post(&format!("{path}/diff"), json!({"version": 9})).await.expect(422)["field"],
        "version"
    );
    let same = suite.post(&format!("{path}/diff"), json!({})).await.expect(200);
    assert_eq!((&same["diff"]["unchanged"], &same["people"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn diff_counts_leads_with_missing_values() {
    let Running { suite, sequence, path } = running().await;
    let (first, mut second) = (&sequence["steps"][0], sequence["steps"][1].clone());
    second["body"] = json!("Again");
    let diff = async |steps: [&Value; 2], missing_values: bool| {
        let body = json!({ "steps": steps, "missing_values": missing_values });
        suite.post(&format!("{path}/diff"), body).await.expect(200)["missing_values"].clone()
    };
    let mut told = first.clone();
    told["body"] = json!("In {{ city }}");
    assert_eq!(diff([&told, &second], false).await, Value::Null);
    let both = json!({ "looked_at": 2, "more": false, "people": 1, "fields": { "city": 1 } });
    assert_eq!(diff([&told, &second], true).await, both, "Ben has had it");
    told["body"] = json!("In {{ city | default('town') }}");
    assert_eq!(diff([&told, &second], true).await["people"], 0);
    let mut later = second.clone();
    later["body"] = json!("In {{ city }}");
    assert_eq!(diff([first, &later], true).await["people"], 2);
}

#[tokio::test]
async fn rollout_needs_a_mapping_for_removed_steps_and_starts_its_job() {
    let Running { suite, sequence, path } = running().await;
    let (first, second) = (&sequence["steps"][0], &sequence["steps"][1]);
    suite.patch(&path, json!({"steps": [first, call("Ring them")]})).await.expect(200);
    let rollouts = format!("{path}/rollouts");
    let refused = suite.post(&rollouts, json!({"people": "now"})).await.expect(422);
    assert_eq!(refused["field"], format!("mapping.{}", text(&second["id"])));
    let nowhere = json!({"people": "now", "mapping": {text(&second["id"]): {"step": second["id"]}}});
    assert_eq!(suite.post(&rollouts, nowhere).await.expect(422)["field"], refused["field"]);
    assert_eq!(
        suite.post(&rollouts, json!({"people": "keep", "version": 7})).await.expect(422)["field"],
        "version"
    );
    assert!(suite.stage.messages(Queue::Enrolments).is_empty());
    let mapped = json!({"people": "now", "mapping": {text(&second["id"]): "exit"}});
    let ordered = suite.post(&rollouts, mapped).await.expect(201);
    assert_eq!((&ordered["version"], &ordered["under_way"]), (&json!(2), &json!(2)));
    assert_eq!(ordered["finished_at"], Value::Null);
    let messages = suite.stage.messages(Queue::Enrolments);
    assert_eq!((&messages[0]["do"], &messages[0]["rollout"]), (&json!("roll_out"), &ordered["id"]));
    let listed = suite.get(&rollouts).await.expect(200);
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["moved"]), (&ordered["id"], &json!(0)));
}

#[tokio::test]
async fn rollout_of_a_version_that_a_campaign_cannot_send_is_refused() {
    let Running { suite, sequence, path } = running().await;
    let text_step = json!({"kind": "sms", "delay": {"amount": 1, "unit": "days"}, "body": "Hello"});
    suite.patch(&path, json!({"steps": [sequence["steps"][0], text_step]})).await.expect(200);
    let refused = suite.post(&format!("{path}/rollouts"), json!({"people": "keep"})).await.expect(422);
    assert_eq!(refused["field"], "version");
    let detail = text(&refused["errors"][0]["detail"]);
    assert!(detail.contains("'Spring'") && detail.contains("sms_sender_id"), "{detail}");
}

#[tokio::test]
async fn patch_changes_texts_of_the_version_and_is_recorded() {
    let Running { suite, sequence, path } = running().await;
    let mut steps = sequence["steps"].clone();
    steps[1]["body"] = json!("Once more: {{ company }}");
    let patches = format!("{path}/patches");
    let stale = json!({"steps": steps, "rev": 99});
    assert_eq!(suite.post(&patches, stale).await.expect(409)["code"], "changed_meanwhile");
    let patched = suite.post(&patches, json!({"steps": steps, "rev": sequence["rev"]})).await.expect(200);
    assert_eq!((&patched["version"], &patched["steps"][1]["body"]), (&json!(1), &steps[1]["body"]));
    let again = suite.patch(&path, json!({"name": "Named", "rev": patched["rev"]})).await.expect(200);
    assert_eq!(again["version"], 1);
    let versions = suite.get(&format!("{path}/versions")).await.expect(200);
    let one = &versions["items"][0];
    assert_eq!((&one["version"], &one["under_way"], &versions["total"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(one["steps"][1]["body"], steps[1]["body"]);
    let record = &one["patches"][0];
    assert_eq!(record["before"].as_array().unwrap().len(), 1);
    assert_eq!(record["before"][0]["body"], sequence["steps"][1]["body"]);
    assert!(record["by"].is_string() && record["at"].is_string());
    let mut more = steps.clone();
    more[1]["delay"]["amount"] = json!(9);
    assert_eq!(suite.post(&patches, json!({"steps": more})).await.expect(422)["field"], "steps");
    let broken = json!({"steps": [steps[0], {"id": steps[1]["id"], "kind": "email", "body": "{{ nonsense }}",
        "delay": steps[1]["delay"]}]});
    assert_eq!(suite.post(&patches, broken).await.expect(422)["field"], "steps[1].body");
}

#[tokio::test]
async fn cloned_sequence_has_new_step_ids() {
    let suite = suite().await;
    let (yes, no) = (StepId::derived(now(&suite), &["yes"]), StepId::derived(now(&suite), &["no"]));
    let at_once = json!({"amount": 0, "unit": "minutes"});
    let steps = json!([
        {"kind": "branch", "delay": at_once, "condition": {"if": "replied"}, "yes": yes, "no": no},
        {"id": yes, "kind": "wait", "delay": at_once},
        {"id": no, "kind": "end", "delay": at_once},
    ]);
    let original = suite.post("/api/sequences", json!({"name": "Fork", "steps": steps})).await.expect(201);
    let path = format!("/api/sequences/{}/clone", text(&original["id"]));
    let copy = suite.post(&path, json!({})).await.expect(201);
    assert_eq!((&copy["name"], &copy["version"]), (&json!("Fork copy"), &json!(1)));
    assert_ne!(copy["id"], original["id"]);
    for (ours, theirs) in copy["steps"].as_array().unwrap().iter().zip(original["steps"].as_array().unwrap())
    {
        assert_ne!(ours["id"], theirs["id"]);
    }
    assert_eq!(copy["steps"][0]["yes"], copy["steps"][1]["id"]);
    assert_eq!(copy["steps"][0]["no"], copy["steps"][2]["id"]);
    assert_eq!(suite.post(&path, json!({"name": " "})).await.expect(422)["field"], "name");
}

#[tokio::test]
async fn rep_who_sees_only_own_leads_is_told_no_number_of_active_leads() {
    let Running { mut suite, sequence, path } = running().await;
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    suite.sign_in(Role::Rep);
    let versions = suite.get(&format!("{path}/versions")).await.expect(200);
    assert_eq!(versions["items"][0]["under_way"], Value::Null);
    let changes = json!({"steps": [sequence["steps"][0]], "missing_values": true});
    let told = suite.post(&format!("{path}/diff"), changes).await.expect(200);
    assert_eq!((&told["people"], &told["missing_values"]), (&json!([]), &Value::Null));
    assert_eq!(told["gone"][0]["id"], sequence["steps"][1]["id"], "what is missing in the steps is told");
}

#[tokio::test]
async fn versions_of_another_workspace_are_not_found() {
    let Running { mut suite, path, sequence } = running().await;
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    for what in ["versions", "rollouts"] {
        suite.get(&format!("{path}/{what}")).await.expect(404);
    }
    suite.post(&format!("{path}/diff"), json!({})).await.expect(404);
    suite.post(&format!("{path}/rollouts"), json!({"people": "keep"})).await.expect(404);
    suite.post(&format!("{path}/patches"), json!({"steps": sequence["steps"]})).await.expect(404);
    suite.post(&format!("{path}/clone"), json!({})).await.expect(404);
}

#[tokio::test]
async fn sequence_in_use_cannot_be_archived_and_names_its_campaigns() {
    let Running { suite, sequence, path } = running().await;
    let campaigns = suite.stage.ports.campaigns();
    let spring = campaigns.list(&suite.workspace).await.unwrap().remove(0);
    let stored = stored(&suite, &sequence).await;
    let autumn = suite.stage.campaign("Autumn", &stored, CampaignState::Paused, |_| ()).await;
    for problem in [
        suite.delete(&path).await.expect(409),
        suite.patch(&path, json!({"archived": true})).await.expect(409),
    ] {
        assert_eq!(problem["code"], "sequence_in_use");
        let detail = text(&problem["detail"]);
        assert!(detail.starts_with("2 campaigns still use it: "), "{detail}");
        assert!(detail.contains("“Spring”, 2 active leads"), "{detail}");
        let errors = problem["errors"].as_array().unwrap();
        let of =
            |campaign: &Campaign| errors.iter().find(|error| error["field"] == json!(campaign.id)).unwrap();
        assert_eq!(of(&spring)["detail"], "“Spring”, 2 active leads");
        assert_eq!(of(&autumn)["detail"], "“Autumn”, no active leads");
    }
    assert_eq!(suite.get(&path).await.expect(200)["archived"], false);
    for (closed, state) in [(&spring, CampaignState::Completed), (&autumn, CampaignState::Archived)] {
        let mut campaign = campaigns.get(&suite.workspace, &closed.id).await.unwrap();
        campaign.state = state;
        campaigns.save(&campaign, &Event::system(EventKind::CampaignClosed, now(&suite))).await.unwrap();
    }
    suite.delete(&path).await.expect(204);
    assert_eq!(suite.get(&path).await.expect(200)["archived"], true);
    assert_eq!(suite.patch(&path, json!({"archived": true})).await.expect(200)["archived"], true);
}

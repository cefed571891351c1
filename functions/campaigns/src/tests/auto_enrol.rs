//! Automatic enrolment: set, run, switched off.

use super::*;
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::enrol_progress::EnrolCount;
use domain::campaign::enrol_progress::EnrolOutcome;

fn webinar(per_day: u32) -> Value {
    json!({"auto_enrol": {"filter": {"tag": ["webinar"]}, "per_day": per_day}})
}

fn looks(suite: &Suite) -> usize {
    let messages = suite.stage.messages(Queue::Enrolments);
    messages.iter().filter(|message| message["do"] == "take_in").count()
}

#[tokio::test]
async fn auto_enrol_runs_at_launch_and_filter_change_and_not_when_off() {
    let suite = suite().await;
    let path = draft(&suite).await;
    assert_eq!(suite.patch(&path, webinar(0)).await.expect(422)["field"], "auto_enrol.per_day");
    let odd = json!({"auto_enrol": {"filter": {"mood": ["good"]}, "per_day": 5}});
    suite.patch(&path, odd).await.expect(422);
    let set = suite.patch(&path, webinar(50)).await.expect(200);
    assert_eq!(
        (&set["auto_enrol"]["per_day"], &set["auto_enrol"]["filter"]["tag"]),
        (&json!(50), &json!(["webinar"]))
    );
    assert_eq!(looks(&suite), 0, "a draft takes nobody in");
    order(&suite, &path, "launch").await;
    assert_eq!(looks(&suite), 1);
    suite.patch(&path, json!({"name": "Webinar"})).await.expect(200);
    assert_eq!(looks(&suite), 0, "another name changes nothing");
    suite.patch(&path, webinar(20)).await.expect(200);
    assert_eq!(looks(&suite), 1);
    let copy = suite.post(&format!("{path}/clone"), json!({})).await.expect(201);
    assert_eq!(copy["auto_enrol"], Value::Null);
    let off = suite.patch(&path, json!({"auto_enrol": null})).await.expect(200);
    assert_eq!((&off["auto_enrol"], looks(&suite)), (&Value::Null, 0));
}

#[tokio::test]
async fn auto_enrol_shows_the_last_run_with_reasons_and_todays_count() {
    let mut suite = suite().await;
    let path = draft(&suite).await;
    let told = suite.get(&format!("{path}/auto-enrol")).await.expect(200);
    assert_eq!((&told["taken_today"], &told["look"]), (&json!(0), &Value::Null));
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let mut auto_enrol_state = AutoEnrolState::unused(suite.workspace.clone(), id);
    auto_enrol_state.reserve(now(&suite).to_zoned(jiff::tz::TimeZone::UTC).date(), 50, 12);
    let mut look = Look { at: now(&suite), matched: 20, inside: 12, waiting: 5, ..Look::default() };
    for why in [EnrolOutcome::Suppressed, EnrolOutcome::Unreachable, EnrolOutcome::Unreachable] {
        look.count_left_out(why);
    }
    auto_enrol_state.look = Some(look);
    let event = Event::system(EventKind::CampaignLooked, now(&suite));
    suite.stage.ports.auto_enrols().save(&auto_enrol_state, &event).await.unwrap();
    let told = suite.get(&format!("{path}/auto-enrol")).await.expect(200);
    assert_eq!((&told["taken_today"], &told["look"]["waiting"]), (&json!(12), &json!(5)));
    let left_out = json!([{"reason": "unreachable", "people": 2}, {"reason": "suppressed", "people": 1}]);
    assert_eq!(told["look"]["left_out"], left_out);
    assert_eq!(told["jobs"], json!([]));
    let outcomes =
        [(EnrolOutcome::Enrolled, 430), (EnrolOutcome::Suppressed, 3), (EnrolOutcome::Already, 67)];
    let count = EnrolCount {
        workspace: suite.workspace.clone(),
        campaign: path.rsplit('/').next().unwrap().parse().unwrap(),
        job: "job_1".to_owned(),
        started_at: now(&suite),
        finished_at: None,
        outcomes: outcomes.into(),
    };
    suite.stage.ports.auto_enrols().put_count(&count, &event).await.unwrap();
    let job = suite.get(&format!("{path}/auto-enrol")).await.expect(200)["jobs"][0].clone();
    let left_out = json!([{"reason": "already", "people": 67}, {"reason": "suppressed", "people": 3}]);
    assert_eq!((&job["enrolled"], &job["left_out"]), (&json!(430), &left_out));
    assert_eq!((&job["finished_at"], &job["id"]), (&Value::Null, &json!("job_1")));
    suite.stage.advance(SignedDuration::from_hours(24));
    suite.sign_in(Role::Owner);
    assert_eq!(suite.get(&format!("{path}/auto-enrol")).await.expect(200)["taken_today"], 0);
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&format!("{path}/auto-enrol")).await.expect(404);
}

#[tokio::test]
async fn auto_enrol_and_enrolment_by_a_segment_that_is_not_there_are_refused() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let gone = "segment_01M7HSBBM0YEW9W2K9Z1FK586Z";
    let odd = json!({"any": [{"if": {"field": "shoe_size", "is": ["44"]}}]});
    for (filter, part) in [(json!({"segment": gone}), "segment"), (json!({"rule": odd}), "rule.any[0]")] {
        let auto_enrol = json!({"auto_enrol": {"filter": filter, "per_day": 5}});
        let refused = suite.patch(&path, auto_enrol).await.expect(422);
        assert_eq!(refused["field"], format!("auto_enrol.filter.{part}"));
        for check in [true, false] {
            let enrol = json!({"filter": filter, "expected_count": 0, "check": check});
            let refused = suite.post(&format!("{path}/enrolments"), enrol).await.expect(422);
            assert_eq!(refused["field"], format!("filter.{part}"));
        }
    }
    assert_eq!(suite.get(&path).await.expect(200)["auto_enrol"], Value::Null);
}

#[tokio::test]
async fn auto_enrol_by_a_rule_that_fits_only_without_a_segment_is_refused() {
    let suite = suite().await;
    let path = draft(&suite).await;
    for (conditions, status) in [(50, 200), (60, 422)] {
        let rule = json!({"any": vec![json!({"if": {"field": "city", "is": ["Bonn"]}}); conditions]});
        let auto_enrol = json!({"auto_enrol": {"filter": {"rule": rule}, "per_day": 5}});
        let answer = suite.patch(&path, auto_enrol).await.expect(status);
        if status == 422 {
            assert_eq!(answer["field"], "auto_enrol.filter.rule");
        }
    }
}

//! Who is left out by hand of all that a filter matches; senders that a campaign under way may not be left without.

use super::*;

#[tokio::test]
async fn all_but_a_few_are_enrolled_here_and_by_a_job() {
    let suite = suite().await;
    let path = format!("{}/enrolments", draft(&suite).await);
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let all_but =
        |count: usize| json!({"filter": {"country": ["GB"]}, "expected_count": count, "except": [ana]});
    assert_eq!(suite.post(&path, all_but(1)).await.expect(409)["code"], "count_differs");
    let done = suite.post(&path, all_but(2)).await.expect(200);
    assert_eq!((&done["matched"], &done["enrolled"]), (&json!(1), &json!(1)));
    let there = suite.get(&path).await.expect(200);
    assert_eq!((&there["items"][0]["lead_id"], &there["items"][1]), (&json!(ben), &Value::Null));
    for n in 0..100 {
        lead(&suite, &format!("lead{n}")).await;
    }
    let done = suite.post(&path, all_but(102)).await.expect(200);
    assert_eq!((&done["matched"], &done["enrolled"]), (&json!(101), &json!(0)));
    assert_eq!(suite.stage.messages(Queue::Enrolments)[0]["job"], done["job"]);
    let mut many = all_but(102);
    many["except"] = json!(vec![ana; 1_001]);
    assert_eq!(suite.post(&path, many).await.expect(422)["field"], "except");
}

#[tokio::test]
async fn a_campaign_under_way_keeps_a_sender_for_its_steps() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let mailbox = mailbox_of(&suite, &path).await;
    suite.patch(&path, json!({"mailbox_ids": []})).await.expect(200);
    suite.patch(&path, json!({"mailbox_ids": [mailbox]})).await.expect(200);
    order(&suite, &path, "launch").await;
    let refused = suite.patch(&path, json!({"mailbox_ids": []})).await.expect(422);
    assert_eq!(refused["field"], "mailbox_ids");
    assert_eq!(suite.get(&path).await.expect(200)["mailbox_ids"], json!([mailbox]));
    // Mail alone needs no number.
    suite.patch(&path, json!({"name": "Autumn", "sms_sender_id": null})).await.expect(200);
    order(&suite, &path, "pause").await;
    suite.stage.clock.advance_to(now(&suite) + SignedDuration::from_secs(11));
    assert_eq!(suite.patch(&path, json!({"mailbox_ids": []})).await.expect(422)["field"], "mailbox_ids");
}

//! The function dies at its first call to the cloud, then at its second, and so on; or the call is done and its response
//! is lost. The caller repeats the request with the same key: nobody is asked for twice, and the money adds up.

use super::*;
use application::queue_messages::Queue;
use domain::workspace::user::Role;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};

/// Sends a request that breaks off at this call. Tells whether it got so far.
async fn broken(suite: &Suite, path: &str, body: &Value, at: usize, lost: bool) -> bool {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    suite.stage.cloud.faults().inject(move |moment, _| {
        let here = moment == Moment::Before && counted.fetch_add(1, Ordering::Relaxed) >= at;
        let dead = Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() };
        here.then(
            || if lost && counted.load(Ordering::Relaxed) == at + 1 { Fault::LoseResponse } else { dead },
        )
    });
    drop(keyed(suite, path, body.clone(), "once").await);
    suite.stage.cloud.faults().clear();
    count.load(Ordering::Relaxed) > at
}

/// Repeats the request, once it counts as dead.
async fn again(suite: &mut Suite, path: &str, body: Value) -> test_stage::Reply {
    suite.stage.advance(SignedDuration::from_mins(3));
    suite.sign_in(Role::Owner);
    keyed(suite, path, body, "once").await
}

#[tokio::test]
async fn adding_that_breaks_off_anywhere_buys_nobody_twice() {
    for lost in [false, true] {
        for at in 0.. {
            let mut suite = suite().await;
            let asked = apollo_answers(&suite);
            let found = search(&suite).await;
            let body = json!({"search": found["id"], "ids": [ids(&found)[0], ids(&found)[1]]});
            let path = "/api/prospects/add";
            let broke = broken(&suite, path, &body, at, lost).await;
            let answer: Value = again(&mut suite, path, body).await.expect(200);
            let outcome = answer["results"][0]["outcome"].as_str().unwrap();
            assert!(["added", "answer_lost"].contains(&outcome), "{at} {lost}: {answer}");
            let month = month(&suite).await;
            let leads = suite.stage.ports.leads().ids(&suite.workspace, None).await.unwrap().0.len();
            assert!(asked.counts().1 <= 2, "{at} {lost}: {:?}", asked.counts());
            assert_eq!(
                (leads, month.reserved),
                (usize::from(outcome == "added"), Usd::ZERO),
                "{at} {lost}: {answer}"
            );
            let lost_ones = answer["counts"]["answer_lost"].as_u64().unwrap_or(0);
            let bought = u64::from(outcome == "added") + lost_ones;
            assert_eq!(month.spent, Usd::micros(20_000) * bought, "{at} {lost}: {answer}");
            suite.stage.messages(Queue::Enrichment);
            if !broke {
                break;
            }
        }
    }
}

#[tokio::test]
async fn search_that_breaks_off_anywhere_is_charged_once() {
    for lost in [false, true] {
        for at in 0.. {
            let mut suite = suite().await;
            connect(&suite, "hunter").await;
            suite.get("/api/prospects/providers").await.expect(200);
            let asked = Asked::default();
            let counts = asked.clone();
            suite.stage.providers_answer(move |_| {
                counts.searches.fetch_add(1, Ordering::Relaxed);
                let emails = json!([{"value": "ann@acme.example", "first_name": "Ann", "last_name": "Lee"}]);
                Ok(reply(
                    200,
                    &json!({"data": {"domain": "acme.example", "emails": emails}, "meta": {"results": 1}}),
                ))
            });
            let body =
                json!({"provider": "hunter", "filters": {"domains": ["acme.example"]}, "page_size": 10});
            let path = "/api/prospects/search";
            let broke = broken(&suite, path, &body, at, lost).await;
            let reply = again(&mut suite, path, body).await;
            let month = month(&suite).await;
            assert!([200, 409, 502].contains(&reply.status.as_u16()), "{at} {lost}: {}", reply.status);
            assert!(asked.counts().0 <= 1, "{at} {lost}: {:?}", asked.counts());
            assert_eq!(
                (month.spent, month.reserved),
                (Usd::micros(24_500), Usd::ZERO),
                "{at} {lost}: {}",
                reply.status
            );
            if !broke {
                break;
            }
        }
    }
}

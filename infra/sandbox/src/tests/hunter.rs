use super::fixture::{world, world_with};
use crate::config::RateLimit;
use crate::{Credentials, Provider};

fn path(email: &str) -> String {
    format!(
        "/hunter/v2/email-verifier?email={}&api_key={}",
        email.replace('+', "%2B"),
        Credentials::HUNTER_KEY
    )
}

#[tokio::test]
async fn verdicts_are_true_in_this_sandbox_and_stable() {
    let world = world();
    for (email, expected) in [
        ("x+nosuchuser@firm.test", "invalid"),
        ("x+bouncer@firm.test", "accept_all"),
        ("x+vanished@firm.test", "unknown"),
        ("x@mailinator.com", "disposable"),
        ("x+keen@gmail.com", "webmail"),
    ] {
        let mut answer = world.get(&path(email)).await;
        if answer.0 == 202 {
            answer = world.get(&path(email)).await;
        }
        assert_eq!(answer.0, 200);
        assert_eq!(answer.1["data"]["status"], expected, "{email}");
        assert_eq!(world.get(&path(email)).await.1["data"]["status"], expected);
    }
}

#[tokio::test]
async fn some_verifications_need_a_second_call() {
    let world = world();
    let mut pending = 0;
    for n in 0..200 {
        let email = format!("person{n}@firm.test");
        if world.get(&path(&email)).await.0 == 202 {
            pending += 1;
            assert_eq!(world.get(&path(&email)).await.0, 200);
        }
    }
    assert!((2..25).contains(&pending), "{pending}");
}

#[tokio::test]
async fn verifier_refuses_malformed_requests_wrong_keys_and_excess() {
    let world = world_with(|config| {
        config.limits.hunter = vec![RateLimit { requests: 3, per: jiff::SignedDuration::from_secs(1) }];
    });
    let key = Credentials::HUNTER_KEY;
    let (status, body) = world.get(&format!("/hunter/v2/email-verifier?api_key={key}")).await;
    assert_eq!((status, &body["errors"][0]["id"]), (400, &"wrong_params".into()));
    assert_eq!(world.get(&path("nonsense")).await.0, 400);
    assert_eq!(world.get("/hunter/v2/email-verifier?email=a@b.test&api_key=wrong").await.0, 401);
    assert_eq!(world.get(&path("objected@firm.test")).await.0, 451);
    let (status, body) = world.get(&path("a@firm.test")).await;
    assert_eq!((status, &body["errors"][0]["id"]), (403, &"too_many_requests".into()));
    world.sandbox.set_out_of_credit(Provider::Hunter, true);
    assert_eq!(world.get(&path("a@firm.test")).await.0, 429);
    world.sandbox.set_outage(Provider::Hunter, true);
    assert_eq!(world.get(&path("a@firm.test")).await.0, 503);
}

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

#[test]
fn a_pause_takes_ten_seconds_and_another_end_does_not_begin_it_anew() {
    let workspace = WorkspaceId::derived(at(0), &["w"]);
    let mut account = Connection {
        id: ConnectionId::derived(at(0), &["c"]),
        workspace,
        name: "Maya".to_owned(),
        settings: ConnectionSettings::Stripe { account_id: None, livemode: false },
        sealed_secret: String::new(),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        last_error: None,
        created_at: at(0),
        rev: 0,
    };
    assert!(account.pause(None, at(1)));
    let paused = account.pause.unwrap();
    assert!(paused.is_pausing(at(1) + SignedDuration::from_secs(9)));
    assert!(!paused.is_pausing(at(1) + SignedDuration::from_secs(10)));
    assert!(!account.pause(None, at(2)), "it is paused already");
    assert!(account.pause(Some(at(90)), at(3)));
    assert_eq!(account.pause, Some(AccountPause { since: at(1), until: Some(at(90)) }));
    assert!(account.is_paused_until(at(90)) && !account.is_paused_until(at(60)));
}

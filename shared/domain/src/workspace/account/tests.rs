use super::*;
use crate::contact::channel::Channel;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

fn account() -> Account {
    Account {
        id: AccountId::derived(at(0), &["c"]),
        workspace: WorkspaceId::derived(at(0), &["w"]),
        name: "Maya".to_owned(),
        settings: AccountSettings::Stripe { account_id: None, livemode: false },
        sealed_secret: String::new(),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: Some(at(0)),
        last_error: None,
        created_at: at(0),
        rev: 0,
    }
}

#[test]
fn account_fails_from_the_first_error_until_something_is_accepted() {
    let mut account = account();
    assert_eq!(account.failing(), None);
    assert!(account.note_error("421", at(1)));
    assert!(!account.note_error("421", at(60)), "noted within the hour");
    assert!(account.note_error("535", at(90)));
    let failing = account.failing().unwrap();
    assert_eq!((failing.since, failing.at), (at(1), at(90)));
    assert!(!failing.has_failed_for_long(at(91)));
    assert!(account.note_works(at(95)));
    assert_eq!(account.failing(), None);
    assert!(account.note_error("421", at(99)));
    assert_eq!(account.failing().unwrap().since, at(99), "it had worked meanwhile");
    // Two errors with a weekend between them are not one failure.
    assert!(account.note_error("421", at(99 + 18 * 60)));
    assert_eq!(account.failing().unwrap().since, at(99));
    assert!(account.note_error("421", at(100 + 36 * 60)));
    assert_eq!(account.failing().unwrap().since, at(100 + 36 * 60));
    account.last_error = None;
    assert!(account.note_error("421", at(99)));
    // An error from before the first known one.
    account.last_error.as_mut().unwrap().since = None;
    assert_eq!(account.failing().unwrap().since, at(99));
}

#[test]
fn error_that_differs_in_ids_alone_is_noted_once_an_hour() {
    let first = "421 4.7.0 Try again later, closing connection. a640c23a62f3a-b3 at 2027-01-05T10:00:00Z";
    let mut account = account();
    assert!(account.note_error(first, at(0)));
    assert!(!account.note_error(&first.replace("a640c23a62f3a", "c5d1").replace("10:00", "10:10"), at(10)));
    assert!(account.note_error(&first.replace("4.7.0", "4.3.2"), at(11)), "another code");
    assert!(account.note_error("421 4.3.2 Down for maintenance", at(12)), "other words");
}

#[test]
fn pause_takes_ten_seconds_and_another_end_does_not_restart_it() {
    let mut account = account();
    assert!(account.pause(None, at(1)));
    let paused = account.pause.unwrap();
    assert!(paused.is_pausing(at(1) + SignedDuration::from_secs(9)));
    assert!(!paused.is_pausing(at(1) + SignedDuration::from_secs(10)));
    assert!(!account.pause(None, at(2)), "it is paused already");
    assert!(account.pause(Some(at(90)), at(3)));
    assert_eq!(account.pause, Some(AccountPause { since: at(1), until: Some(at(90)) }));
    assert!(account.is_paused_until(at(90)) && !account.is_paused_until(at(60)));
}

#[test]
fn declared_sender_is_known_by_its_provider() {
    let text = r#"{"kind":"sms_sender","provider":"pigeon_post","base_url":"https://api.example",
        "from_number":"+12025550142","account":"a1"}"#;
    let settings: AccountSettings = serde_json::from_str(text).unwrap();
    assert_eq!((settings.provider(), settings.kind().channel()), ("pigeon_post", Some(Channel::Sms)));
    assert_eq!(webhook_word(settings.provider()), "pigeon-post");
    assert_eq!(settings.number().map(PhoneNumber::as_str), Some("+12025550142"));
    assert_eq!(
        (settings.secret_goes_to(), settings.external_accounts()),
        (vec!["https://api.example".to_owned()], vec!["a1".to_owned()],)
    );
    assert!(serde_json::from_str::<AccountSettings>(&text.replace("account", "acount")).is_err());
    assert_eq!(account().settings.provider(), "stripe", "as its kind is called");
}

#[test]
fn provider_of_data_is_known_by_the_name_in_the_price_list() {
    let text = r#"{"kind":"data_provider","provider":"apollo","base_url":"https://api.example"}"#;
    let settings: AccountSettings = serde_json::from_str(text).unwrap();
    assert_eq!((settings.provider(), settings.data_provider()), ("apollo", Some("apollo")));
    assert_eq!((settings.kind(), settings.kind().sends()), (AccountKind::DataProvider, false));
    assert_eq!(settings.secret_goes_to(), ["https://api.example"]);
    assert_eq!(serde_json::to_string(&settings).unwrap(), text);
    let base_url = || "https://api.example".to_owned();
    assert_eq!(AccountSettings::Hunter { base_url: base_url() }.data_provider(), Some("hunter"));
    assert_eq!(AccountSettings::SerpApi { base_url: base_url() }.data_provider(), Some("serpapi"));
    assert_eq!(account().settings.data_provider(), None);
}

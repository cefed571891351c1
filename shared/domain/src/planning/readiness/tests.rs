use super::*;
use crate::capacity::quota::SendingLimits;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{AccountId, CampaignId, SequenceId, StepId, WorkspaceId};
use crate::sequence::Step;
use crate::sequence::step_kind::StepKind;
use crate::time::delay::Delay;
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::WorkingHours;
use crate::time::weekly_hours::{MinuteRange, SendingWindow};
use crate::workspace::account::{AccountSettings, SmtpSecurity};

fn now() -> Timestamp {
    "2027-01-04T09:00:00Z".parse().expect("a Monday morning")
}

fn mailbox(name: &str) -> Account {
    Account {
        id: AccountId::derived(now(), &[name]),
        workspace: WorkspaceId::derived(now(), &["w"]),
        name: name.to_owned(),
        settings: AccountSettings::Smtp {
            host: "localhost".to_owned(),
            port: 2525,
            security: SmtpSecurity::None,
            username: String::new(),
            from_address: EmailAddress::parse("maya@northquay.example").expect("an address"),
            from_name: "Maya".to_owned(),
            reply_to: None,
            imap: None,
        },
        sealed_secret: String::new(),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: Some(now()),
        last_error: None,
        created_at: now(),
        rev: 1,
    }
}

fn bare(account: &Account) -> CheckedAccount<'_> {
    CheckedAccount { account, breaker: None, quota: None }
}

fn failed(readiness: &Readiness) -> Vec<(&str, &str)> {
    let failed = readiness.checks.iter().filter(|check| !check.passed);
    failed.map(|check| (check.rule.as_str(), check.seen.as_str())).collect()
}

#[test]
fn account_lists_everything_that_keeps_it_from_sending() {
    let zone = ZoneName::parse("America/New_York").expect("it exists");
    let mut account = mailbox("Maya");
    assert!(account_readiness(&Sending::Running, &bare(&account), now()).sends);
    account.enabled = false;
    account.hours = Some(WorkingHours {
        zone: zone.clone(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
    });
    let limits = SendingLimits { per_day: 1, ..SendingLimits::of_a_mailbox(zone) };
    let mut quota = Quota::unused(account.workspace.clone(), account.id.clone());
    quota.place(&limits, &[SlotRequest { at: now(), opening: true }], now());
    account.limits = Some(limits);
    let mut breaker = Breaker::closed(account.workspace.clone(), account.id.clone());
    while !breaker.is_down() {
        breaker.failed(false, None, None, now());
    }
    let known = CheckedAccount { account: &account, breaker: Some(&breaker), quota: Some(&quota) };
    let readiness = account_readiness(
        &Sending::Stopped {
            since: now(),
            until: now().checked_add(jiff::SignedDuration::from_hours(3)).ok(),
        },
        &known,
        now(),
    );
    assert!(!readiness.sends);
    assert_eq!(readiness.next, NextAction { what: NextActionKind::AwaitPerson, at: None });
    assert_eq!(
        failed(&readiness),
        [
            ("workspace_sending", "stopped since 2027-01-04T09:00:00Z until 2027-01-04T12:00:00Z"),
            ("sender_enabled", "Maya: off"),
            (
                "provider_takes_messages",
                "Maya has accepted nothing since 2027-01-04T09:00:00Z; next try 2027-01-04T09:00:33Z"
            ),
            ("sender_hours", "Maya sends again from Mon 4 Jan 09:00 EST"),
            ("sender_has_room", "Maya: 1 of 1 today; capacity from Tue 5 Jan 00:00 EST"),
        ]
    );
}

#[test]
fn gap_or_used_up_new_leads_do_not_make_an_account_unready() {
    let mut account = mailbox("Maya");
    let zone = ZoneName::parse("America/New_York").expect("it exists");
    let limits = SendingLimits { per_day: 3, new_per_day: Some(1), ..SendingLimits::of_a_mailbox(zone) };
    let mut quota = Quota::unused(account.workspace.clone(), account.id.clone());
    account.limits = Some(limits.clone());
    quota.place(&limits, &[SlotRequest { at: now(), opening: true }], now());
    let sends = |quota: &Quota| {
        let known = CheckedAccount { account: &account, breaker: None, quota: Some(quota) };
        account_readiness(&Sending::Running, &known, now()).sends
    };
    assert!(sends(&quota));
    let wishes = [SlotRequest { at: now(), opening: false }; 2];
    quota.place(&limits, &wishes, now());
    assert!(!sends(&quota), "three of three today");
}

#[test]
fn failing_account_waits_for_a_user_and_untested_one_sends() {
    let mut account = mailbox("Maya");
    account.forget_tries();
    let readiness = account_readiness(&Sending::Running, &bare(&account), now());
    assert!(readiness.sends);
    assert_eq!(failed(&readiness), [("sender_tried", "Maya has not been tested yet")]);
    assert_eq!(readiness.accounts[0].state, AccountState::Untested);
    account.note_failed_try(AccountFault::LoginRefused, "535 not accepted", now());
    let readiness = account_readiness(&Sending::Running, &bare(&account), now());
    assert!(!readiness.sends);
    let said = "Maya has been failing since 2027-01-04T09:00:00Z: 535 not accepted";
    assert_eq!(failed(&readiness), [("sender_works", said)]);
    assert!(readiness.checks.iter().all(|check| check.rule.as_str() != "provider_takes_messages"));
    assert_eq!(readiness.next, NextAction { what: NextActionKind::AwaitPerson, at: None });
    assert_eq!(readiness.accounts[0].fault, Some(AccountFault::LoginRefused));
    account.note_failed_try(AccountFault::Busy, "421 later", now());
    let readiness = account_readiness(&Sending::Running, &bare(&account), now());
    assert_eq!((readiness.sends, readiness.next.what), (false, NextActionKind::Send), "it passes by itself");
    account.note_works(now());
    assert!(account_readiness(&Sending::Running, &bare(&account), now()).sends);
}

#[test]
fn one_of_several_accounts_is_enough() {
    let (on, off) = (mailbox("On"), Account { enabled: false, ..mailbox("Off") });
    let readiness = workspace_readiness(&Sending::Running, &[bare(&off), bare(&on)], now());
    assert!(readiness.sends);
    assert_eq!(failed(&readiness), [("sender_enabled", "Off: off")]);
    let none = workspace_readiness(&Sending::Running, &[], now());
    assert!(!none.sends);
    assert_eq!(failed(&none), [("sender_enabled", "no account is connected")]);
}

#[test]
fn next_action_comes_when_the_last_reason_ends() {
    let at = |text: &str| Some(text.parse::<Timestamp>().expect("a time"));
    let zone = ZoneName::parse("America/New_York").expect("it exists");
    let mut account = mailbox("Maya");
    let next = |account: &CheckedAccount<'_>| account_readiness(&Sending::Running, account, now()).next;
    assert_eq!(next(&bare(&account)), NextAction { what: NextActionKind::Send, at: Some(now()) });
    let mut breaker = Breaker::closed(account.workspace.clone(), account.id.clone());
    while !breaker.is_down() {
        breaker.failed(false, None, None, now());
    }
    let down = CheckedAccount { breaker: Some(&breaker), ..bare(&account) };
    assert_eq!(next(&down).at, at("2027-01-04T09:00:33Z"));
    account.hours = Some(WorkingHours {
        zone: zone.clone(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
    });
    assert_eq!(
        next(&CheckedAccount { breaker: Some(&breaker), ..bare(&account) }).at,
        at("2027-01-04T14:00:00Z")
    );
    let limits = SendingLimits { per_day: 1, ..SendingLimits::of_a_mailbox(zone) };
    let mut quota = Quota::unused(account.workspace.clone(), account.id.clone());
    quota.place(&limits, &[SlotRequest { at: now(), opening: true }], now());
    account.limits = Some(limits);
    let full = CheckedAccount { quota: Some(&quota), ..bare(&account) };
    assert_eq!(next(&full).at, at("2027-01-05T14:00:00Z"), "tomorrow, when Maya is at work");
    let room = Check { rule: CheckRule::WorkspaceHasRoom, passed: false, seen: String::new() };
    let readiness = account_readiness(&Sending::Running, &bare(&mailbox("Ben")), now())
        .with_workspace_cap(Some(room), now());
    assert_eq!(readiness.next.at, at("2027-01-05T00:00:00Z"));
    let off = Account { enabled: false, ..mailbox("Off") };
    assert_eq!(next(&bare(&off)), NextAction { what: NextActionKind::AwaitPerson, at: None });
}

#[test]
fn first_of_several_accounts_sets_the_time() {
    let (on, off) = (mailbox("On"), Account { enabled: false, ..mailbox("Off") });
    let next = workspace_readiness(&Sending::Running, &[bare(&off), bare(&on)], now()).next;
    assert_eq!(next, NextAction { what: NextActionKind::Send, at: Some(now()) });
}

fn texts() -> Account {
    let from_number = PhoneNumber::parse("+442074960351", None).expect("a number");
    let (base_url, account_sid) = (String::new(), "AC1".to_owned());
    let settings = AccountSettings::Twilio { base_url, account_sid, from_number, places_calls: false };
    Account { settings, ..mailbox("Texts") }
}

fn step(name: &str, kind: StepKind) -> Step {
    Step { id: StepId::derived(now(), &[name]), delay: Delay::NONE, not_before: None, not_after: None, kind }
}

/// A version with a mail and then a text.
fn readiness_of_two_channels(accounts: &[CheckedAccount<'_>]) -> Readiness {
    let mail = StepKind::Email {
        subject: "Hi".to_owned(),
        body: "Hello".to_owned(),
        template: None,
        variants: Vec::new(),
    };
    let text = StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() };
    let version = SequenceVersion {
        sequence: SequenceId::derived(now(), &["s"]),
        version: 1,
        steps: vec![step("first", mail), step("second", text)],
        window: SendingWindow::default(),
    };
    let campaign = Campaign {
        id: CampaignId::derived(now(), &["c"]),
        workspace: WorkspaceId::derived(now(), &["w"]),
        name: "Spring".to_owned(),
        state: CampaignState::Active,
        state_since: now(),
        paused_until: None,
        sequence: version.sequence.clone(),
        sequence_version: 1,
        mailboxes: Vec::new(),
        when_mailbox_gone: Default::default(),
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::utc(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: now(),
        launched_at: Some(now()),
        rev: 1,
    };
    campaign_readiness((&Sending::Running, &campaign), &version, accounts, now())
}

fn by_channel(readiness: &Readiness) -> Vec<(Channel, bool, Option<Timestamp>)> {
    readiness.channels.iter().map(|channel| (channel.channel, channel.sends, channel.next.at)).collect()
}

#[test]
fn campaign_with_one_of_two_channels_off_sends_on_the_other_and_lists_both() {
    let (mail, text) = (mailbox("Maya"), texts());
    let both = readiness_of_two_channels(&[bare(&mail), bare(&text)]);
    let sends = |channel| (channel, true, Some(now()));
    let waits = |channel| (channel, false, None);
    assert_eq!(by_channel(&both), [sends(Channel::Email), sends(Channel::Sms)]);
    let off = Account { enabled: false, ..text.clone() };
    let mails_alone = readiness_of_two_channels(&[bare(&mail), bare(&off)]);
    assert!(mails_alone.sends, "mails go out");
    assert_eq!(mails_alone.next, NextAction { what: NextActionKind::Send, at: Some(now()) });
    assert_eq!(by_channel(&mails_alone), [sends(Channel::Email), waits(Channel::Sms)]);
    assert_eq!(failed(&mails_alone), [("sender_enabled", "Texts: off")]);
    let no_mailbox = readiness_of_two_channels(&[bare(&text)]);
    assert!(no_mailbox.sends);
    assert_eq!(by_channel(&no_mailbox), [waits(Channel::Email), sends(Channel::Sms)]);
    assert_eq!(failed(&no_mailbox), [("sender_enabled", "no account for e-mail is connected")]);
    let neither = readiness_of_two_channels(&[bare(&Account { enabled: false, ..mail.clone() }), bare(&off)]);
    assert!(!neither.sends);
    assert_eq!(neither.next, NextAction { what: NextActionKind::AwaitPerson, at: None });
    let room = Check { rule: CheckRule::WorkspaceHasRoom, passed: false, seen: String::new() };
    let full = readiness_of_two_channels(&[bare(&mail), bare(&off)]).with_workspace_cap(Some(room), now());
    let tomorrow = "2027-01-05T00:00:00Z".parse().ok();
    assert!(!full.sends);
    assert_eq!(by_channel(&full), [(Channel::Email, false, tomorrow), waits(Channel::Sms)]);
}

#[test]
fn workspace_lists_each_channel_of_its_accounts() {
    let (mail, off) = (mailbox("Maya"), Account { enabled: false, ..texts() });
    let readiness = workspace_readiness(&Sending::Running, &[bare(&mail), bare(&off)], now());
    assert!(readiness.sends);
    assert_eq!(by_channel(&readiness), [(Channel::Email, true, Some(now())), (Channel::Sms, false, None)]);
    let stopped = Sending::Stopped { since: now(), until: None };
    let readiness = workspace_readiness(&stopped, &[bare(&mail)], now());
    assert_eq!((readiness.sends, by_channel(&readiness)), (false, vec![(Channel::Email, false, None)]));
}

#[test]
fn recovered_account_sends_and_says_how() {
    let account = mailbox("Maya");
    let mut breaker = Breaker::closed(account.workspace.clone(), account.id.clone());
    while !breaker.is_down() {
        breaker.failed(false, None, None, now());
    }
    let later = now() + jiff::SignedDuration::from_mins(1);
    assert_eq!(breaker.admit(1, later), crate::capacity::circuit_breaker::Pass::Probe);
    breaker.answered(true, "m", later);
    let readiness = account_readiness(
        &Sending::Running,
        &CheckedAccount { breaker: Some(&breaker), ..bare(&account) },
        later,
    );
    assert_eq!((readiness.sends, failed(&readiness)), (true, vec![]));
    assert_eq!(readiness.next, NextAction { what: NextActionKind::Send, at: Some(later) });
    let told = readiness.checks.iter().find(|check| check.rule.as_str() == "provider_takes_messages");
    let seen = "Maya has been recovering since 2027-01-04T09:01:00Z; waiting messages go out a few at a time";
    assert_eq!(told.map(|check| check.seen.as_str()), Some(seen));
}

use super::*;
use crate::ids::{LeadId, MessageId, WorkspaceId};
use crate::message::understanding::Understanding;
use crate::workspace::account::{AccountSettings, InboundVia};
use jiff::{SignedDuration, Timestamp};

fn id(name: &str) -> AccountId {
    AccountId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn account(name: &str, settings: AccountSettings) -> Account {
    let at = Timestamp::UNIX_EPOCH;
    Account {
        id: id(name),
        workspace: WorkspaceId::derived(at, &["w"]),
        name: name.to_owned(),
        settings,
        sealed_secret: String::new(),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: None,
        last_error: None,
        created_at: at,
        rev: 0,
    }
}

fn mailbox(name: &str) -> Account {
    let address = |text: String| EmailAddress::parse(&text).unwrap();
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: address(format!("{name}@northquay.example")),
        from_name: name.to_owned(),
        reply_to: Some(address(format!("{name}@replies.northquay.example"))),
    };
    account(name, settings)
}

/// Both numbers are of one account at the provider, so that a text names neither of them but by its `to`.
fn number(name: &str, number: &str) -> Account {
    let settings = AccountSettings::Twilio {
        base_url: "https://api.twilio.example".to_owned(),
        account_sid: "AC1".to_owned(),
        from_number: PhoneNumber::try_from(number.to_owned()).unwrap(),
        places_calls: false,
    };
    account(name, settings)
}

fn ours() -> Vec<Account> {
    let relay = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Relay,
        topic_arn: None,
        public_keys: Vec::new(),
    };
    let mut ours: Vec<_> = ["anna", "ben", "cleo"].map(mailbox).into();
    ours.push(account("relay", relay));
    ours.extend([number("first", "+447400123401"), number("second", "+447400123402")]);
    ours
}

fn message(hour: i64, channel: Channel, direction: Direction, account: &str) -> Message {
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
    let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
    let lead = LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]);
    let key = MessageId::derived(&lead, &[account, &hour.to_string()]);
    let accepted_at = Some(at).filter(|_| direction == Direction::Out);
    Message {
        account: Some(id(account)),
        accepted_at,
        internet_id: Some(format!("{hour}@northquay.example")),
        ..Message::blank(key, workspace, direction, channel, at)
    }
}

fn out(hour: i64, account: &str) -> Message {
    message(hour, Channel::Email, Direction::Out, account)
}

fn came(hour: i64, account: &str) -> Message {
    message(hour, Channel::Email, Direction::In, account)
}

/// The name of the account, or `gone`.
fn told(messages: &[Message], channel: Channel) -> Option<String> {
    told_of(&ours(), messages, channel)
}

fn told_of(ours: &[Account], messages: &[Message], channel: Channel) -> Option<String> {
    known_sender(messages, ours, channel).map(|known| match known {
        KnownSender::There(account) => account.name.clone(),
        KnownSender::Gone(_) => "gone".to_owned(),
    })
}

fn mail(messages: &[Message]) -> Option<String> {
    told(messages, Channel::Email)
}

#[test]
fn message_leaves_from_the_mailbox_that_the_lead_wrote_to_last() {
    assert_eq!(mail(&[]), None);
    let said = [out(1, "anna"), came(2, "ben"), out(3, "cleo")];
    assert_eq!(mail(&said).as_deref(), Some("ben"));
    assert_eq!(mail(&[came(5, "cleo"), came(4, "ben")]).as_deref(), Some("cleo"), "in whatever order");
}

#[test]
fn mailbox_that_wrote_last_counts_where_the_lead_has_not_written() {
    assert_eq!(mail(&[out(1, "anna"), out(2, "ben")]).as_deref(), Some("ben"));
    let waits = Message { accepted_at: None, ..out(3, "cleo") };
    assert_eq!(mail(&[out(2, "ben"), waits]).as_deref(), Some("ben"), "it has not gone out");
    let test = Message { test: true, ..out(3, "cleo") };
    assert_eq!(mail(&[out(2, "ben"), test]).as_deref(), Some("ben"), "a test went to ourselves");
}

#[test]
fn mail_through_a_webhook_is_of_the_mailbox_that_it_names_or_answers() {
    let to = |address: &str| Message { to: address.to_owned(), ..came(2, "relay") };
    assert_eq!(mail(&[to("ben@northquay.example")]).as_deref(), Some("ben"));
    assert_eq!(mail(&[to("Cleo@Replies.northquay.example")]).as_deref(), Some("cleo"));
    assert_eq!(mail(&[to("cleo+01hzy7@replies.northquay.example")]).as_deref(), Some("cleo"));
    let answers =
        Message { in_reply_to: Some("1@northquay.example".to_owned()), ..to("hello@northquay.example") };
    assert_eq!(mail(&[out(1, "ben"), answers]).as_deref(), Some("ben"));
    assert_eq!(mail(&[out(1, "anna"), to("hello@northquay.example")]).as_deref(), Some("anna"));
}

#[test]
fn mailbox_that_was_removed_is_told_and_no_other_takes_its_place() {
    assert_eq!(mail(&[out(1, "ben"), came(2, "zoe")]).as_deref(), Some("gone"));
    assert_eq!(mail(&[out(1, "ben"), out(2, "zoe")]).as_deref(), Some("gone"));
}

#[test]
fn text_leaves_from_the_number_that_it_was_sent_to() {
    let text =
        |hour, to: &str| Message { to: to.to_owned(), ..message(hour, Channel::Sms, Direction::In, "first") };
    let sms = |messages: &[Message]| told(messages, Channel::Sms);
    assert_eq!(sms(&[text(1, "+447400123402")]).as_deref(), Some("second"));
    assert_eq!(sms(&[text(1, "+447400123401")]).as_deref(), Some("first"));
    assert_eq!(sms(&[text(1, "")]).as_deref(), Some("first"), "the account that heard it");
    assert_eq!(sms(&[came(1, "ben")]), None, "a mailbox sends no text");
}

/// Three mailboxes, and a fourth that the workspace has removed, to which answers go by one address.
fn sharing() -> Vec<Account> {
    let mut ours = ours();
    for account in &mut ours {
        if let AccountSettings::Resend { reply_to, .. } = &mut account.settings {
            *reply_to = Some(EmailAddress::parse("desk@northquay.example").unwrap());
        }
    }
    ours
}

fn to_desk(hour: i64, answers: Option<i64>) -> Message {
    let in_reply_to = answers.map(|hour| format!("{hour}@northquay.example"));
    Message { to: "desk@northquay.example".to_owned(), in_reply_to, ..came(hour, "relay") }
}

#[test]
fn address_that_mailboxes_share_for_answers_names_the_one_whose_mail_is_answered() {
    let ours = sharing();
    let mail = |messages: &[Message]| told_of(&ours, messages, Channel::Email);
    let (anna, ben, cleo) = (out(1, "anna"), out(2, "ben"), out(3, "cleo"));
    let said = |came: Message| [anna.clone(), ben.clone(), cleo.clone(), came];
    assert_eq!(mail(&said(to_desk(4, Some(2)))).as_deref(), Some("ben"));
    assert_eq!(mail(&said(to_desk(4, None))).as_deref(), Some("cleo"), "it wrote last");
    let by_ben = Message { account: Some(id("ben")), ..to_desk(4, None) };
    assert_eq!(mail(&said(by_ben)).as_deref(), Some("ben"), "it took the mail in");
    assert_eq!(mail(&[to_desk(4, None)]), None, "nothing tells");
    let to_ben = Message { to: "ben@northquay.example".to_owned(), ..to_desk(4, Some(1)) };
    assert_eq!(mail(&said(to_ben)).as_deref(), Some("ben"), "an address of its own goes before");
    assert_eq!(mail(&[out(1, "zoe"), cleo.clone(), to_desk(4, Some(1))]).as_deref(), Some("gone"));
}

#[test]
fn mailbox_that_is_off_is_not_replaced_by_one_that_shares_its_address_for_answers() {
    let mut ours = sharing();
    ours[1].enabled = false;
    let said = [out(1, "ben"), out(2, "anna"), to_desk(3, Some(1))];
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("ben"));
    ours.remove(1);
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("gone"));
    ours.remove(1);
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("gone"), "though one alone is left");
}

#[test]
fn enabled_mailbox_answers_where_two_have_the_same_address() {
    let mut ours = ours();
    let mut again = mailbox("ben");
    again.id = id("again");
    again.name = "again".to_owned();
    ours.push(again);
    let to_ben = Message { to: "ben@northquay.example".to_owned(), ..came(2, "relay") };
    let said = [out(1, "ben"), to_ben];
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("ben"), "it wrote to the lead");
    ours[1].enabled = false;
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("again"));
}

#[test]
fn absence_notes_and_bounces_do_not_choose_the_sender_of_an_answer() {
    let is = |kind: ReplyKind, message: Message| Message {
        understood: Some(Understanding::by_rule(kind, "no_sign", "")),
        ..message
    };
    let said = |last: Message| [out(1, "anna"), is(ReplyKind::Person, came(2, "ben")), last];
    for kind in [ReplyKind::OutOfOffice, ReplyKind::Bounce, ReplyKind::AutoAcknowledgement] {
        assert_eq!(mail(&said(is(kind, came(3, "anna")))).as_deref(), Some("ben"), "{kind:?}");
    }
    for kind in [ReplyKind::Person, ReplyKind::OptOut, ReplyKind::PossibleOptOut] {
        assert_eq!(mail(&said(is(kind, came(3, "anna")))).as_deref(), Some("anna"), "{kind:?}");
    }
    assert_eq!(mail(&said(came(3, "anna"))).as_deref(), Some("anna"), "not understood yet");
    let absence = is(ReplyKind::OutOfOffice, came(3, "anna"));
    assert_eq!(mail(&[out(2, "ben"), absence]).as_deref(), Some("ben"), "it answered an earlier mail");
}

fn recipients(of: &[&str]) -> Vec<String> {
    of.iter().map(|to| (*to).to_owned()).collect()
}

#[test]
fn recipient_that_is_a_mailbox_of_ours_tells_whom_a_mail_was_written_to() {
    let decides = |of: &[&str]| {
        let recipients = recipients(of);
        address_written_to(&ours(), &recipients).map(str::to_owned)
    };
    let ben = Some("Ben@northquay.example".to_owned());
    assert_eq!(decides(&["in@northquay.example", "Ben@northquay.example"]), ben, "the relay's address");
    assert_eq!(decides(&["boss@linden.example", "Ben@northquay.example"]), ben);
    let answers = "cleo+01hzy7@replies.northquay.example";
    assert_eq!(decides(&[answers, "Ben@northquay.example"]), ben, "an address of its own goes before");
    assert_eq!(decides(&["boss@linden.example", answers]).as_deref(), Some(answers));
    let both = ["Ben@northquay.example", "anna@northquay.example"];
    assert_eq!(decides(&both), ben, "the first of several");
    assert_eq!(
        decides(&["hello@northquay.example", "x@y.example"]).as_deref(),
        Some("hello@northquay.example")
    );
    assert_eq!(decides(&[]), None);
}

/// The message as it is stored on its way in.
fn stored(message: Message, said: &[Message], ours: &[Account], answers: Option<&Message>) -> Message {
    let heard =
        Received { channel: message.channel, to: &message.to, account: message.account.as_ref(), answers };
    Message { wrote_to: account_written_to(&heard, said, ours), ..message.clone() }
}

#[test]
fn mailbox_that_was_removed_after_the_lead_wrote_to_it_is_told() {
    let mut ours = ours();
    let to_cleo = Message { to: "cleo@northquay.example".to_owned(), ..came(2, "relay") };
    let text = |hour| message(hour, Channel::Sms, Direction::In, "first");
    let to_second = Message { to: "+447400123402".to_owned(), ..text(2) };
    let said = [
        out(1, "anna"),
        message(1, Channel::Sms, Direction::Out, "first"),
        stored(to_cleo, &[out(1, "anna")], &ours, None),
        stored(to_second, &[], &ours, None),
    ];
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("cleo"));
    assert_eq!(told_of(&ours, &said, Channel::Sms).as_deref(), Some("second"));
    ours.retain(|account| account.name != "cleo" && account.name != "second");
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("gone"), "not Anna, who wrote last");
    assert_eq!(told_of(&ours, &said, Channel::Sms).as_deref(), Some("gone"), "not the number that heard it");
}

#[test]
fn mail_whose_answered_message_was_found_by_a_token_is_of_the_mailbox_of_that() {
    let ours = sharing();
    let said = [out(1, "anna"), out(2, "ben")];
    let by_token = stored(to_desk(3, None), &said, &ours, Some(&said[0]));
    let all = [said[0].clone(), said[1].clone(), by_token.clone()];
    assert_eq!(told_of(&ours, &all, Channel::Email).as_deref(), Some("anna"), "not Ben, who wrote last");
    let without_anna = &ours[1..];
    assert_eq!(told_of(without_anna, &all, Channel::Email).as_deref(), Some("gone"));
    let unnamed = stored(to_desk(3, None), &said, &ours, None);
    let all = [said[0].clone(), said[1].clone(), unnamed];
    assert_eq!(
        told_of(&ours, &all, Channel::Email).as_deref(),
        Some("ben"),
        "nothing tells but who wrote last"
    );
    let without_ben = [ours[0].clone(), ours[2].clone(), ours[3].clone()];
    assert_eq!(told_of(&without_ben, &all, Channel::Email).as_deref(), Some("gone"), "and it stays so");
}

#[test]
fn mail_that_is_answered_counts_before_the_only_mailbox_that_has_its_address_for_answers_now() {
    let mut ours = sharing();
    let said = [out(1, "ben"), out(2, "anna"), to_desk(3, Some(1))];
    for account in ours.iter_mut().filter(|account| account.name == "ben" || account.name == "cleo") {
        if let AccountSettings::Resend { reply_to, .. } = &mut account.settings {
            *reply_to = None;
        }
    }
    assert_eq!(told_of(&ours, &said, Channel::Email).as_deref(), Some("ben"), "it had the address before");
    let fresh = [out(1, "ben"), to_desk(3, None)];
    assert_eq!(told_of(&ours, &fresh, Channel::Email).as_deref(), Some("anna"));
}

#[test]
fn mailbox_that_is_connected_anew_counts_as_the_one_that_was_removed() {
    let mut ours = ours();
    let from = |message: Message| Message { from: "Ben <ben@northquay.example>".to_owned(), ..message };
    let wrote_last = [out(1, "anna"), from(out(2, "ben"))];
    let answers = Message { in_reply_to: Some("1@northquay.example".to_owned()), ..came(2, "relay") };
    let answered = [from(out(1, "ben")), answers];
    let number = Message {
        from: "+447400123402".to_owned(),
        ..message(1, Channel::Whatsapp, Direction::Out, "second")
    };
    let former = id("ben");
    assert!(connected_anew(&former, &[], &ours[..1], Channel::Email).is_none());
    ours[1].id = id("another id");
    let anew = connected_anew(&former, &wrote_last, &ours, Channel::Email);
    assert_eq!(anew.map(|account| account.name.as_str()), Some("ben"));
    assert_eq!(told_of(&ours, &wrote_last, Channel::Email).as_deref(), Some("ben"));
    assert_eq!(told_of(&ours, &answered, Channel::Email).as_deref(), Some("ben"));
    let text = Message { channel: Channel::Sms, ..number };
    ours.iter_mut().filter(|account| account.name == "second").for_each(|account| account.id = id("new"));
    assert_eq!(told_of(&ours, &[text], Channel::Sms).as_deref(), Some("second"));
    ours.remove(1);
    assert_eq!(told_of(&ours, &wrote_last, Channel::Email).as_deref(), Some("gone"));
}

use super::*;
use crate::workspace::account::{ImapServer, InboundVia, SmtpSecurity};
use crate::{AccountId, WorkspaceId};
use jiff::Timestamp;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn account(settings: AccountSettings) -> Account {
    let at = Timestamp::UNIX_EPOCH;
    Account {
        id: AccountId::derived(at, &["c"]),
        workspace: WorkspaceId::derived(at, &["w"]),
        name: "Maya".to_owned(),
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

fn mailbox(reply_to: Option<&str>) -> Account {
    account(AccountSettings::Smtp {
        host: "smtp.northquay.example".to_owned(),
        port: 587,
        security: SmtpSecurity::StartTls,
        username: "maya".to_owned(),
        from_address: address("maya@northquay.example"),
        from_name: "Maya".to_owned(),
        reply_to: reply_to.map(address),
        imap: None,
    })
}

fn comes_in_at(text: &str) -> Account {
    received_by(InboundVia::Relay, text)
}

fn received_by(via: InboundVia, text: &str) -> Account {
    let addresses = vec![address(text)];
    account(AccountSettings::InboundEmail { addresses, via, topic_arn: None, public_keys: Vec::new() })
}

fn at_resend(from: &str, reply_to: Option<&str>) -> Account {
    account(AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: address(from),
        from_name: "Maya".to_owned(),
        reply_to: reply_to.map(address),
    })
}

fn hears(account: &Account, all: &[Account]) -> Option<bool> {
    hears_replies(account, all, is_read, |_| false)
}

fn is_read(account: &Account) -> bool {
    matches!(account.settings, AccountSettings::Smtp { imap: Some(_), .. })
}

/// The same where every account at Resend has its webhook set up.
fn hears_with_webhook(account: &Account, all: &[Account]) -> Option<bool> {
    hears_replies(account, all, is_read, |known| matches!(known.settings, AccountSettings::Resend { .. }))
}

fn read_mailbox(mut account: Account) -> Account {
    let AccountSettings::Smtp { imap, .. } = &mut account.settings else { panic!("it is a mailbox") };
    *imap = Some(ImapServer {
        host: "imap.northquay.example".to_owned(),
        port: 993,
        security: SmtpSecurity::Tls,
        username: None,
        folder: None,
    });
    account
}

#[test]
fn mailbox_that_is_read_is_heard_unless_replies_go_elsewhere() {
    let own = read_mailbox(mailbox(None));
    assert_eq!(hears(&own, &[]), Some(true));
    let answered_elsewhere = read_mailbox(mailbox(Some("office@northquay.example")));
    assert_eq!(hears(&answered_elsewhere, std::slice::from_ref(&answered_elsewhere)), Some(false));
    let answered_there = mailbox(Some("maya@northquay.example"));
    assert_eq!(hears(&answered_there, std::slice::from_ref(&own)), Some(true));
    assert_eq!(hears(&answered_there, &[Account { enabled: false, ..own }]), Some(false));
}

#[test]
fn mailbox_without_an_inbound_address_for_replies_is_not_heard() {
    let replies = comes_in_at("replies@northquay.example");
    assert_eq!(hears(&mailbox(None), &[]), Some(false));
    assert_eq!(hears(&mailbox(None), std::slice::from_ref(&replies)), Some(false));
    let answered_elsewhere = mailbox(Some("office@northquay.example"));
    assert_eq!(hears(&answered_elsewhere, std::slice::from_ref(&replies)), Some(false));
    let off = Account { enabled: false, ..replies };
    assert_eq!(hears(&mailbox(Some("replies@northquay.example")), &[off]), Some(false));
}

#[test]
fn mailbox_is_heard_if_its_replies_reach_an_inbound_address() {
    let replies = [comes_in_at("replies@northquay.example")];
    assert_eq!(hears(&mailbox(Some("replies@northquay.example")), &replies), Some(true));
    assert_eq!(hears(&mailbox(None), &[comes_in_at("maya@northquay.example")]), Some(true));
    assert_eq!(hears(&replies[0], &replies), None, "nothing goes out by it");
}

#[test]
fn mailbox_at_resend_is_heard_once_its_webhook_is_set_up() {
    for reply_to in [None, Some("maya@replies.northquay.example")] {
        let own = at_resend("maya@northquay.example", reply_to);
        assert_eq!(hears(&own, std::slice::from_ref(&own)), Some(false), "{reply_to:?}");
        assert_eq!(hears_with_webhook(&own, std::slice::from_ref(&own)), Some(true), "{reply_to:?}");
    }
    let elsewhere = at_resend("maya@northquay.example", Some("maya.northquay@gmail.com"));
    assert_eq!(
        hears_with_webhook(&elsewhere, &[]),
        Some(false),
        "Resend receives nothing for a free-mail domain"
    );
}

#[test]
fn mailbox_is_heard_if_its_replies_go_to_a_domain_that_resend_receives() {
    let at_resend = at_resend("news@northquay.example", Some("news@replies.northquay.example"));
    let answered_there = mailbox(Some("maya@replies.northquay.example"));
    assert_eq!(hears_with_webhook(&answered_there, std::slice::from_ref(&at_resend)), Some(true));
    assert_eq!(hears(&answered_there, std::slice::from_ref(&at_resend)), Some(false));
    let elsewhere = mailbox(Some("maya@other.example"));
    assert_eq!(hears_with_webhook(&elsewhere, std::slice::from_ref(&at_resend)), Some(false));
    let off = Account { enabled: false, ..at_resend };
    assert_eq!(hears_with_webhook(&answered_there, &[off]), Some(false));
}

#[test]
fn mailbox_is_heard_by_each_provider_that_receives_its_replies() {
    let vias =
        [InboundVia::Relay, InboundVia::Mailgun, InboundVia::Postmark, InboundVia::Sendgrid, InboundVia::Ses];
    for via in vias {
        let replies = received_by(via, "replies@northquay.example");
        let own = mailbox(Some("replies@northquay.example"));
        assert_eq!(hears(&own, std::slice::from_ref(&replies)), Some(true), "{via:?}");
        assert_eq!(hears(&mailbox(None), &[replies]), Some(false), "{via:?}: another address");
    }
}

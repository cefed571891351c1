use super::*;
use crate::workspace::account::{ImapServer, SmtpSecurity};
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
    account(AccountSettings::InboundEmail {
        addresses: vec![address(text)],
        via: Default::default(),
        topic_arn: None,
        public_keys: Vec::new(),
    })
}

fn hears(account: &Account, all: &[Account]) -> Option<bool> {
    hears_replies(account, all, |settings| matches!(settings, AccountSettings::Smtp { imap: Some(_), .. }))
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

use super::*;
use crate::workspace::account::SmtpSecurity;
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
    account(AccountSettings::InboundEmail { addresses: vec![address(text)], via: Default::default() })
}

#[test]
fn mailbox_without_an_inbound_address_for_replies_is_not_heard() {
    let replies = comes_in_at("replies@northquay.example");
    assert_eq!(hears_replies(&mailbox(None), &[]), Some(false));
    assert_eq!(hears_replies(&mailbox(None), std::slice::from_ref(&replies)), Some(false));
    let answered_elsewhere = mailbox(Some("office@northquay.example"));
    assert_eq!(hears_replies(&answered_elsewhere, std::slice::from_ref(&replies)), Some(false));
    let off = Account { enabled: false, ..replies };
    assert_eq!(hears_replies(&mailbox(Some("replies@northquay.example")), &[off]), Some(false));
}

#[test]
fn mailbox_is_heard_if_its_replies_reach_an_inbound_address() {
    let replies = [comes_in_at("replies@northquay.example")];
    assert_eq!(hears_replies(&mailbox(Some("replies@northquay.example")), &replies), Some(true));
    assert_eq!(hears_replies(&mailbox(None), &[comes_in_at("maya@northquay.example")]), Some(true));
    assert_eq!(hears_replies(&replies[0], &replies), None, "nothing goes out by it");
}

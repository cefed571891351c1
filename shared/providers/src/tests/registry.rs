//! The promises of the list of senders to callers that ask by name.

use super::newcomer::{self, Newcomer};
use super::{newcomer_by_mail, newcomer_on_whatsapp, no_http, no_smtp, providers};
use crate::data_connectors::{DECLARED, connector};
use crate::registry::{declared, mailbox_api, reporter, reporting, sender};
use crate::sends::Sends;
use application::ports::declarations::Declarations;
use application::ports::provider_events::WebhookReader;
use domain::contact::channel::Channel;
use domain::workspace::account::{AccountKind, webhook_word};
use std::collections::BTreeSet;

const SHARED: [AccountKind; 3] =
    [AccountKind::EmailSender, AccountKind::SmsSender, AccountKind::WhatsappSender];

#[test]
fn each_name_belongs_to_one_sender_of_its_own_kind() {
    let names: BTreeSet<&str> = declared().map(|(name, _)| name).collect();
    assert_eq!(names.len(), declared().count());
    for (name, declared) in declared().filter(|(_, declared)| declared.kind != AccountKind::DataProvider) {
        assert!(declared.kind.sends(), "{name}");
        assert!(!declared.secrets.is_empty(), "{name}");
        // An account's settings name the provider, or their kind has the provider's name.
        let is_shared = SHARED.contains(&declared.kind);
        assert!(is_shared || declared.kind.as_str() == name, "{name}");
        assert!(is_shared || declared.fields.is_empty(), "{name} has no place for fields");
        let sends_by_request = name != "smtp" && mailbox_api(name).is_none();
        assert_eq!(sender(name).is_some(), sends_by_request, "{name}");
        assert_eq!(mailbox_api(name).is_some(), declared.by_grant, "{name}");
        assert_eq!(reporter(name).is_some(), declared.reports, "{name}");
    }
    let words: BTreeSet<String> = reporting().map(webhook_word).collect();
    assert_eq!(words.len(), reporting().count());
}

#[test]
fn provider_is_found_by_its_word_in_addresses() {
    let providers = providers(no_http(), no_smtp());
    assert_eq!(providers.provider_at("twilio"), Some("twilio"));
    assert_eq!(providers.provider_at("inbound-email"), Some("inbound_email"));
    for word in ["inbound_email", "smtp", "hunter", ""] {
        assert_eq!(providers.provider_at(word), None, "{word}");
    }
    assert_eq!(providers.providers_of_kind(AccountKind::Twilio), ["twilio"]);
    assert!(providers.declared("hunter").is_none());
}

#[test]
fn each_provider_of_data_has_one_key_and_something_that_it_is_asked() {
    for (name, declared) in DECLARED {
        assert_eq!(
            (declared.kind, declared.secrets),
            (AccountKind::DataProvider, ["api_key"].as_slice()),
            "{name}"
        );
        assert!(declared.api_url.is_some_and(|url| url.starts_with("https://")), "{name}");
        assert!(sender(name).is_none() && reporter(name).is_none() && !declared.reports, "{name}");
    }
    for name in DECLARED.iter().map(|(name, _)| *name).chain(["hunter", "serpapi"]) {
        let connector = connector(name).unwrap();
        let able = [
            connector.looks_up().is_some(),
            connector.searches_prospects().is_some(),
            connector.verifies_email().is_some(),
            connector.finds_places().is_some(),
            connector.runs_actors().is_some(),
        ];
        assert!(able.contains(&true), "{name}");
    }
    assert!(connector("website").is_none(), "it needs no account");
}

/// Checks the folder that `cargo xtask new-provider` makes.
#[test]
fn new_provider_sends_on_one_channel_and_promises_nothing_yet() {
    for (channel, kind, class) in [
        (Channel::Sms, newcomer::DECLARED.kind, Newcomer.class()),
        (Channel::Email, newcomer_by_mail::KIND, newcomer_by_mail::CLASS),
        (Channel::Whatsapp, newcomer_on_whatsapp::KIND, newcomer_on_whatsapp::CLASS),
    ] {
        assert!(SHARED.contains(&kind) && kind.channel() == Some(channel));
        assert!(class.key.is_none() && !class.status_query && !class.asked_elsewhere, "{channel:?}");
    }
}

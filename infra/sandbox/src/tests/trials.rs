//! The product tests its accounts: the fakes know valid ones, and a test sends nothing.

use super::connectors::{BASE, account, connected, http_mailbox, mailbox};
use super::fixture::world;
use crate::{Credentials, Provider};
use application::ports::provider_calls::{AccountTrial, OpenAccount, TrialError};
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::workspace::account::AccountSettings;
use domain::workspace::account_fault::AccountFault;

fn texts(token: &str) -> OpenAccount {
    let settings = AccountSettings::Twilio {
        base_url: format!("{BASE}/twilio"),
        account_sid: Credentials::TWILIO_ACCOUNT_SID.to_owned(),
        from_number: PhoneNumber::parse(Credentials::TWILIO_NUMBER, None).unwrap(),
        places_calls: false,
    };
    account(settings, "auth_token", token)
}

fn chats(token: &str) -> OpenAccount {
    let settings = AccountSettings::Whatsapp {
        base_url: format!("{BASE}/whatsapp/v23.0"),
        phone_number_id: Credentials::WHATSAPP_PHONE_NUMBER_ID.to_owned(),
        from_number: PhoneNumber::parse(Credentials::WHATSAPP_NUMBER, None).unwrap(),
    };
    account(settings, "access_token", token)
}

#[tokio::test]
async fn accounts_with_the_right_secret_pass_and_others_fail() {
    let world = world();
    let providers = connected(&world);
    for right in [
        mailbox(Credentials::SMTP_PASSWORD),
        http_mailbox(Credentials::RESEND_KEY),
        texts(Credentials::TWILIO_AUTH_TOKEN),
        chats(Credentials::WHATSAPP_TOKEN),
    ] {
        let told = providers.try_account(&right).await;
        assert_eq!(told, Ok(()), "{}", right.settings.provider());
    }
    for wrong in [mailbox("guess"), http_mailbox("re_guess"), texts("guess"), chats("guess")] {
        let told = providers.try_account(&wrong).await;
        let Err(TrialError::Failed { fault, detail }) = &told else { panic!("{told:?}") };
        assert_eq!(*fault, AccountFault::LoginRefused, "{detail}");
        assert!(!detail.contains("guess"), "{detail}");
    }
    let observed = world.sandbox.observed();
    assert!(observed.emails.is_empty() && observed.sms.is_empty(), "a try sends nothing");
}

#[tokio::test]
async fn account_test_reports_outages_and_unknown_senders() {
    let world = world();
    let providers = connected(&world);
    let mut foreign = http_mailbox(Credentials::RESEND_KEY);
    if let AccountSettings::Resend { from_address, .. } = &mut foreign.settings {
        *from_address = EmailAddress::parse("maya@elsewhere.test").unwrap();
    }
    let told = providers.try_account(&foreign).await;
    assert!(matches!(told, Err(TrialError::Failed { fault: AccountFault::Refused, .. })), "{told:?}");
    for (provider, account) in [
        (Provider::Smtp, mailbox(Credentials::SMTP_PASSWORD)),
        (Provider::Twilio, texts(Credentials::TWILIO_AUTH_TOKEN)),
        (Provider::Whatsapp, chats(Credentials::WHATSAPP_TOKEN)),
    ] {
        world.sandbox.set_outage(provider, true);
        let told = providers.try_account(&account).await;
        assert!(matches!(told, Err(TrialError::Failed { fault: AccountFault::Busy, .. })), "{told:?}");
    }
}

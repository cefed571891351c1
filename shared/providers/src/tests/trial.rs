use super::*;
use crate::tests::smtp_server::{Script, serve, server};
use crate::tests::{account, no_http, no_smtp, providers};
use crate::transport::{InProcessHttp, LettreSmtp, Reach};
use application::ports::accounts::SecretFields;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::workspace::account::SmtpSecurity;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

fn smtp_at(host: &str, port: u16, security: SmtpSecurity) -> OpenAccount {
    let settings = AccountSettings::Smtp {
        host: host.to_owned(),
        port,
        security,
        username: "maya".to_owned(),
        from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
        imap: None,
    };
    account(settings, SecretFields::one("password", "hunter2"))
}

async fn told_by(script: Script) -> (Result<(), TrialError>, Vec<String>) {
    let (smtp, received) = server(script);
    let account = smtp_at("mx.test", 587, SmtpSecurity::StartTls);
    let told = providers(no_http(), smtp).try_account(&account).await;
    let commands = received.lock().unwrap().commands.clone();
    (told, commands)
}

fn fault(told: &Result<(), TrialError>) -> AccountFault {
    match told {
        Err(TrialError::Failed { fault, .. }) => *fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn mailbox_test_logs_in_and_begins_no_mail() {
    let (told, commands) = told_by(&[]).await;
    assert_eq!(told, Ok(()));
    let verbs: Vec<&str> = commands.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(verbs.contains(&"AUTH") && verbs.last() == Some(&"QUIT"), "{verbs:?}");
    assert!(!verbs.contains(&"MAIL") && !verbs.contains(&"DATA"), "{verbs:?}");
}

#[tokio::test]
async fn mail_servers_refusal_is_reported_in_its_own_words() {
    let (told, _) = told_by(&[("AUTH", "535 5.7.8 Username and Password not accepted")]).await;
    assert_eq!(told, Err(failed(AccountFault::LoginRefused, "535 5.7.8 Username and Password not accepted")));
    for (script, wanted) in [
        (&[("banner", "554 5.7.1 your address is on our list")] as Script, AccountFault::Refused),
        (&[("banner", "421 4.3.2 down for maintenance")], AccountFault::Busy),
        (&[("AUTH", "454 4.7.0 temporary failure")], AccountFault::Busy),
        (&[("EHLO", "250 mx.test")], AccountFault::Refused),
        (&[("banner", "hang up")], AccountFault::NotReached),
    ] {
        let (told, _) = told_by(script).await;
        assert_eq!(fault(&told), wanted, "{script:?}: {told:?}");
        assert!(!format!("{told:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn refused_login_names_what_the_provider_wants_instead() {
    let refused = |host: &'static str, reply: &'static str| async move {
        let script: Script = Box::leak(Box::new([("AUTH", reply)]));
        let (smtp, _) = server(script);
        let account = smtp_at(host, 587, SmtpSecurity::StartTls);
        fault(&providers(no_http(), smtp).try_account(&account).await)
    };
    let bad = "535 5.7.8 Username and Password not accepted";
    assert_eq!(refused("smtp.gmail.com", bad).await, AccountFault::NeedsAppPassword);
    assert_eq!(refused("smtp.mail.yahoo.com", bad).await, AccountFault::NeedsAppPassword);
    let said = "534 5.7.9 Application-specific password required";
    assert_eq!(refused("mx.northquay.example", said).await, AccountFault::NeedsAppPassword);
    let said = "535 5.7.139 Authentication unsuccessful, basic authentication is disabled";
    assert_eq!(refused("mx.northquay.example", said).await, AccountFault::NeedsGrant);
    assert_eq!(refused("smtp-mail.outlook.com", bad).await, AccountFault::NeedsGrant);
    assert_eq!(refused("mx.northquay.example", bad).await, AccountFault::LoginRefused);
}

async fn over_sockets(reach: Reach, account: &OpenAccount) -> Result<(), TrialError> {
    providers(no_http(), LettreSmtp::new(reach)).try_account(account).await
}

#[tokio::test]
async fn unreachable_server_differs_from_one_with_other_encryption() {
    let unknown = smtp_at("nobody.invalid", 587, SmtpSecurity::StartTls);
    assert_eq!(fault(&over_sockets(Reach::Anywhere, &unknown).await), AccountFault::HostUnknown);
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let silent = smtp_at("127.0.0.1", closed, SmtpSecurity::StartTls);
    assert_eq!(fault(&over_sockets(Reach::Anywhere, &silent).await), AccountFault::NotReached);
    let own = smtp_at("127.0.0.1", closed, SmtpSecurity::StartTls);
    assert_eq!(fault(&over_sockets(Reach::Public, &own).await), AccountFault::NotAllowed);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move { serve(stream, &[], Arc::<Mutex<_>>::default()).await.ok() });
        }
    });
    let in_the_clear = smtp_at("127.0.0.1", port, SmtpSecurity::None);
    assert_eq!(over_sockets(Reach::Anywhere, &in_the_clear).await, Ok(()));
    for security in [SmtpSecurity::Tls, SmtpSecurity::StartTls] {
        let told = over_sockets(Reach::Anywhere, &smtp_at("127.0.0.1", port, security)).await;
        assert_eq!(fault(&told), AccountFault::NoEncryption, "{security:?}: {told:?}");
    }
}

/// Returns the request that was made, and the result of this response.
async fn over_http(
    account: &OpenAccount,
    status: u16,
    body: &'static str,
) -> (String, Result<(), TrialError>) {
    let asked = Arc::new(Mutex::new(String::new()));
    let kept = asked.clone();
    let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
        *kept.lock().unwrap() = format!("{} {}", request.method(), request.uri());
        async move { Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()) }
    });
    let told = providers(http, no_smtp()).try_account(account).await;
    let asked = asked.lock().unwrap().clone();
    (asked, told)
}

#[tokio::test]
async fn twilio_number_is_tested_by_asking_for_its_latest_message() {
    let settings = AccountSettings::Twilio {
        base_url: "https://api.twilio.example".to_owned(),
        account_sid: "AC1".to_owned(),
        from_number: PhoneNumber::parse("+15005550006", None).unwrap(),
        places_calls: false,
    };
    let account = account(settings, SecretFields::one("auth_token", "token"));
    let (asked, told) = over_http(&account, 200, r#"{"messages":[]}"#).await;
    assert_eq!(asked, "GET https://api.twilio.example/2010-04-01/Accounts/AC1/Messages.json?PageSize=1");
    assert_eq!(told, Ok(()));
    let (_, told) = over_http(&account, 401, r#"{"code":20003,"message":"Authenticate"}"#).await;
    assert_eq!(told, Err(failed(AccountFault::LoginRefused, "401 Authenticate")));
    assert_eq!(fault(&over_http(&account, 429, "").await.1), AccountFault::Busy);
    assert_eq!(fault(&over_http(&account, 404, "").await.1), AccountFault::Refused);
}

#[tokio::test]
async fn whatsapp_number_is_tested_by_asking_for_its_display_number() {
    let settings = AccountSettings::Whatsapp {
        base_url: "https://graph.example/v23.0".to_owned(),
        phone_number_id: "106".to_owned(),
        from_number: PhoneNumber::parse("+15005550006", None).unwrap(),
    };
    let account = account(settings, SecretFields::one("access_token", "token"));
    let (asked, told) = over_http(&account, 200, r#"{"id":"106"}"#).await;
    assert_eq!(asked, "GET https://graph.example/v23.0/106?fields=display_phone_number");
    assert_eq!(told, Ok(()));
    let expired = r#"{"error":{"code":190,"message":"Session has expired"}}"#;
    let (_, told) = over_http(&account, 400, expired).await;
    assert_eq!(told, Err(failed(AccountFault::LoginRefused, "400 Session has expired")));
    let unknown = r#"{"error":{"code":100,"message":"Object does not exist"}}"#;
    assert_eq!(fault(&over_http(&account, 400, unknown).await.1), AccountFault::Refused);
}

#[tokio::test]
async fn resend_mailbox_needs_a_known_key_and_a_verified_domain() {
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
    };
    let account = account(settings, SecretFields::one("api_key", "re_key"));
    let verified = r#"{"data":[{"name":"northquay.example","status":"verified"}]}"#;
    let (asked, told) = over_http(&account, 200, verified).await;
    assert_eq!((asked.as_str(), told), ("GET https://api.resend.example/domains", Ok(())));
    let may_only_send =
        r#"{"name":"restricted_api_key","message":"This API key is restricted to only send emails"}"#;
    assert_eq!(over_http(&account, 401, may_only_send).await.1, Ok(()));
    let unknown = r#"{"name":"invalid_api_key","message":"API key is invalid"}"#;
    assert_eq!(
        over_http(&account, 400, unknown).await.1,
        Err(failed(AccountFault::LoginRefused, "400 API key is invalid"))
    );
    for (status, body) in [
        (200, r#"{"data":[{"name":"northquay.example","status":"pending"}]}"#),
        (200, r#"{"data":[]}"#),
        (200, "<html>"),
    ] {
        assert_eq!(fault(&over_http(&account, status, body).await.1), AccountFault::Refused, "{body}");
    }
}

use super::*;
use crate::tests::{no_http, no_smtp, providers};
use crate::transport::{InProcessHttp, TransportError};
use http::{Request, Response};
use std::sync::{Arc, Mutex};

type Asked = Arc<Mutex<Vec<String>>>;

/// Returns providers whose network answers an address with one of these texts, and what was asked of it.
fn network(known: &'static [(&'static str, &'static str)]) -> (Providers, Asked) {
    let asked = Asked::default();
    let kept = asked.clone();
    let http = InProcessHttp::new(move |request: Request<Vec<u8>>| {
        let url = request.uri().to_string();
        let told = known.iter().find(|(part, _)| url.contains(part)).map(|(_, told)| *told);
        kept.lock().unwrap().push(url.clone());
        async move {
            match told {
                Some(told) => Ok(Response::new(told.as_bytes().to_vec())),
                None if url.contains("/dns-query") => Ok(Response::new(br#"{"Status":3}"#.to_vec())),
                None => Err(TransportError::NotSent("no such host".into())),
            }
        }
    });
    (providers(http, no_smtp()), asked)
}

async fn found(providers: &Providers, address: &str) -> Option<MailboxProposal> {
    providers.find_mailbox(&EmailAddress::parse(address).unwrap()).await
}

#[tokio::test]
async fn address_of_a_known_provider_is_not_asked_about() {
    let (providers, asked) = network(&[]);
    let gmail = found(&providers, "maya@gmail.com").await.unwrap();
    assert_eq!((gmail.found_by, gmail.sign_in), (ProposalSource::Address, MailboxSignIn::AppPassword));
    assert_eq!((gmail.smtp.host.as_str(), gmail.smtp.port), ("smtp.gmail.com", 465));
    assert_eq!((gmail.imap.username.as_str(), gmail.imap.port), ("maya@gmail.com", 993));
    let outlook = found(&providers, "maya@outlook.com").await.unwrap();
    assert_eq!(outlook.sign_in, MailboxSignIn::Microsoft);
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn company_at_google_or_microsoft_is_known_by_its_mail_servers() {
    let (providers, asked) = network(&[
        (
            "name=firm.example",
            r#"{"Status":0,"Answer":[{"type":15,"data":"30 backup.firm.example."},
            {"type":15,"data":"1 ASPMX.L.GOOGLE.COM."}]}"#,
        ),
        (
            "name=other.example",
            r#"{"Status":0,"Answer":[{"type":15,"data":"0 other-example.mail.protection.outlook.com."}]}"#,
        ),
    ]);
    let google = found(&providers, "maya@firm.example").await.unwrap();
    assert_eq!((google.found_by, google.sign_in), (ProposalSource::MailServers, MailboxSignIn::Google));
    assert_eq!(google.provider.as_deref(), Some("Google Workspace"));
    let microsoft = found(&providers, "maya@other.example").await.unwrap();
    assert_eq!(microsoft.sign_in, MailboxSignIn::Microsoft);
    assert_eq!(asked.lock().unwrap().len(), 2, "no address of a mailbox left the installation");
}

const FILE: &str = r#"<clientConfig version="1.1"><emailProvider id="firm.example"><displayName>Firm</displayName>
    <incomingServer type="imap"><hostname>imap.firm.example</hostname><port>993</port><socketType>SSL</socketType>
    <username>%EMAILLOCALPART%</username></incomingServer>
    <outgoingServer type="smtp"><hostname>smtp.firm.example</hostname><port>587</port><socketType>STARTTLS</socketType>
    <username>%EMAILADDRESS%</username></outgoingServer></emailProvider></clientConfig>"#;

#[tokio::test]
async fn domains_own_file_comes_before_the_collection_and_both_are_asked_with_tls() {
    let (providers, asked) = network(&[("https://autoconfig.firm.example/mail/config-v1.1.xml", FILE)]);
    let own = found(&providers, "maya@firm.example").await.unwrap();
    assert_eq!((own.found_by, own.provider.as_deref()), (ProposalSource::SettingsFile, Some("Firm")));
    assert_eq!((own.smtp.port, own.smtp.security), (587, SmtpSecurity::StartTls));
    assert_eq!((own.imap.username.as_str(), own.smtp.username.as_str()), ("maya", "maya@firm.example"));
    assert!(asked.lock().unwrap().iter().all(|url| url.starts_with("https://")));
    let (providers, _) = network(&[("https://autoconfig.thunderbird.net/v1.1/firm.example", FILE)]);
    let listed = found(&providers, "maya@firm.example").await.unwrap();
    assert_eq!(listed.found_by, ProposalSource::SettingsFile);
}

#[tokio::test]
async fn service_records_are_the_last_that_is_asked() {
    let (providers, _) = network(&[
        (
            "_imaps._tcp.firm.example",
            r#"{"Status":0,"Answer":[{"type":33,"data":"0 1 993 imap.firm.example."}]}"#,
        ),
        (
            "_submission._tcp.firm.example",
            r#"{"Status":0,"Answer":[{"type":33,"data":"0 1 587 smtp.firm.example."}]}"#,
        ),
    ]);
    let told = found(&providers, "maya@firm.example").await.unwrap();
    assert_eq!(told.found_by, ProposalSource::ServiceRecords);
    assert_eq!((told.smtp.host.as_str(), told.smtp.security), ("smtp.firm.example", SmtpSecurity::StartTls));
    assert_eq!(srv("_imaps", "0 1 993 imap.firm.example/x"), None);
    assert_eq!(srv("_imaps", "0 1 70000 imap.firm.example."), None);
}

#[tokio::test]
async fn unknown_domain_and_broken_network_propose_nothing() {
    assert_eq!(found(&network(&[]).0, "maya@firm.example").await, None);
    assert_eq!(found(&providers(no_http(), no_smtp()), "maya@firm.example").await, None);
}

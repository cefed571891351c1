//! `MailboxFinder`: what is known of an address, from the surest to the least sure. First the domains of known providers,
//! then the hosts that take the domain's mail (MX), then the domain's own file of settings in Mozilla's form, Mozilla's
//! collection of such files, and last its SRV records.

use crate::Providers;
use crate::dns::{RecordType, is_name, records};
use crate::transport::Http;
use crate::wire::get;
use application::ports::mailbox_finder::MailboxFinder;
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::SmtpSecurity;
use domain::workspace::mailbox_proposal::{MailboxProposal, MailboxSignIn, ProposalSource, ProposedServer};
use http::StatusCode;
use mailbox_reader::{
    MailServer, MailboxSettings, Security, SignIn, SrvRecord, propose_settings, settings_of_autoconfig,
    settings_of_srv,
};
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// The time limit of everything that is asked about one address: a user waits for it.
const WHOLE: Duration = Duration::from_secs(8);
/// The time limit of one file.
const PATIENCE: Duration = Duration::from_secs(3);
const SERVICES: [&str; 4] = ["_imaps", "_imap", "_submissions", "_submission"];

#[async_trait]
impl MailboxFinder for Providers {
    async fn find_mailbox(&self, address: &EmailAddress) -> Option<MailboxProposal> {
        if let Some(settings) = propose_settings(address.as_str(), &[]) {
            return Some(proposal(settings, ProposalSource::Address));
        }
        let asked = ask_domain(&*self.http, address);
        tokio::time::timeout(WHOLE, asked).await.ok().flatten()
    }
}

async fn ask_domain(http: &dyn Http, address: &EmailAddress) -> Option<MailboxProposal> {
    let domain = address.domain();
    if !is_name(domain) {
        return None;
    }
    let hosts = mail_hosts(http, domain).await;
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    if let Some(settings) = propose_settings(address.as_str(), &hosts) {
        return Some(proposal(settings, ProposalSource::MailServers));
    }
    for file in settings_files(address) {
        if let Some(settings) = settings_in_file(http, address, &file).await {
            return Some(proposal(settings, ProposalSource::SettingsFile));
        }
    }
    let settings = settings_of_srv(address.as_str(), &services(http, domain).await)?;
    Some(proposal(settings, ProposalSource::ServiceRecords))
}

/// Returns the hosts of the MX records, the preferred ones first.
async fn mail_hosts(http: &dyn Http, domain: &str) -> Vec<String> {
    let told = records(http, domain, RecordType::Mx).await.unwrap_or_default();
    let host = |record: &String| {
        let (preference, host) = record.split_once(' ')?;
        Some((preference.parse::<u16>().ok()?, host.trim().to_owned()))
    };
    let mut hosts: Vec<(u16, String)> = told.iter().filter_map(host).collect();
    hosts.sort();
    hosts.into_iter().map(|(_, host)| host).collect()
}

/// Returns the addresses at which a domain's file of settings may be, all of them with TLS.
fn settings_files(address: &EmailAddress) -> [String; 3] {
    let domain = address.domain();
    let query = Serializer::new(String::new()).append_pair("emailaddress", address.as_str()).finish();
    [
        format!("https://autoconfig.{domain}/mail/config-v1.1.xml?{query}"),
        format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
        format!("https://autoconfig.thunderbird.net/v1.1/{domain}"),
    ]
}

async fn settings_in_file(http: &dyn Http, address: &EmailAddress, url: &str) -> Option<MailboxSettings> {
    let request = get(url, None).ok()?;
    let answered = tokio::time::timeout(PATIENCE, http.send(request)).await.ok()?.ok()?;
    if answered.status() != StatusCode::OK {
        return None;
    }
    settings_of_autoconfig(address.as_str(), std::str::from_utf8(answered.body()).ok()?)
}

async fn services(http: &dyn Http, domain: &str) -> Vec<SrvRecord> {
    let mut all = Vec::new();
    for service in SERVICES {
        let told = records(http, &format!("{service}._tcp.{domain}"), RecordType::Srv).await;
        all.extend(told.unwrap_or_default().iter().filter_map(|record| srv(service, record)));
    }
    all
}

/// Reads `priority weight port target`.
fn srv(service: &str, record: &str) -> Option<SrvRecord> {
    let mut words = record.split_ascii_whitespace();
    let mut number = || words.next()?.parse().ok();
    let (priority, weight, port) = (number()?, number()?, number()?);
    let target = words.next()?.to_owned();
    let is_host = target == "." || is_name(target.trim_end_matches('.'));
    is_host.then(|| SrvRecord { service: service.to_owned(), priority, weight, port, target })
}

fn proposal(settings: MailboxSettings, found_by: ProposalSource) -> MailboxProposal {
    let server = |server: MailServer, username: String| ProposedServer {
        host: server.host,
        port: server.port,
        security: match server.security {
            Security::Tls => SmtpSecurity::Tls,
            Security::StartTls => SmtpSecurity::StartTls,
        },
        username,
    };
    MailboxProposal {
        provider: settings.provider,
        found_by,
        sign_in: match settings.sign_in {
            SignIn::Password => MailboxSignIn::Password,
            SignIn::AppPassword => MailboxSignIn::AppPassword,
            SignIn::GmailApiOrAppPassword => MailboxSignIn::Google,
            SignIn::MicrosoftGraph => MailboxSignIn::Microsoft,
            SignIn::Oauth => MailboxSignIn::OtherPage,
            SignIn::LocalBridge => MailboxSignIn::LocalBridge,
        },
        smtp: server(settings.smtp, settings.smtp_username),
        imap: server(settings.imap, settings.imap_username),
        is_off_at_first: settings.is_off_at_first,
        help_url: settings.help_url,
    }
}

#[cfg(test)]
#[path = "tests/mailbox_finder.rs"]
mod tests;

//! Proposes a mailbox's settings from its address, so that its owner types in a password and nothing else. Known
//! providers stand in `presets.json`, found by the address's domain or else by the hosts that take its mail (MX). For
//! others the domain itself may tell by a file of Mozilla's autoconfig or by SRV records (RFC 6186). All look-ups are the
//! caller's. What a domain tells is a proposal that the owner sees, because little proves it.

mod autoconfig;

pub use autoconfig::settings_of_autoconfig;

use crate::MailboxFailure;
use serde::Deserialize;

const PRESETS: &str = include_str!("mailbox_settings/presets.json");

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSettings {
    /// The provider's name, if it is known.
    pub provider: Option<String>,
    pub imap: MailServer,
    pub smtp: MailServer,
    pub imap_username: String,
    pub smtp_username: String,
    pub sign_in: SignIn,
    /// True if the owner first has to switch IMAP on in the mailbox's own settings.
    pub is_off_at_first: bool,
    /// The provider's page that tells how.
    pub help_url: Option<String>,
}

impl MailboxSettings {
    /// Names the likely cause of a failure at this provider: several answer a right password, where they want an app
    /// password or none at all, as if it were wrong.
    pub fn likely_cause(&self, failure: MailboxFailure) -> MailboxFailure {
        match (failure, self.sign_in) {
            (MailboxFailure::WrongPassword, SignIn::AppPassword | SignIn::GmailApiOrAppPassword) => {
                MailboxFailure::NeedsAppPassword
            }
            (
                MailboxFailure::WrongPassword | MailboxFailure::NoKnownLogin,
                SignIn::MicrosoftGraph | SignIn::Oauth,
            ) => MailboxFailure::NeedsOauth,
            (failure, _) => failure,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Tls,
    StartTls,
}

/// What the owner of a mailbox signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    Password,
    /// A password for this app alone, made in the provider's settings.
    AppPassword,
    /// Google's sign-in page and the Gmail API; an app password where the administrator allows it.
    GmailApiOrAppPassword,
    /// Microsoft's sign-in page and the Graph API: its servers take no passwords for IMAP.
    MicrosoftGraph,
    /// A sign-in page of the provider's own, for which there is no connection here.
    Oauth,
    /// A program on the owner's own machine, which nothing on the internet reaches.
    LocalBridge,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SrvRecord {
    /// The service as it was asked for, such as `_imaps`.
    pub service: String,
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    provider: String,
    /// Domains of addresses. `yahoo.*` is the name in every country.
    domains: Vec<String>,
    /// The domains of hosts that take the provider's mail.
    mx: Vec<String>,
    imap: String,
    smtp: String,
    #[serde(default)]
    username: Username,
    smtp_username: Option<Username>,
    sign_in: SignIn,
    #[serde(default)]
    off_at_first: bool,
    help: String,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Username {
    #[default]
    Address,
    LocalPart,
}

/// Returns the settings of an address at a known provider. Without the hosts of its MX records, only providers' own
/// domains are known.
pub fn propose_settings(address: &str, mx_hosts: &[&str]) -> Option<MailboxSettings> {
    let (local_part, domain) = split(address)?;
    let hosts: Vec<String> =
        mx_hosts.iter().map(|host| host.trim_end_matches('.').to_ascii_lowercase()).collect();
    let presets: Vec<Preset> = serde_json::from_str(PRESETS).expect("a test reads the same file");
    let by_domain = |preset: &&Preset| preset.domains.iter().any(|pattern| is_domain(&domain, pattern));
    let by_mx =
        |preset: &&Preset| preset.mx.iter().any(|suffix| hosts.iter().any(|host| is_below(host, suffix)));
    let preset = presets.iter().find(by_domain).or_else(|| presets.iter().find(by_mx))?;
    let named = |username: Username| match username {
        Username::Address => address.trim().to_owned(),
        Username::LocalPart => local_part.to_owned(),
    };
    Some(MailboxSettings {
        provider: Some(preset.provider.clone()),
        imap: server(&preset.imap)?,
        smtp: server(&preset.smtp)?,
        imap_username: named(preset.username),
        smtp_username: named(preset.smtp_username.unwrap_or(preset.username)),
        sign_in: preset.sign_in,
        is_off_at_first: preset.off_at_first,
        help_url: Some(preset.help.clone()),
    })
}

/// Returns what one signs in with at the server by which a known provider sends.
pub fn sign_in_at(smtp_host: &str) -> Option<SignIn> {
    let presets: Vec<Preset> = serde_json::from_str(PRESETS).expect("a test reads the same file");
    let is_there = |preset: &&Preset| {
        server(&preset.smtp).is_some_and(|known| known.host.eq_ignore_ascii_case(smtp_host))
    };
    presets.iter().find(is_there).map(|preset| preset.sign_in)
}

/// Returns the settings that the domain of an address tells by its SRV records, if it names servers for both reading
/// and sending.
pub fn settings_of_srv(address: &str, records: &[SrvRecord]) -> Option<MailboxSettings> {
    split(address)?;
    let best = |service: &str, security| {
        let named = records.iter().filter(|record| record.service.eq_ignore_ascii_case(service));
        let record = named.min_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)))?;
        let host = record.target.trim_end_matches('.').to_ascii_lowercase();
        (!host.is_empty() && record.port != 0).then_some(MailServer { host, port: record.port, security })
    };
    Some(MailboxSettings {
        provider: None,
        imap: best("_imaps", Security::Tls).or_else(|| best("_imap", Security::StartTls))?,
        smtp: best("_submissions", Security::Tls).or_else(|| best("_submission", Security::StartTls))?,
        imap_username: address.trim().to_owned(),
        smtp_username: address.trim().to_owned(),
        sign_in: SignIn::Password,
        is_off_at_first: false,
        help_url: None,
    })
}

fn split(address: &str) -> Option<(&str, String)> {
    let (local_part, domain) = address.trim().rsplit_once('@')?;
    (!local_part.is_empty() && domain.contains('.')).then(|| (local_part, domain.to_ascii_lowercase()))
}

fn is_domain(domain: &str, pattern: &str) -> bool {
    let Some(name) = pattern.strip_suffix('*') else { return domain == pattern };
    domain.strip_prefix(name).is_some_and(|country| match country.split_once('.') {
        None => !country.is_empty() && country.len() <= 3,
        Some((second, top)) => ["co", "com"].contains(&second) && top.len() == 2,
    })
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Reads `host:port`. The ports of STARTTLS are 143, 587 and those of a local bridge; others speak TLS at once.
fn server(text: &str) -> Option<MailServer> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let security = if matches!(port, 993 | 465) { Security::Tls } else { Security::StartTls };
    Some(MailServer { host: host.to_owned(), port, security })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(address: &str, mx: &[&str]) -> Option<(String, SignIn)> {
        propose_settings(address, mx)
            .map(|settings| (settings.provider.unwrap_or_default(), settings.sign_in))
    }

    fn some(provider: &str, sign_in: SignIn) -> Option<(String, SignIn)> {
        Some((provider.to_owned(), sign_in))
    }

    #[test]
    fn every_preset_is_complete_and_reached() {
        let presets: Vec<Preset> = serde_json::from_str(PRESETS).unwrap();
        assert!(presets.len() > 30);
        for preset in &presets {
            assert!(server(&preset.imap).is_some() && server(&preset.smtp).is_some(), "{}", preset.provider);
            assert!(preset.help.starts_with("https://"), "{}", preset.help);
            for domain in &preset.domains {
                let found = provider(&format!("maya@{}", domain.replace('*', "de")), &[]);
                assert_eq!(found, some(&preset.provider, preset.sign_in), "{domain}");
            }
            for mx in &preset.mx {
                let found = provider("maya@firm.example", &[&format!("mx1.{mx}.")]);
                assert_eq!(found, some(&preset.provider, preset.sign_in), "{mx}");
            }
        }
    }

    #[test]
    fn address_of_a_known_provider_gets_its_servers() {
        let web = propose_settings(" maya@WEB.de ", &[]).unwrap();
        assert_eq!(web.imap, MailServer { host: "imap.web.de".into(), port: 993, security: Security::Tls });
        assert_eq!(web.imap_username, "maya");
        assert!(web.is_off_at_first && web.help_url.is_some());
        let icloud = propose_settings("maya@icloud.com", &[]).unwrap();
        assert_eq!(
            (icloud.imap_username.as_str(), icloud.smtp_username.as_str()),
            ("maya", "maya@icloud.com")
        );
        assert_eq!(icloud.smtp.security, Security::StartTls);
        assert_eq!(provider("maya@yahoo.co.uk", &[]), some("Yahoo", SignIn::AppPassword));
    }

    #[test]
    fn server_of_a_known_provider_tells_what_one_signs_in_with() {
        assert_eq!(sign_in_at("smtp.GMAIL.com"), Some(SignIn::AppPassword));
        assert_eq!(sign_in_at("smtp.office365.com"), Some(SignIn::MicrosoftGraph));
        assert_eq!(sign_in_at("smtp.strato.de"), Some(SignIn::Password));
        assert_eq!(sign_in_at("mail.firm.example"), None);
    }

    #[test]
    fn company_domain_is_recognised_by_its_mx_hosts() {
        let found = |mx: &str| provider("maya@firm.example", &["backup.example.", mx]);
        assert_eq!(
            found("firm-example.mail.protection.outlook.com."),
            some("Microsoft 365", SignIn::MicrosoftGraph)
        );
        assert_eq!(found("ASPMX.L.GOOGLE.com"), some("Google Workspace", SignIn::GmailApiOrAppPassword));
        assert_eq!(found("smtpin.rzone.de"), some("Strato", SignIn::Password));
        assert_eq!(found("notgoogle.com"), None);
        assert_eq!(provider("maya@gmail.com", &["aspmx.l.google.com"]), some("Gmail", SignIn::AppPassword));
        for odd in ["", "maya", "@gmail.com", "maya@", "maya@yahoo.evil.example", "maya@yahoo."] {
            assert_eq!(provider(odd, &[]), None, "{odd}");
        }
    }

    #[test]
    fn refused_password_is_explained_by_what_the_provider_wants() {
        let cause =
            |address| propose_settings(address, &[]).unwrap().likely_cause(MailboxFailure::WrongPassword);
        assert!(matches!(cause("maya@gmail.com"), MailboxFailure::NeedsAppPassword));
        assert!(matches!(cause("maya@outlook.com"), MailboxFailure::NeedsOauth));
        assert!(matches!(cause("maya@strato.de"), MailboxFailure::WrongPassword));
    }

    #[test]
    fn srv_records_name_the_servers_of_other_domains() {
        let record = |service: &str, priority, port, target: &str| SrvRecord {
            service: service.to_owned(),
            priority,
            weight: 1,
            port,
            target: target.to_owned(),
        };
        let records = [
            record("_imaps", 20, 993, "second.firm.example."),
            record("_imaps", 10, 993, "First.firm.example."),
            record("_imap", 0, 143, "third.firm.example."),
            record("_submissions", 0, 0, "."),
            record("_submission", 0, 587, "send.firm.example."),
        ];
        let settings = settings_of_srv("maya@firm.example", &records).unwrap();
        assert_eq!(settings.imap.host, "first.firm.example");
        assert_eq!((settings.smtp.port, settings.smtp.security), (587, Security::StartTls));
        assert_eq!(settings_of_srv("maya@firm.example", &records[..3]), None);
    }
}

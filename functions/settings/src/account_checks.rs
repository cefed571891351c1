//! The checks of a provider account's settings and secrets, kind by kind.

use crate::App;
use crate::web_address::{endpoint, is_local_host};
use application::Ids;
use application::ports::accounts::SecretFields;
use application::ports::declarations::Declaration;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::capacity::quota::SendingLimits;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::InboundVia;
use domain::workspace::account::{AccountKind, AccountSettings, SmtpSecurity};
use http_api::FieldErrors;
use std::collections::BTreeMap;

impl App {
    /// Normalises the settings and reports every invalid field.
    pub fn check(&self, settings: &mut AccountSettings, errors: &mut FieldErrors) {
        check(settings, errors);
        if !settings.kind().sends() && settings.kind() != AccountKind::DataProvider {
            return;
        }
        let Some(declared) = self.declared(settings) else {
            let known = self.declarations.providers_of_kind(settings.kind()).join(", ");
            errors
                .add("settings.provider", format!("is not a provider of this kind; choose one of: {known}"));
            return;
        };
        check_declared(declared, settings, errors);
        if let Err((field, expected)) = (declared.check)(settings) {
            errors.add(format!("settings.{field}"), expected);
        }
    }

    /// The declaration of the provider's folder for an account with settings of this kind.
    pub fn declared(&self, settings: &AccountSettings) -> Option<&'static Declaration> {
        self.declarations.declared(settings.provider()).filter(|known| known.kind == settings.kind())
    }

    /// The names of the secret's fields.
    pub fn secret_names(&self, settings: &AccountSettings) -> &'static [&'static str] {
        match settings.kind() {
            AccountKind::InboundEmail if signs_by_itself(settings) => &[],
            AccountKind::InboundEmail | AccountKind::Stripe | AccountKind::Bookings => &[SIGNING_SECRET],
            AccountKind::ChatModel | AccountKind::SerpApi | AccountKind::Hunter => &["api_key"],
            _ => self.declared(settings).map_or(&["api_key"], |known| known.secrets),
        }
    }

    /// Merges the given values into the known ones. A secret that the other side has to be set up with (a
    /// signing secret for inbound mail, a verify token) is generated if none is given, and returned once.
    pub fn secret(
        &self,
        settings: &AccountSettings,
        known: SecretFields,
        given: BTreeMap<String, String>,
        errors: &mut FieldErrors,
    ) -> (SecretFields, Option<String>) {
        secret((settings, self.secret_names(settings)), known, given, &*self.ids, errors)
    }
}

/// Checks the settings that every declared provider has.
fn check_declared(declared: &Declaration, settings: &mut AccountSettings, errors: &mut FieldErrors) {
    let fields = match settings {
        AccountSettings::EmailSender { account, fields, .. }
        | AccountSettings::SmsSender { account, fields, .. }
        | AccountSettings::WhatsappSender { account, fields, .. } => {
            *account = errors.text("settings.account", account.take(), 120);
            fields
        }
        AccountSettings::DataProvider { fields, .. } => fields,
        _ => return,
    };
    for (name, value) in &mut *fields {
        let path = format!("settings.fields.{name}");
        if declared.fields.contains(&name.as_str()) {
            *value = errors.required(&path, value, 500);
        } else {
            errors.add(
                path,
                format!("is not a field of this provider; its fields are: {}", declared.fields.join(", ")),
            );
        }
    }
    for name in declared.fields.iter().filter(|name| !fields.contains_key(**name)) {
        errors.add(format!("settings.fields.{name}"), "is required");
    }
}

fn check(settings: &mut AccountSettings, errors: &mut FieldErrors) {
    match settings {
        AccountSettings::Smtp { host, port, security, username, from_name, imap, .. } => {
            check_mail_server("settings", host, (*port, *security), errors);
            *username = username.trim().to_owned();
            check_sender(from_name, errors);
            if let Some(imap) = imap {
                check_mail_server("settings.imap", &mut imap.host, (imap.port, imap.security), errors);
                imap.username = errors.text("settings.imap.username", imap.username.take(), 254);
                imap.folder = errors.text("settings.imap.folder", imap.folder.take(), 200);
                if imap.folder.as_ref().is_some_and(|name| name.contains(char::is_control)) {
                    errors.add("settings.imap.folder", "is one line");
                }
                if username.is_empty() && imap.username.is_none() {
                    errors.add("settings.imap.username", "is required where mail is sent without a login");
                }
            }
        }
        AccountSettings::Resend { base_url, from_name, .. }
        | AccountSettings::EmailSender { base_url, from_name, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
            check_sender(from_name, errors);
        }
        AccountSettings::InboundEmail { addresses, via, topic_arn, public_keys } => {
            // Two providers report what became of mails, too, with or without receiving any.
            let reports = matches!(via, InboundVia::Ses | InboundVia::Sendgrid);
            if addresses.len() > 50 || (addresses.is_empty() && !reports) {
                errors.add("settings.addresses", "needs 1 to 50 addresses");
            }
            match (*via == InboundVia::Ses, topic_arn.is_some()) {
                (true, false) => {
                    errors.add("settings.topic_arn", "is required: the topic that SES reports to")
                }
                (false, true) => errors.add("settings.topic_arn", "is for Amazon SES only"),
                _ => {}
            }
            if *via != InboundVia::Sendgrid && !public_keys.is_empty() {
                errors.add("settings.public_keys", "are for SendGrid only");
            } else if public_keys.len() > MOST_PUBLIC_KEYS {
                errors.add("settings.public_keys", format!("are at most {MOST_PUBLIC_KEYS}"));
            }
        }
        AccountSettings::Bookings { .. } => {}
        AccountSettings::Stripe { account_id, .. } => {
            *account_id = errors.text("settings.account_id", account_id.take(), 60);
        }
        AccountSettings::ChatModel { base_url, model, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
            *model = errors.required("settings.model", model, 120);
        }
        AccountSettings::SerpApi { base_url }
        | AccountSettings::Hunter { base_url }
        | AccountSettings::Twilio { base_url, .. }
        | AccountSettings::Whatsapp { base_url, .. }
        | AccountSettings::SmsSender { base_url, .. }
        | AccountSettings::WhatsappSender { base_url, .. }
        | AccountSettings::DataProvider { base_url, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
        }
    }
}

pub fn check_hours(kind: AccountKind, hours: Option<&WorkingHours>, errors: &mut FieldErrors) {
    let Some(hours) = hours else { return };
    if kind.sends() {
        errors.take("hours", hours.validate());
    } else {
        errors.add("hours", "are only for accounts that send messages to leads");
    }
}

pub fn check_limits(kind: AccountKind, limits: Option<&SendingLimits>, errors: &mut FieldErrors) {
    let Some(limits) = limits else { return };
    if !kind.sends() {
        errors.add("limits", "are only for accounts that send messages to leads");
    }
    for (field, expected) in limits.faults() {
        errors.add(format!("limits.{field}"), expected);
    }
}

/// `path` is the prefix of the fields' names.
fn check_mail_server(
    path: &str,
    host: &mut String,
    (port, security): (u16, SmtpSecurity),
    errors: &mut FieldErrors,
) {
    *host = errors.required(&format!("{path}.host"), host, 253).to_ascii_lowercase();
    if host.contains(|c: char| c.is_whitespace() || "/@".contains(c)) {
        errors.add(format!("{path}.host"), "is not a host name");
    }
    match port {
        0 => errors.add(format!("{path}.port"), "is required"),
        25 if !is_local_host(host) => errors.add(
            format!("{path}.port"),
            "is blocked in the cloud, and servers accept no login there: use 587 (STARTTLS) or 465 (TLS)",
        ),
        _ => {}
    }
    if security == SmtpSecurity::None && !is_local_host(host) {
        errors.add(format!("{path}.security"), "can be none only for a server on this machine");
    }
}

fn check_sender(from_name: &mut String, errors: &mut FieldErrors) {
    *from_name = errors.text("settings.from_name", Some(from_name.clone()), 120).unwrap_or_default();
    if from_name.contains(['\r', '\n']) {
        errors.add("settings.from_name", "is one line");
    }
}

/// Needed only if the server of sent mail has a password other than the one for sending.
pub const IMAP_PASSWORD: &str = "imap_password";

const SIGNING_SECRET: &str = "signing_secret";
/// The least length of a password that is typed in for a webhook.
const SHORTEST_PASSWORD: usize = 20;

/// SendGrid has two keys, and one more while either is replaced.
const MOST_PUBLIC_KEYS: usize = 4;

/// Whether the provider signs with a key of its own, of which only the public half is known here.
fn signs_by_itself(settings: &AccountSettings) -> bool {
    match settings {
        AccountSettings::InboundEmail { via: InboundVia::Ses, .. } => true,
        AccountSettings::InboundEmail { public_keys, .. } => !public_keys.is_empty(),
        _ => false,
    }
}

/// Needed only where Resend reports to us.
const EVENTS_OF_RESEND: (AccountKind, &str) = (AccountKind::Resend, SIGNING_SECRET);

fn secret(
    (settings, wanted): (&AccountSettings, &[&str]),
    mut known: SecretFields,
    given: BTreeMap<String, String>,
    ids: &dyn Ids,
    errors: &mut FieldErrors,
) -> (SecretFields, Option<String>) {
    let kind = settings.kind();
    let has_imap = matches!(settings, AccountSettings::Smtp { imap: Some(_), .. });
    // The format of Standard Webhooks and of Stripe.
    let is_prefixed = |name: &str| {
        let of_inbound = matches!(settings, AccountSettings::InboundEmail { via, .. } if via.is_relay());
        of_inbound || kind == AccountKind::Stripe || (kind, name) == EVENTS_OF_RESEND
    };
    // Postmark signs nothing, and SendGrid only if it is told to: whoever guesses the password may post mail.
    let has_password = matches!(
        settings,
        AccountSettings::InboundEmail { via: InboundVia::Postmark | InboundVia::Sendgrid, .. }
            | AccountSettings::Bookings { .. }
    );
    for (name, value) in given {
        let path = format!("secret.{name}");
        if wanted.is_empty() {
            errors.add(path, "is not needed: the provider signs with a key of its own");
        } else if !wanted.contains(&name.as_str()) {
            errors.add(path, format!("this kind of account has {} only", wanted.join(", ")));
        } else if name == IMAP_PASSWORD && !has_imap {
            errors.add(path, "needs an IMAP server: enter one");
        } else if value.trim().is_empty() || value.len() > 4_096 {
            errors.add(path, "is empty or longer than 4,096 characters");
        } else if is_prefixed(&name) && !value.starts_with("whsec_") {
            errors.add(path, "begins with whsec_");
        } else {
            known.0.insert(name, value.trim().to_owned());
        }
    }
    if has_password
        && known.get(SIGNING_SECRET).is_some_and(|given| given.chars().count() < SHORTEST_PASSWORD)
    {
        let path = format!("secret.{SIGNING_SECRET}");
        errors.add(
            path,
            format!("has at least {SHORTEST_PASSWORD} characters; leave it empty to get one made"),
        );
    }
    let mut made = None;
    let open_door = matches!(settings, AccountSettings::Smtp { username, .. } if username.is_empty());
    if !has_imap {
        known.0.remove(IMAP_PASSWORD);
    } else if open_door && known.0.is_empty() {
        errors.add(format!("secret.{IMAP_PASSWORD}"), "is required where mail is sent without a login");
    }
    for name in wanted {
        let is_optional = *name == IMAP_PASSWORD || (kind, *name) == EVENTS_OF_RESEND;
        if open_door || is_optional || known.get(name).is_some() {
            continue;
        }
        let mut bytes = [0; 32];
        let secret = match (kind, *name) {
            (AccountKind::InboundEmail, _) => match settings {
                // Mailgun has a key of its own, by which it signs.
                AccountSettings::InboundEmail { via: InboundVia::Mailgun, .. } => {
                    errors.add(format!("secret.{name}"), "is required");
                    continue;
                }
                AccountSettings::InboundEmail { via, .. } if !via.is_relay() => {
                    ids.secret_bytes(&mut bytes);
                    hex::encode(bytes)
                }
                _ => {
                    ids.secret_bytes(&mut bytes);
                    format!("whsec_{}", STANDARD.encode(bytes))
                }
            },
            (AccountKind::Bookings, _) | (_, "verify_token") => {
                ids.secret_bytes(&mut bytes);
                hex::encode(bytes)
            }
            _ => {
                errors.add(format!("secret.{name}"), "is required");
                continue;
            }
        };
        known.0.insert((*name).to_owned(), secret.clone());
        made = Some(secret);
    }
    (known, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::contact::phone_number::PhoneNumber;

    const DECLARED: Declaration = Declaration {
        kind: AccountKind::SmsSender,
        secrets: &["api_key"],
        fields: &["region"],
        reports: true,
        brings_mail_with: None,
        by_grant: false,
        api_url: None,
        check: Declaration::anything_goes,
    };

    fn faults(account: Option<&str>, fields: &[(&str, &str)]) -> (AccountSettings, String) {
        let mut settings = AccountSettings::SmsSender {
            provider: "pigeon_post".to_owned(),
            base_url: "https://api.example".to_owned(),
            from_number: PhoneNumber::parse("+12025550142", None).unwrap(),
            account: account.map(str::to_owned),
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let mut errors = FieldErrors::default();
        check_declared(&DECLARED, &mut settings, &mut errors);
        (settings, errors.finish().err().map(|error| format!("{error:?}")).unwrap_or_default())
    }

    #[test]
    fn declared_providers_account_needs_exactly_its_declared_fields() {
        let (settings, told) = faults(Some(" a1 "), &[("region", " eu ")]);
        assert_eq!(told, "");
        let AccountSettings::SmsSender { account, fields, .. } = &settings else { panic!() };
        assert_eq!((account.as_deref(), fields["region"].as_str()), (Some("a1"), "eu"));
        let (settings, told) = faults(Some(" "), &[]);
        assert!(settings.external_accounts().is_empty());
        assert!(told.contains("settings.fields.region"), "{told}");
        let (_, told) = faults(None, &[("region", "eu"), ("colour", "red")]);
        assert!(told.contains("settings.fields.colour") && told.contains("region"), "{told}");
    }
}

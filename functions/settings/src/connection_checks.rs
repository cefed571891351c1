//! What makes a provider account acceptable, kind by kind, and which secrets each has.

use crate::web_address::{endpoint, is_local_host};
use application::Ids;
use application::connections::SecretFields;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::calendar::WorkingHours;
use domain::connection::{ConnectionKind, ConnectionSettings, SmtpSecurity};
use domain::pace::SendingLimits;
use http_api::FieldErrors;
use std::collections::BTreeMap;

/// Tidies the settings and reports each field that cannot stay.
pub fn check(settings: &mut ConnectionSettings, errors: &mut FieldErrors) {
    match settings {
        ConnectionSettings::Smtp { host, port, security, username, from_name, .. } => {
            *host = errors.required("settings.host", host, 253).to_ascii_lowercase();
            if host.contains(|c: char| c.is_whitespace() || "/@".contains(c)) {
                errors.add("settings.host", "is not a host name");
            }
            if *port == 0 {
                errors.add("settings.port", "is required");
            }
            if *security == SmtpSecurity::None && !is_local_host(host) {
                errors.add("settings.security", "may be none only for a server on this machine");
            }
            *username = username.trim().to_owned();
            check_sender(from_name, errors);
        }
        ConnectionSettings::Resend { base_url, from_name, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
            check_sender(from_name, errors);
        }
        ConnectionSettings::InboundEmail { addresses } => {
            if addresses.is_empty() || addresses.len() > 50 {
                errors.add("settings.addresses", "needs 1 to 50 addresses");
            }
        }
        ConnectionSettings::Twilio { base_url, account_sid, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
            *account_sid = account_sid.trim().to_owned();
            let hex = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
            if !account_sid.strip_prefix("AC").is_some_and(hex) {
                errors.add("settings.account_sid", "is AC and 32 hexadecimal digits");
            }
        }
        ConnectionSettings::Stripe { account_id, .. } => {
            *account_id = errors.text("settings.account_id", account_id.take(), 60);
        }
        ConnectionSettings::ChatModel { base_url, model, .. } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
            *model = errors.required("settings.model", model, 120);
        }
        ConnectionSettings::SerpApi { base_url } | ConnectionSettings::Hunter { base_url } => {
            *base_url = endpoint(errors, "settings.base_url", base_url);
        }
    }
}

pub fn check_hours(kind: ConnectionKind, hours: Option<&WorkingHours>, errors: &mut FieldErrors) {
    let Some(hours) = hours else { return };
    if kind.sends() {
        errors.take("hours", hours.validate());
    } else {
        errors.add("hours", "are kept by accounts that send messages to leads");
    }
}

pub fn check_limits(kind: ConnectionKind, limits: Option<&SendingLimits>, errors: &mut FieldErrors) {
    let Some(limits) = limits else { return };
    if !kind.sends() {
        errors.add("limits", "are kept by accounts that send messages to leads");
    }
    for (field, expected) in limits.faults() {
        errors.add(format!("limits.{field}"), expected);
    }
}

fn check_sender(from_name: &mut String, errors: &mut FieldErrors) {
    *from_name = errors.text("settings.from_name", Some(from_name.clone()), 120).unwrap_or_default();
    if from_name.contains(['\r', '\n']) {
        errors.add("settings.from_name", "is one line");
    }
}

/// The secret's one field, by kind.
pub fn secret_name(kind: ConnectionKind) -> &'static str {
    match kind {
        ConnectionKind::Smtp => "password",
        ConnectionKind::Twilio => "auth_token",
        ConnectionKind::InboundEmail | ConnectionKind::Stripe => "signing_secret",
        ConnectionKind::Resend
        | ConnectionKind::ChatModel
        | ConnectionKind::SerpApi
        | ConnectionKind::Hunter => "api_key",
    }
}

/// Puts the given values over the known ones. A signing secret for inbound mail is made up where none is given: it is
/// answered once, for the other side to be set up with.
pub fn secret(
    settings: &ConnectionSettings,
    mut known: SecretFields,
    given: BTreeMap<String, String>,
    ids: &dyn Ids,
    errors: &mut FieldErrors,
) -> (SecretFields, Option<String>) {
    let kind = settings.kind();
    let wanted = secret_name(kind);
    for (name, value) in given {
        let path = format!("secret.{name}");
        if name != wanted {
            errors.add(path, format!("this kind of account has {wanted} only"));
        } else if value.trim().is_empty() || value.len() > 4_096 {
            errors.add(path, "is empty or longer than 4,096 characters");
        } else if wanted == "signing_secret" && !value.starts_with("whsec_") {
            errors.add(path, "begins with whsec_");
        } else {
            known.0.insert(name, value.trim().to_owned());
        }
    }
    if known.get(wanted).is_some() {
        return (known, None);
    }
    if kind == ConnectionKind::InboundEmail {
        let mut bytes = [0; 32];
        ids.secret_bytes(&mut bytes);
        let made = format!("whsec_{}", STANDARD.encode(bytes));
        known.0.insert(wanted.to_owned(), made.clone());
        return (known, Some(made));
    }
    let open_door = matches!(settings, ConnectionSettings::Smtp { username, .. } if username.is_empty());
    if !open_door {
        errors.add(format!("secret.{wanted}"), "is required");
    }
    (known, None)
}

//! The codes of all errors, which programs tell apart. The document lists them. A code that is missing here is found twice: the
//! sources are read by a test, and an error with such a code is not made in a debug build.

use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// The codes, in the order of the alphabet. A code that was answered once keeps its meaning.
pub(crate) const CODES: &[&str] = &[
    "access_denied",
    "account_deleted",
    "account_disabled",
    "account_incomplete",
    "account_refused",
    "address_taken",
    "administrator_needed",
    "ai_off_for_you",
    "ai_switched_off",
    "ai_switched_off_in_campaign",
    "already_imported",
    "already_in_team",
    "answer_lost",
    "answered_meanwhile",
    "attempt_expired",
    "bad_signature",
    "busy",
    "call_goes_on",
    "call_refused",
    "call_was_placed",
    "call_was_turned_down",
    "campaign_budget_used_up",
    "campaign_closed",
    "cannot_connect",
    "cap_reached",
    "challenge_expired",
    "changed_meanwhile",
    "client_refused",
    "code_needed",
    "code_read_just_now",
    "code_read_often",
    "code_refused_often",
    "code_void",
    "colleagues_lead",
    "committed",
    "count_differs",
    "country_not_allowed",
    "credentials_changed",
    "deal_closed",
    "decided_before",
    "disabled",
    "do_not_contact",
    "domain_taken",
    "draft_not_made",
    "draft_outdated",
    "draft_refused",
    "draft_sent",
    "draft_waits",
    "duplicate_deleted_lead",
    "duplicate_lead",
    "email_not_verified",
    "email_taken",
    "forbidden",
    "higher_rate",
    "identity_taken",
    "illegal_move",
    "in_other_workspaces",
    "in_use",
    "incomplete_webhook",
    "internal",
    "invalid_value",
    "key_expired",
    "key_revoked",
    "last_owner",
    "last_way_in",
    "lead_deleted",
    "left_alone",
    "link_dead",
    "login_changed",
    "mailbox_in_use",
    "malformed_json",
    "merged",
    "method_not_allowed",
    "month_closed",
    "newer_message",
    "no_answer",
    "no_calling_account",
    "no_code",
    "no_grant",
    "no_key",
    "no_mailbox",
    "no_model",
    "no_phone",
    "no_postal_address",
    "no_routing",
    "no_sender",
    "no_such_lead",
    "not_connected",
    "not_detected",
    "not_for_keys",
    "not_found",
    "not_stored",
    "not_subscribed",
    "not_uncertain",
    "nothing_to_answer",
    "options_are_being_renamed",
    "other_address",
    "other_mailbox",
    "own_leads_only",
    "owner_unknown",
    "page_closed",
    "passkey_copied",
    "passkey_known",
    "permissions_missing",
    "phone_not_proven",
    "possible_opt_out",
    "proof_needed",
    "provider_connected",
    "provider_silent",
    "provider_unavailable",
    "quiet_hours",
    "quota_reached",
    "recording_not_ready",
    "renewing",
    "request_running",
    "request_used",
    "request_void",
    "run_state",
    "scope_missing",
    "second_factor_needed",
    "second_factor_on",
    "sends_nothing",
    "sequence_in_use",
    "session_ended",
    "session_expired",
    "settings_changed",
    "setup_code_wrong",
    "setup_expired",
    "sign_in_needed",
    "sign_up_closed",
    "speaks_to_a_model",
    "stage_in_use",
    "suppressed",
    "switched_off",
    "ticket_expired",
    "token_expired",
    "token_reused",
    "too_large",
    "too_late",
    "too_little_known",
    "too_many_columns",
    "too_many_deals",
    "too_many_fields",
    "too_many_icps",
    "too_many_keys",
    "too_many_merged",
    "too_many_passkeys",
    "too_many_payments",
    "too_many_requests",
    "too_many_rules",
    "too_many_segments",
    "too_many_views",
    "too_many_workspaces",
    "turned_down",
    "unauthorized",
    "unavailable",
    "uncertain",
    "under_way",
    "undo_later_first",
    "undo_over",
    "unreachable",
    "unreadable_body",
    "unsupported_media_type",
    "upload_over",
];

/// The schema of a problem's code.
pub struct ProblemCode;

impl utoipa::PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        let told = "A stable code, for programs. A later version may have further ones: take an unknown one by its status.";
        let codes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(CODES.iter().copied()));
        codes.description(Some(told)).into()
    }
}

impl utoipa::ToSchema for ProblemCode {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The files that choose a code before they make the error, with those that they choose from. Every other file writes
    /// the code where it makes the error.
    const CHOSEN: [(&str, &str); 9] = [
        ("functions/auth/src/refresh_session.rs", ""),
        ("functions/campaigns/src/resume_enrolment.rs", "=> \""),
        ("functions/emails/src/send_email.rs", ""),
        ("functions/inbox/src/answer_conversation.rs", ""),
        ("functions/settings/src/finish_connecting.rs", "=> \""),
        ("functions/tasks/src/place_call.rs", " (\""),
        ("functions/tasks/src/read_phone_code.rs", ""),
        ("shared/http_api/src/ai_answer.rs", "=> \""),
        ("shared/http_api/src/gate.rs", ""),
    ];

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// The Rust files below a folder but for tests, by their path from the root, without the test modules in them.
    fn sources(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or("").to_owned();
            if name == "tests" || name == "target" || name == "error_codes" {
                continue;
            }
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned();
                let place = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
                found.insert(place, text);
            }
        }
    }

    fn all_sources() -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for folder in ["functions", "shared/http_api/src", "shared/application/src/inbox"] {
            sources(&root().join(folder), &mut found);
        }
        found
    }

    /// The text of a literal at the beginning of `rest`, if there is one.
    fn literal(rest: &str) -> Option<&str> {
        rest.trim_start().strip_prefix('"')?.split('"').next()
    }

    /// The codes that are written where an error is made, and the number of errors that are made without one there.
    fn made(text: &str, is_of_kit: bool) -> (Vec<&str>, usize) {
        let (mut codes, mut without) = (Vec::new(), 0);
        let makers = if is_of_kit { ["ApiError::", "Self::"].as_slice() } else { &["ApiError::"] };
        for maker in makers {
            for (at, _) in text.match_indices(maker) {
                let rest = &text[at + maker.len()..];
                let arguments = if let Some(rest) = rest.strip_prefix("conflict(") {
                    rest
                } else if let Some(rest) = rest.strip_prefix("new(") {
                    let Some((first, rest)) = rest.split_once(',') else { continue };
                    if !first.trim().starts_with("StatusCode::") && first.trim() != "status" {
                        continue;
                    }
                    rest
                } else if rest.starts_with("refused(") {
                    without += 1;
                    continue;
                } else {
                    continue;
                };
                match literal(arguments) {
                    Some(code) => codes.push(code),
                    None => without += 1,
                }
            }
        }
        (codes, without)
    }

    #[test]
    fn codes_are_in_order_and_written_as_words() {
        let in_order: BTreeSet<&str> = CODES.iter().copied().collect();
        assert_eq!(in_order.into_iter().collect::<Vec<_>>(), CODES);
        let is_word = |code: &str| code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(CODES.iter().all(|code| is_word(code)));
    }

    #[test]
    fn every_code_that_a_source_makes_an_error_with_is_listed() {
        let mut seen = 0;
        for (place, text) in all_sources() {
            let (mut codes, without) = made(&text, place.starts_with("shared/http_api/"));
            let chosen = CHOSEN.iter().find(|(file, _)| *file == place);
            if place != "shared/http_api/src/error.rs" {
                assert_eq!(without > 0, chosen.is_some(), "{place} chooses a code before it makes the error");
            }
            // Makers of sign-in errors, which take the code first.
            codes.extend(text.split("over(").skip(1).filter_map(literal));
            if let Some((_, before)) = chosen.filter(|(_, before)| !before.is_empty()) {
                let parts = text.split(before).skip(1).filter_map(|rest| rest.split_once('"'));
                let parts = parts.filter(|(_, after)| after.starts_with(',')).map(|(code, _)| code);
                codes.extend(parts.filter(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
            }
            for code in codes {
                assert!(CODES.contains(&code), "{place}: {code} is missing in CODES");
                seen += 1;
            }
        }
        assert!(seen > 120, "{seen}");
    }

    #[test]
    fn every_listed_code_is_one_of_the_sources() {
        let sources = all_sources();
        for code in CODES {
            let written = format!("\"{code}\"");
            assert!(sources.values().any(|text| text.contains(&written)), "nothing answers {code}");
        }
    }

    #[test]
    fn document_lists_the_codes() {
        let document = serde_json::to_value(crate::document()).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["ProblemCode"]["enum"], serde_json::json!(CODES));
        assert_eq!(schemas["Problem"]["properties"]["code"]["$ref"], "#/components/schemas/ProblemCode");
    }
}

//! Looks up whether mail to a lead's address would arrive.

use crate::lead::enrichment::field_ports::{Asked, EnrichPorts, Verdict};
use crate::lead::enrichment::field_work::{FieldWork, digest};
use crate::lead::enrichment::field_work::{NO_INPUT, SWITCHED_OFF};
use crate::ports::store::StoreResult;
use domain::lead::Lead;
use domain::lead::enrichment::{Deliverability, Field, FieldStatus, FieldValue};
use domain::spend::CallKind;
use domain::workspace::Workspace;

/// The providers that verify addresses, in the order in which they are asked.
const VERIFIERS: [&str; 2] = ["hunter", "zerobounce"];
const OBJECTED: &str = "the person objected";

/// Returns the digest of what the verifier is asked about this lead.
pub(super) fn question(lead: &Lead) -> Option<String> {
    lead.email.as_ref().map(|email| digest(&["email_verification.1", email.as_str()]))
}

pub(super) async fn ask(
    ports: &EnrichPorts,
    workspace: &Workspace,
    lead: &Lead,
    force: bool,
    is_first: bool,
) -> StoreResult<(Asked, Verdict)> {
    let now = ports.clock.now();
    let field = (Field::EmailVerification, "hunter");
    let mut work = FieldWork::open(ports.fields(), lead, field, now, force, is_first).await?;
    let settled = |verdict| Ok((Asked::Settled, verdict));
    // An objection is kept for good, even if a look-up is forced.
    let known = work.known().map(|known| &known.status);
    if matches!(known, Some(FieldStatus::Skipped { reason }) if reason == OBJECTED) {
        return settled(Verdict::Objected);
    }
    if !workspace.enrichment_enabled {
        work.skip(SWITCHED_OFF).await?;
        return settled(Verdict::None);
    }
    let (Some(email), Some(digest)) = (&lead.email, question(lead)) else {
        work.skip(NO_INPUT).await?;
        return settled(Verdict::None);
    };
    if let Some(status) = work.answered(&digest) {
        return settled(match status {
            FieldStatus::Found { value: FieldValue::EmailVerification { verdict, .. } } => {
                Verdict::Is(*verdict)
            }
            _ => Verdict::None,
        });
    }
    let Some(account) = work.data_account(&VERIFIERS).await? else { return settled(Verdict::None) };
    let Some((paid, price)) = work.pay(CallKind::VerifyEmail, &digest).await? else {
        return settled(Verdict::None);
    };
    match ports.verifier.verify_email(&account, email).await {
        Ok(answer) if answer.objected => {
            paid.answered(price, false, now).await?;
            work.skip_for_good(OBJECTED).await?;
            work.note_works(&account).await?;
            settled(Verdict::Objected)
        }
        Ok(answer) => {
            paid.answered(price, answer.verdict != Deliverability::Unknown, now).await?;
            let value = FieldValue::EmailVerification { verdict: answer.verdict, score: answer.score };
            work.found(value, &digest).await?;
            work.note_works(&account).await?;
            settled(Verdict::Is(answer.verdict))
        }
        Err(error) => {
            paid.failed(&error, now).await?;
            Ok((work.failed(error, &digest, &account).await?, Verdict::None))
        }
    }
}

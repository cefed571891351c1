//! The look-up of one field of one lead: what is known of it, how often it was tried, what is stored.

use crate::lead::enrichment::field_ports::Asked;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::spend::SpendStore;
use crate::ports::store::StoreResult;
use crate::spend::caps::Caps;
use crate::spend::paid_call::{CallToPay, NotPaid, PaidCall, reserve_call};
use crate::workspace::account_answers::{note_refusal, note_works};
use crate::workspace::open_account::{open_chat_model, open_data_account};
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue};
use domain::spend::{AiUse, CallKind, CallPrice, SpendSettings, Usd};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The most attempts; then the field stays failed, for a user to see.
const TRIES: u32 = 3;
const LONGEST_WAIT: i64 = 900;
pub(crate) const SWITCHED_OFF: &str = "switched off";
pub(crate) const NO_INPUT: &str = "no input";
const NO_ACCOUNT: &str = "no account";
pub(crate) const CAP_REACHED: &str = "the month's cap is reached";

#[derive(Clone, Copy)]
pub(crate) struct FieldPorts<'a> {
    pub accounts: &'a dyn AccountStore,
    pub leads: &'a dyn LeadStore,
    pub notifications: &'a dyn NotificationStore,
    pub caps: &'a Caps,
    pub spend: &'a dyn SpendStore,
    pub vault: &'a dyn Vault,
}

pub(crate) struct FieldWork<'a> {
    ports: FieldPorts<'a>,
    lead: &'a Lead,
    /// The campaign whose own opening line is written, in the place of the lead's.
    campaign: Option<&'a Campaign>,
    field: Field,
    source: &'static str,
    now: Timestamp,
    known: Option<FieldResult>,
    force: bool,
    is_first: bool,
    /// The model that is asked and the prompt that it is given.
    written_with: Option<WrittenWith>,
}

/// Makes the digest of a question to a provider, by which the same question is recognised.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..16])
}

impl<'a> FieldWork<'a> {
    pub async fn open(
        ports: FieldPorts<'a>,
        lead: &'a Lead,
        (field, source): (Field, &'static str),
        now: Timestamp,
        force: bool,
        is_first: bool,
    ) -> StoreResult<Self> {
        let known = ports.leads.field(&lead.workspace, &lead.id, field).await?;
        Ok(Self {
            ports,
            lead,
            campaign: None,
            field,
            source,
            now,
            known,
            force,
            is_first,
            written_with: None,
        })
    }

    /// Does what `open` does for a campaign's own opening line for the lead.
    pub async fn open_for_campaign(
        ports: FieldPorts<'a>,
        (lead, campaign): (&'a Lead, &'a Campaign),
        source: &'static str,
        now: Timestamp,
        force: bool,
        is_first: bool,
    ) -> StoreResult<Self> {
        let known = ports.leads.campaign_line(&lead.workspace, &lead.id, &campaign.id).await?;
        let (campaign, field) = (Some(campaign), Field::FirstLine);
        Ok(Self { ports, lead, campaign, field, source, now, known, force, is_first, written_with: None })
    }

    /// Has the results say which model was asked, with which prompt.
    pub fn with_prompt(self, written_with: WrittenWith) -> Self {
        Self { written_with: Some(written_with), ..self }
    }

    pub fn known(&self) -> Option<&FieldResult> {
        self.known.as_ref()
    }

    /// Whether an opening line is stored, be it the default text.
    pub fn has_line(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.status.opening_line().is_some())
    }

    /// Returns the stored answer to the same question, unless it must be asked again.
    pub fn answered(&self, digest: &str) -> Option<&FieldStatus> {
        let known = self.known.as_ref().filter(|known| !self.force && known.input_digest == digest)?;
        let answer = matches!(known.status, FieldStatus::Found { .. } | FieldStatus::NotFound);
        answer.then_some(&known.status)
    }

    /// Opens the workspace's chat model. Without a working one the field is skipped.
    pub async fn chat_model(&self) -> StoreResult<Option<OpenAccount>> {
        let FieldPorts { accounts, vault, .. } = self.ports;
        let account = open_chat_model(accounts, vault, &self.lead.workspace).await?;
        if account.is_none() {
            self.skip(NO_ACCOUNT).await?;
        }
        Ok(account)
    }

    /// Reserves the price of a look-up. Without room under the month's cap the field is skipped.
    pub async fn pay(&self, kind: CallKind, digest: &str) -> StoreResult<Option<(PaidCall<'a>, CallPrice)>> {
        let settings = self.ports.spend.settings(&self.lead.workspace).await?;
        let price = settings.prices.call(self.source, kind);
        let paid = self.pay_at_most(&settings, price.most(), digest, None).await?;
        Ok(paid.map(|paid| (paid, price)))
    }

    /// Does what `pay` does for a call whose price depends on its length, such as a model's.
    pub async fn pay_at_most(
        &self,
        settings: &SpendSettings,
        most: Usd,
        digest: &str,
        model: Option<(AiUse, &str)>,
    ) -> StoreResult<Option<PaidCall<'a>>> {
        let paid = self.reserve(settings, most, digest, model).await?;
        if paid.is_err() {
            self.skip(CAP_REACHED).await?;
        }
        Ok(paid.ok())
    }

    /// Does what `pay_at_most` does, and leaves it to the caller what becomes of the field without money. What belongs to
    /// a campaign is paid under its budget, too.
    pub async fn reserve(
        &self,
        settings: &SpendSettings,
        most: Usd,
        digest: &str,
        model: Option<(AiUse, &str)>,
    ) -> StoreResult<Result<PaidCall<'a>, NotPaid>> {
        let mut work = vec![self.lead.id.as_str(), self.field.as_str(), digest];
        work.extend(self.campaign.map(|campaign| campaign.id.as_str()));
        let own = self.campaign.map(Campaign::spend_limit);
        let limits = [settings.month(self.now)].into_iter().chain(own).collect();
        let (workspace, provider) = (&self.lead.workspace, self.source);
        let call = CallToPay { workspace, provider, work: &work, limits, most, model };
        reserve_call(self.ports.caps, call, self.now).await
    }

    /// Opens the workspace's account at the first of these providers of data that it has one at, which is then the
    /// source of the answer. Without a working one the field is skipped.
    pub async fn data_account(&mut self, providers: &[&'static str]) -> StoreResult<Option<OpenAccount>> {
        let FieldPorts { accounts, vault, .. } = self.ports;
        let account = open_data_account(accounts, vault, &self.lead.workspace, providers).await?;
        let Some(account) = account else {
            self.skip(NO_ACCOUNT).await?;
            return Ok(None);
        };
        let own = account.settings.data_provider();
        self.source = providers.iter().find(|name| Some(**name) == own).unwrap_or(&self.source);
        Ok(Some(account))
    }

    /// Marks the field as skipped. An earlier answer stays.
    pub async fn skip(&self, reason: &str) -> StoreResult<()> {
        let stays = match self.known.as_ref().map(|known| &known.status) {
            Some(FieldStatus::Found { .. } | FieldStatus::NotFound) => true,
            Some(FieldStatus::Skipped { reason: known }) => known == reason,
            Some(FieldStatus::Failed { .. }) | None => false,
        };
        if stays {
            return Ok(());
        }
        let status = FieldStatus::Skipped { reason: reason.to_owned() };
        self.put(status, "", self.source, EventKind::FieldSkipped).await
    }

    /// Marks the field as skipped whatever was known, so that it is never asked again.
    pub async fn skip_for_good(&self, reason: &str) -> StoreResult<()> {
        let status = FieldStatus::Skipped { reason: reason.to_owned() };
        self.put(status, "", self.source, EventKind::FieldSkipped).await
    }

    pub async fn found(&self, value: FieldValue, digest: &str) -> StoreResult<()> {
        self.found_by(value, digest, self.source).await
    }

    pub async fn found_by(&self, value: FieldValue, digest: &str, source: &str) -> StoreResult<()> {
        self.put(FieldStatus::Found { value }, digest, source, EventKind::FieldFound).await
    }

    /// Stores a value that stands in for the one that was wanted, with the reason.
    pub async fn stands_in(
        &self,
        value: FieldValue,
        digest: &str,
        (source, why): (&str, &str),
    ) -> StoreResult<()> {
        let result = self.result(FieldStatus::Found { value }, digest, source);
        self.keep(FieldResult { why: Some(why.to_owned()), ..result }, EventKind::FieldFound).await
    }

    pub async fn not_found(&self, digest: &str) -> StoreResult<()> {
        self.put(FieldStatus::NotFound, digest, self.source, EventKind::FieldNotFound).await
    }

    pub async fn not_found_because(&self, digest: &str, why: &str) -> StoreResult<()> {
        let result = self.result(FieldStatus::NotFound, digest, self.source);
        self.keep(FieldResult { why: Some(why.to_owned()), ..result }, EventKind::FieldNotFound).await
    }

    /// Stores a failure. One that may pass is tried three times, after 2 and 4 seconds or when the provider wishes.
    pub async fn failed(&self, error: CallError, digest: &str, account: &OpenAccount) -> StoreResult<Asked> {
        let told = error.to_string();
        let attempts = self.note_failure(told.clone(), digest).await?;
        let wished = match error {
            CallError::Rejected(_) => {
                self.note_works(account).await?;
                return Ok(Asked::Settled);
            }
            CallError::Account(detail) => {
                note_refusal((self.ports.accounts, self.ports.notifications), account, &detail, self.now)
                    .await?;
                return Ok(Asked::Settled);
            }
            CallError::RateLimited { after } => after.map_or(0, |after| after.as_secs()),
            CallError::Unavailable(source) | CallError::Lost(source) => {
                tracing::info!(lead.id = %self.lead.id, field = self.field.as_str(), %source, "a provider gave no answer");
                0
            }
        };
        Ok(self.again(attempts, wished, &told))
    }

    /// Stores a failure that may pass of a look-up that needs no account, and is tried as often.
    pub async fn failed_for_now(&self, told: String, digest: &str) -> StoreResult<Asked> {
        let attempts = self.note_failure(told.clone(), digest).await?;
        Ok(self.again(attempts, 0, &told))
    }

    /// Returns the number of attempts so far.
    async fn note_failure(&self, error: String, digest: &str) -> StoreResult<u32> {
        let before = match self.known.as_ref().map(|known| (&known.status, known.input_digest.as_str())) {
            Some((FieldStatus::Failed { attempts, .. }, asked)) if asked == digest && !self.is_first => {
                *attempts
            }
            _ => 0,
        };
        let attempts = before + 1;
        let status = FieldStatus::Failed { error, attempts };
        self.put(status, digest, self.source, EventKind::FieldFailed).await?;
        Ok(attempts)
    }

    fn again(&self, attempts: u32, wished: i64, told: &str) -> Asked {
        if attempts >= TRIES {
            return Asked::Settled;
        }
        let wait = (1i64 << attempts).max(wished).min(LONGEST_WAIT);
        let after_seconds = u32::try_from(wait).unwrap_or(2);
        Asked::Again { after_seconds, why: format!("{}: {told}", self.field.as_str()) }
    }

    async fn put(
        &self,
        status: FieldStatus,
        digest: &str,
        source: &str,
        event: EventKind,
    ) -> StoreResult<()> {
        self.keep(self.result(status, digest, source), event).await
    }

    fn result(&self, status: FieldStatus, digest: &str, source: &str) -> FieldResult {
        let (source, input_digest) = (source.to_owned(), digest.to_owned());
        let written_with = self.written_with.clone();
        FieldResult { field: self.field, status, source, at: self.now, input_digest, why: None, written_with }
    }

    async fn keep(&self, result: FieldResult, event: EventKind) -> StoreResult<()> {
        let event = Event::system(event, self.now).because(self.field.as_str());
        let Lead { workspace, id, .. } = self.lead;
        if self.campaign.is_none() && self.field == Field::FirstLine && self.stays_by_user(&result).await? {
            return Ok(());
        }
        match self.campaign {
            None => self.ports.leads.put_field(workspace, id, &result, &event).await,
            Some(campaign) => {
                self.ports.leads.put_campaign_line(workspace, id, &campaign.id, &result, &event).await
            }
        }
    }

    /// Whether a user's opening line stays: one that was written since this work began always does, and one that a user
    /// asked to replace stays if there is no other line.
    async fn stays_by_user(&self, result: &FieldResult) -> StoreResult<bool> {
        let now_is = self.ports.leads.field(&self.lead.workspace, &self.lead.id, self.field).await?;
        let is_newer = now_is != self.known;
        let is_line = result.status.opening_line().is_some();
        Ok(now_is.is_some_and(|now_is| now_is.is_by_user()) && (is_newer || !is_line))
    }

    /// Notes that the provider answered: an earlier refusal of the account is over.
    pub async fn note_works(&self, account: &OpenAccount) -> StoreResult<()> {
        note_works(self.ports.accounts, account, self.now).await
    }
}

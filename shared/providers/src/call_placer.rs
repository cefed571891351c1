//! `CallPlacer`: the account's provider translates, the transport carries. Twilio is the one provider of calls.

use crate::Providers;
use crate::accounts::wrong_kind;
use crate::reports::wrong_settings;
use crate::twilio::{call_prices, calls, outcome, recordings};
use application::ports::calls::{
    CallBill, CallPlacer, CallReport, CodeCall, Instruction, OutgoingCall, RecordingPart,
};
use application::ports::provider_calls::{Accepted, CallError, OpenAccount, SendError};
use application::ports::provider_events::Unreadable;
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;

#[async_trait]
impl CallPlacer for Providers {
    async fn ring(&self, account: &OpenAccount, call: &OutgoingCall) -> Result<Accepted, SendError> {
        self.refuse_held()?;
        if account.settings.calls_from().is_none() {
            return Err(wrong_kind(account).into());
        }
        let request = calls::ring(account, call)?;
        outcome(self.http.send(request).await, call.to.as_str())
    }

    async fn read_code(&self, account: &OpenAccount, call: &CodeCall) -> Result<Accepted, SendError> {
        self.refuse_held()?;
        if account.settings.calls_from().is_none() {
            return Err(wrong_kind(account).into());
        }
        let request = calls::read_code(account, call)?;
        outcome(self.http.send(request).await, call.to.as_str())
    }

    async fn hang_up(&self, account: &OpenAccount, provider_id: &str) -> Result<(), CallError> {
        let request = calls::hang_up(account, provider_id)?;
        calls::hung_up(self.http.send(request).await)
    }

    fn report(&self, settings: &AccountSettings, payload: &str) -> Result<CallReport, Unreadable> {
        match settings {
            AccountSettings::Twilio { .. } => calls::report(payload),
            other => Err(wrong_settings(other)),
        }
    }

    fn instructions(&self, next: &Instruction) -> String {
        calls::instructions(next)
    }

    async fn recording_part(
        &self,
        account: &OpenAccount,
        provider_id: &str,
        from: u64,
    ) -> Result<Option<RecordingPart>, CallError> {
        let request = recordings::part(account, provider_id, from)?;
        recordings::read_part(self.http.send(request).await, from)
    }

    async fn bill(&self, account: &OpenAccount, provider_id: &str) -> Result<CallBill, CallError> {
        let parent = self.http.send(call_prices::parent(account, provider_id)?).await;
        let Some(parent) = call_prices::read_parent(parent)? else { return Ok(CallBill::NotThere) };
        let children = self.http.send(call_prices::children(account, provider_id)?).await;
        let mut legs = call_prices::read_children(children)?;
        legs.push(parent);
        Ok(call_prices::bill(&legs))
    }

    async fn delete_recording(&self, account: &OpenAccount, provider_id: &str) -> Result<(), CallError> {
        let request = recordings::deletion(account, provider_id)?;
        recordings::deleted(self.http.send(request).await)
    }
}

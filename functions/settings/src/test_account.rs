//! `POST /api/settings/accounts/{id}/test`: tests connection, encryption and login of an account, for sending and for
//! reading its mailbox. Nothing is sent, and no mail is read.

use crate::App;
use crate::account_view::AccountView;
use application::campaign::resume::{put_recovery_hint, schedule_campaigns_of_account};
use application::ports::provider_calls::TrialError;
use application::workspace::account_trials::{TrialPorts, note_outcome, run_trial};
use application::workspace::read_mailbox::read_anew;
use application::workspace::reading_trial::try_reading;
use axum::extract::State;
use domain::AccountId;
use domain::enrolment::pause::PausedScope;
use domain::event::Actor;
use domain::workspace::account::Account;
use domain::workspace::account_fault::{AccountFault, AccountState};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::SignedDuration;
use serde::Serialize;
use std::sync::Arc;

/// The limit of tests of one account: many servers lock out a client that repeats a wrong password.
const MOST_TRIES: u32 = 10;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestedAccount {
    #[serde(flatten)]
    pub account: AccountView,
    pub sending_test: TestResult,
    /// The test of reading the mailbox; absent where none is read by IMAP.
    pub reading_test: Option<TestResult>,
}

/// The result of a test of one server.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TestResult {
    /// `untested`: the provider has no call that changes nothing.
    pub state: AccountState,
    pub fault: Option<AccountFault>,
    /// The other side's own words, as far as it said any.
    pub detail: Option<String>,
}

impl TestResult {
    fn of(outcome: Result<(), TrialError>) -> Self {
        match outcome {
            Ok(()) => Self { state: AccountState::Works, fault: None, detail: None },
            Err(TrialError::CannotBeTried) => {
                Self { state: AccountState::Untested, fault: None, detail: None }
            }
            Err(TrialError::Failed { fault, detail }) => {
                Self { state: AccountState::Failing, fault: Some(fault), detail: Some(detail) }
            }
        }
    }

    /// Tells the result of the test of sending by what is noted at the account.
    fn last_sending_result(account: &Account) -> Self {
        let failure = account.last_error.as_ref().filter(|last| last.is_open_in_sending());
        let state = match (failure, account.works_since) {
            (Some(_), _) => AccountState::Failing,
            (None, Some(_)) => AccountState::Works,
            (None, None) => AccountState::Untested,
        };
        let (fault, detail) = failure.map(|last| (last.fault, last.detail.clone())).unzip();
        Self { state, fault: fault.flatten(), detail }
    }
}

/// An account after a test, and what the test has found.
pub struct Tested {
    pub account: Account,
    pub sending: TestResult,
    pub reading: Option<TestResult>,
}

#[utoipa::path(post, path = "/api/settings/accounts/{id}/test", operation_id = "test_account",
    params(("id" = AccountId, Path)), responses((status = 200, body = TestedAccount)))]
pub async fn test_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<TestedAccount>> {
    let account = app.accounts.get(&caller.workspace, &id).await?;
    if !account.settings.kind().sends() {
        return Err(ApiError::conflict("sends_nothing", "This account sends no messages to leads."));
    }
    app.take_try(&account).await?;
    let Tested { account, sending, reading } = app.run_test(account, &caller.actor()).await?;
    let account = app.as_it_stands(account).await?;
    Ok(JsonBody(TestedAccount { account, sending_test: sending, reading_test: reading }))
}

impl App {
    pub async fn take_try(&self, account: &Account) -> ApiResult<()> {
        let bucket = format!("tries/{}/{}", account.workspace, account.id);
        let taken = self.limits.take(&bucket, MOST_TRIES, WINDOW, self.clock.now()).await?;
        taken.map_err(|wait| ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()))
    }

    /// Tests an account that sends and returns its new state; any other account is returned unchanged. Its mailbox, if
    /// it reads one, is read from now on.
    pub async fn run_test(&self, account: Account, actor: &Actor) -> ApiResult<Tested> {
        if !account.settings.kind().sends() {
            let sending = TestResult::last_sending_result(&account);
            return Ok(Tested { account, sending, reading: None });
        }
        self.read_at_once(&account).await?;
        let before = account.state();
        let tried = run_trial(&self.trial_ports(), account, actor).await?;
        let sending = TestResult::last_sending_result(&tried);
        let (tried, reading) = try_reading(&self.grant_ports(), &*self.mailbox_reader, tried, actor).await?;
        let account = self.schedule_if_recovered(before, tried).await?;
        Ok(Tested { account, sending, reading: reading.map(TestResult::of) })
    }

    /// Tests a mailbox that was just connected, for the first time or again, and has it read at once: leads may have
    /// waited for it.
    pub async fn run_first_test(&self, account: Account, actor: &Actor) -> ApiResult<Account> {
        self.read_at_once(&account).await?;
        let tried = run_trial(&self.trial_ports(), account, actor).await?;
        self.schedule_if_recovered(AccountState::Failing, tried).await
    }

    async fn read_at_once(&self, account: &Account) -> ApiResult<()> {
        if self.mailbox_reader.mailbox_of(&account.settings).is_some() {
            let Account { workspace, id, .. } = account;
            read_anew(&*self.mailbox_readings, &*self.due, workspace, id, self.clock.now()).await?;
        }
        Ok(())
    }

    /// Records the outcome of a test mail on the account.
    pub async fn note_shown(
        &self,
        account: Account,
        outcome: Result<(), TrialError>,
        actor: &Actor,
    ) -> ApiResult<Account> {
        let before = account.state();
        let noted = note_outcome(&self.trial_ports(), account, outcome, actor).await?;
        self.schedule_if_recovered(before, noted).await
    }

    /// Schedules the leads again that were held because the account was failing.
    async fn schedule_if_recovered(&self, before: AccountState, account: Account) -> ApiResult<Account> {
        if before != AccountState::Failing || account.state() != AccountState::Works {
            return Ok(account);
        }
        let Account { workspace, id, .. } = &account;
        let scope = PausedScope::Account(id.clone());
        let in_case = put_recovery_hint(&*self.due, workspace, scope, self.clock.now()).await?;
        self.breakers.forget(workspace, id).await?;
        schedule_campaigns_of_account(&*self.campaigns, &*self.outbox, workspace, id, None).await?;
        in_case.over(&*self.due).await;
        Ok(account)
    }

    fn trial_ports(&self) -> TrialPorts<'_> {
        TrialPorts { grants: self.grant_ports(), trial: &*self.trial }
    }
}

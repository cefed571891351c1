//! Asks whatever a column's recipe names: providers, a model, a webhook, an actor.

use crate::columns::answers::{Halt, Troubles};
use crate::columns::bench::{ACTORS, WEBHOOK};
use crate::columns::callback_token::CallbackToken;
use crate::columns::cell_work::{CellWork, StepResult};
use crate::columns::fill_one::{Filling, Known};
use crate::lead::enrichment::field_work::digest;
use crate::ports::data_providers::{WebhookCall, WebhookMethod};
use crate::ports::outbox::send_all;
use crate::ports::provider_calls::CallError;
use crate::ports::store::StoreResult;
use crate::queue_messages::FillColumns;
use domain::column::LeadColumn;
use domain::column::cell::{Cell, CellState, StepOutcome};
use domain::column::json_template::{self, CALLBACK_URL, JsonTemplateError, value_at};
use domain::column::recipe::{HookMethod, HookWait, Recipe, WebhookRecipe, secrets_of};
use domain::lead::Lead;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, render};
use domain::spend::CallKind;

/// The seconds until an actor's run is looked at.
const ACTOR_TAKES: u32 = 30;

/// What came of asking.
pub(super) enum Answer {
    Found(Cell),
    Ended(Cell),
    /// Another worker fills the cell. What was asked before is booked from this one.
    Taken(Cell),
    Halted(Halt, Option<Cell>),
}

impl Filling<'_> {
    pub(super) async fn ask(
        &self,
        column: &LeadColumn,
        lead: &Lead,
        work: CellWork<'_>,
        known: &mut Known,
    ) -> StoreResult<Answer> {
        match &column.recipe {
            Recipe::Enrichment { field, providers } => {
                self.waterfall(column, lead, (*field, providers), work, known).await
            }
            Recipe::Ai { prompt, output, context } => {
                self.model_answer(column, lead, (prompt, output, context), work).await
            }
            Recipe::Webhook(hook) => self.webhook(column, lead, hook, work).await,
            Recipe::Actor { actor, input, answer: _ } => self.actor(column, lead, (actor, input), work).await,
            Recipe::Formula { .. } | Recipe::Lookup { .. } => Ok(Answer::Taken(work.cell)),
        }
    }

    pub(super) async fn ended(&self, work: CellWork<'_>, state: CellState) -> StoreResult<Answer> {
        self.finished(work, state, None).await
    }

    pub(super) async fn finished(
        &self,
        work: CellWork<'_>,
        state: CellState,
        halt: Option<Halt>,
    ) -> StoreResult<Answer> {
        let cell = work.finish(state, None).await?;
        Ok(match halt {
            Some(halt) => Answer::Halted(halt, Some(cell)),
            None => Answer::Ended(cell),
        })
    }

    /// Leaves a cell between two questions: what it has asked so far is kept, and the rest is asked on another page.
    pub(super) async fn halted(&self, work: CellWork<'_>, halt: Halt) -> StoreResult<Answer> {
        if !matches!(work.cell.state, CellState::Asked {}) {
            return Ok(Answer::Halted(halt, None));
        }
        let (error, attempts) = ("interrupted".to_owned(), work.tries);
        let state = CellState::Failed { error, attempts, retry_at: Some(self.bench.ports.clock.now()) };
        self.finished(work, state, Some(halt)).await
    }

    async fn webhook(
        &self,
        column: &LeadColumn,
        lead: &Lead,
        hook: &WebhookRecipe,
        mut work: CellWork<'_>,
    ) -> StoreResult<Answer> {
        let token = self.token(column, lead);
        let callback = token.url(&self.bench.ports.keys, &self.bench.ports.public_url);
        let values =
            MergeContext::from_lead(lead, &self.bench.workspace.company).with(CALLBACK_URL, &callback);
        let request = match self.request(column, hook, &values) {
            Ok(request) => request,
            Err(error) => return self.ended(work, not_filled(error)).await,
        };
        if let Some(halt) = self.guard.halts(self.bench).await? {
            return self.halted(work, halt).await;
        }
        let price = self.bench.price(WEBHOOK, CallKind::Run);
        if hook.wait == HookWait::Callback {
            // The answer may come before the call has ended.
            work.cell.token = Some(token.nonce.clone());
        }
        if !work.ask(WEBHOOK, CallKind::Run.as_str(), price.most()).await? {
            return Ok(Answer::Taken(work.cell));
        }
        let mut troubles = Troubles::default();
        let now = self.bench.ports.clock.now();
        let answer = match self.bench.ports.webhook_runner.run(&request).await {
            Ok(answer) => answer,
            Err(error) => {
                work.answered(troubles.note(self.bench, error, None, price.most()).await?);
                let (state, halt) = troubles.ending(&work, now);
                return self.finished(work, state, halt).await;
            }
        };
        let error = match answer.status {
            200..=299 => None,
            429 => Some(CallError::RateLimited { after: answer.retry_after }),
            500.. => Some(CallError::Unavailable(format!("the address answered {}", answer.status).into())),
            other => Some(CallError::Rejected(format!("the address answered {other}"))),
        };
        if let Some(error) = error {
            work.answered(troubles.note(self.bench, error, None, price.most()).await?);
            let (state, halt) = troubles.ending(&work, now);
            return self.finished(work, state, halt).await;
        }
        if hook.wait == HookWait::Callback {
            work.answered(StepResult::of(StepOutcome::Started, price.hit));
            return self.ended(work, CellState::Waiting {}).await;
        }
        let Some(value) = value_at(&answer.body, &hook.answer) else {
            let why = format!("the answer has no value at '{}'", hook.answer);
            work.answered(StepResult::of(StepOutcome::NotFound, price.miss).because(why));
            return self.ended(work, CellState::NotFound {}).await;
        };
        match column.target.read(&value, &self.bench.fields, self.home(lead)) {
            Ok(stored) => {
                work.answered(StepResult::of(StepOutcome::Found, price.hit));
                work.cell.value = Some(stored);
                Ok(Answer::Found(work.finish(CellState::Found {}, Some(WEBHOOK)).await?))
            }
            Err(error) => {
                work.answered(StepResult::of(StepOutcome::NotTaken, price.hit).because(error.to_string()));
                self.ended(work, CellState::NotFound {}).await
            }
        }
    }

    fn request(
        &self,
        column: &LeadColumn,
        hook: &WebhookRecipe,
        values: &MergeContext,
    ) -> Result<WebhookCall, JsonTemplateError> {
        let url = render(&hook.url, values, Escaping::None)?;
        let body = hook.body.as_ref().map(|body| json_template::fill(body, values)).transpose()?;
        let mut headers = Vec::with_capacity(hook.headers.len());
        for header in &hook.headers {
            let opened = header.sealed.as_ref().and_then(|sealed| {
                let id = secrets_of(&column.id)?;
                let secret = self.bench.ports.vault.open(&column.workspace, &id, sealed).ok()?;
                secret.get(&header.name).map(str::to_owned)
            });
            let Some(value) = header.value.clone().or(opened) else {
                return Err(JsonTemplateError::Missing(header.name.clone()));
            };
            headers.push((header.name.clone(), value));
        }
        let method = match hook.method {
            HookMethod::Get => WebhookMethod::Get,
            HookMethod::Post => WebhookMethod::Post,
        };
        let body = body.filter(|_| method == WebhookMethod::Post);
        Ok(WebhookCall { method, url, headers, body })
    }

    async fn actor(
        &self,
        column: &LeadColumn,
        lead: &Lead,
        (actor, input): (&str, &str),
        mut work: CellWork<'_>,
    ) -> StoreResult<Answer> {
        let Some(account) = self.bench.account(ACTORS) else {
            return self.ended(work, CellState::Skipped { why: "no account".to_owned() }).await;
        };
        let values = MergeContext::from_lead(lead, &self.bench.workspace.company);
        let input = match json_template::fill(input, &values) {
            Ok(input) => input,
            Err(error) => return self.ended(work, not_filled(error)).await,
        };
        if let Some(halt) = self.guard.halts(self.bench).await? {
            return self.halted(work, halt).await;
        }
        let price = self.bench.price(ACTORS, CallKind::Run);
        if !work.ask(ACTORS, CallKind::Run.as_str(), price.most()).await? {
            return Ok(Answer::Taken(work.cell));
        }
        let mut troubles = Troubles::default();
        match self.bench.ports.actor_runner.start(&account, actor, &input).await {
            Ok(run) => {
                let token = self.token(column, lead).nonce;
                work.answered(StepResult::of(StepOutcome::Started, price.hit));
                work.cell.token = Some(token.clone());
                let look = FillColumns::Actor {
                    workspace: lead.workspace.clone(),
                    lead: lead.id.clone(),
                    column: column.id.clone(),
                    actor_run: run,
                    token,
                    looked: 0,
                };
                send_all(&*self.bench.ports.outbox, &[look], ACTOR_TAKES).await?;
                self.ended(work, CellState::Waiting {}).await
            }
            Err(error) => {
                work.answered(troubles.note(self.bench, error, Some(&account), price.most()).await?);
                let (state, halt) = troubles.ending(&work, self.bench.ports.clock.now());
                self.finished(work, state, halt).await
            }
        }
    }

    fn token(&self, column: &LeadColumn, lead: &Lead) -> CallbackToken {
        let now = self.bench.ports.clock.now().as_nanosecond().to_string();
        let run = self.order.run.map_or("", |run| run.as_str());
        CallbackToken {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            column: column.id.clone(),
            nonce: digest(&["callback", run, &now]),
        }
    }
}

/// Returns the state of a cell whose question could not be written.
fn not_filled(error: JsonTemplateError) -> CellState {
    match error {
        JsonTemplateError::Missing(_) => CellState::Skipped { why: error.to_string() },
        other => CellState::Failed { error: other.to_string(), attempts: 1, retry_at: None },
    }
}

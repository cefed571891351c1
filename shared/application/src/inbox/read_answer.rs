//! Has a model read one answer that the rules are not sure of. What it says is applied like a user's correction, through
//! the queue of incoming events; the sequences were stopped before, when the answer came.
//!
//! The model is asked only where the workspace has switched it on, about no more answers a day than
//! [`MOST_A_DAY`], and never about a text that speaks to a model instead of to us.

use crate::lead::enrichment::field_ports::Asked;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::clock::Clock;
use crate::ports::leads::LeadStore;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::provider_calls::{CallError, Prompt, TextModel};
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::spend::SpendStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::{IngestEvent, ReadAnswer};
use crate::spend::caps::Caps;
use crate::spend::paid_call::{CallToPay, most_of_prompt, reserve_call};
use crate::workspace::account_answers::{note_refusal, note_works};
use crate::workspace::open_account::open_chat_model;
use domain::message::model_reading::{MAX_TOKENS, MOST_A_DAY, accept, is_unsure, is_worth_asking, question};
use domain::message::{Direction, Message};
use domain::spend::AiUse;
use domain::workspace::account::{AccountKind, AccountSettings};
use jiff::SignedDuration;
use std::sync::Arc;
use understanding::{said_in, speaks_to_a_model};

/// The most deliveries of one question. After them the message stays as the rules have read it.
const TRIES: u32 = 3;
const LONGEST_WAIT: i64 = 900;
const DAY: SignedDuration = SignedDuration::from_hours(24);

crate::ports! {
    #[derive(Clone)]
    pub struct ReadAnswerPorts {
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub leads: Arc<dyn LeadStore>,
        pub messages: Arc<dyn MessageStore>,
        pub model: Arc<dyn TextModel>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub limits: Arc<dyn RateLimitStore>,
        pub spend: Arc<dyn SpendStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Asks the model and queues what follows. `delivery`: how often this question was taken from the queue, from one.
pub async fn read_answer(ports: &ReadAnswerPorts, asked: &ReadAnswer, delivery: u32) -> StoreResult<Asked> {
    let ReadAnswer { workspace, message: id } = asked;
    if !ports.workspaces.get(workspace).await?.ai_reads_answers {
        return Ok(Asked::Settled);
    }
    let Some(message) = found(ports.messages.get(workspace, id).await)? else { return Ok(Asked::Settled) };
    // A user may have said meanwhile what it is, or a repeat of this question was answered.
    let Some(read) = message.understood.as_ref().filter(|read| is_unsure(read)) else {
        return Ok(Asked::Settled);
    };
    let words = own_words(ports, &message).await?;
    if !is_worth_asking(&words) || speaks_to_a_model(&words) {
        return Ok(Asked::Settled);
    }
    let account = open_chat_model(&*ports.accounts, &*ports.vault, workspace).await?;
    let Some(account) = account else { return Ok(Asked::Settled) };
    let now = ports.clock.now();
    let bucket = format!("answers-read-{workspace}");
    if ports.limits.take(&bucket, MOST_A_DAY, DAY, now).await?.is_err() {
        tracing::info!(message.id = %id, "as many answers were read today as may be");
        return Ok(Asked::Settled);
    }
    let asked = question(&words);
    let prompt = Prompt {
        system: asked.system,
        user: asked.user,
        max_tokens: MAX_TOKENS,
        schema: Some(("answer_read".to_owned(), asked.schema)),
    };
    let spending = ports.spend.settings(workspace).await?;
    let model = match &account.settings {
        AccountSettings::ChatModel { model, .. } => model.as_str(),
        _ => "",
    };
    let price = spending.prices.model(model);
    let call = CallToPay {
        workspace,
        provider: AccountKind::ChatModel.as_str(),
        work: &["answer", id.as_str()],
        limits: vec![spending.month(now)],
        most: most_of_prompt(price, &[&prompt.system, &prompt.user], MAX_TOKENS),
        model: Some((AiUse::AiReading, model)),
    };
    let Ok(paid) = reserve_call(&ports.caps, call, now).await? else {
        tracing::info!(message.id = %id, "an answer is not read: the month's cap is reached");
        return Ok(Asked::Settled);
    };
    let answer = ports.model.complete(&account, &prompt).await;
    let answer = answer.map(|answer| (accept(&answer.text, &words, read), answer));
    match &answer {
        Ok((accepted, answer)) => paid.written(price, answer.tokens(), accepted.is_ok(), now).await?,
        Err(error) => paid.failed(error, now).await?,
    }
    let (accepted, answer) = match answer {
        Ok(answer) => answer,
        Err(CallError::Account(detail)) => {
            let stores = (&*ports.accounts, &*ports.notifications);
            note_refusal(stores, &account, &detail, now).await?;
            return Ok(Asked::Settled);
        }
        Err(CallError::Rejected(_)) => {
            note_works(&*ports.accounts, &account, now).await?;
            return Ok(Asked::Settled);
        }
        Err(error) => return Ok(again(&error, delivery)),
    };
    note_works(&*ports.accounts, &account, now).await?;
    let (prompt_tokens, completion_tokens) = (answer.prompt_tokens, answer.completion_tokens);
    match accepted {
        Ok(Some(understood)) => {
            tracing::info!(message.id = %id, prompt_tokens, completion_tokens, "a model read an answer");
            let event = IngestEvent::ReadByModel {
                workspace: workspace.clone(),
                message: id.clone(),
                understood: Box::new(understood),
                at: now,
            };
            send_all(&*ports.outbox, &[event], 0).await?;
        }
        Ok(None) => {
            tracing::info!(message.id = %id, prompt_tokens, completion_tokens, "a model is not sure of an answer");
        }
        // What the model said is not logged: it may be about a person.
        Err(why) => {
            tracing::info!(message.id = %id, prompt_tokens, completion_tokens, %why, "a model's reading was dropped");
        }
    }
    Ok(Asked::Settled)
}

/// The writer's words alone: without what they quote of ours, signature and legal notices.
async fn own_words(ports: &ReadAnswerPorts, message: &Message) -> StoreResult<String> {
    let file = found(ports.leads.file(&message.workspace, &message.id.lead()).await)?;
    let messages = file.map(|file| file.messages).unwrap_or_default();
    let ours = messages.iter().filter(|other| other.direction == Direction::Out);
    let ours: Vec<&str> = ours.map(|other| other.text.as_str()).collect();
    Ok(said_in(&message.text, &ours))
}

fn again(error: &CallError, delivery: u32) -> Asked {
    if delivery >= TRIES {
        return Asked::Settled;
    }
    let wished = match error {
        CallError::RateLimited { after } => after.map_or(0, |after| after.as_secs()),
        _ => 0,
    };
    let wait = (1_i64 << delivery).max(wished).min(LONGEST_WAIT);
    Asked::Again { after_seconds: u32::try_from(wait).unwrap_or(2), why: error.to_string() }
}

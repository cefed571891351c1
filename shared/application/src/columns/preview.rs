//! A preview of a recipe that is being written, on a few leads. Nothing is stored. A formula costs nothing; a prompt is
//! put to the model only where the user consents to its price.

use crate::ai::hostile_texts::refuse_orders;
use crate::columns::ColumnPorts;
use crate::columns::bench::{Bench, MODEL};
use crate::ports::provider_calls::{CallError, Prompt};
use crate::ports::store::StoreResult;
use domain::column::LeadColumn;
use domain::column::ai::{self, ColumnQuestion, NoAnswer};
use domain::column::formula;
use domain::column::recipe::{AiOutput, Recipe};
use domain::lead::Lead;
use domain::spend::{AiUse, Booking, BookingOutcome, ModelTokens, ModelUse, Reservation, Reserving, Usd};
use domain::{LeadId, UserId, WorkspaceId};

/// What a recipe gives for one lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    pub lead: LeadId,
    pub name: String,
    pub value: Option<String>,
    /// Why there is no value.
    pub why: Option<String>,
    /// The facts that a model is given, or that its answer cites.
    pub facts: Vec<String>,
    pub price: Usd,
}

/// Whether, and for whom, a preview may ask a model.
#[derive(Debug, Clone)]
pub enum Consent {
    None,
    Given {
        /// The user whose budget pays; none for a program.
        user: Option<UserId>,
        /// The id of the request, which tells one preview from the next.
        id: String,
    },
}

pub async fn preview(
    ports: &ColumnPorts,
    workspace: &WorkspaceId,
    column: &LeadColumn,
    (ids, consent): (&[LeadId], &Consent),
) -> StoreResult<Vec<Previewed>> {
    let bench = Bench::open(ports, workspace).await?;
    let leads = ports.leads.get_many(workspace, ids).await?;
    let mut all = Vec::with_capacity(leads.len());
    for (number, lead) in leads.iter().enumerate() {
        all.push(one(&bench, column, lead, (consent, number)).await?);
    }
    Ok(all)
}

async fn one(
    bench: &Bench<'_>,
    column: &LeadColumn,
    lead: &Lead,
    (consent, number): (&Consent, usize),
) -> StoreResult<Previewed> {
    let mut seen = Previewed {
        lead: lead.id.clone(),
        name: lead.display_name(),
        value: None,
        why: None,
        facts: Vec::new(),
        price: Usd::ZERO,
    };
    if let Some(condition) = &column.condition {
        match formula::holds(condition, lead, &bench.fields) {
            Ok(true) => {}
            Ok(false) => return Ok(Previewed { why: Some("the condition is not true".to_owned()), ..seen }),
            Err(error) => return Ok(Previewed { why: Some(format!("the condition {error}")), ..seen }),
        }
    }
    match &column.recipe {
        Recipe::Formula { expression } => {
            let home = Some(lead.country.unwrap_or(bench.workspace.default_country));
            let computed =
                formula::compute(expression, lead, &bench.fields).map_err(|error| error.to_string());
            let read = computed.and_then(|value| {
                let read = value.map(|value| column.target.read(&value, &bench.fields, home)).transpose();
                read.map_err(|error| error.to_string())
            });
            match read {
                Ok(Some(value)) => seen.value = Some(value),
                Ok(None) => seen.why = Some("the result is empty".to_owned()),
                Err(why) => seen.why = Some(why),
            }
        }
        Recipe::Ai { prompt, output, context } => {
            let voice = &bench.style.text;
            let question = refuse_orders(prompt, context, lead)
                .and_then(|()| ai::question(prompt, output, context, lead, voice));
            match question {
                Ok(question) => {
                    seen.facts = question.facts.iter().map(|fact| fact.text.clone()).collect();
                    let most = ai::most_input_tokens(prompt, output, context, &bench.style.text);
                    return asked(bench, (output, question, most), (seen, consent, number)).await;
                }
                Err(error) => seen.why = Some(error.to_string()),
            }
        }
        _ => seen.why = Some("is shown once it has run".to_owned()),
    }
    Ok(seen)
}

/// Puts the prompt to the model, if the user consents and there is money for it.
async fn asked(
    bench: &Bench<'_>,
    (output, question, most_tokens): (&AiOutput, ColumnQuestion, u64),
    (mut seen, consent, number): (Previewed, &Consent, usize),
) -> StoreResult<Previewed> {
    let Consent::Given { user, id } = consent else {
        seen.why = Some("the model was not asked".to_owned());
        return Ok(seen);
    };
    if let Some(user) = user
        && bench.ports.caps.users.get(&bench.workspace.id, user).await?.ai_off
    {
        seen.why = Some("AI is switched off for you".to_owned());
        return Ok(seen);
    }
    let Some((account, model)) = bench.model_account() else {
        seen.why = Some(if bench.workspace.ai_enabled { "no account" } else { "switched off" }.to_owned());
        return Ok(seen);
    };
    let ports = bench.ports;
    let now = ports.clock.now();
    let most = bench.model_price(&model, most_tokens, question.max_tokens);
    let reservation = Reservation {
        workspace: bench.workspace.id.clone(),
        id: format!("preview:{id}:{number}"),
        limits: std::iter::once(bench.settings.month(now))
            .chain(user.iter().map(|user| bench.settings.user(user, now)))
            .collect(),
        amount: most,
        made_at: now,
    };
    match ports.caps.reserve(&reservation).await? {
        Reserving::Reserved => {}
        Reserving::Refused { left, .. } => {
            seen.why = Some(format!("a cap is reached: {left} is left"));
            return Ok(seen);
        }
        Reserving::OpenAlready | Reserving::SettledAlready => {
            seen.why = Some("it was asked before".to_owned());
            return Ok(seen);
        }
    }
    let prompt = Prompt {
        system: question.system,
        user: question.user,
        max_tokens: question.max_tokens,
        schema: Some(("column".to_owned(), question.schema)),
    };
    let book = |outcome, amount, (tokens, is_turned_down)| Booking {
        provider: MODEL.to_owned(),
        outcome,
        calls: 1,
        amount,
        model: Some(ModelUse {
            ai_use: AiUse::Column,
            model: model.clone(),
            tokens,
            turned_down: u64::from(is_turned_down),
        }),
    };
    let bookings = match ports.model.complete(&account, &prompt).await {
        Ok(answer) => {
            let price = bench.model_price(&model, u64::from(answer.prompt_tokens), answer.completion_tokens);
            seen.price = price.min(most);
            let accepted = ai::accept(&answer.text, output, &question.facts);
            let is_turned_down = accepted.as_ref().is_err_and(|why| *why != NoAnswer::Unknown);
            match accepted {
                Ok(accepted) => (seen.value, seen.facts) = (Some(accepted.value), accepted.facts),
                Err(why) => seen.why = Some(why.to_string()),
            }
            vec![book(BookingOutcome::Hit, seen.price, (answer.tokens(), is_turned_down))]
        }
        Err(error) => {
            seen.why = Some(error.to_string());
            match error {
                CallError::Lost(_) => {
                    seen.price = most;
                    vec![book(BookingOutcome::Lost, most, (ModelTokens::default(), false))]
                }
                _ => Vec::new(),
            }
        }
    };
    ports.spend.settle(&bench.workspace.id, &reservation.id, &bookings, ports.clock.now()).await?;
    Ok(seen)
}

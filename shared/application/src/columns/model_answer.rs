//! Asks a language model, and takes its answer only if it keeps to the facts.

use crate::ai::hostile_texts::refuse_orders;
use crate::columns::answers::Troubles;
use crate::columns::ask::Answer;
use crate::columns::bench::ANSWERS;
use crate::columns::cell_work::{CellWork, StepResult};
use crate::columns::fill_one::Filling;
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use crate::workspace::account_answers::note_works;
use domain::column::LeadColumn;
use domain::column::ai::{self, NoAnswer};
use domain::column::cell::{CellState, StepOutcome};
use domain::column::recipe::AiOutput;
use domain::lead::Lead;

impl Filling<'_> {
    pub(super) async fn model_answer(
        &self,
        column: &LeadColumn,
        lead: &Lead,
        (prompt, output, context): (&str, &AiOutput, &[String]),
        mut work: CellWork<'_>,
    ) -> StoreResult<Answer> {
        let skipped = |why: &str| CellState::Skipped { why: why.to_owned() };
        if !self.bench.workspace.ai_enabled {
            return self.ended(work, skipped("switched off")).await;
        }
        let Some((account, model)) = self.bench.model_account() else {
            return self.ended(work, skipped("no account")).await;
        };
        let voice = &self.bench.style.text;
        let question = refuse_orders(prompt, context, lead)
            .and_then(|()| ai::question(prompt, output, context, lead, voice));
        let question = match question {
            Ok(question) => question,
            Err(why @ (NoAnswer::Missing(_) | NoAnswer::SpeaksToModel(_))) => {
                return self.ended(work, skipped(&why.to_string())).await;
            }
            Err(other) => {
                let state = CellState::Failed { error: other.to_string(), attempts: 1, retry_at: None };
                return self.ended(work, state).await;
            }
        };
        let asked = Prompt {
            system: question.system,
            user: question.user,
            max_tokens: question.max_tokens,
            schema: Some(("column".to_owned(), question.schema)),
        };
        let tokens = ai::most_input_tokens(prompt, output, context, voice);
        let most = self.bench.model_price(&model, tokens, asked.max_tokens);
        let mut troubles = Troubles::default();
        for _ in 0..ANSWERS {
            if let Some(halt) = self.guard.halts(self.bench).await? {
                return self.halted(work, halt).await;
            }
            if !work.ask_model(&model, most).await? {
                return Ok(Answer::Taken(work.cell));
            }
            let answer = match self.bench.ports.model.complete(&account, &asked).await {
                Ok(answer) => answer,
                Err(error) => {
                    work.answered(troubles.note(self.bench, error, Some(&account), most).await?);
                    let (state, halt) = troubles.ending(&work, self.bench.ports.clock.now());
                    return self.finished(work, state, halt).await;
                }
            };
            note_works(&*self.bench.ports.accounts, &account, self.bench.ports.clock.now()).await?;
            let price =
                self.bench.model_price(&model, u64::from(answer.prompt_tokens), answer.completion_tokens);
            let tokens = answer.tokens();
            let step = |outcome| StepResult::of(outcome, price).with_tokens(tokens);
            let accepted = ai::accept(&answer.text, output, &question.facts).and_then(|accepted| {
                let read = column.target.read(&accepted.value, &self.bench.fields, self.home(lead));
                let stored = read.map_err(|error| NoAnswer::BadPrompt(error.to_string()))?;
                Ok((stored, accepted.facts))
            });
            match accepted {
                Ok((stored, facts)) => {
                    let why = facts.join(" · ");
                    work.answered(step(StepOutcome::Found).because(why));
                    work.cell.value = Some(stored);
                    return Ok(Answer::Found(work.finish(CellState::Found {}, Some(&model)).await?));
                }
                Err(unknown @ NoAnswer::Unknown) => {
                    work.answered(step(StepOutcome::NotFound).because(unknown.to_string()));
                    break;
                }
                // What was turned down is not kept: it may say anything.
                Err(why) => {
                    work.answered(step(StepOutcome::NotTaken).because(why.to_string()));
                }
            }
        }
        self.ended(work, CellState::NotFound {}).await
    }
}

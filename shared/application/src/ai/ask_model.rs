//! One question of a user to the workspace's model: switched on, paid for under the caps, and booked.

use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::notifications::NotificationStore;
use crate::ports::prompts::{PromptStore, style_of};
use crate::ports::provider_calls::{CallError, OpenAccount, Prompt, TextModel};
use crate::ports::spend::SpendStore;
use crate::ports::store::StoreResult;
use crate::ports::workspaces::WorkspaceStore;
use crate::spend::caps::Caps;
use crate::spend::paid_call::{CallToPay, NotPaid, most_of_prompt, reserve_call};
use crate::workspace::account_answers::{note_refusal, note_works};
use crate::workspace::open_account::open_chat_model;
use domain::ai_prompt::PromptStyle;
use domain::campaign::Campaign;
use domain::spend::{AiUse, BudgetScope, SpendLimit, SpendSettings, Usd};
use domain::workspace::Workspace;
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct AiPorts {
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub model: Arc<dyn TextModel>,
        pub notifications: Arc<dyn NotificationStore>,
        pub prompts: Arc<dyn PromptStore>,
        pub spend: Arc<dyn SpendStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// The longest that a question may have been open when the model is asked once more: a call takes up to 25 seconds, and
/// the function has 29.
const LONGEST_BEFORE_SECOND_TRY: SignedDuration = SignedDuration::from_secs(4);

/// Why a model has given no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    #[error("AI is switched off in this workspace.")]
    SwitchedOff,
    #[error("AI is switched off for you. An admin can switch it on in Settings, Team.")]
    OffForUser,
    #[error("No account of a language model is connected.")]
    NoAccount,
    #[error("The month's cap is reached. An admin can raise it in Settings, Spend and prices.")]
    NoMoney,
    #[error("AI is switched off for the campaign {0}. Switch it on there, under Writing.")]
    SwitchedOffInCampaign(String),
    #[error("The budget of the campaign {0} is used up. Raise it there, under Writing.")]
    CampaignBudget(String),
    #[error("The model gave no answer: {0}. Try again in a moment.")]
    NoAnswer(String),
    /// The lead's words, or a text that the draft quotes, are written for a model.
    #[error("{0} speaks to a language model, as if to give it orders, so no model is given it.")]
    SpeaksToModel(&'static str),
    /// Nothing unproven is shown: the answer went beyond what it may say.
    #[error("The model's answers were turned down: {0}.")]
    TurnedDown(String),
}

/// A workspace's model, ready to be asked by one user.
pub(super) struct Model<'a> {
    ports: &'a AiPorts,
    pub workspace: Workspace,
    account: OpenAccount,
    name: String,
    settings: SpendSettings,
    user: UserId,
    /// The name and the budget of the campaign that it is asked for.
    campaign: Option<(String, SpendLimit)>,
    opened_at: Timestamp,
}

impl<'a> Model<'a> {
    /// Opens the workspace's model for a user, unless AI is switched off, for all or for the user, or no account is connected.
    pub async fn open(
        ports: &'a AiPorts,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> StoreResult<Result<Self, NotAsked>> {
        let opened_at = ports.clock.now();
        let known = ports.workspaces.get(workspace).await?;
        if !known.ai_enabled {
            return Ok(Err(NotAsked::SwitchedOff));
        }
        if ports.caps.users.get(workspace, user).await?.ai_off {
            return Ok(Err(NotAsked::OffForUser));
        }
        let account = open_chat_model(&*ports.accounts, &*ports.vault, workspace).await?;
        let Some(account) = account else { return Ok(Err(NotAsked::NoAccount)) };
        let name = match &account.settings {
            AccountSettings::ChatModel { model, .. } => model.clone(),
            _ => String::new(),
        };
        let settings = ports.spend.settings(workspace).await?;
        let user = user.clone();
        let campaign = None;
        Ok(Ok(Self { ports, workspace: known, account, name, settings, user, campaign, opened_at }))
    }

    /// Asks for a campaign from here on, under its budget, unless AI is switched off for it.
    pub fn for_campaign(self, campaign: Option<&Campaign>) -> Result<Self, NotAsked> {
        match campaign {
            Some(campaign) if !campaign.writing.ai => {
                Err(NotAsked::SwitchedOffInCampaign(campaign.name.clone()))
            }
            Some(campaign) => {
                let own = (campaign.name.clone(), campaign.spend_limit());
                Ok(Self { campaign: Some(own), ..self })
            }
            None => Ok(self),
        }
    }

    /// Reads how the workspace wants this prompt's texts to be.
    pub async fn style(&self, prompt: AiUse) -> StoreResult<PromptStyle> {
        style_of(&*self.ports.prompts, &self.workspace, prompt).await
    }

    /// Returns the model's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether enough time is left to ask once more.
    pub fn has_time(&self) -> bool {
        self.ports.clock.now().duration_since(self.opened_at) < LONGEST_BEFORE_SECOND_TRY
    }

    /// Asks once, and has the answer checked by `accept`. `work` says what for, and tells questions of the same instant
    /// apart.
    pub async fn ask<T, E>(
        &self,
        prompt: &Prompt,
        work: (AiUse, &[&str]),
        accept: impl FnOnce(&str) -> Result<T, E>,
    ) -> StoreResult<Result<Result<T, E>, NotAsked>> {
        Ok(self.ask_and_price(prompt, work, accept).await?.map(|(accepted, _)| accepted))
    }

    /// Does what `ask` does, and returns what the answer cost.
    pub async fn ask_and_price<T, E>(
        &self,
        prompt: &Prompt,
        (ai_use, work): (AiUse, &[&str]),
        accept: impl FnOnce(&str) -> Result<T, E>,
    ) -> StoreResult<Result<(Result<T, E>, Usd), NotAsked>> {
        let now = self.ports.clock.now();
        let price = self.settings.prices.model(&self.name);
        let work: Vec<&str> =
            [ai_use.as_str()].iter().chain(work).copied().chain([self.user.as_str()]).collect();
        let mut limits = vec![self.settings.month(now), self.settings.user(&self.user, now)];
        limits.extend(self.campaign.iter().map(|(_, limit)| limit.clone()));
        let call = CallToPay {
            workspace: &self.workspace.id,
            provider: AccountKind::ChatModel.as_str(),
            work: &work,
            limits,
            most: most_of_prompt(price, &[&prompt.system, &prompt.user], prompt.max_tokens),
            model: Some((ai_use, &self.name)),
        };
        let paid = match reserve_call(&self.ports.caps, call, now).await? {
            Ok(paid) => paid,
            Err(why) => return Ok(Err(self.not_paid(&why))),
        };
        match self.ports.model.complete(&self.account, prompt).await {
            Ok(answer) => {
                let accepted = accept(&answer.text);
                let cost = paid.cost_of(price, answer.tokens());
                paid.written(price, answer.tokens(), accepted.is_ok(), now).await?;
                note_works(&*self.ports.accounts, &self.account, now).await?;
                Ok(Ok((accepted, cost)))
            }
            Err(error) => {
                paid.failed(&error, now).await?;
                if let CallError::Account(detail) = &error {
                    let stores = (&*self.ports.accounts, &*self.ports.notifications);
                    note_refusal(stores, &self.account, detail, now).await?;
                }
                Ok(Err(NotAsked::NoAnswer(error.to_string())))
            }
        }
    }

    fn not_paid(&self, why: &NotPaid) -> NotAsked {
        match (why, &self.campaign) {
            (NotPaid::Cap(BudgetScope::Campaign { .. }), Some((name, _))) => {
                NotAsked::CampaignBudget(name.clone())
            }
            _ => NotAsked::NoMoney,
        }
    }
}

//! What all leads of a page share: the workspace, its fields, prices and accounts, read once.

use crate::columns::ColumnPorts;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::workspace::open_account::opened;
use domain::WorkspaceId;
use domain::ai_prompt::PromptStyle;
use domain::column::LeadColumn;
use domain::column::ai;
use domain::column::recipe::{Recipe, WEBSITE};
use domain::lead::custom_field::CustomFields;
use domain::lead::data_field::DataField;
use domain::spend::{AiUse, CallKind, CallPrice, SpendSettings, Usd};
use domain::workspace::Workspace;
use domain::workspace::account::{Account, AccountKind, AccountSettings};

/// The answers of a model that are paid for: one that is turned down is asked for once more.
pub(super) const ANSWERS: u64 = 2;
pub(super) const MODEL: &str = "chat_model";
pub(super) const WEBHOOK: &str = "webhook";
pub(super) const ACTORS: &str = "apify";

pub(super) struct Bench<'a> {
    pub ports: &'a ColumnPorts,
    pub workspace: Workspace,
    pub fields: CustomFields,
    pub settings: SpendSettings,
    /// How the workspace wants texts of columns to be.
    pub style: PromptStyle,
    /// All columns of the workspace.
    pub columns: Vec<LeadColumn>,
    accounts: Vec<Account>,
}

impl<'a> Bench<'a> {
    pub async fn open(ports: &'a ColumnPorts, workspace: &WorkspaceId) -> StoreResult<Self> {
        let (workspace, fields, settings, columns, accounts, own) = futures::try_join!(
            ports.workspaces.get(workspace),
            ports.custom_fields.get(workspace),
            ports.spend.settings(workspace),
            ports.columns.list(workspace),
            ports.accounts.list(workspace),
            ports.prompts.latest(workspace, AiUse::Column),
        )?;
        let style = PromptStyle::new(AiUse::Column, &workspace.house_voice, own.as_ref());
        Ok(Self { ports, workspace, fields, settings, style, columns, accounts })
    }

    /// Opens the workspace's account at a provider; one that is paused only where there is no other.
    pub fn account(&self, provider: &str) -> Option<OpenAccount> {
        let usable =
            self.accounts.iter().filter(|one| one.enabled && one.settings.data_provider() == Some(provider));
        let account = usable.min_by_key(|one| one.pause.is_some())?;
        opened(&*self.ports.vault, account.clone(), &[account.settings.kind()])
    }

    /// Opens the account of a language model, unless the workspace has switched AI off.
    pub fn model_account(&self) -> Option<(OpenAccount, String)> {
        if !self.workspace.ai_enabled {
            return None;
        }
        let usable =
            self.accounts.iter().filter(|one| one.enabled && one.settings.kind() == AccountKind::ChatModel);
        let account = usable.min_by_key(|one| one.pause.is_some())?;
        let AccountSettings::ChatModel { model, .. } = &account.settings else { return None };
        let model = model.clone();
        opened(&*self.ports.vault, account.clone(), &[AccountKind::ChatModel]).map(|account| (account, model))
    }

    pub fn price(&self, provider: &str, kind: CallKind) -> CallPrice {
        self.settings.prices.call(provider, kind)
    }

    /// Returns the most that one answer of the model may cost.
    pub fn model_price(&self, model: &str, input_tokens: u64, output_tokens: u32) -> Usd {
        self.settings.prices.model(model).of(input_tokens, u64::from(output_tokens))
    }

    /// Returns the most that filling one cell of the column may cost: every provider of a waterfall is asked.
    pub fn most(&self, column: &LeadColumn) -> Usd {
        match &column.recipe {
            Recipe::Formula { .. } | Recipe::Lookup { .. } => Usd::ZERO,
            Recipe::Ai { prompt, output, context } => {
                let Some((_, model)) = self.model_account() else { return Usd::ZERO };
                let tokens = ai::most_input_tokens(prompt, output, context, &self.style.text);
                self.model_price(&model, tokens, ai::max_tokens(output)) * ANSWERS
            }
            Recipe::Enrichment { field, providers } => {
                let asked = providers
                    .iter()
                    .filter(|step| step.provider != WEBSITE && self.account(&step.provider).is_some());
                asked.map(|step| self.price(&step.provider, call_kind(*field)).most()).sum()
            }
            Recipe::Webhook(_) => self.price(WEBHOOK, CallKind::Run).most(),
            Recipe::Actor { .. } => self.price(ACTORS, CallKind::Run).most(),
        }
    }
}

/// Returns what a field is priced as.
pub(super) fn call_kind(field: DataField) -> CallKind {
    match field {
        DataField::Email => CallKind::FindEmail,
        DataField::MobilePhone => CallKind::FindPhone,
        DataField::FullName
        | DataField::JobTitle
        | DataField::Seniority
        | DataField::LinkedinUrl
        | DataField::City
        | DataField::Country => CallKind::Person,
        DataField::CompanyName
        | DataField::CompanyWebsite
        | DataField::CompanyPhone
        | DataField::CompanyLinkedinUrl
        | DataField::Industry
        | DataField::Employees
        | DataField::CompanyDescription
        | DataField::CompanyAddress => CallKind::Company,
    }
}

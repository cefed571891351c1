//! What look-ups and models cost: the month, the caps and the prices, in requests and answers.

use crate::App;
use domain::spend::{
    BookingOutcome, Budget, BudgetScope, CallKind, CallPrice, ModelPrice, PriceList, SpendSettings, Tally,
    Usd,
};
use domain::time::calendar_month::CalendarMonth;
use domain::{CampaignId, ColumnId, UserId, WorkspaceId};
use http_api::{ApiResult, FieldErrors, utoipa};
use serde::{Deserialize, Serialize};

/// The highest cap: a million dollars.
const HIGHEST_CAP: Usd = Usd::cents(100_000_000);
/// The highest price of a call, or of a million tokens: a thousand dollars.
const HIGHEST_PRICE: Usd = Usd::cents(100_000);
const MOST_PRICES: usize = 500;
const LONGEST_NAME: usize = 100;

/// Amounts are millionths of a US dollar.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SpendView {
    pub month: CalendarMonth,
    pub spent: Usd,
    /// What is set aside for calls under way.
    pub reserved: Usd,
    /// The most that may be spent in a month; unlimited if left out.
    pub month_cap: Option<Usd>,
    /// The most that each user's own requests to models cost in a month; unlimited if left out.
    pub user_cap: Option<Usd>,
    pub providers: Vec<ProviderSpend>,
    pub users: Vec<UserSpend>,
    pub columns: Vec<ColumnSpend>,
    /// What models cost for campaigns, whatever the month: those with a budget, and those that cost something.
    pub campaigns: Vec<CampaignSpend>,
    /// Every price of a call that is in force.
    pub calls: Vec<CallPriceRow>,
    /// The prices of models that the workspace has set.
    pub models: Vec<ModelPriceRow>,
    /// The price of a model that has none of its own.
    pub other_models: ModelPrice,
    pub rev: u64,
}

/// What one provider's calls came to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderSpend {
    pub provider: String,
    pub hits: Tally,
    pub misses: Tally,
    /// Calls whose answer was lost; they are booked at their full price.
    pub lost: Tally,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UserSpend {
    pub user: UserId,
    pub spent: Usd,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnSpend {
    pub column: ColumnId,
    pub spent: Usd,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignSpend {
    pub campaign: CampaignId,
    pub name: String,
    /// The most that it may cost; unlimited if left out.
    pub budget: Option<Usd>,
    pub spent: Usd,
    /// What is set aside for calls under way.
    pub reserved: Usd,
}

impl CampaignSpend {
    /// Lists the campaigns that have a budget or have cost something, the dearest first.
    pub async fn all(app: &App, workspace: &WorkspaceId) -> ApiResult<Vec<Self>> {
        let campaigns = app.campaigns.list(workspace).await?;
        let scopes: Vec<BudgetScope> =
            campaigns.iter().map(|campaign| campaign.spend_limit().scope).collect();
        let budgets = app.spend.budgets(workspace, &scopes).await?;
        let rows = campaigns.into_iter().zip(budgets).map(|(campaign, Budget { spent, reserved, .. })| {
            let budget = campaign.writing.budget;
            Self { campaign: campaign.id, name: campaign.name, budget, spent, reserved }
        });
        let is_told = |row: &Self| row.budget.is_some() || !(row.spent + row.reserved).is_zero();
        let mut rows: Vec<Self> = rows.filter(is_told).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.spent));
        Ok(rows)
    }
}

/// The price of a provider's call, found or not found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallPriceRow {
    pub provider: String,
    pub kind: CallKind,
    pub hit: Usd,
    pub miss: Usd,
    /// Whether the workspace has set this price.
    pub own: bool,
}

/// A price that differs from the usual one.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallPriceBody {
    provider: String,
    kind: CallKind,
    hit: Usd,
    miss: Usd,
}

/// The price of a million of a model's tokens, read and written.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelPriceRow {
    pub model: String,
    pub input: Usd,
    pub output: Usd,
}

impl SpendView {
    /// Makes the view of a month out of its budgets.
    pub fn of(
        settings: &SpendSettings,
        month: CalendarMonth,
        budgets: Vec<Budget>,
        campaigns: Vec<CampaignSpend>,
    ) -> Self {
        let (mut users, mut columns, mut whole) = (Vec::new(), Vec::new(), None);
        for budget in budgets {
            match budget.scope.clone() {
                BudgetScope::User { user, .. } => users.push(UserSpend { user, spent: budget.spent }),
                BudgetScope::Column { column, .. } => {
                    columns.push(ColumnSpend { column, spent: budget.spent });
                }
                BudgetScope::Month { .. } => whole = Some(budget),
                BudgetScope::Campaign { .. } | BudgetScope::Run { .. } => {}
            }
        }
        users.sort_by_key(|row| std::cmp::Reverse(row.spent));
        columns.sort_by_key(|row| std::cmp::Reverse(row.spent));
        let (spent, reserved) = whole.as_ref().map_or((Usd::ZERO, Usd::ZERO), |b| (b.spent, b.reserved));
        let tallies = whole.map(|budget| budget.tallies).unwrap_or_default();
        let providers = tallies.into_iter().map(|(provider, of)| {
            let tally = |outcome| of.get(&outcome).copied().unwrap_or_default();
            ProviderSpend {
                provider,
                hits: tally(BookingOutcome::Hit),
                misses: tally(BookingOutcome::Miss),
                lost: tally(BookingOutcome::Lost),
            }
        });
        let prices = &settings.prices;
        let calls = prices.all_calls().into_iter().map(|((provider, kind), price)| {
            let own = prices.calls.get(&provider).is_some_and(|kinds| kinds.contains_key(&kind));
            CallPriceRow { provider, kind, hit: price.hit, miss: price.miss, own }
        });
        let models = prices.models.iter().map(|(model, price)| ModelPriceRow {
            model: model.clone(),
            input: price.input,
            output: price.output,
        });
        Self {
            month,
            spent,
            reserved,
            month_cap: settings.month_cap,
            user_cap: settings.user_cap,
            providers: providers.collect(),
            users,
            columns,
            campaigns,
            calls: calls.collect(),
            models: models.collect(),
            other_models: PriceList::UNKNOWN_MODEL,
            rev: settings.rev,
        }
    }
}

/// The caps and prices as a request gives them, all together. What is left out has no cap, or its usual price.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendSettingsBody {
    month_cap: Option<Usd>,
    user_cap: Option<Usd>,
    /// The prices that differ from the usual ones.
    #[serde(default)]
    calls: Vec<CallPriceBody>,
    #[serde(default)]
    models: Vec<ModelPriceRow>,
    /// The revision that this change is based on; `If-Match` does the same.
    pub rev: Option<u64>,
}

impl SpendSettingsBody {
    /// Parses the caps and prices; answers 422 on each fault.
    pub fn parse(self, known: SpendSettings) -> ApiResult<SpendSettings> {
        let mut errors = FieldErrors::default();
        for (field, cap) in [("month_cap", self.month_cap), ("user_cap", self.user_cap)] {
            if cap.is_some_and(|cap| cap > HIGHEST_CAP) {
                errors.add(field, format!("is more than {HIGHEST_CAP}"));
            }
        }
        for (field, count) in [("calls", self.calls.len()), ("models", self.models.len())] {
            if count > MOST_PRICES {
                errors.add(field, format!("are at most {MOST_PRICES}"));
            }
        }
        let mut prices = PriceList::default();
        for (place, row) in self.calls.into_iter().take(MOST_PRICES).enumerate() {
            let path = format!("calls[{place}]");
            check_prices(&mut errors, &path, [("hit", row.hit), ("miss", row.miss)]);
            let provider = errors.required(&format!("{path}.provider"), &row.provider, LONGEST_NAME);
            let price = CallPrice { hit: row.hit, miss: row.miss };
            if prices.calls.entry(provider).or_default().insert(row.kind, price).is_some() {
                errors.add(format!("{path}.kind"), "is there twice for this provider");
            }
        }
        for (place, row) in self.models.into_iter().take(MOST_PRICES).enumerate() {
            let path = format!("models[{place}]");
            check_prices(&mut errors, &path, [("input", row.input), ("output", row.output)]);
            let model = errors.required(&format!("{path}.model"), &row.model, LONGEST_NAME);
            let price = ModelPrice { input: row.input, output: row.output };
            if prices.models.insert(model, price).is_some() {
                errors.add(format!("{path}.model"), "is there twice");
            }
        }
        errors.finish()?;
        Ok(SpendSettings { month_cap: self.month_cap, user_cap: self.user_cap, prices, ..known })
    }
}

fn check_prices(errors: &mut FieldErrors, path: &str, prices: [(&str, Usd); 2]) {
    for (field, price) in prices {
        if price > HIGHEST_PRICE {
            errors.add(format!("{path}.{field}"), format!("is more than {HIGHEST_PRICE}"));
        }
    }
}

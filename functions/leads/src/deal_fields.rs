//! The fields of a deal in requests, and the entries that its lead's timeline has of it.

use crate::App;
use crate::deal_view::DealView;
use application::deals::follow_lead::event_of;
use application::ports::leads::{Activity, ActivityKind};
use application::ports::store::unless_taken;
use domain::DealId;
use domain::deal::{Deal, DealNews, LARGEST_VALUE_MINOR, LONGEST_DEAL_NAME, MOST_OPEN_DEALS};
use domain::event::Event;
use domain::lead::Lead;
use http_api::{ApiError, ApiResult, Caller, FieldErrors};
use jiff::Timestamp;
use jiff::civil::Date;

pub fn name(errors: &mut FieldErrors, text: &str) -> String {
    errors.required("name", text, LONGEST_DEAL_NAME)
}

pub fn amount_minor(errors: &mut FieldErrors, amount: i64) -> i64 {
    if !(0..=LARGEST_VALUE_MINOR).contains(&amount) {
        errors.add("amount_minor", format!("must be from 0 to {LARGEST_VALUE_MINOR}"));
    }
    amount
}

pub fn probability(errors: &mut FieldErrors, percent: Option<u8>) -> Option<u8> {
    if percent.is_some_and(|percent| percent > 100) {
        errors.add("probability", "must be from 0 to 100");
    }
    percent
}

pub fn close_on(errors: &mut FieldErrors, text: &str) -> Date {
    let day = text.trim().parse::<Date>().ok().filter(|day| (2000..=2100).contains(&day.year()));
    errors.take("close_on", day.ok_or("is not a day such as 2026-11-28")).unwrap_or(Date::MIN)
}

/// Refuses one more open deal of a lead that has these deals.
pub fn refuse_too_many_open(known: &[Deal]) -> ApiResult<()> {
    if known.iter().filter(|deal| deal.is_open()).count() < MOST_OPEN_DEALS {
        return Ok(());
    }
    let why = format!("The lead has {MOST_OPEN_DEALS} open deals. Close one of them first.");
    Err(ApiError::conflict("too_many_deals", why))
}

impl App {
    /// Reads a deal with its lead; a lead that is deleted has none.
    pub async fn deal_and_lead(&self, caller: &Caller, id: &DealId) -> ApiResult<(Deal, Lead)> {
        let deal = self.deals.deals.get(&caller.workspace, id).await?;
        let lead = caller.seen(self.leads.get(&caller.workspace, &deal.lead).await)?;
        Ok((deal, lead))
    }

    /// Saves a deal with what became of it, and tells it on its lead's timeline.
    pub async fn save_deal(
        &self,
        caller: &Caller,
        (mut deal, lead): (Deal, &Lead),
        news: DealNews,
    ) -> ApiResult<DealView> {
        let now = self.clock.now();
        let event = Event::new(event_of(&news), caller.actor(), now).because(lead.id.as_str());
        deal.rev = self.deals.deals.save(&deal, &event).await?;
        self.tell_deal(caller, (&deal, lead), news, now).await;
        self.deal_view(deal, lead).await
    }

    /// Tells on its lead's timeline what became of a deal. A repeat adds no entry. The deal is saved by then, and so an
    /// entry that cannot be written refuses nothing.
    pub async fn tell_deal(
        &self,
        caller: &Caller,
        (deal, lead): (&Deal, &Lead),
        news: DealNews,
        at: Timestamp,
    ) {
        let kind = event_of(&news).as_str();
        let id = match &news {
            DealNews::Added { .. } => format!("{kind}-{}", deal.id),
            _ => format!("{kind}-{}-{}", deal.id, deal.rev),
        };
        let what = ActivityKind::Deal { deal: deal.id.clone(), name: deal.name.clone(), news };
        let activity = Activity { id, at, kind: what, actor: Some(caller.user_or_key()) };
        let told = self.leads.put_activity(&caller.workspace, &lead.id, &activity).await;
        if let Err(error) = unless_taken(told) {
            tracing::warn!(%error, deal.id = %deal.id, "a deal's entry is missing on its lead's timeline");
        }
    }

    pub async fn deal_view(&self, deal: Deal, lead: &Lead) -> ApiResult<DealView> {
        let stages = self.stages.get(&deal.workspace).await?;
        Ok(DealView::of(deal, lead, &stages))
    }
}

//! The fields of a deal in requests, and the entries that its lead's timeline has of it.

use crate::App;
use crate::deal_view::DealView;
use application::deals::follow_lead::event_of;
use application::ports::leads::{Activity, ActivityKind};
use domain::DealId;
use domain::deal::{Deal, DealNews, LARGEST_VALUE_MINOR, LONGEST_DEAL_NAME};
use domain::event::Event;
use domain::lead::Lead;
use http_api::{ApiResult, Caller, FieldErrors};
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
        let activity = Activity {
            id: self.ids.next().to_string(),
            at: now,
            kind: ActivityKind::Deal { deal: deal.id.clone(), name: deal.name.clone(), news },
            actor: Some(caller.user_or_key()),
        };
        self.leads.put_activity(&caller.workspace, &lead.id, &activity).await?;
        self.deal_view(deal, lead).await
    }

    pub async fn deal_view(&self, deal: Deal, lead: &Lead) -> ApiResult<DealView> {
        let stages = self.stages.get(&deal.workspace).await?;
        Ok(DealView::of(deal, lead, &stages))
    }
}

//! Capacity for leads that are enrolled in a running campaign: as at a launch, each begins on a day that leaves
//! capacity for all of its follow-ups.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::mailbox_choice::Accounts;
use crate::campaign::planning_context::PlanningContext;
use crate::campaign::quota_booking::book_days;
use crate::ports::store::StoreResult;
use domain::campaign::CampaignState;
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::{MailboxCandidate, choose};
use domain::capacity::quota::{Quota, SendingLimits, SlotRequest};
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::Enrolment;
use domain::lead::Lead;
use domain::time::days_off::DaysOff;
use domain::workspace::account::Account;
use futures::lock::Mutex;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The new enrolments of one page. The accounts are read when the first one asks, and the capacity calendars are
/// written once at the end.
pub struct CapacityBookings<'a> {
    ports: &'a EnrolPorts,
    planning: &'a PlanningContext,
    states: Mutex<Option<AccountStates>>,
    new_bookings: Mutex<Vec<Booking<'a>>>,
}

struct AccountStates {
    accounts: Accounts,
    texts: BTreeMap<Channel, Quota>,
}

/// A new enrolment that has been given a day.
pub(crate) struct Booking<'a> {
    account: Account,
    limits: SendingLimits,
    wish: SlotRequest,
    follow_ups: FollowUps<'a>,
}

impl<'a> CapacityBookings<'a> {
    pub fn of(ports: &'a EnrolPorts, planning: &'a PlanningContext) -> Self {
        Self { ports, planning, states: Mutex::default(), new_bookings: Mutex::default() }
    }

    /// Gives an enrolment that begins now its mailbox and its day, where its account has limits.
    pub(crate) async fn assign_mailbox_and_day(
        &self,
        lead: &Lead,
        enrolment: &mut Enrolment,
        now: Timestamp,
    ) -> StoreResult<Option<Booking<'a>>> {
        let PlanningContext { campaign, version, calendar, .. } = self.planning;
        let begins = enrolment.due().filter(|_| campaign.state == CampaignState::Active);
        let Some((due, step)) = begins.zip(enrolment.step().as_ref()) else { return Ok(None) };
        let Some(Touch { channel, opening }) = enrolment.touch(version) else { return Ok(None) };
        let days_off = DaysOff::of(lead, &calendar.days_off);
        let follow_ups = FollowUps::counted_with((&campaign.id, version), step, opening, days_off);
        let wish = SlotRequest { at: due, opening };
        let mut known = self.states.lock().await;
        let states = match &mut *known {
            Some(states) => states,
            None => known.insert(self.read(now).await?),
        };
        let (account, day) = match channel {
            Channel::Sms | Channel::Whatsapp => {
                let account = states.accounts.texts.get(&channel);
                let Some((account, limits)) = account.and_then(limited) else { return Ok(None) };
                let Some(quota) = states.texts.get_mut(&channel) else { return Ok(None) };
                let coming = DayBooking { from: limits.day_of(due), opening, follow_ups: &follow_ups };
                (account, Some(quota.book_day(limits, coming, limits.day_of(now))))
            }
            Channel::Email => {
                let candidates = &mut states.accounts.candidates;
                let is_theirs = |one: &MailboxCandidate| Some(&one.mailbox) == enrolment.mailbox().as_ref();
                let own = candidates.iter().position(is_theirs).filter(|own| candidates[*own].works);
                let chosen = own.or_else(|| choose(candidates, &lead.id, wish, &follow_ups));
                let Some(chosen) = chosen else { return Ok(None) };
                enrolment.send_by(candidates[chosen].mailbox.clone());
                (&states.accounts.mailboxes[chosen], candidates[chosen].expect(wish, &follow_ups, now))
            }
        };
        let Some(((account, limits), day)) = limited(account).zip(day) else { return Ok(None) };
        if day != limits.day_of(due) {
            enrolment.plan_for(limits.same_time_on(due, day));
        }
        let (account, limits) = (account.clone(), limits.clone());
        Ok(Some(Booking { account, limits, wish, follow_ups }))
    }

    pub(crate) async fn note_enrolled(&self, booking: Option<Booking<'a>>) {
        self.new_bookings.lock().await.extend(booking);
    }

    /// Books all new enrolments in the capacity calendars, as far as possible: one that is not booked finds less
    /// capacity later, and nothing worse.
    pub async fn save_bookings(self) {
        let mut lines: BTreeMap<_, Vec<&Booking<'a>>> = BTreeMap::new();
        let new_bookings = self.new_bookings.into_inner();
        for booking in &new_bookings {
            lines.entry(&booking.account.id).or_default().push(booking);
        }
        let EnrolPorts { quotas, clock, .. } = self.ports;
        for line in lines.into_values() {
            let Some(Booking { account, limits, .. }) = line.first() else { continue };
            let coming =
                (line.iter()).map(|Booking { wish: SlotRequest { at, opening }, follow_ups, .. }| {
                    DayBooking { from: limits.day_of(*at), opening: *opening, follow_ups }
                });
            let coming: Vec<DayBooking<'_>> = coming.collect();
            if let Err(error) = book_days(&**quotas, &**clock, (account, limits), &coming).await {
                tracing::warn!(account.id = %account.id, %error, "new enrolments were not booked in an account's calendar");
            }
        }
    }

    async fn read(&self, now: Timestamp) -> StoreResult<AccountStates> {
        let EnrolPorts { accounts, breakers, quotas, .. } = self.ports;
        let campaign = &self.planning.campaign;
        let accounts = Accounts::of(&**accounts, (&**breakers, &**quotas), campaign, now).await?;
        let mut texts = BTreeMap::new();
        for (channel, account) in accounts.texts.iter().filter(|(_, account)| account.limits.is_some()) {
            let (workspace, id) = (account.workspace.clone(), account.id.clone());
            let quota = quotas.get(&workspace, &id).await?;
            texts.insert(*channel, quota.unwrap_or_else(|| Quota::unused(workspace, id)));
        }
        Ok(AccountStates { accounts, texts })
    }
}

fn limited(account: &Account) -> Option<(&Account, &SendingLimits)> {
    Some((account, account.limits.as_ref()?))
}

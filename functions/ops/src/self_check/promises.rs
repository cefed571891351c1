//! The promises to users, each derived from the checks that it rests on. `docs/TROUBLESHOOTING.md` uses the
//! same words.

use super::{CheckState, PartCheck, accounts, queues, schedules};
use application::ports::schedules::Schedule;
use application::queue_messages::Queue;
use domain::workspace::Workspace;
use domain::workspace::account::AccountKind;
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    FrontendLoads,
    SignInWorks,
    DataIsShown,
    SmsCanBeSent,
    WorkersRun,
    EnrichmentWorks,
    PreviewTrackingLogs,
    PaymentsArrive,
    NotificationsAppear,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PromiseView {
    pub promise: Promise,
    pub name: String,
    pub state: CheckState,
    pub seen: String,
    pub fix: Option<String>,
    /// Advice on where to look if the checks are fine and it still does not work.
    pub look_at: String,
    /// The ids of the checks that it was derived from.
    pub rests_on: Vec<String>,
}

impl Promise {
    pub const ALL: [Self; 9] = [
        Self::FrontendLoads,
        Self::SignInWorks,
        Self::DataIsShown,
        Self::SmsCanBeSent,
        Self::WorkersRun,
        Self::EnrichmentWorks,
        Self::PreviewTrackingLogs,
        Self::PaymentsArrive,
        Self::NotificationsAppear,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::FrontendLoads => "Frontend loads",
            Self::SignInWorks => "Sign-in works",
            Self::DataIsShown => "Dashboard and leads show data",
            Self::SmsCanBeSent => "SMS can be sent",
            Self::WorkersRun => "Workers run",
            Self::EnrichmentWorks => "Enrichment works",
            Self::PreviewTrackingLogs => "Preview tracking logs",
            Self::PaymentsArrive => "Payments arrive",
            Self::NotificationsAppear => "Notifications appear",
        }
    }

    pub fn look_at(self) -> &'static str {
        match self {
            Self::FrontendLoads => {
                "The browser's console and network tab: a file that is refused is named there. Then the log of web."
            }
            Self::SignInWorks => {
                "Check the spelling of the address under Settings, Team. After ten wrong passwords from one network an address is closed to that network for a quarter of an hour. \
                 Then the log of auth."
            }
            Self::DataIsShown => {
                "Check the filter above the list. Figures follow within a minute. Then the logs of \
                 project_events and record_changes. A list that says up to when it shows changes waits for record_changes."
            }
            Self::SmsCanBeSent => {
                "Why, on the lead's page: it names the reason why a text waits. The number's hours and limits, under Settings, Numbers. Then \
                 the provider's own log of messages."
            }
            Self::WorkersRun => {
                "The page Queue: waiting and failed jobs. Then the log of the function that the queue names, and the alarm Throttles."
            }
            Self::EnrichmentWorks => {
                "The lead's page: each value names its source. The provider's credit. Settings, AI and enrichment. Then the logs \
                 of enrich_lead and fill_columns."
            }
            Self::PreviewTrackingLogs => {
                "Visits by your own signed-in browsers, by mail scanners and by prefetching do not count, nor do those of one page \
                 or mail after the 60th in an hour and the 500th in all. Then the log of tracking and of record_visits."
            }
            Self::PaymentsArrive => {
                "Stripe's dashboard, Developers, Webhooks: the events that it sent, and our answers. The address there must be the one that \
                 Settings, Providers shows, and the signing secret the same. Then the log of provider_webhooks."
            }
            Self::NotificationsAppear => {
                "The bell shows your notifications: replies of your leads, hot leads, accounts that fail. Then the log of project_events and \
                 of ingest_event."
            }
        }
    }

    fn parts(self) -> Vec<String> {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let queue = queues::id_of;
        match self {
            Self::FrontendLoads => named(&["address", "certificate", "app_page"]),
            Self::SignInWorks => named(&["sign_in", "table", "secret"]),
            Self::DataIsShown => named(&["table", "stream", "data", "lead_list"]),
            Self::SmsCanBeSent => vec![queue(Queue::Send), schedules::id_of(Schedule::DueSteps)],
            Self::WorkersRun => {
                let schedules = Schedule::ALL.map(schedules::id_of);
                Queue::ALL.map(queue).into_iter().chain(schedules).collect()
            }
            Self::EnrichmentWorks => vec![queue(Queue::Enrichment), queue(Queue::Columns)],
            Self::PreviewTrackingLogs => {
                [named(&["tracking", "stream"]), vec![queue(Queue::Visits)]].concat()
            }
            Self::PaymentsArrive => [named(&["webhooks"]), vec![queue(Queue::Inbound)]].concat(),
            Self::NotificationsAppear => {
                [named(&["stream"]), vec![queue(Queue::Inbound), schedules::id_of(Schedule::Monitor)]]
                    .concat()
            }
        }
    }

    /// The kinds of accounts of which one is needed, and what to do if there is none.
    fn accounts(self) -> Option<(&'static [AccountKind], &'static str)> {
        match self {
            Self::SmsCanBeSent => Some((
                &[AccountKind::Twilio, AccountKind::SmsSender],
                "Connect a number under Settings, Numbers.",
            )),
            Self::EnrichmentWorks => {
                Some((&AccountKind::OF_DATA, "Connect a provider under Settings, Providers."))
            }
            Self::PaymentsArrive => {
                Some((&[AccountKind::Stripe], "Connect Stripe under Settings, Providers."))
            }
            _ => None,
        }
    }

    fn switched_off(self, workspace: &Workspace) -> bool {
        match self {
            Self::EnrichmentWorks => !workspace.enrichment_enabled,
            Self::PreviewTrackingLogs => !workspace.tracking.opens && !workspace.tracking.clicks,
            _ => false,
        }
    }
}

pub fn views(checks: &[PartCheck], workspace: Option<&Workspace>) -> Vec<PromiseView> {
    Promise::ALL.into_iter().map(|promise| view(promise, checks, workspace)).collect()
}

fn view(promise: Promise, checks: &[PartCheck], workspace: Option<&Workspace>) -> PromiseView {
    let parts = promise.parts();
    let rests = |check: &&PartCheck| parts.contains(&check.id);
    let mut on: Vec<&PartCheck> = checks.iter().filter(rests).collect();
    let of_account = promise.accounts().map(|(kinds, missing)| (account(checks, kinds), missing));
    on.extend(of_account.and_then(|(account, _)| account));
    let rests_on = on.iter().map(|check| check.id.clone()).collect();
    let view = |state, seen: String, fix| PromiseView {
        promise,
        name: promise.name().to_owned(),
        state,
        seen,
        fix,
        look_at: promise.look_at().to_owned(),
        rests_on,
    };
    let not_set_up = |seen: &str, fix: &str| (CheckState::NotSetUp, seen.to_owned(), Some(fix.to_owned()));
    let nobody = workspace.is_none() && of_account.is_some();
    let (state, seen, fix) = match worst(&on) {
        Some(worst) => (worst.state, format!("{}: {}", worst.name, worst.seen), worst.fix.clone()),
        None if workspace.is_some_and(|workspace| promise.switched_off(workspace)) => {
            not_set_up("It is switched off in this workspace.", "Switch it on under Settings.")
        }
        None if nobody => not_set_up("No user has signed up yet.", "Sign up first."),
        None => match of_account {
            Some((None, missing)) => not_set_up("No account is connected for it.", missing),
            _ => (CheckState::Fine, fine(&on), None),
        },
    };
    view(state, seen, fix)
}

fn fine(on: &[&PartCheck]) -> String {
    let fine = on.iter().filter(|check| check.state == CheckState::Fine);
    let names: Vec<&str> = fine.map(|check| check.name.as_str()).collect();
    format!("All is well: {}.", names.join(", "))
}

/// One working account is enough if several do the same.
fn account<'a>(checks: &'a [PartCheck], kinds: &[AccountKind]) -> Option<&'a PartCheck> {
    let of_kind = |check: &&PartCheck| kinds.iter().any(|kind| accounts::is_of_kind(check, *kind));
    let in_use = checks.iter().filter(of_kind).filter(|check| check.state != CheckState::NotSetUp);
    in_use.min_by_key(|check| check.state)
}

/// The worst check. A part that is merely not set up, such as the bus, does not spoil a promise, except that
/// there are no leads yet.
fn worst<'a>(on: &[&'a PartCheck]) -> Option<&'a PartCheck> {
    let told = |check: &&&PartCheck| {
        check.state > CheckState::NotSetUp || check.id == "data" && check.state == CheckState::NotSetUp
    };
    on.iter().rev().filter(told).max_by_key(|check| check.state).copied()
}

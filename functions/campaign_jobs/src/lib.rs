//! Background jobs of campaigns. They enrol leads, by order or automatically; schedule the enrolments of a
//! launched, resumed or closed campaign; order opening lines; roll out versions; run simulations; write the messages of a bulk
//! message; hold leads whose colleague has replied; make tasks of follow-up dates and remind of tasks; carry out trigger
//! rules; tell Slack channels and devices of notifications; delete recordings at providers; ask for the prices of calls;
//! release held enrolments; judge stored visits again; rename options
//! of custom fields in the leads; look at tracking domains; look for duplicates; and erase leads. A job works page by
//! page.

mod enrol_page;
mod schedule_page;
#[cfg(test)]
mod tests;

use application::Ports;
use application::StoreResult;
use application::bulk_messages::page::write_page;
use application::bulk_messages::start::BulkMessagePorts;
use application::campaign::auto_enrol::run_auto_enrol;
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::release_held::{Release, release_lead, release_page};
use application::campaign::resume::end_pause;
use application::campaign::rollout::roll_out_page;
use application::campaign::simulation::making::{SimulationPorts, make_simulation};
use application::ingesting::rules::{RulePorts, carry_out_rules_for};
use application::ingesting::timed_rules::judge_timed_rule;
use application::ingesting::verdicts::judge_page;
use application::lead::campaign_line::write_lines_page;
use application::lead::company_hold::hold_page;
use application::lead::deletion::{DeletionPorts, erase_if_due};
use application::lead::duplicate_search::{DuplicatePorts, find_duplicates};
use application::lead::earlier_opt_outs::{EarlierOptOutPorts, apply_page};
use application::lead::option_rename::{OptionPorts, RenameProgress, rename_page};
use application::ports::auto_enrol::AutoEnrolStore;
use application::ports::blobs::Blobs;
use application::ports::campaigns::CampaignStore;
use application::ports::outbox::Outbox;
use application::ports::rate_limits::RateLimitStore;
use application::ports::tasks::TaskStore;
use application::queue_messages::CampaignJob;
use application::tasks::call_costs::{CallCostPorts, price_call};
use application::tasks::follow_up::make_follow_up;
use application::tasks::recordings::{RecordingPorts, delete_at_provider};
use application::tasks::reminder::remind;
use application::web_push::devices::WebPushPorts;
use application::web_push::order::carry_out_pushes;
use application::workspace::slack::{SlackPorts, SlackTold, tell_slack};
use application::workspace::tracking_domain::{DomainPorts, check_tracking_domain};
use domain::event::Actor;
use domain::{CampaignId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub blobs: Arc<dyn Blobs>,
        pub call_costs: CallCostPorts = CallCostPorts::new,
        pub earlier_opt_outs: EarlierOptOutPorts = EarlierOptOutPorts::new,
        pub campaigns: Arc<dyn CampaignStore>,
        pub auto_enrols: Arc<dyn AutoEnrolStore>,
        pub limits: Arc<dyn RateLimitStore>,
        pub outbox: Arc<dyn Outbox>,
        pub enrol: EnrolPorts = EnrolPorts::new,
        pub deletion: DeletionPorts = DeletionPorts::new,
        pub duplicates: DuplicatePorts = DuplicatePorts::new,
        pub bulk_messages: BulkMessagePorts = BulkMessagePorts::new,
        pub options: OptionPorts = OptionPorts::new,
        pub public_url: Arc<str>,
        pub recordings: RecordingPorts = RecordingPorts::new,
        pub rules: RulePorts = RulePorts::new,
        pub slack: SlackPorts = SlackPorts::new,
        pub tasks: Arc<dyn TaskStore>,
        pub tracking_domain: DomainPorts = DomainPorts::new,
        pub web_push: WebPushPorts = WebPushPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: CampaignJob, delivery: Delivery) -> Outcome {
    let done = match message {
        CampaignJob::Enrol { workspace, campaign, job, cursor, outcomes } => {
            enrol_page::enrol_page(&app, (workspace, campaign), job, cursor, outcomes).await
        }
        CampaignJob::Schedule { workspace, campaign, cursor, second, resumed } => {
            schedule_page::schedule_page(&app, workspace, campaign, (cursor, second, resumed)).await
        }
        CampaignJob::TakeIn { workspace, campaign } => {
            let stores = (&*app.auto_enrols, &*app.campaigns);
            run_auto_enrol(&app.enrol, stores, &*app.outbox, (&workspace, &campaign)).await
        }
        CampaignJob::Simulate { workspace, campaign, simulation } => {
            simulate(&app, &workspace, &campaign, &simulation).await
        }
        CampaignJob::WriteLines { workspace, campaign, cursor } => {
            let stores = (&*app.campaigns, &*app.enrol.enrolments);
            write_lines_page(stores, &*app.outbox, (&workspace, &campaign), cursor).await
        }
        CampaignJob::Resume { until, .. } if until > app.enrol.clock.now() => {
            return too_early(until, app.enrol.clock.now(), "the pause is not over yet");
        }
        CampaignJob::Resume { workspace, what, until } => {
            end_pause(&app.enrol, &*app.campaigns, &*app.outbox, (&workspace, &what), until).await
        }
        CampaignJob::Erase { workspace, lead } => erase_if_due(&app.deletion, &workspace, &lead).await,
        CampaignJob::FindDuplicates { workspace, started_at } => {
            find_duplicates(&app.duplicates, &workspace, started_at).await
        }
        CampaignJob::FollowUp { at, .. }
        | CampaignJob::RemindTask { at, .. }
        | CampaignJob::JudgeRule { at, .. }
        | CampaignJob::PriceCall { at, .. }
            if at > app.enrol.clock.now() =>
        {
            return too_early(at, app.enrol.clock.now(), "it is not due yet");
        }
        CampaignJob::FollowUp { workspace, lead, at } => {
            let stores = (&*app.enrol.leads, &*app.tasks, &*app.enrol.notifications);
            make_follow_up(stores, (&workspace, &lead), at).await
        }
        CampaignJob::RemindTask { workspace, task, at } => {
            remind((&*app.tasks, &*app.enrol.notifications), (&workspace, &task), at).await
        }
        CampaignJob::CarryOutRules { workspace, lead, happened, at } => {
            carry_out_rules_for(&app.rules, (&workspace, &lead), happened, at).await
        }
        CampaignJob::JudgeRule { workspace, lead, rule, since, at } => {
            judge_timed_rule(&app.rules, (&workspace, &lead), rule, (since, at)).await
        }
        CampaignJob::DeleteRecording { workspace, account, provider_id } => {
            delete_at_provider(&app.recordings, (&workspace, &account), &provider_id).await
        }
        CampaignJob::PriceCall { workspace, call, .. } => {
            price_call(&app.call_costs, (&workspace, &call)).await
        }
        CampaignJob::HoldCompany { workspace, lead, cursor } => {
            hold_page(&app.enrol, &*app.outbox, (&workspace, &lead), cursor).await
        }
        CampaignJob::JudgeVisits { workspace, cursor } => {
            judge_page(&app.enrol, &*app.outbox, &workspace, cursor).await
        }
        CampaignJob::RenameOptions { workspace, field, cursor, looked_at, changed } => {
            let progress = RenameProgress { cursor, looked_at, changed };
            rename_page(&app.options, &workspace, &field, progress).await
        }
        CampaignJob::ApplyOptOuts { workspace, field, target, by, at, cursor } => {
            apply_page(&app.earlier_opt_outs, (&workspace, &field), (target, &by, at), cursor).await
        }
        CampaignJob::TellSlack { workspace, told } => match tell_slack(&app.slack, &workspace, &told).await {
            Ok(SlackTold::Done) => Ok(()),
            Ok(SlackTold::Later(after)) => return later(after, "Slack takes no more texts for now"),
            Ok(SlackTold::Down) => return Outcome::back_off(&delivery, "Slack does not answer".to_owned()),
            Err(error) => Err(error),
        },
        CampaignJob::PushNotifications { workspace, user, told, tries } => {
            carry_out_pushes(&app.web_push, &*app.outbox, (workspace, user), (told, tries)).await
        }
        CampaignJob::CheckTrackingDomain { workspace } => {
            check_tracking_domain(&app.tracking_domain, &workspace, Actor::System).await.map(drop)
        }
        CampaignJob::ReleaseLead { workspace, lead } => {
            release_lead(&app.enrol, &*app.campaigns, (&workspace, &lead)).await
        }
        CampaignJob::Release { workspace, campaign, reason, at, cursor } => {
            let release = Release { workspace, campaign, reason, at };
            release_page(&app.enrol, &*app.campaigns, &*app.outbox, release, cursor).await
        }
        CampaignJob::Write { workspace, bulk_message, cursor, counts } => {
            write_page(&app.bulk_messages, (&workspace, &bulk_message), cursor, counts).await
        }
        CampaignJob::RollOut { workspace, sequence, rollout, sweep } => {
            let which = (&workspace, &sequence, &rollout);
            roll_out_page(&app.enrol, &*app.campaigns, &*app.outbox, which, sweep).await
        }
    };
    match done {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::of_store_error(&error, &delivery, "the campaign or its job is gone"),
    }
}

/// Brings a job up again when the other side takes it.
fn later(after: SignedDuration, why: &str) -> Outcome {
    let after_seconds = u32::try_from(after.as_secs().clamp(1, 43_200)).unwrap_or(1);
    Outcome::Retry { after_seconds, why: why.to_owned() }
}

/// Brings a job up again at its time.
fn too_early(at: Timestamp, now: Timestamp, why: &str) -> Outcome {
    let early = at.duration_since(now).as_secs().clamp(0, 899) + 1;
    Outcome::Retry { after_seconds: u32::try_from(early).unwrap_or(1), why: why.to_owned() }
}

async fn simulate(
    app: &App,
    workspace: &WorkspaceId,
    campaign: &CampaignId,
    simulation: &str,
) -> StoreResult<()> {
    let campaign = app.campaigns.get(workspace, campaign).await?;
    let ports = SimulationPorts {
        enrol: &app.enrol,
        blobs: &*app.blobs,
        limits: &*app.limits,
        public_url: &app.public_url,
    };
    make_simulation(ports, campaign, simulation).await
}

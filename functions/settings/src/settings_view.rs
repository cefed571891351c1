//! A workspace's settings as the API shows them.

use domain::WorkspaceId;
use domain::capacity::contact_caps::Caps;
use domain::contact::country::Country;
use domain::enrolment::late_rule::WhenLate;
use domain::enrolment::pause::PAUSE_TAKES;
use domain::lead::consent::policy::ConsentStrictness;
use domain::lead::suppression::Endings;
use domain::message::price::Prices;
use domain::money::Currency;
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::workspace::call_rules::CallRules;
use domain::workspace::lead_access::LeadAccess;
use domain::workspace::recording::RecordingRules;
use domain::workspace::tracking::Tracking;
use domain::workspace::{Company, Sending, WhenUncertain, Workspace};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SettingsView {
    pub id: WorkspaceId,
    pub name: String,
    pub company: Company,
    /// The country of phone numbers without a country code.
    pub default_country: Country,
    pub default_zone: ZoneName,
    pub currency: Currency,
    /// If off, no opening lines are written, and texts use their default text.
    pub ai_enabled: bool,
    /// If on, answers that the rules are not sure of are read by the model's account.
    pub ai_reads_answers: bool,
    /// If on, the model's account drafts an answer when a lead has written, which a user approves or refuses.
    pub ai_drafts_answers: bool,
    pub enrichment_enabled: bool,
    /// What is tracked in mails and on preview pages.
    pub tracking: TrackingView,
    pub house_voice: String,
    pub sending: SendingView,
    /// The handling of a message whose delivery stays uncertain.
    pub when_uncertain: WhenUncertain,
    /// The handling of messages that a pause or an outage delays by more than 48 h, unless their campaign has
    /// its own setting.
    pub when_late: WhenLate,
    /// The enrolments that end after a hard bounce or an opt-out by text.
    pub endings: Endings,
    /// What is asked of a lead's consent before a campaign or a bulk message; never less than the law asks for.
    pub consent: ConsentStrictness,
    /// The number of days for which the colleagues of a lead who has replied are held; 5 in a new workspace,
    /// 0: not at all.
    pub company_hold_days: u8,
    /// Days on which nothing goes out, besides public holidays in the lead's country; in order of date.
    pub days_off: Vec<DayOff>,
    /// The leads that users see, and the teams.
    pub lead_access: LeadAccess,
    /// The countries in which the app rings phones, besides the workspace's own.
    pub calls: CallRules,
    /// Whether calls are recorded, with a notice to the lead; and for how long recordings are kept.
    pub recording: RecordingRules,
    /// Whether a member without a second factor has to set one up before anything else.
    pub two_steps_required: bool,
    /// How often a lead is contacted, over all campaigns.
    pub caps: Caps,
    /// Prices of messages, as far as they were set.
    pub prices: Prices,
    pub rev: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TrackingView {
    /// If off, mails have no pixel.
    pub opens: bool,
    /// If off, links in mails lead straight to their target.
    pub clicks: bool,
    /// Leads in these countries are not tracked at all.
    pub countries_off: Vec<Country>,
    /// The networks of the own team, such as `192.0.2.0/24`: visits from there do not count.
    pub own_networks: Vec<String>,
}

impl TrackingView {
    fn of(tracking: Tracking) -> Self {
        let Tracking { opens, clicks, countries_off, own_networks, domain: _ } = tracking;
        let own_networks = own_networks.iter().map(ToString::to_string).collect();
        Self { opens, clicks, countries_off, own_networks }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SendingView {
    pub state: SendingWord,
    pub since: Option<Timestamp>,
    /// When a stopped workspace resumes automatically.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendingWord {
    Running,
    /// A message that was already claimed may still go out.
    Stopping,
    Stopped,
}

impl SendingView {
    pub fn of(sending: Sending, now: Timestamp) -> Self {
        match sending {
            Sending::Running => Self { state: SendingWord::Running, since: None, until: None },
            Sending::Stopped { since, until } => {
                let over = now.duration_since(since) >= PAUSE_TAKES;
                let state = if over { SendingWord::Stopped } else { SendingWord::Stopping };
                Self { state, since: Some(since), until }
            }
        }
    }
}

impl SettingsView {
    pub fn of(workspace: Workspace, now: Timestamp) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name,
            company: workspace.company,
            default_country: workspace.default_country,
            default_zone: workspace.default_zone,
            currency: workspace.currency,
            ai_enabled: workspace.ai_enabled,
            ai_reads_answers: workspace.ai_reads_answers,
            ai_drafts_answers: workspace.ai_drafts_answers,
            enrichment_enabled: workspace.enrichment_enabled,
            tracking: TrackingView::of(workspace.tracking),
            house_voice: workspace.house_voice,
            sending: SendingView::of(workspace.sending, now),
            when_uncertain: workspace.when_uncertain,
            when_late: workspace.when_late,
            endings: workspace.endings,
            consent: workspace.consent,
            company_hold_days: workspace.company_hold_days,
            days_off: workspace.days_off,
            lead_access: workspace.lead_access,
            calls: workspace.calls,
            recording: workspace.recording,
            two_steps_required: workspace.two_steps_required,
            caps: workspace.caps,
            prices: workspace.prices,
            rev: workspace.rev,
        }
    }
}

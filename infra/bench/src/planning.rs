//! The speed of the planner, and of a simulation of ten thousand leads with the text of each message: nothing
//! is read or written.

use crate::report::{Bound, CpuClock, Report};
use domain::campaign::calendar::{Calendar, OpenMailbox};
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::capacity::domain_load::RecipientDomains;
use domain::capacity::mailbox_rotation::MailboxCandidate;
use domain::capacity::quota::{Quota, SendingLimits};
use domain::contact::channel::Channel;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::forecast::campaign_simulation::{SharedCapacity, simulate};
use domain::forecast::{Forecast, Route};
use domain::lead::Lead;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use domain::planning::behaviour::Behaviour;
use domain::planning::planner::{PlanInput, plan};
use domain::sequence::compiled_texts::Texts;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::step_kind::StepKind;
use domain::sequence::{SequenceVersion, Step};
use domain::time::delay::{Delay, DelayUnit};
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::SendingWindow;
use domain::workspace::{Company, Sending};
use domain::{AccountId, CampaignId, LeadId, SequenceId, StepId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

const PEOPLE: usize = 10_000;
const MAILS: usize = 5;
const ROUNDS: usize = 20;

struct World {
    version: SequenceVersion,
    campaign: Campaign,
    calendar: Calendar,
    leads: Vec<Lead>,
    now: Timestamp,
}

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let world = world_of(1)?;
    let enrolments: Vec<Enrolment> = world.leads.iter().map(|lead| world.enrolment(lead)).collect();
    let (mut cpu, mut checks) = (CpuClock::default(), 0);
    for round in 0..ROUNDS {
        let now = world.now + SignedDuration::from_mins(i64::try_from(round)? * 73);
        cpu.measure(|| {
            for (lead, enrolment) in world.leads.iter().zip(&enrolments) {
                checks += plan(&PlanInput {
                    enrolment,
                    version: &world.version,
                    lead,
                    campaign: &world.campaign,
                    calendar: &world.calendar,
                    sending: &Sending::Running,
                    suppressions: &[],
                    seen: &Behaviour::default(),
                    now,
                })
                .checks
                .len();
            }
        });
    }
    let decisions = (PEOPLE * ROUNDS) as f64;
    report.figure("checks a decision", checks as f64 / decisions);
    report.bounded("decisions per CPU-second", decisions / cpu.seconds(), Bound::AtLeast(200_000.0));

    let company = Company { name: "Northquay".to_owned(), ..Company::default() };
    for (what, mailboxes, per_day) in
        [("one mailbox of 2,000 a day", 1, 2_000), ("one of 40,000", 1, 40_000), ("five of 400", 5, 400)]
    {
        let world = world_of(mailboxes)?;
        let mut cpu = CpuClock::default();
        let capacity = world.capacity(per_day);
        let paths = cpu.measure(|| {
            let texts =
                Texts::of(&world.version, Box::new(|lead, _| MergeContext::from_lead(lead, &company)));
            simulate(world.lead_forecasts(&texts), capacity)
        });
        let steps: usize = paths.iter().map(|path| path.steps.len()).sum();
        anyhow::ensure!(steps == PEOPLE * MAILS, "{steps} steps");
        let name = format!("{PEOPLE} people, {MAILS} mails each, {what}: CPU seconds");
        report.bounded(name, cpu.seconds(), Bound::AtMost(2.0));
    }
    Ok(())
}

fn world_of(mailboxes: usize) -> anyhow::Result<World> {
    let now: Timestamp = "2027-01-04T07:00:00Z".parse()?;
    let workspace = WorkspaceId::derived(now, &["w"]);
    let mail = |n: usize| {
        Step {
        id: StepId::derived(now, &[&n.to_string()]),
        delay: Delay { amount: if n == 0 { 0 } else { 3 }, unit: DelayUnit::Days },
        not_before: None,
        not_after: None,
        kind: StepKind::Email {
            subject: "{{ company | default('Your house') }}, two minutes?".to_owned(),
            body: "Hello {{ email }},\n\n{% if city %}in {{ city }}{% else %}where you are{% endif %} guests look for \
                   a table on a phone. May I show you what yours see?\n\n{{ sender.company }}"
                .to_owned(),
            template: None,
            variants: Vec::new(),
        },
    }
    };
    let version = SequenceVersion {
        sequence: SequenceId::derived(now, &["s"]),
        version: 1,
        steps: (0..MAILS).map(mail).collect(),
        window: SendingWindow::default(),
    };
    let campaign = Campaign {
        id: CampaignId::derived(now, &["c"]),
        workspace: workspace.clone(),
        name: "Spring".to_owned(),
        state: CampaignState::Active,
        state_since: now,
        paused_until: None,
        sequence: version.sequence.clone(),
        sequence_version: 1,
        mailboxes: (0..mailboxes).map(|n| AccountId::derived(now, &[&n.to_string()])).collect(),
        when_mailbox_gone: WhenMailboxGone::Reassign,
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::utc(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: now,
        launched_at: Some(now),
        rev: 1,
    };
    let countries = ["US", "GB", "DE", "AU", "IN", "BR", "JP"].map(Country::parse);
    let agreed = Consent {
        basis: ConsentBasis::WrittenConsent,
        on: now.to_zoned(jiff::tz::TimeZone::UTC).date(),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: None,
    };
    let lead = |n: usize| {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("p{n}@one.example")).ok();
        lead.country = countries[n % countries.len()];
        lead.consents = Consents::on(Channel::ALL, &agreed);
        lead
    };
    let open = |id: &AccountId| (id.clone(), OpenMailbox { name: "Mailbox".to_owned(), hours: None });
    let mailboxes = campaign.mailboxes.iter().map(open).collect();
    Ok(World {
        version,
        campaign,
        calendar: Calendar { mailboxes, ..Calendar::default() },
        leads: (0..PEOPLE).map(lead).collect(),
        now,
    })
}

impl World {
    fn enrolment(&self, lead: &Lead) -> Enrolment {
        let key = EnrolmentKey {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            campaign: self.campaign.id.clone(),
        };
        Enrolment::begin(key, &self.version, EnrolmentState::Scheduled, None, self.now)
    }

    fn lead_forecasts<'a>(&'a self, texts: &'a Texts<'a>) -> Vec<Forecast<'a>> {
        let Self { version, campaign, calendar, .. } = self;
        let route = Route { version, campaign, calendar, texts: Some(texts), onward: None };
        let mut forecasts = Vec::with_capacity(PEOPLE);
        for lead in &self.leads {
            let forecast = Forecast::of(route, lead, &[], self.enrolment(lead), self.now);
            forecasts.push(forecast.without_a_place(true));
        }
        forecasts
    }

    fn capacity(&self, per_day: u32) -> SharedCapacity {
        let limits = SendingLimits {
            per_day,
            gap_seconds: 0,
            jitter_seconds: 0,
            ..SendingLimits::of_a_mailbox(ZoneName::utc())
        };
        let mailboxes = self.campaign.mailboxes.iter().map(|mailbox| {
            let quota = Quota::unused(self.campaign.workspace.clone(), mailbox.clone());
            let quota = Some((limits.clone(), quota));
            MailboxCandidate { mailbox: mailbox.clone(), hours: None, works: true, quota }
        });
        // All leads are at one domain, whose cap does not limit them.
        let domains = Some(RecipientDomains::new(100_000));
        SharedCapacity { mailboxes: mailboxes.collect(), domains, ..SharedCapacity::default() }
    }
}

//! Objects that many tests need: a lead, an account for texts, a sequence, a campaign, an enrolment.

use crate::stage::Stage;
use application::Clock;
use application::Ports;
use application::ports::accounts::SecretFields;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use domain::sequence::step_kind::StepKind;
use domain::sequence::{Sequence, Step};
use domain::time::delay::{Delay, DelayUnit};
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::SendingWindow;
use domain::workspace::account::{Account, AccountSettings, ImapServer, SmtpSecurity};
use domain::{AccountId, CampaignId, LeadId, SequenceId, StepId, WorkspaceId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Stage {
    fn event(&self) -> Event {
        Event::system(EventKind::LeadChanged, self.clock.now())
    }

    /// Creates a lead with the address `{name}@one.example` and written consent on every channel, unless `change` says
    /// otherwise.
    pub async fn lead(&self, workspace: &WorkspaceId, name: &str, change: impl FnOnce(&mut Lead)) -> Lead {
        let now = self.clock.now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("{name}@one.example")).ok();
        lead.consents = Consents::on(Channel::ALL, &written_consent(now));
        change(&mut lead);
        self.ports.leads().create(&lead, &self.event()).await.expect("a fresh stage takes a lead");
        self.ports.leads().get(workspace, &lead.id).await.expect("it was just created")
    }

    pub async fn account(
        &self,
        workspace: &WorkspaceId,
        settings: AccountSettings,
        secret: SecretFields,
    ) -> AccountId {
        let now = self.clock.now();
        // The id is derived from the stored form, since `Debug` hides addresses.
        let told = serde_json::to_string(&settings).expect("settings are stored as JSON");
        let id = AccountId::derived(now, &[&told]);
        let account = Account {
            id: id.clone(),
            workspace: workspace.clone(),
            name: "An account".to_owned(),
            sealed_secret: self.ports.vault().seal(workspace, &id, &secret),
            settings,
            hours: None,
            limits: None,
            enabled: true,
            pause: None,
            works_since: Some(now),
            last_error: None,
            created_at: now,
            rev: 0,
        };
        self.ports.accounts().save(&account, &self.event()).await.expect("a fresh stage takes it");
        id
    }

    /// Adds an account that sends texts from +1 500 555 0006.
    pub async fn text_account(&self, workspace: &WorkspaceId) -> AccountId {
        let settings = AccountSettings::Twilio {
            base_url: "https://api.twilio.example".to_owned(),
            account_sid: format!("AC{}", "0".repeat(32)),
            from_number: PhoneNumber::try_from("+15005550006".to_owned()).expect("a magic number"),
            places_calls: false,
        };
        self.account(workspace, settings, SecretFields::one("auth_token", "token")).await
    }

    /// Adds a WhatsApp account with the same number.
    pub async fn whatsapp_account(&self, workspace: &WorkspaceId) -> AccountId {
        let settings = AccountSettings::Whatsapp {
            base_url: "https://graph.example/v23.0".to_owned(),
            phone_number_id: "106540352242922".to_owned(),
            from_number: PhoneNumber::try_from("+15005550006".to_owned()).expect("a magic number"),
        };
        self.account(workspace, settings, SecretFields::one("access_token", "token")).await
    }

    /// Adds an account for inbound mail at replies@northquay.example.
    pub async fn inbound_mail(&self, workspace: &WorkspaceId) -> AccountId {
        let replies = EmailAddress::parse("replies@northquay.example").expect("an address");
        let settings = AccountSettings::InboundEmail {
            addresses: vec![replies],
            via: Default::default(),
            topic_arn: None,
            public_keys: Vec::new(),
        };
        self.account(workspace, settings, SecretFields::one("signing_secret", "whsec_x")).await
    }

    /// Adds a mailbox that sends e-mail as Maya.
    pub async fn mailbox(&self, workspace: &WorkspaceId) -> AccountId {
        self.mailbox_with(workspace, None, SecretFields::default()).await
    }

    /// Adds the same mailbox, whose sent mail can be looked up.
    pub async fn mailbox_with_imap(&self, workspace: &WorkspaceId) -> AccountId {
        let imap = ImapServer {
            host: "imap.northquay.example".to_owned(),
            port: 993,
            security: SmtpSecurity::Tls,
            username: Some("maya".to_owned()),
            folder: None,
        };
        self.mailbox_with(workspace, Some(imap), SecretFields::one("imap_password", "hunter2")).await
    }

    async fn mailbox_with(
        &self,
        workspace: &WorkspaceId,
        imap: Option<ImapServer>,
        secret: SecretFields,
    ) -> AccountId {
        let settings = AccountSettings::Smtp {
            host: "localhost".to_owned(),
            port: 2525,
            security: SmtpSecurity::None,
            username: String::new(),
            from_address: EmailAddress::parse("maya@northquay.example").expect("an address"),
            from_name: "Maya".to_owned(),
            reply_to: None,
            imap,
        };
        self.account(workspace, settings, secret).await
    }

    /// Publishes a version with these steps.
    pub async fn steps(&self, sequence: &Sequence, steps: Vec<Step>) -> Sequence {
        let mut changed = Sequence { steps, version: sequence.version + 1, ..sequence.clone() };
        changed.rev = self.ports.sequences().get(&sequence.workspace, &sequence.id).await.expect("known").rev;
        self.ports.sequences().save(&changed, &self.event()).await.expect("nobody else writes it");
        changed
    }

    /// Creates a sequence of one channel, with steps a day apart that greet by first name.
    pub async fn sequence(&self, workspace: &WorkspaceId, channel: Channel, steps: &[&str]) -> Sequence {
        let now = self.clock.now();
        let step = |(number, name): (usize, &&str)| Step {
            id: StepId::derived(now, &[name]),
            delay: Delay { amount: u32::try_from(number).expect("a few steps"), unit: DelayUnit::Days },
            not_before: None,
            not_after: None,
            kind: text(channel, name),
        };
        let sequence = Sequence {
            id: SequenceId::derived(now, &["sequence"]),
            workspace: workspace.clone(),
            name: "A sequence".to_owned(),
            version: 1,
            steps: steps.iter().enumerate().map(step).collect(),
            window: SendingWindow::default(),
            archived: false,
            created_at: now,
            updated_at: now,
            rev: 0,
        };
        self.ports.sequences().save(&sequence, &self.event()).await.expect("a fresh stage takes a sequence");
        sequence
    }

    pub async fn campaign(
        &self,
        name: &str,
        sequence: &Sequence,
        state: CampaignState,
        change: impl FnOnce(&mut Campaign),
    ) -> Campaign {
        let now = self.clock.now();
        let mut campaign = Campaign {
            id: CampaignId::derived(now, &[name]),
            workspace: sequence.workspace.clone(),
            name: name.to_owned(),
            state,
            state_since: now,
            paused_until: None,
            sequence: sequence.id.clone(),
            sequence_version: sequence.version,
            mailboxes: Vec::new(),
            when_mailbox_gone: Default::default(),
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
            launched_at: (state == CampaignState::Active).then_some(now),
            rev: 0,
        };
        change(&mut campaign);
        self.ports.campaigns().save(&campaign, &self.event()).await.expect("a fresh stage takes a campaign");
        campaign
    }

    /// Enrols the lead; the first step is due now.
    pub async fn enrolment(&self, campaign: &Campaign, sequence: &Sequence, lead: &LeadId) -> Enrolment {
        let workspace = campaign.workspace.clone();
        let lead = self.ports.leads().get(&workspace, lead).await.expect("the lead is there");
        let key = EnrolmentKey { workspace, lead: lead.id.clone(), campaign: campaign.id.clone() };
        let now = self.clock.now();
        let mut enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
        enrolment.plan_for(now);
        self.ports
            .enrolments()
            .enrol(&lead, &enrolment, &self.event())
            .await
            .expect("nobody is enrolled yet");
        self.ports.enrolments().get(enrolment.key()).await.expect("it was just written")
    }
}

/// A consent that suffices everywhere.
pub fn written_consent(at: Timestamp) -> Consent {
    Consent {
        basis: ConsentBasis::WrittenConsent,
        on: at.to_zoned(TimeZone::UTC).date(),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: None,
    }
}

fn text(channel: Channel, name: &str) -> StepKind {
    let body = format!("Hello {{{{ first_name }}}}, this is the {name}.");
    match channel {
        Channel::Email => {
            StepKind::Email { subject: name.to_owned(), body, template: None, variants: Vec::new() }
        }
        Channel::Sms => StepKind::Sms { body, template: None, variants: Vec::new() },
        Channel::Whatsapp => StepKind::Whatsapp {
            template_name: "greeting".to_owned(),
            language: "en".to_owned(),
            body,
            free_text: String::new(),
            variants: Vec::new(),
        },
    }
}

//! Sign-up: opens a workspace with its owner, its defaults, and texts to start with.

use crate::identity::passwords::hash_password;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::sequences::SequenceStore;
use crate::ports::sign_up_rule::SignUpRule;
use crate::ports::store::StoreResult;
use crate::ports::templates::TemplateStore;
use crate::ports::users::UserStore;
use crate::workspace::starter_pack;
use domain::capacity::contact_caps::Caps;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::money::Currency;
use domain::time::country_zone::main_zone;
use domain::time::time_zone::ZoneName;
use domain::workspace::identity::Identity;
use domain::workspace::login::{AddressProof, Login};
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::tracking::Tracking;
use domain::workspace::user::{Role, User};
use domain::workspace::{Company, Sending, Workspace};
use domain::{LoginId, SequenceId, TemplateId, UserId, WorkspaceId};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct SignUpPorts {
        pub users: Arc<dyn UserStore>,
        pub templates: Arc<dyn TemplateStore>,
        pub sequences: Arc<dyn SequenceStore>,
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
    }
}

/// What the new owner signs in by.
#[derive(Clone)]
pub enum SignUpBy {
    Password(String),
    Account(Identity),
}

#[derive(Clone)]
pub struct SignUp {
    pub email: EmailAddress,
    pub by: SignUpBy,
    pub name: String,
    pub workspace_name: String,
    pub country: Option<Country>,
    pub zone: Option<ZoneName>,
    pub currency: Option<Currency>,
}

/// Creates the workspace and its owner. `Conflict` when the address has a login, when the account
/// at a provider is connected to one, or when the rule admits only the
/// first workspace. The starter texts are written afterwards; the workspace stands without them, too.
pub async fn sign_up(
    ports: &SignUpPorts,
    rule: SignUpRule,
    new: SignUp,
) -> StoreResult<(Workspace, Login, User)> {
    let now = ports.clock.now();
    let country = new.country.unwrap_or_else(|| Country::parse("US").expect("US is a country"));
    let zone = new.zone.or_else(|| main_zone(country)).unwrap_or_else(ZoneName::utc);
    let company =
        Company { name: new.workspace_name.clone(), sender_name: new.name.clone(), ..Company::default() };
    let workspace = Workspace {
        id: WorkspaceId::new(ports.ids.next()),
        name: new.workspace_name,
        company,
        default_country: country,
        default_zone: zone,
        currency: new.currency.unwrap_or_else(|| Currency::usual_in(country)),
        ai_enabled: true,
        ai_reads_answers: false,
        ai_drafts_answers: false,
        enrichment_enabled: true,
        tracking: Tracking::usual_in(country),
        house_voice: String::new(),
        sending: Sending::Running,
        days_off: Vec::new(),
        caps: Caps::default(),
        prices: Default::default(),
        when_uncertain: domain::workspace::WhenUncertain::Hold,
        when_late: domain::enrolment::late_rule::WhenLate::Hold,
        endings: domain::lead::suppression::Endings::default(),
        consent: Default::default(),
        lead_access: Default::default(),
        calls: Default::default(),
        recording: Default::default(),
        two_steps_required: false,
        company_hold_days: domain::lead::company_hold::USUAL_DAYS,
        created_at: now,
        rev: 0,
    };
    let owner = User {
        id: UserId::new(ports.ids.next()),
        workspace: workspace.id.clone(),
        login: LoginId::new(ports.ids.next()),
        email: new.email,
        name: new.name,
        role: Role::Owner,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    };
    let mut login = match new.by {
        SignUpBy::Password(password) => Login::of(&owner, hash_password(&password, &*ports.ids)),
        SignUpBy::Account(identity) => Login::with_account(&owner, identity),
    };
    if rule == SignUpRule::First {
        login.address = AddressProof::Proven;
    }
    match rule {
        SignUpRule::First => ports.users.sign_up_first(&workspace, (&login, &owner)).await?,
        SignUpRule::Open => ports.users.sign_up(&workspace, (&login, &owner)).await?,
    }
    if let Err(error) = add_starter_pack(ports, &workspace, &owner).await {
        tracing::warn!(workspace.id = %workspace.id, error = %error, "a new workspace has no starter texts");
    }
    Ok((workspace, Login { rev: 1, ..login }, owner))
}

async fn add_starter_pack(ports: &SignUpPorts, workspace: &Workspace, owner: &User) -> StoreResult<()> {
    let now = ports.clock.now();
    let event = |kind| Event::new(kind, Actor::User(owner.id.clone()), now);
    let mut ids = Vec::new();
    for text in starter_pack::TEMPLATES {
        let id = TemplateId::new(ports.ids.next());
        ports
            .templates
            .save(&text.template(id.clone(), &workspace.id, now), &event(EventKind::TemplateCreated))
            .await?;
        ids.push(id);
    }
    let id = SequenceId::new(ports.ids.next());
    let sequence = starter_pack::sequence(id, &workspace.id, &ids, now);
    ports.sequences.save(&sequence, &event(EventKind::SequenceCreated)).await?;
    Ok(())
}

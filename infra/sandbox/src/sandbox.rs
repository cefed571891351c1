//! The sandbox itself: one shared state behind the fakes, the people and the page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_trait::async_trait;
use axum::Router;
use axum::middleware::from_fn_with_state;
use jiff::{SignedDuration, Timestamp};

use crate::config::{SandboxConfig, Secrets, WebhookUrls};
use crate::doors::{Doors, Provider, Refusal};
use crate::identity_provider::{self, IdentityProviders};
use crate::mail;
use crate::mail_apis::{self, MailApis};
use crate::observed::{Observed, ObservedEmail, ObservedSms};
use crate::people::{self, Persona, PhonePersona};
use crate::seed::Seed;
use crate::world::{OpenWorld, Snapshot, World};
use crate::{
    data, fakes, hunter, mail_webhooks, model, page, places, public_dns, resend, stripe, twilio, whatsapp,
};

/// The connection of people and webhooks to the app, in process or over loopback.
#[async_trait]
pub trait AppClient: Send + Sync {
    /// MUST answer 502 to 504 when the app cannot be reached. URIs are absolute and start with the app's URL.
    async fn call(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>>;
}

/// The handle on a sandbox; clones share one sandbox.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    config: SandboxConfig,
    world: Mutex<World>,
    changes: AtomicU64,
    doors: Mutex<Doors>,
    mail_apis: Mutex<MailApis>,
    identity_providers: Mutex<IdentityProviders>,
    app: OnceLock<Arc<dyn AppClient>>,
}

impl Sandbox {
    pub fn new(config: SandboxConfig) -> Self {
        let inner = Inner {
            config,
            world: Mutex::default(),
            changes: AtomicU64::default(),
            doors: Mutex::default(),
            mail_apis: Mutex::default(),
            identity_providers: Mutex::default(),
            app: OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn config(&self) -> &SandboxConfig {
        &self.inner.config
    }

    /// The routes of every fake under its prefix (`/twilio`, `/whatsapp`, `/serpapi`, `/hunter`, those of `data`, `/openai`, `/anthropic`, `/azure`,
    /// `/resend`, `/stripe`, `/google`, `/microsoft`, `/identity`, those of `fakes`), those of `public_dns`, the page at `/`, and what SNS
    /// answers at its own host.
    pub fn router(&self) -> Router {
        Router::new()
            .nest("/twilio", twilio::routes())
            .nest("/whatsapp", whatsapp::routes())
            .nest("/serpapi", places::routes())
            .nest("/hunter", hunter::routes())
            .nest("/apollo", data::apollo::routes())
            .nest("/people_data_labs", data::people_data_labs::routes())
            .nest("/zerobounce", data::zerobounce::routes())
            .nest("/serper", data::serper::routes())
            .nest("/apify", data::apify::routes())
            .nest("/openai", model::routes())
            .nest("/anthropic", model::anthropic::routes())
            .nest("/azure", model::azure::routes())
            .nest("/resend", resend::routes())
            .nest("/stripe", stripe::routes())
            .merge(mail_apis::routes())
            .merge(identity_provider::routes())
            .merge(fakes::routes())
            .merge(public_dns::routes())
            .merge(mail_webhooks::routes())
            .merge(page::routes())
            .layer(from_fn_with_state(self.clone(), mail_webhooks::answer_at_its_host))
            .with_state(self.clone())
    }

    /// Lets providers call the app while a request of the app waits, as Graph does before it subscribes an address. Until
    /// then such calls reach nobody. Later calls of this change nothing.
    pub fn reach_app(&self, app: Arc<dyn AppClient>) {
        self.inner.app.get_or_init(|| app);
    }

    pub(crate) fn app(&self) -> Option<&dyn AppClient> {
        self.inner.app.get().map(|app| &**app)
    }

    /// Makes every request to a provider end in 503 (SMTP: 421) from now on, or no longer.
    pub fn set_outage(&self, provider: Provider, on: bool) {
        self.doors().set_outage(provider, on);
    }

    /// The number of requests during the provider's outages.
    pub fn turned_away(&self, provider: Provider) -> u64 {
        self.doors().turned_away(provider)
    }

    /// Makes the provider answer in its own way that the account is exhausted.
    pub fn set_out_of_credit(&self, provider: Provider, on: bool) {
        self.doors().set_out_of_credit(provider, on);
    }

    /// Sets the credits that are left at a provider of data: when they are spent, it answers that the account is exhausted.
    pub fn set_credits(&self, provider: Provider, credits: u64) {
        self.doors().set_credits(provider, credits);
    }

    /// The credits that calls have cost so far, whether or not their answers arrived.
    pub fn credits_spent(&self, provider: Provider) -> u64 {
        self.doors().credits_spent(provider)
    }

    /// Carries out the next `count` requests without their answers arriving: a broken connection over SMTP, a
    /// 504 over HTTP.
    pub fn lose_answers(&self, provider: Provider, count: u32) {
        self.doors().lose_answers(provider, count);
    }

    /// When the next action is due: of a person, a status callback, a webhook's retry.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.world().agenda.next_due()
    }

    /// The number of waiting actions.
    pub fn waiting(&self) -> usize {
        self.world().agenda.len()
    }

    /// Carries out all actions that are due at `now`, in order; returns their number.
    pub async fn run_due(&self, now: Timestamp, app: &dyn AppClient) -> usize {
        let mut done = 0;
        loop {
            // Only a look where nothing is due, which counts as no change.
            let is_due = self.next_due().is_some_and(|at| at <= now);
            let next = if is_due { self.world().agenda.take_due(now) } else { None };
            let Some((at, action)) = next else { return done };
            people::act(self, at, action, app).await;
            done += 1;
        }
    }

    /// The messages accepted after the first so many mails and texts.
    pub fn accepted_since(&self, emails: usize, texts: usize) -> (Vec<ObservedEmail>, Vec<ObservedSms>) {
        self.world().accepted_since(emails, texts)
    }

    /// Everything accepted and done so far.
    pub fn observed(&self) -> Observed {
        self.world().observed()
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.world().clone())
    }

    pub fn restore(&self, snapshot: Snapshot) {
        *self.world() = snapshot.0;
    }

    pub fn webhook_urls(&self) -> WebhookUrls {
        self.world().webhooks.clone().unwrap_or_else(|| self.config().webhooks.clone())
    }

    /// Sets the webhook URLs as if in the providers' consoles; they are part of the snapshot.
    pub fn set_webhook_urls(&self, urls: WebhookUrls) {
        self.world().webhooks = Some(urls);
    }

    pub fn secrets(&self) -> Secrets {
        let known = &self.config().credentials;
        self.world().secrets.clone().unwrap_or_else(|| Secrets {
            smtp_password: known.smtp_password.clone(),
            stripe_webhook_secret: known.stripe_webhook_secret.clone(),
        })
    }

    pub fn set_secrets(&self, secrets: Secrets) {
        self.world().secrets = Some(secrets);
    }

    /// The persona who reads mail at this address.
    pub fn persona(&self, address: &str) -> Persona {
        Persona::of(self.seed(), address, self.config().blocking_percent)
    }

    /// Returns what a voice said last to who picked up this phone. None where nobody did, or no voice only said something.
    pub fn heard(&self, number: &str) -> Option<String> {
        let world = self.world();
        world.calls.iter().rev().filter(|call| call.to == number).find_map(|call| call.heard.clone())
    }

    /// The persona who holds the phone with this number.
    pub fn phone_persona(&self, number: &str) -> PhonePersona {
        PhonePersona::of(self.seed(), number, self.config().blocking_percent)
    }

    /// A number that grows whenever the state may have changed, so that it is saved only then.
    pub fn changes(&self) -> u64 {
        self.inner.changes.load(Ordering::Acquire)
    }

    pub(crate) fn world(&self) -> OpenWorld<'_> {
        let world = self.inner.world.lock().unwrap_or_else(PoisonError::into_inner);
        OpenWorld { world, changes: &self.inner.changes }
    }

    pub(crate) fn mail_apis(&self) -> MutexGuard<'_, MailApis> {
        self.inner.mail_apis.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn identity_providers(&self) -> MutexGuard<'_, IdentityProviders> {
        self.inner.identity_providers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn doors(&self) -> MutexGuard<'_, Doors> {
        self.inner.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.config.clock.now()
    }

    pub(crate) fn seed(&self) -> Seed {
        Seed(self.inner.config.seed)
    }

    pub(crate) fn is_out(&self, provider: Provider) -> bool {
        self.doors().is_out(provider)
    }

    pub(crate) fn spend_credits(&self, provider: Provider, credits: u64) {
        self.doors().spend_credits(provider, credits);
    }

    /// Whether the provider is down for a request that came just now, which is counted.
    pub(crate) fn turns_away(&self, provider: Provider) -> bool {
        self.doors().turn_away(provider)
    }

    pub(crate) fn admit(&self, provider: Provider) -> Result<(), Refusal> {
        self.admit_account(provider, "")
    }

    /// Admits a request to a provider that counts by more than its customer.
    pub(crate) fn admit_account(&self, provider: Provider, account: &str) -> Result<(), Refusal> {
        self.doors().admit((provider, account), &self.inner.config.limits, self.now())
    }

    /// How long a text waits until its number sends it; `None`: the number accepts no more.
    pub(crate) fn line_up(&self, number: &str, segments: u32) -> Option<SignedDuration> {
        match self.inner.config.limits.twilio_number {
            Some(queue) => self.doors().line_up(number, segments, queue, self.now()),
            None => Some(SignedDuration::ZERO),
        }
    }

    pub(crate) fn answer_is_lost(&self, provider: Provider) -> bool {
        self.doors().answer_is_lost(provider)
    }

    /// The reason for which mail to this address is refused at RCPT, if it is.
    pub(crate) fn recipient_refusal(&self, address: &str) -> Option<String> {
        let address = address.to_lowercase();
        match self.persona(&address) {
            Persona::NoSuchUser | Persona::VanishedUser => {
                return Some(format!("550 5.1.1 <{address}> the account you tried to reach does not exist"));
            }
            Persona::Blocking => {
                return Some("550 5.7.606 Access denied, banned sending IP [192.0.2.25]".to_owned());
            }
            _ => {}
        }
        let rules = &self.config().smtp;
        let mut roll = self.seed().roll(&["greylist", &address]);
        if !roll.percent(rules.greylist_percent) {
            return None;
        }
        let now = self.now();
        let first = *self.world().greylist.entry(address).or_insert(now);
        let waited: SignedDuration = now.duration_since(first);
        (waited < rules.greylist_for).then(|| "451 4.7.1 greylisted, please try again shortly".to_owned())
    }

    /// Accepts a message that a user of the mail server has submitted, and keeps a copy for the user.
    pub(crate) fn submit_mail(
        &self,
        user: &str,
        (from, to): (&str, &[String]),
        raw: &[u8],
    ) -> Result<String, &'static str> {
        let accepted = self.accept_mail(from, to, raw)?;
        if self.config().imap.keeps_sent {
            self.keep_sent(user, raw, self.now());
        }
        Ok(accepted)
    }

    /// Puts a message into each recipient's mailbox and plans their reactions.
    pub(crate) fn accept_mail(&self, from: &str, to: &[String], raw: &[u8]) -> Result<String, &'static str> {
        let now = self.now();
        let mut world = self.world();
        let serial = world.serial();
        for recipient in to {
            let mail = mail::read(raw, from, recipient, now).map_err(|malformed| malformed.0)?;
            let id = world.keep_mail(mail);
            let has_none = [Persona::Bouncer, Persona::NoSuchUser, Persona::VanishedUser];
            if !has_none.contains(&self.persona(recipient)) {
                let mail = world.mails[id].clone();
                self.plan_delivered(&mut world, &mail);
            }
            people::mail_arrived(self, &mut world, id);
        }
        Ok(self.seed().roll(&["queue id", &serial.to_string()]).hex(12).to_uppercase())
    }
}

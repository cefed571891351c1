//! The configuration of a sandbox: clock, seed, well-known fake credentials, the app's address.

use std::sync::Arc;

use application::Clock;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The keys that the fakes accept. The demo's are plainly fake and open nothing anywhere.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub smtp_user: String,
    pub smtp_password: String,
    pub resend_key: String,
    /// Domains that the Resend account has verified: mail may only be sent from these.
    pub resend_domains: Vec<String>,
    pub twilio_account_sid: String,
    pub twilio_auth_token: String,
    /// Numbers the account owns, E.164.
    pub twilio_numbers: Vec<String>,
    pub twilio_messaging_service_sid: String,
    pub whatsapp_token: String,
    pub whatsapp_numbers: Vec<WhatsappNumber>,
    /// The app's secret, which signs webhooks.
    pub whatsapp_app_secret: String,
    pub whatsapp_templates: Vec<ApprovedTemplate>,
    pub serpapi_key: String,
    pub hunter_key: String,
    pub apollo_key: String,
    pub people_data_labs_key: String,
    pub zerobounce_key: String,
    pub serper_key: String,
    pub apify_token: String,
    pub model_key: String,
    pub models: Vec<String>,
    pub stripe_secret_key: String,
    pub stripe_account: String,
    /// The signing secret, used with its prefix, as Stripe does.
    pub stripe_webhook_secret: String,
    /// The signing secret of Standard Webhooks: `whsec_` and base64.
    pub inbound_email_secret: String,
}

/// A WhatsApp number that the app owns.
#[derive(Debug, Clone)]
pub struct WhatsappNumber {
    pub id: String,
    /// The number in E.164; it differs from those at Twilio.
    pub number: String,
}

/// A template that WhatsApp's reviewers have approved.
#[derive(Debug, Clone)]
pub struct ApprovedTemplate {
    pub name: String,
    pub language: String,
    /// The text, with `{{1}}`, `{{2}}` … in place of its parameters.
    pub body: String,
    pub is_paused: bool,
    /// Whether it goes to numbers only, as authentication templates do.
    pub needs_number: bool,
}

impl ApprovedTemplate {
    fn demo() -> Vec<Self> {
        let approved = |name: &str, body: &str, is_paused| Self {
            name: name.into(),
            language: "en_US".into(),
            body: body.into(),
            is_paused,
            needs_number: false,
        };
        vec![
            approved(
                "introduction",
                "Hi {{1}}, do you take bookings online at {{2}} yet? A short answer is enough.",
                false,
            ),
            approved("nudge", "Hello again! Shall we show you in ten minutes how it works?", false),
            approved("too_pushy", "Last chance, {{1}}! Answer now.", true),
            Self { needs_number: true, ..approved("code", "{{1}} is your verification code.", false) },
        ]
    }
}

impl Credentials {
    pub const SMTP_USER: &str = "outbox@sandbox.leadflow.test";
    pub const SMTP_PASSWORD: &str = "sandbox-smtp-password";
    pub const RESEND_KEY: &str = "re_sandbox_key";
    pub const RESEND_DOMAIN: &str = "sandbox.leadflow.test";
    pub const TWILIO_ACCOUNT_SID: &str = "AC00000000000000000000000000005a4d";
    pub const TWILIO_AUTH_TOKEN: &str = "sandbox-twilio-auth-token";
    pub const TWILIO_NUMBER: &str = "+12025550142";
    pub const TWILIO_MESSAGING_SERVICE_SID: &str = "MG00000000000000000000000000005a4d";
    pub const WHATSAPP_TOKEN: &str = "sandbox-whatsapp-token";
    pub const WHATSAPP_PHONE_NUMBER_ID: &str = "100000000000142";
    pub const WHATSAPP_NUMBER: &str = "+12025550143";
    pub const OTHER_WHATSAPP_PHONE_NUMBER_ID: &str = "100000000000143";
    pub const OTHER_WHATSAPP_NUMBER: &str = "+12025550144";
    pub const WHATSAPP_APP_SECRET: &str = "sandbox-whatsapp-app-secret";
    pub const WHATSAPP_VERIFY_TOKEN: &str = "sandbox-whatsapp-verify-token";
    /// The OAuth clients at Google and Microsoft. Their redirect address is the app's.
    pub const GOOGLE_CLIENT_ID: &str = "sandbox-google-client";
    pub const GOOGLE_CLIENT_SECRET: &str = "sandbox-google-client-secret";
    pub const MICROSOFT_CLIENT_ID: &str = "sandbox-microsoft-client";
    pub const MICROSOFT_CLIENT_SECRET: &str = "sandbox-microsoft-client-secret";
    pub const SERPAPI_KEY: &str = "sandbox-serpapi-key";
    pub const HUNTER_KEY: &str = "sandbox-hunter-key";
    pub const APOLLO_KEY: &str = "sandbox-apollo-key";
    pub const PEOPLE_DATA_LABS_KEY: &str = "sandbox-people-data-labs-key";
    pub const ZEROBOUNCE_KEY: &str = "sandbox-zerobounce-key";
    pub const SERPER_KEY: &str = "sandbox-serper-key";
    pub const APIFY_TOKEN: &str = "sandbox-apify-token";
    pub const MODEL_KEY: &str = "sandbox-model-key";
    pub const MODEL: &str = "sandbox-writer";
    pub const STRIPE_SECRET_KEY: &str = "sk_test_sandbox";
    pub const STRIPE_ACCOUNT: &str = "acct_sandbox";
    pub const STRIPE_WEBHOOK_SECRET: &str = "whsec_sandbox_stripe";
    pub const CAL_COM_SECRET: &str = "cal-com-sandbox-secret";
    pub const INBOUND_EMAIL_SECRET: &str = "whsec_bGVhZGZsb3ctc2FuZGJveC1pbmJvdW5kLXNlY3JldCE=";
    /// The domain of the demo workspace's reply addresses; any address works, since people reply to Reply-To.
    pub const REPLY_DOMAIN: &str = "reply.sandbox.leadflow.test";

    /// Whether this is one of our numbers at WhatsApp.
    pub(crate) fn is_chat(&self, number: &str) -> bool {
        self.whatsapp_numbers.iter().any(|ours| ours.number == number)
    }

    pub fn demo() -> Self {
        Self {
            smtp_user: Self::SMTP_USER.into(),
            smtp_password: Self::SMTP_PASSWORD.into(),
            resend_key: Self::RESEND_KEY.into(),
            resend_domains: vec![Self::RESEND_DOMAIN.into()],
            twilio_account_sid: Self::TWILIO_ACCOUNT_SID.into(),
            twilio_auth_token: Self::TWILIO_AUTH_TOKEN.into(),
            twilio_numbers: vec![Self::TWILIO_NUMBER.into()],
            twilio_messaging_service_sid: Self::TWILIO_MESSAGING_SERVICE_SID.into(),
            whatsapp_token: Self::WHATSAPP_TOKEN.into(),
            whatsapp_numbers: [
                (Self::WHATSAPP_PHONE_NUMBER_ID, Self::WHATSAPP_NUMBER),
                (Self::OTHER_WHATSAPP_PHONE_NUMBER_ID, Self::OTHER_WHATSAPP_NUMBER),
            ]
            .map(|(id, number)| WhatsappNumber { id: id.into(), number: number.into() })
            .into(),
            whatsapp_app_secret: Self::WHATSAPP_APP_SECRET.into(),
            whatsapp_templates: ApprovedTemplate::demo(),
            serpapi_key: Self::SERPAPI_KEY.into(),
            hunter_key: Self::HUNTER_KEY.into(),
            apollo_key: Self::APOLLO_KEY.into(),
            people_data_labs_key: Self::PEOPLE_DATA_LABS_KEY.into(),
            zerobounce_key: Self::ZEROBOUNCE_KEY.into(),
            serper_key: Self::SERPER_KEY.into(),
            apify_token: Self::APIFY_TOKEN.into(),
            model_key: Self::MODEL_KEY.into(),
            models: vec![Self::MODEL.into(), "gpt-4o-mini".into(), "gpt-4.1-mini".into()],
            stripe_secret_key: Self::STRIPE_SECRET_KEY.into(),
            stripe_account: Self::STRIPE_ACCOUNT.into(),
            stripe_webhook_secret: Self::STRIPE_WEBHOOK_SECRET.into(),
            inbound_email_secret: Self::INBOUND_EMAIL_SECRET.into(),
        }
    }
}

/// The URLs to which the fakes deliver their events, as they would be entered in each provider's console.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookUrls {
    /// The URL may end in Twilio's connection overrides (`#rc=5&rp=5xx,ct`), which decide its retries.
    pub twilio: String,
    pub stripe: String,
    pub inbound_email: String,
    #[serde(default)]
    pub whatsapp: String,
}

impl WebhookUrls {
    pub fn of_app(app_url: &str) -> Self {
        let base = app_url.trim_end_matches('/');
        Self {
            twilio: format!("{base}/api/webhooks/twilio#rc=5&rp=5xx,ct,rt"),
            stripe: format!("{base}/api/webhooks/stripe"),
            inbound_email: format!("{base}/api/webhooks/inbound-email"),
            whatsapp: format!("{base}/api/webhooks/whatsapp"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct SmtpRules {
    pub auth_required: bool,
    /// Whether AUTH is allowed without TLS, which is never offered here.
    pub auth_in_clear: bool,
    pub size_limit: usize,
    /// Whether SMTPUTF8 is offered.
    pub utf8: bool,
    /// The share of addresses whose first delivery is deferred with a 451.
    pub greylist_percent: u64,
    /// The delay after which a deferred delivery is accepted.
    pub greylist_for: SignedDuration,
}

impl Default for SmtpRules {
    fn default() -> Self {
        Self {
            auth_required: true,
            auth_in_clear: true,
            size_limit: 35_882_577,
            utf8: true,
            greylist_percent: 3,
            greylist_for: SignedDuration::from_secs(1),
        }
    }
}

/// The behaviour of the mailbox behind the mail server.
#[derive(Debug, Clone)]
pub struct ImapRules {
    /// Whether mail accepted over SMTP is kept in the folder of sent mail.
    pub keeps_sent: bool,
    pub sent_folder: String,
    /// Whether that folder has its special-use mark.
    pub special_use: bool,
    /// Whether AUTHENTICATE PLAIN is accepted; LOGIN always is.
    pub auth_plain: bool,
}

impl Default for ImapRules {
    fn default() -> Self {
        Self { keeps_sent: true, sent_folder: "Sent Mail".into(), special_use: true, auth_plain: true }
    }
}

/// Secrets that a provider's console generates anew at the press of a button; the former ones become invalid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Secrets {
    pub smtp_password: String,
    pub stripe_webhook_secret: String,
}

/// A rate limit: `requests` in any stretch of `per`.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    pub requests: u32,
    pub per: SignedDuration,
}

/// The most that a number sends; it queues the rest.
#[derive(Debug, Clone, Copy)]
pub struct NumberQueue {
    pub segments_per_second: u32,
    /// A text that would wait longer than this is refused.
    pub longest_wait: SignedDuration,
}

/// The limits, by default those of a new account. None: unlimited, or a limit of each host or plan.
#[derive(Debug, Clone)]
pub struct RateLimits {
    pub smtp: Vec<RateLimit>,
    /// Limits of the whole team.
    pub resend: Vec<RateLimit>,
    pub twilio: Vec<RateLimit>,
    pub twilio_number: Option<NumberQueue>,
    /// Limits of each number.
    pub whatsapp: Vec<RateLimit>,
    pub serpapi: Vec<RateLimit>,
    pub hunter: Vec<RateLimit>,
    pub apollo: Vec<RateLimit>,
    pub people_data_labs: Vec<RateLimit>,
    pub zerobounce: Vec<RateLimit>,
    pub serper: Vec<RateLimit>,
    pub apify: Vec<RateLimit>,
    pub model: Vec<RateLimit>,
    pub stripe: Vec<RateLimit>,
}

impl RateLimits {
    /// No limits, for a clock that jumps and so puts weeks of calls into one instant.
    pub fn unlimited() -> Self {
        Self {
            smtp: Vec::new(),
            resend: Vec::new(),
            twilio: Vec::new(),
            twilio_number: None,
            whatsapp: Vec::new(),
            serpapi: Vec::new(),
            hunter: Vec::new(),
            apollo: Vec::new(),
            people_data_labs: Vec::new(),
            zerobounce: Vec::new(),
            serper: Vec::new(),
            apify: Vec::new(),
            model: Vec::new(),
            stripe: Vec::new(),
        }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        let a_second = |requests| vec![RateLimit { requests, per: SignedDuration::from_secs(1) }];
        let queue = NumberQueue { segments_per_second: 1, longest_wait: SignedDuration::from_hours(4) };
        let a_minute = |requests| vec![RateLimit { requests, per: SignedDuration::from_mins(1) }];
        Self {
            resend: a_second(2),
            twilio_number: Some(queue),
            whatsapp: a_second(80),
            // Those of paid plans.
            apollo: a_minute(200),
            people_data_labs: a_minute(1_000),
            apify: a_second(60),
            ..Self::unlimited()
        }
    }
}

/// The speed at which people act.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// The divisor of people's delays.
    pub divisor: u32,
    /// Whether they sleep at night.
    pub nights: bool,
}

impl Pace {
    /// Minutes to hours, during the day: for the demo and for tests.
    pub const LIFELIKE: Self = Self { divisor: 1, nights: true };
    /// Seconds to minutes at any hour, for a person who is watching.
    pub const BRISK: Self = Self { divisor: 120, nights: false };
}

#[derive(Clone)]
pub struct SandboxConfig {
    pub clock: Arc<dyn Clock>,
    pub seed: u64,
    /// The app's public address; people call no other.
    pub app_url: String,
    /// This sandbox's own address, for the links in its answers.
    pub public_url: String,
    pub credentials: Credentials,
    pub webhooks: WebhookUrls,
    pub smtp: SmtpRules,
    pub imap: ImapRules,
    pub limits: RateLimits,
    /// The share of domains that block our mail, and of numbers whose carrier filters our texts.
    pub blocking_percent: u64,
    pub pace: Pace,
    /// If on, the model follows every order that it reads in what it is given.
    pub obedient_model: bool,
    /// Whether webhooks of WhatsApp name a person by an id, too, where they show the number.
    pub chat_ids: bool,
    /// If off, mailboxes fill and nobody reacts, except by hand on the page.
    pub people: bool,
}

impl SandboxConfig {
    pub fn demo(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self {
            clock,
            seed,
            app_url: String::new(),
            public_url: String::new(),
            credentials: Credentials::demo(),
            webhooks: WebhookUrls::of_app(""),
            smtp: SmtpRules::default(),
            imap: ImapRules::default(),
            limits: RateLimits::default(),
            blocking_percent: 1,
            pace: Pace::LIFELIKE,
            obedient_model: false,
            chat_ids: false,
            people: true,
        }
        .with_urls("http://localhost:8787", "http://localhost:8788")
    }

    /// Sets both addresses and the webhook URLs that follow from the app's.
    pub fn with_urls(mut self, app_url: &str, public_url: &str) -> Self {
        self.app_url = app_url.trim_end_matches('/').to_owned();
        self.public_url = public_url.trim_end_matches('/').to_owned();
        self.webhooks = WebhookUrls::of_app(&self.app_url);
        self
    }
}

//! `MailSender`, `SmsSender` and `WhatsappSender`: the account's provider translates, the transport carries. All
//! providers but SMTP are called over HTTP.

use crate::accounts::wrong_kind;
use crate::sends::Outgoing;
use crate::transport::TransportError;
use crate::{Providers, mailbox_api, registry, smtp};
use application::ports::provider_calls::{
    Accepted, CallError, MailSender, OpenAccount, OutgoingMail, OutgoingSms, OutgoingWhatsapp,
    ProviderRecord, SendError, Sender, SenderClass, SmsSender, StatusQuery, WhatsappSender,
};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use http::{Response, StatusCode};
use jiff::SignedDuration;

#[derive(Debug, thiserror::Error)]
#[error("status {0} without a readable answer")]
struct Unclear(StatusCode);

/// Returns the provider's response, if it came. What certainly was not sent may be sent again; what may have arrived
/// is uncertain.
pub(crate) fn arrived(
    result: Result<Response<Vec<u8>>, TransportError>,
    provider: &str,
) -> Result<Response<Vec<u8>>, SendError> {
    result.map_err(|error| match error {
        TransportError::NotSent(_) => {
            SendError::Down { detail: format!("{provider} was not reached"), after: None }
        }
        lost => SendError::Uncertain(lost.into()),
    })
}

/// Makes the error of a response that does not tell what became of the message.
pub(crate) fn unclear(status: StatusCode) -> SendError {
    SendError::Uncertain(Unclear(status).into())
}

/// The longest wait that counts as a rate limit; a longer one means that the quota is used up.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Makes the error of too many requests: a rate limit where the provider tells that it passes in a moment, else the
/// account is down.
pub(crate) fn over_rate(detail: String, after: Option<SignedDuration>) -> SendError {
    match after {
        Some(after) if after <= LONGEST_PAUSE => SendError::TooFast { detail, after },
        _ => SendError::Down { detail, after },
    }
}

impl Providers {
    async fn send(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Accepted, SendError> {
        let provider = account.settings.provider();
        let sender = registry::sender(provider).ok_or_else(|| wrong_kind(account))?;
        let request = sender.request(account, outgoing)?;
        sender.outcome(self.http.send(request).await, outgoing.to())
    }
}

#[async_trait]
impl Sender for Providers {
    /// Returns the promises of the account's provider. One that sends nothing, or no longer exists, promises nothing.
    fn class(&self, settings: &AccountSettings) -> SenderClass {
        match settings {
            AccountSettings::Smtp { imap: Some(_), .. } => smtp::CLASS_WITH_IMAP,
            AccountSettings::Smtp { imap: None, .. } => smtp::CLASS,
            other => match registry::mailbox_api(other.provider()) {
                Some(_) => mailbox_api::CLASS,
                None => registry::sender(other.provider())
                    .map_or(SenderClass::PROMISES_NOTHING, |sender| sender.class()),
            },
        }
    }

    async fn look_up(
        &self,
        account: &OpenAccount,
        sought: &StatusQuery,
    ) -> Result<Option<ProviderRecord>, CallError> {
        let settings = &account.settings;
        if let AccountSettings::Smtp { imap: Some(imap), username, .. } = settings {
            let target = smtp::imap_target(imap, username, &account.secret)?;
            let Some(id) = &sought.internet_id else { return Ok(None) };
            return smtp::seen(self.imap.find_sent(&target, id).await);
        }
        if registry::mailbox_api(settings.provider()).is_some() {
            return self.look_up_sent(account, sought).await;
        }
        let asked = registry::sender(settings.provider()).and_then(|sender| sender.query());
        let asked = asked.ok_or_else(|| wrong_kind(account))?;
        let request = asked.question(account, sought)?;
        asked.seen(self.http.send(request).await, sought)
    }
}

#[async_trait]
impl MailSender for Providers {
    async fn send_mail(&self, account: &OpenAccount, mail: &OutgoingMail) -> Result<Accepted, SendError> {
        self.refuse_held()?;
        let AccountSettings::Smtp { host, port, security, username, .. } = &account.settings else {
            return match registry::mailbox_api(account.settings.provider()) {
                Some(_) => self.send_by_draft(account, mail).await,
                None => self.send(account, Outgoing::Mail(mail)).await,
            };
        };
        let target = smtp::target(host, *port, *security, username, &account.secret);
        let (envelope, message) = smtp::compose(mail, self.clock.now())?;
        let result = self.smtp.deliver(&target, &envelope, &message).await;
        smtp::outcome(result, (host, mail.to.as_str()))
    }
}

#[async_trait]
impl SmsSender for Providers {
    async fn send_sms(&self, account: &OpenAccount, sms: &OutgoingSms) -> Result<Accepted, SendError> {
        self.refuse_held()?;
        self.send(account, Outgoing::Sms(sms)).await
    }
}

#[async_trait]
impl WhatsappSender for Providers {
    async fn send_whatsapp(
        &self,
        account: &OpenAccount,
        message: &OutgoingWhatsapp,
    ) -> Result<Accepted, SendError> {
        self.refuse_held()?;
        self.send(account, Outgoing::Whatsapp(message)).await
    }
}

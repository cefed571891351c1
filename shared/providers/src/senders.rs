//! `MailSender`, `SmsSender` and `WhatsappSender`: the account's kind chooses the connector, the transport carries it.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::transport::TransportError;
use crate::{Providers, resend, smtp, twilio, whatsapp};
use application::provider_calls::{
    Accepted, Account, CallError, MailSender, OutgoingMail, OutgoingSms, OutgoingWhatsapp, Seen, SendError,
    Sender, SenderClass, SmsSender, Sought, WhatsappSender,
};
use async_trait::async_trait;
use domain::connection::ConnectionSettings;
use http::{Response, StatusCode};
use jiff::SignedDuration;

#[derive(Debug, thiserror::Error)]
#[error("status {0} without a readable answer")]
struct Unclear(StatusCode);

/// The provider's answer, if it came. What surely was not sent may be sent again; what may have arrived is uncertain.
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

/// An answer that does not say what became of the message.
pub(crate) fn unclear(status: StatusCode) -> SendError {
    SendError::Uncertain(Unclear(status).into())
}

/// Who is to wait longer is not too fast, but has used up what there is.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Too many requests: a rate that is over in a moment, where the provider says so.
pub(crate) fn over_rate(detail: String, after: Option<SignedDuration>) -> SendError {
    match after {
        Some(after) if after <= LONGEST_PAUSE => SendError::TooFast { detail, after },
        _ => SendError::Down { detail, after },
    }
}

const LONGEST_SMS: usize = 1_600;

#[async_trait]
impl Sender for Providers {
    fn class(&self, settings: &ConnectionSettings) -> SenderClass {
        match settings {
            ConnectionSettings::Smtp { imap: Some(_), .. } => smtp::CLASS_WITH_IMAP,
            ConnectionSettings::Smtp { imap: None, .. } => smtp::CLASS,
            ConnectionSettings::Resend { .. } => resend::CLASS,
            ConnectionSettings::Twilio { .. } => twilio::CLASS,
            ConnectionSettings::Whatsapp { .. } => whatsapp::CLASS,
            // They send nothing. This is the one place that a new kind of account is asked for.
            ConnectionSettings::InboundEmail { .. }
            | ConnectionSettings::Stripe { .. }
            | ConnectionSettings::ChatModel { .. }
            | ConnectionSettings::SerpApi { .. }
            | ConnectionSettings::Hunter { .. } => SenderClass::PROMISES_NOTHING,
        }
    }

    async fn look_up(&self, account: &Account, sought: &Sought) -> Result<Option<Seen>, CallError> {
        match &account.connection.settings {
            ConnectionSettings::Twilio { base_url, account_sid, from_number } => {
                let token = secret(account, "auth_token")?;
                let request = twilio::messages(base_url, account_sid, token, from_number, sought)
                    .map_err(Unusable::from)?;
                twilio::seen(self.http.send(request).await, sought)
            }
            ConnectionSettings::Smtp { imap: Some(imap), username, .. } => {
                let target = smtp::imap_target(imap, username, &account.secret)?;
                let Some(id) = &sought.internet_id else { return Ok(None) };
                smtp::seen(self.imap.find_sent(&target, id).await)
            }
            _ => Err(wrong_kind(account).into()),
        }
    }
}

#[async_trait]
impl MailSender for Providers {
    async fn send_mail(&self, account: &Account, mail: &OutgoingMail) -> Result<Accepted, SendError> {
        match &account.connection.settings {
            ConnectionSettings::Smtp { host, port, security, username, .. } => {
                let target = smtp::target(host, *port, *security, username, &account.secret);
                let (envelope, message) = smtp::compose(mail, self.clock.now())?;
                let result = self.smtp.deliver(&target, &envelope, &message).await;
                smtp::outcome(result, (host, mail.to.as_str()))
            }
            ConnectionSettings::Resend { base_url, .. } => {
                let request = resend::email(base_url, secret(account, "api_key")?, mail)?;
                resend::outcome(self.http.send(request).await, mail.to.as_str())
            }
            _ => Err(wrong_kind(account).into()),
        }
    }
}

#[async_trait]
impl SmsSender for Providers {
    async fn send_sms(&self, account: &Account, sms: &OutgoingSms) -> Result<Accepted, SendError> {
        if sms.text.chars().count() > LONGEST_SMS {
            return Err(SendError::Rejected {
                class: "too_large".to_owned(),
                code: None,
                detail: format!("the text is longer than {LONGEST_SMS} characters"),
                suppress: false,
            });
        }
        let ConnectionSettings::Twilio { base_url, account_sid, from_number } = &account.connection.settings
        else {
            return Err(wrong_kind(account).into());
        };
        let token = secret(account, "auth_token")?;
        let request =
            twilio::message(base_url, account_sid, token, from_number, sms).map_err(Unusable::from)?;
        twilio::outcome(self.http.send(request).await, sms.to.as_str())
    }
}

#[async_trait]
impl WhatsappSender for Providers {
    async fn send_whatsapp(
        &self,
        account: &Account,
        message: &OutgoingWhatsapp,
    ) -> Result<Accepted, SendError> {
        let ConnectionSettings::Whatsapp { base_url, phone_number_id, .. } = &account.connection.settings
        else {
            return Err(wrong_kind(account).into());
        };
        let token = secret(account, "access_token")?;
        let request = whatsapp::message(base_url, phone_number_id, token, message).map_err(Unusable::from)?;
        whatsapp::outcome(self.http.send(request).await, message.to.as_str())
    }
}

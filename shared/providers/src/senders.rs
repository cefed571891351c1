//! `MailSender` and `SmsSender`: the account's kind chooses the connector, the transport carries it.

use crate::accounts::{Unusable, secret};
use crate::{Providers, smtp, twilio};
use application::provider_calls::{
    Accepted, Account, MailSender, OutgoingMail, OutgoingSms, SendError, SmsSender,
};
use async_trait::async_trait;
use domain::connection::ConnectionSettings;

const LONGEST_SMS: usize = 1_600;

#[async_trait]
impl MailSender for Providers {
    async fn send_mail(&self, account: &Account, mail: &OutgoingMail) -> Result<Accepted, SendError> {
        match &account.connection.settings {
            ConnectionSettings::Smtp {
                host,
                port,
                security,
                username,
                from_address,
                from_name,
                reply_to,
                daily_limit: _,
            } => {
                let target = smtp::target(host, *port, *security, username, &account.secret);
                let (envelope, message) =
                    smtp::compose(mail, from_address, from_name, reply_to.as_ref(), self.clock.now())?;
                let result = self.smtp.deliver(&target, &envelope, &message).await;
                smtp::outcome(result, mail.to.as_str())
            }
            other @ (ConnectionSettings::InboundEmail { .. }
            | ConnectionSettings::Twilio { .. }
            | ConnectionSettings::Stripe { .. }
            | ConnectionSettings::ChatModel { .. }
            | ConnectionSettings::SerpApi { .. }
            | ConnectionSettings::Hunter { .. }) => Err(Unusable::WrongKind(other.kind()).into()),
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
        match &account.connection.settings {
            ConnectionSettings::Twilio { base_url, account_sid, from_number } => {
                let token = secret(account, "auth_token")?;
                let request = twilio::message(base_url, account_sid, token, from_number, sms)
                    .map_err(Unusable::from)?;
                twilio::outcome(self.http.send(request).await, sms.to.as_str())
            }
            other @ (ConnectionSettings::Smtp { .. }
            | ConnectionSettings::InboundEmail { .. }
            | ConnectionSettings::Stripe { .. }
            | ConnectionSettings::ChatModel { .. }
            | ConnectionSettings::SerpApi { .. }
            | ConnectionSettings::Hunter { .. }) => Err(Unusable::WrongKind(other.kind()).into()),
        }
    }
}

//! The installation's own sender: the address that the template's parameter names, by Amazon SES over signed HTTP like the
//! bucket, or by an SMTP account of the operator where there is one.

use crate::signing::Signer;
use application::Clock;
use application::ports::provider_calls::{OutgoingMail, SendError};
use application::ports::system_mail::SystemMail;
use async_trait::async_trait;
use aws_sigv4::http_request::SigningSettings;
use domain::contact::email_address::EmailAddress;
use http::{Request, Response, StatusCode, header};
use jiff::SignedDuration;
use providers::SmtpAccount;
use providers::transport::{Http, Smtp, TransportError};
use serde_json::json;
use std::sync::Arc;

/// The wait after a rate limit; SES names no time.
const OVER_THE_RATE: SignedDuration = SignedDuration::from_mins(1);

pub struct OwnSender {
    pub from: Option<EmailAddress>,
    pub ses: Ses,
    /// The operator's SMTP account, which sends instead of SES.
    pub smtp: Option<SmtpAccount>,
    pub mail_servers: Arc<dyn Smtp>,
    pub clock: Arc<dyn Clock>,
    /// Why nothing may be sent, if so.
    pub held: Option<Arc<str>>,
}

#[async_trait]
impl SystemMail for OwnSender {
    fn address(&self) -> Option<&EmailAddress> {
        self.from.as_ref().filter(|_| self.held.is_none())
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<(), SendError> {
        if let Some(why) = &self.held {
            return Err(SendError::Account { detail: why.to_string() });
        }
        match &self.smtp {
            Some(account) => account.send(&*self.mail_servers, mail, self.clock.now()).await,
            None => self.ses.send(mail).await,
        }
    }
}

pub struct Ses {
    pub http: Arc<dyn Http>,
    pub signer: Signer,
    /// The address that stands in for the public one.
    pub endpoint: Option<String>,
}

impl Ses {
    async fn send(&self, mail: &OutgoingMail) -> Result<(), SendError> {
        let refused = |detail: String| SendError::Account { detail };
        let mut request = self.request(mail).map_err(|error| refused(error.to_string()))?;
        let signed = self.signer.sign(&mut request, SigningSettings::default(), false).await;
        signed.map_err(|error| refused(error.to_string()))?;
        match self.http.send(request).await {
            Ok(answer) => outcome(&answer),
            Err(TransportError::NotSent(why)) => {
                Err(SendError::Down { detail: why.to_string(), after: None })
            }
            Err(TransportError::Ambiguous(why)) => Err(SendError::Uncertain(why)),
        }
    }

    fn request(&self, mail: &OutgoingMail) -> Result<Request<Vec<u8>>, http::Error> {
        let public = || format!("https://email.{}.amazonaws.com", self.signer.region);
        let endpoint = self.endpoint.clone().unwrap_or_else(public);
        let part = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
        let stop = mail.unsubscribe_url.iter().flat_map(|url| {
            [
                json!({ "Name": "List-Unsubscribe", "Value": format!("<{url}>") }),
                json!({ "Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click" }),
            ]
        });
        let headers: Vec<_> = stop.collect();
        let body = json!({
            "FromEmailAddress": format!("{} <{}>", mail.from_name, mail.from),
            "Destination": { "ToAddresses": [mail.to] },
            "Content": { "Simple": {
                "Subject": part(&mail.subject),
                "Body": { "Text": part(&mail.text), "Html": part(&mail.html) },
                "Headers": headers,
            } },
        });
        Request::post(format!("{}/v2/email/outbound-emails", endpoint.trim_end_matches('/')))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into_bytes())
    }
}

/// Classifies the response. SES's own text about an address of ours or of the recipient goes to the log for the
/// operator.
fn outcome(answer: &Response<Vec<u8>>) -> Result<(), SendError> {
    if answer.status().is_success() {
        return Ok(());
    }
    let kind = answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(':').next().unwrap_or_default();
    let detail = format!("SES answered {} {kind}", answer.status());
    match answer.status() {
        StatusCode::TOO_MANY_REQUESTS => Err(SendError::TooFast { detail, after: OVER_THE_RATE }),
        status if status.is_server_error() => Err(SendError::Down { detail, after: None }),
        _ => Err(SendError::Account { detail }),
    }
}

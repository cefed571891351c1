//! Composes a mail as bytes. The same mail at the same instant gives the same bytes, boundary included; no value can
//! add a header.

use crate::mail_headers::{body, name, own_headers, refused, subject};
use crate::transport::SmtpEnvelope;
use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::contact::email_address::EmailAddress;
use domain::message::failure_class::FailureClass;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// Composes the mail; `now` becomes its `Date`.
pub(crate) fn compose(mail: &OutgoingMail, now: Timestamp) -> Result<(SmtpEnvelope, Vec<u8>), SendError> {
    let subject = subject(mail)?;
    let own = own_headers(mail, "\r\n ")?;
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC))
        .map_err(|_| refused(FailureClass::BadContent, "the date has no form that mail knows"))?;

    let mut builder = Message::builder()
        .from(mailbox(Some(&mail.from_name), &mail.from)?)
        .to(mailbox(mail.to_name.as_deref(), &mail.to)?)
        .raw_header(plain("Date", date))
        .raw_header(plain("Message-ID", format!("<{}>", mail.message_id)))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Subject"), subject));
    if let Some(address) = &mail.reply_to {
        builder = builder.reply_to(mailbox(None, address)?);
    }
    for (name, value) in own {
        builder = builder.raw_header(plain(name, value));
    }
    let parts = MultiPart::alternative()
        .boundary(boundary(&mail.message_id))
        .singlepart(SinglePart::plain(body(&mail.text)))
        .singlepart(SinglePart::html(body(&mail.html)));
    let message =
        builder.multipart(parts).map_err(|error| refused(FailureClass::BadContent, error.to_string()))?;
    let addresses = [Some(&mail.from), Some(&mail.to), mail.reply_to.as_ref()];
    let envelope = SmtpEnvelope {
        from: mail.from.as_str().to_owned(),
        to: mail.to.as_str().to_owned(),
        utf8: addresses.into_iter().flatten().any(|address| !address.as_str().is_ascii()),
    };
    Ok((envelope, message.formatted()))
}

fn mailbox(display_name: Option<&str>, address: &EmailAddress) -> Result<Mailbox, SendError> {
    let parsed = Address::new(address.local_part(), address.domain())
        .map_err(|_| refused(FailureClass::AddressNotSupported, "the address cannot be written in a mail"))?;
    Ok(Mailbox::new(display_name.and_then(name), parsed))
}

fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn boundary(message_id: &str) -> String {
    format!("leadflow-{}", &hex::encode(Sha256::digest(message_id.as_bytes()))[..32])
}

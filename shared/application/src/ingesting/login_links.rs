//! Takes the links that open a login out of a mail that arrived. A user's login may be an address whose mail the
//! workspace reads, and what is read is shown to others: with the link they would enter in the user's name.

use crate::identity::one_time_token::without_tokens;
use crate::ports::provider_events::InboundEmail;
use std::borrow::Cow;

pub(super) fn without_login_links(mail: &InboundEmail) -> Cow<'_, InboundEmail> {
    let read = &mail.mail;
    let parts = read.parts.iter().map(|part| &part.text);
    let mut texts = [&read.subject, &read.text, &read.html].into_iter().chain(parts);
    if texts.all(|text| matches!(without_tokens(text), Cow::Borrowed(_))) {
        return Cow::Borrowed(mail);
    }
    let mut mail = mail.clone();
    let read = &mut mail.mail;
    let parts = read.parts.iter_mut().map(|part| &mut part.text);
    for text in [&mut read.subject, &mut read.text, &mut read.html].into_iter().chain(parts) {
        *text = without_tokens(text).into_owned();
    }
    Cow::Owned(mail)
}

//! The list of senders and of those that report, a line each; providers of data have theirs in `data_connectors`.
//! Everything else about one is in its folder.

use crate::mailbox_api::MailboxApi;
use crate::reports::Reports;
use crate::sends::Sends;
use crate::{
    bookings, data_connectors, google, inbound_email, mailgun, microsoft, postmark, sendgrid, ses, smtp,
    stripe,
};
use application::ports::declarations::Declaration;

/// Lists senders as `folder::Type`. The folder has `DECLARED`; its type implements `Sends` and `Reports`.
macro_rules! senders {
    ($($folder:ident :: $sender:ident),* $(,)?) => {
        const DECLARED: &[(&str, &Declaration)] = &[
            ("smtp", &smtp::DECLARED),
            ("google", &google::DECLARED),
            ("microsoft", &microsoft::DECLARED),
            $((stringify!($folder), &crate::$folder::DECLARED)),*
        ];

        pub(crate) fn sender(provider: &str) -> Option<&'static dyn Sends> {
            $(if provider == stringify!($folder) { return Some(&crate::$folder::$sender); })*
            None
        }

        fn sender_that_reports(provider: &str) -> Option<&'static dyn Reports> {
            $(if provider == stringify!($folder) && crate::$folder::DECLARED.reports {
                return Some(&crate::$folder::$sender);
            })*
            None
        }
    };
}

senders! {
    resend::Resend,
    twilio::Twilio,
    whatsapp::Whatsapp,
}

/// They send nothing and only report.
const OTHERS_THAT_REPORT: [(&str, &dyn Reports); 8] = [
    ("cal_com", &bookings::CalCom),
    ("calendly", &bookings::Calendly),
    ("inbound_email", &inbound_email::InboundEmail),
    ("mailgun", &mailgun::Mailgun),
    ("postmark", &postmark::Postmark),
    ("sendgrid", &sendgrid::Sendgrid),
    ("ses", &ses::Ses),
    ("stripe", &stripe::Stripe),
];

/// Mailboxes that are read and used through an API of their provider, by a grant of their owner.
pub(crate) fn mailbox_api(provider: &str) -> Option<&'static dyn MailboxApi> {
    match provider {
        "google" => Some(&google::Google),
        "microsoft" => Some(&microsoft::Microsoft),
        _ => None,
    }
}

pub(crate) fn declared() -> impl Iterator<Item = (&'static str, &'static Declaration)> {
    DECLARED.iter().chain(data_connectors::DECLARED).copied()
}

pub(crate) fn reporter(provider: &str) -> Option<&'static dyn Reports> {
    let other = OTHERS_THAT_REPORT.into_iter().find(|(name, _)| *name == provider);
    sender_that_reports(provider).or(other.map(|(_, other)| other))
}

/// Returns the names of all providers that report.
pub(crate) fn reporting() -> impl Iterator<Item = &'static str> {
    let senders = declared().filter(|(_, declared)| declared.reports);
    senders.map(|(name, _)| name).chain(OTHERS_THAT_REPORT.into_iter().map(|(name, _)| name))
}

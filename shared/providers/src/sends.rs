//! A sender's folder: pure translation both ways, for providers that are called over HTTP.

use crate::accounts::Unusable;
use crate::transport::TransportError;
use application::ports::provider_calls::{
    Accepted, CallError, OpenAccount, OutgoingMail, OutgoingSms, OutgoingWhatsapp, ProviderRecord, SendError,
    SenderClass, StatusQuery, TrialError,
};
use http::{Request, Response};

/// One message on its way out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outgoing<'a> {
    Mail(&'a OutgoingMail),
    Sms(&'a OutgoingSms),
    Whatsapp(&'a OutgoingWhatsapp),
}

impl Outgoing<'_> {
    pub fn to(&self) -> &str {
        match self {
            Self::Mail(mail) => mail.to.as_str(),
            Self::Sms(sms) => sms.to.as_str(),
            Self::Whatsapp(message) => message.to.as_str(),
        }
    }
}

pub(crate) type Answered = Result<Response<Vec<u8>>, TransportError>;

pub(crate) trait Sends: Sync {
    fn class(&self) -> SenderClass;

    /// Makes the request. The same message MUST give the same bytes. An account with other settings, or a message for
    /// another channel, is `wrong_kind`; what the provider is known to refuse is refused here.
    fn request(&self, account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError>;

    /// Classifies a response by what can be done about it; one that cannot be understood is uncertain. `recipient`
    /// MUST NOT appear in what is kept of it.
    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError>;

    /// Returns the query for messages whose answer was lost. `None`: the provider cannot be asked, and the class
    /// tells so.
    fn query(&self) -> Option<&dyn Asks> {
        None
    }

    /// Returns a call that changes nothing and shows whether the account works. `None`: there is no such call.
    fn trial(&self) -> Option<&dyn Tries> {
        None
    }
}

/// A sender that can be asked whether it knows an account.
pub(crate) trait Tries: Sync {
    fn question(&self, account: &OpenAccount) -> Result<Request<Vec<u8>>, Unusable>;

    /// Tells whether the account may send, as far as the response shows.
    fn verdict(&self, account: &OpenAccount, answer: &Response<Vec<u8>>) -> Result<(), TrialError>;
}

/// A sender that tells what it has accepted.
pub(crate) trait Asks: Sync {
    fn question(&self, account: &OpenAccount, sought: &StatusQuery) -> Result<Request<Vec<u8>>, CallError>;

    /// Finds the message in the response. `None`: the provider knows no such message, or several that it may be.
    fn seen(&self, answer: Answered, sought: &StatusQuery) -> Result<Option<ProviderRecord>, CallError>;
}

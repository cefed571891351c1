//! What a sender's folder gives of sending: pure translation both ways, for whoever is spoken to over HTTP.

use crate::accounts::Unusable;
use crate::transport::TransportError;
use application::ports::provider_calls::{
    Accepted, Account, CallError, OutgoingMail, OutgoingSms, OutgoingWhatsapp, Seen, SendError, SenderClass,
    Sought, TrialError,
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

    /// The same message MUST give the same bytes. An account of other settings, or a message for another channel, is
    /// `wrong_kind`; what the provider is known to refuse is refused here.
    fn request(&self, account: &Account, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError>;

    /// Every answer by what can be done about it; one that says nothing we know is uncertain. `recipient` MUST NOT stand in
    /// what is kept of it.
    fn outcome(&self, answer: Answered, recipient: &str) -> Result<Accepted, SendError>;

    /// Asks for messages whose answer was lost. `None`: nothing can be asked, and the class says so.
    fn query(&self) -> Option<&dyn Asks> {
        None
    }

    /// Asks something that changes nothing, to learn whether the account works. `None`: there is no such call.
    fn trial(&self) -> Option<&dyn Tries> {
        None
    }
}

/// Of a sender that can be asked whether it knows an account.
pub(crate) trait Tries: Sync {
    fn question(&self, account: &Account) -> Result<Request<Vec<u8>>, Unusable>;

    /// Whether the account may send, as far as the answer tells.
    fn verdict(&self, account: &Account, answer: &Response<Vec<u8>>) -> Result<(), TrialError>;
}

/// Of a sender that tells what it has taken.
pub(crate) trait Asks: Sync {
    fn question(&self, account: &Account, sought: &Sought) -> Result<Request<Vec<u8>>, CallError>;

    /// `None`: it knows no such message, or several that it may be.
    fn seen(&self, answer: Answered, sought: &Sought) -> Result<Option<Seen>, CallError>;
}

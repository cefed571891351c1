//! The installation's own sender of mail about accounts, where its operator has named one.

use crate::ports::provider_calls::{OutgoingMail, SendError};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;

#[async_trait]
pub trait SystemMail: Send + Sync {
    /// Returns the sender's address; none where none was named, and where nothing may be sent.
    fn address(&self) -> Option<&EmailAddress>;

    async fn send(&self, mail: &OutgoingMail) -> Result<(), SendError>;
}

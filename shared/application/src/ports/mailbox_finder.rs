//! Finds out from an address where its mailbox is. Implemented by the providers.

use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::workspace::mailbox_proposal::MailboxProposal;

#[async_trait]
pub trait MailboxFinder: Send + Sync {
    /// Returns the settings that are known for the address, within ten seconds. `None`: nothing is known, or was found
    /// out in that time. The domain is asked in public, by its name; its answers prove little, so a user sees them before
    /// anything is sent there.
    async fn find_mailbox(&self, address: &EmailAddress) -> Option<MailboxProposal>;
}

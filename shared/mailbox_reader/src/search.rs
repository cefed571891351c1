//! Finding mails of the open folder by their numbers (UIDs), their day of arrival, or their Message-ID.

use crate::connection::Command;
use crate::mailbox_failure::MailboxFailure;
use crate::response::Data;
use crate::session::Session;
use jiff::civil::Date;
use std::ops::RangeInclusive;
use tokio::io::{AsyncRead, AsyncWrite};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Returns the mails with UIDs in this range, in their order, and only those that arrived on this day or later.
    pub async fn search(
        &mut self,
        uids: RangeInclusive<u32>,
        since: Option<Date>,
    ) -> Result<Vec<u32>, MailboxFailure> {
        let since = since.map_or_else(String::new, |day| format!(" SINCE {}", day.strftime("%-d-%b-%Y")));
        let words = format!("SEARCH UID {}:{}{since}", uids.start(), uids.end());
        let mut found = self.found(Command::new("UID", &words)).await?;
        // A range that ends before it begins is read backwards by servers.
        found.retain(|uid| uids.contains(uid));
        Ok(found)
    }

    /// Returns the mails with this Message-ID, which is given without its angle brackets.
    pub async fn search_message_id(&mut self, message_id: &str) -> Result<Vec<u32>, MailboxFailure> {
        let command = Command::new("UID", "SEARCH HEADER Message-ID").string(&format!("<{message_id}>"));
        self.found(command).await
    }

    /// Returns the highest number in the open folder.
    pub(crate) async fn last_uid(&mut self) -> Result<Option<u32>, MailboxFailure> {
        let data = self.connection.run(Command::new("UID", "FETCH * (UID)")).await?.accepted()?;
        let uids = data.into_iter().filter_map(|data| match data {
            Data::Fetched(fetched) => fetched.uid,
            _ => None,
        });
        Ok(uids.max())
    }

    async fn found(&mut self, command: Command) -> Result<Vec<u32>, MailboxFailure> {
        let data = self.connection.run(command).await?.accepted()?;
        let found = data.into_iter().filter_map(|data| match data {
            Data::Found(found) => Some(found),
            _ => None,
        });
        let mut found: Vec<u32> = found.flatten().collect();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

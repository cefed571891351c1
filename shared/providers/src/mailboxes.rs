//! `MailboxReader`, `DraftSender` and `MailboxPush`: the account's provider reads and drafts
//! through its API; the mailbox of an SMTP account is read by IMAP.

use crate::accounts::wrong_kind;
use crate::mailbox_api::{ApiAccount, MailboxApi, Trouble, own_trouble};
use crate::{Providers, microsoft, registry, smtp};
use application::ports::mail_drafts::{DraftSender, DraftState, MailDraft};
use application::ports::mailbox_push::{MailboxPush, PushAddress, PushNotice};
use application::ports::mailboxes::{
    MailFetcher, MailReference, MailboxCursor, MailboxError, MailboxPoll, MailboxReader, NewMail, PollLimits,
    WholeMail,
};
use application::ports::provider_calls::{
    Accepted, CallError, OpenAccount, OutgoingMail, ProviderRecord, SendError, StatusQuery,
};
use application::ports::provider_events::{Forged, WebhookRequest};
use async_trait::async_trait;
use domain::message::MessageState;
use domain::workspace::account::AccountSettings;
use domain::workspace::mailbox_push::PushSubscription;
use jiff::Timestamp;

impl Providers {
    /// Returns the API of the account's provider, and the account for it.
    fn api<'a>(
        &'a self,
        account: &'a OpenAccount,
    ) -> Result<(&'static dyn MailboxApi, ApiAccount<'a>), Trouble> {
        let api = registry::mailbox_api(account.settings.provider());
        let call = ApiAccount::new(&*self.http, account, self.clock.now())?;
        Ok((api.ok_or_else(|| wrong_kind(account))?, call))
    }

    /// Returns the account's mailbox at its IMAP server, if it has one there.
    fn imap_mailbox<'a>(
        &'a self,
        account: &'a OpenAccount,
    ) -> Result<Option<smtp::ImapMailbox<'a>>, MailboxError> {
        let mailbox = smtp::ImapMailbox::of(&*self.imap, account).transpose();
        mailbox.map_err(|unusable| MailboxError::Refused { detail: unusable.to_string() })
    }

    /// Sends a mail by a draft that nobody needs to know of, such as a test mail.
    pub(crate) async fn send_by_draft(
        &self,
        account: &OpenAccount,
        mail: &OutgoingMail,
    ) -> Result<Accepted, SendError> {
        let draft = self.create_draft(account, mail).await?;
        let sent = self.send_draft(account, &draft, mail).await;
        if sent.as_ref().is_err_and(|error| !matches!(error, SendError::Uncertain(_)))
            && let Err(error) = self.discard_draft(account, &draft.id).await
        {
            tracing::warn!(account.id = %account.id, %error, "a draft that was not sent is left behind");
        }
        sent
    }

    pub(crate) async fn look_up_sent(
        &self,
        account: &OpenAccount,
        sought: &StatusQuery,
    ) -> Result<Option<ProviderRecord>, CallError> {
        let Some(id) = &sought.internet_id else { return Ok(None) };
        let (api, call) = self.api(account).map_err(Trouble::for_call)?;
        let sent = api.find_sent(call, id).await.map_err(Trouble::for_call)?;
        Ok(sent.map(|sent| ProviderRecord {
            provider_id: sent.provider_id,
            state: MessageState::Accepted,
            failure: None,
            suppress: false,
        }))
    }
}

#[async_trait]
impl MailboxReader for Providers {
    fn mailbox_of(&self, settings: &AccountSettings) -> Option<String> {
        if let AccountSettings::Smtp { imap, username, .. } = settings {
            return imap.as_ref().map(|imap| smtp::ImapMailbox::name(imap, username));
        }
        let provider = settings.provider();
        registry::mailbox_api(provider)?;
        settings.mailbox().map(|mailbox| format!("{provider} {}", mailbox.address))
    }

    async fn begin(&self, account: &OpenAccount, since: Timestamp) -> Result<MailboxCursor, MailboxError> {
        let now = self.clock.now();
        if let Some(mailbox) = self.imap_mailbox(account)? {
            return mailbox.begin(since, now).await;
        }
        let (api, call) = self.api(account).map_err(|trouble| trouble.for_reader(now))?;
        api.begin(call, since).await.map(MailboxCursor).map_err(|trouble| trouble.for_reader(now))
    }

    async fn poll(
        &self,
        account: &OpenAccount,
        cursor: &MailboxCursor,
        limits: PollLimits,
    ) -> Result<MailboxPoll, MailboxError> {
        let now = self.clock.now();
        if let Some(mailbox) = self.imap_mailbox(account)? {
            return mailbox.poll(cursor, limits, now).await;
        }
        let (api, call) = self.api(account).map_err(|trouble| trouble.for_reader(now))?;
        api.poll(call, &cursor.0, limits).await.map_err(|trouble| trouble.for_reader(now))
    }

    fn fetcher<'a>(
        &'a self,
        account: &'a OpenAccount,
        most_bytes: usize,
    ) -> Result<Box<dyn MailFetcher + 'a>, MailboxError> {
        if let Some(mailbox) = self.imap_mailbox(account)? {
            return Ok(Box::new(mailbox.fetcher(most_bytes)));
        }
        let now = self.clock.now();
        let (api, call) = self.api(account).map_err(|trouble| trouble.for_reader(now))?;
        Ok(Box::new(ApiFetcher { api, call, most_bytes }))
    }
}

/// Reads whole mails by an API, which has no connection to keep.
struct ApiFetcher<'a> {
    api: &'static dyn MailboxApi,
    call: ApiAccount<'a>,
    most_bytes: usize,
}

#[async_trait]
impl MailFetcher for ApiFetcher<'_> {
    async fn fetch(&mut self, mail: &MailReference) -> Result<Option<WholeMail>, MailboxError> {
        let fetched = self.api.fetch(self.call, mail, self.most_bytes).await;
        self.told(fetched).await
    }

    async fn fetch_beginning(
        &mut self,
        mail: &NewMail,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxError> {
        let fetched = self.api.fetch_beginning(self.call, mail, most_bytes).await;
        self.told(fetched).await
    }
}

impl ApiFetcher<'_> {
    async fn told<T>(&self, fetched: Result<T, Trouble>) -> Result<T, MailboxError> {
        let trouble = match fetched {
            Ok(fetched) => return Ok(fetched),
            Err(trouble) => trouble,
        };
        Err(match own_trouble(self.api, self.call, trouble).await {
            Ok(own) => MailboxError::MailFails(own.into()),
            Err(of_the_mailbox) => of_the_mailbox.for_reader(self.call.now),
        })
    }
}

#[async_trait]
impl DraftSender for Providers {
    fn has_drafts(&self, settings: &AccountSettings) -> bool {
        registry::mailbox_api(settings.provider()).is_some()
    }

    async fn create_draft(&self, account: &OpenAccount, mail: &OutgoingMail) -> Result<MailDraft, SendError> {
        let (api, call) = self.api(account).map_err(Trouble::for_draft)?;
        let (_, bytes) = smtp::compose(mail, self.clock.now())?;
        api.create_draft(call, mail, &bytes).await.map_err(Trouble::for_draft)
    }

    async fn send_draft(
        &self,
        account: &OpenAccount,
        draft: &MailDraft,
        mail: &OutgoingMail,
    ) -> Result<Accepted, SendError> {
        let (api, call) = self.api(account).map_err(Trouble::for_sending)?;
        let sent = match api.send_draft(call, &draft.id).await {
            Ok(sent) => sent,
            // It may have been sent by an earlier call: the mail itself tells.
            Err(Trouble::Missing) => match api.find_sent(call, &mail.message_id).await {
                Ok(Some(sent)) => sent,
                Ok(None) | Err(_) => return Err(Trouble::Missing.for_sending()),
            },
            Err(other) => return Err(other.for_sending()),
        };
        let told = match &draft.internet_id {
            Some(told) => Some(told.clone()),
            None => api.sent_id(call, &sent).await,
        };
        Ok(Accepted { internet_id: told.filter(|id| *id != mail.message_id), ..sent })
    }

    async fn draft_state(
        &self,
        account: &OpenAccount,
        draft: &str,
        internet_id: &str,
    ) -> Result<DraftState, CallError> {
        let (api, call) = self.api(account).map_err(Trouble::for_call)?;
        api.draft_state(call, draft, internet_id).await.map_err(Trouble::for_call)
    }

    async fn discard_draft(&self, account: &OpenAccount, draft: &str) -> Result<(), CallError> {
        let (api, call) = self.api(account).map_err(Trouble::for_call)?;
        api.discard_draft(call, draft).await.map_err(Trouble::for_call)
    }
}

/// Only Microsoft Graph calls an address. Gmail publishes to a topic of Google's own cloud, which is read by polls
/// instead.
#[async_trait]
impl MailboxPush for Providers {
    fn sends_notices(&self, settings: &AccountSettings) -> bool {
        settings.provider() == "microsoft"
    }

    fn reaches(&self, settings: &AccountSettings, public_url: &str) -> bool {
        settings.secret_goes_to().iter().any(|api| microsoft::reaches(api, public_url))
    }

    async fn subscribe(
        &self,
        account: &OpenAccount,
        address: &PushAddress,
        until: Timestamp,
    ) -> Result<PushSubscription, CallError> {
        let call = self.graph(account)?;
        microsoft::subscribe(call, address, until).await.map_err(Trouble::for_call)
    }

    async fn renew_subscription(
        &self,
        account: &OpenAccount,
        subscription: &str,
        until: Timestamp,
    ) -> Result<Option<Timestamp>, CallError> {
        let call = self.graph(account)?;
        microsoft::renew(call, subscription, until).await.map_err(Trouble::for_call)
    }

    async fn unsubscribe(&self, account: &OpenAccount, subscription: &str) -> Result<(), CallError> {
        let call = self.graph(account)?;
        microsoft::unsubscribe(call, subscription).await.map_err(Trouble::for_call)
    }

    fn handshake(&self, provider: &str, request: &WebhookRequest) -> Option<String> {
        if provider == "microsoft" { microsoft::handshake(request) } else { None }
    }

    fn notices(
        &self,
        provider: &str,
        request: &WebhookRequest,
        client_state: &str,
    ) -> Result<Vec<PushNotice>, Forged> {
        if provider == "microsoft" {
            microsoft::notices(request, client_state)
        } else {
            Err(Forged::Mismatch)
        }
    }
}

impl Providers {
    fn graph<'a>(&'a self, account: &'a OpenAccount) -> Result<ApiAccount<'a>, CallError> {
        if account.settings.provider() != "microsoft" {
            return Err(wrong_kind(account).into());
        }
        Ok(ApiAccount::new(&*self.http, account, self.clock.now())?)
    }
}

//! Chooses the account that a message by hand leaves from, when it is written and, for one that was queued without, when
//! it goes out. Another mailbox or number than the one that the lead knows is a user's choice alone.

use crate::ports::accounts::AccountStore;
use crate::ports::store::{StoreResult, found};
use crate::workspace::open_account::is_usable;
use domain::contact::channel::Channel;
use domain::message::Message;
use domain::message::sender::{KnownSender, known_sender};
use domain::workspace::account::{Account, AccountKind};
use domain::{AccountId, WorkspaceId};

/// Why no account is chosen: a user has to choose one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSender {
    /// The chosen one is not there, sends on another channel, or is switched off and not the one that the lead knows.
    Unfit,
    /// The account that the lead knows was removed.
    Gone,
    /// Several accounts could send it, and the lead knows none of them.
    Undecided,
    /// The workspace has no account for this channel.
    None,
}

impl NoSender {
    /// The sentence for the field `account` of a request.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unfit => "is not an account for this channel",
            Self::Gone => {
                "is required: the one that the lead knows was removed. Choose another to write from"
            }
            Self::Undecided => {
                "is required: several accounts could send this, and the lead knows none of them. Choose one"
            }
            Self::None => "is required: no account for this channel is connected and on",
        }
    }

    /// Why a message that was queued without an account is not sent.
    pub fn not_sent(self) -> &'static str {
        match self {
            Self::Unfit | Self::None => "no account can send this",
            Self::Gone => "the account that the lead knows was removed: choose another",
            Self::Undecided => {
                "several accounts could send this, and the lead knows none of them: choose one"
            }
        }
    }
}

/// Returns the accounts that a user may choose from: those that are on, and the one that the lead knows, for which a message
/// waits.
pub fn choices<'a>(
    accounts: &'a [Account],
    messages: &'a [Message],
    channel: Channel,
) -> impl Iterator<Item = &'a Account> {
    let kinds = AccountKind::of_channel(channel);
    let known = match known_sender(messages, accounts, channel) {
        Some(KnownSender::There(account)) => Some(&account.id),
        Some(KnownSender::Gone(_)) | None => None,
    };
    accounts.iter().filter(move |account| is_usable(account, kinds) || Some(&account.id) == known)
}

/// Chooses from the workspace's accounts: the wanted one, else the one that the lead knows, else the only one. One that
/// is paused or switched off is chosen where the lead knows it: the message waits for it.
pub fn choose_sender<'a>(
    accounts: &'a [Account],
    messages: &'a [Message],
    channel: Channel,
    wanted: Option<&AccountId>,
) -> Result<&'a Account, NoSender> {
    if let Some(wanted) = wanted {
        let mut offered = choices(accounts, messages, channel);
        return offered.find(|account| account.id == *wanted).ok_or(NoSender::Unfit);
    }
    let kinds = AccountKind::of_channel(channel);
    let mut usable = accounts.iter().filter(|account| is_usable(account, kinds));
    match known_sender(messages, accounts, channel) {
        Some(KnownSender::There(account)) => Ok(account),
        Some(KnownSender::Gone(_)) => Err(NoSender::Gone),
        None => match (usable.next(), usable.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(NoSender::Undecided),
            (None, _) => Err(NoSender::None),
        },
    }
}

/// Reads the workspace's accounts and chooses as `choose_sender` does. `Ok(None)`: the workspace has none for the channel
/// yet; the message is refused when it is due.
pub async fn sender_of(
    accounts: &dyn AccountStore,
    workspace: &WorkspaceId,
    (messages, channel): (&[Message], Channel),
    wanted: Option<&AccountId>,
) -> StoreResult<Result<Option<Account>, NoSender>> {
    let kinds = AccountKind::of_channel(channel);
    if let Some(wanted) = wanted {
        match found(accounts.get(workspace, wanted).await)? {
            Some(there) if is_usable(&there, kinds) => return Ok(Ok(Some(there))),
            Some(there) if kinds.contains(&there.settings.kind()) => {}
            Some(_) | None => return Ok(Err(NoSender::Unfit)),
        }
    }
    let all = accounts.list(workspace).await?;
    Ok(match choose_sender(&all, messages, channel, wanted) {
        Ok(chosen) => Ok(Some(chosen.clone())),
        Err(NoSender::None) => Ok(None),
        Err(why) => Err(why),
    })
}

//! Tests whether the grant stands, and whether it is for the mailbox that mail is sent from.

use super::response::done;
use super::{Microsoft, api};
use crate::mailbox_api::{ApiAccount, MailboxApi, Trouble, object};
use crate::trial::failed;
use application::ports::provider_calls::TrialError;
use domain::workspace::account_fault::AccountFault;
use http::Method;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Owner {
    mail: Option<String>,
    user_principal_name: Option<String>,
    /// All addresses of the mailbox, as `SMTP:ann@acme.example`. Private accounts do not tell them.
    proxy_addresses: Vec<String>,
}

pub(super) async fn trial(call: ApiAccount<'_>) -> Result<(), TrialError> {
    let owner = owner(call).await.map_err(Trouble::for_test)?;
    let proxies = owner.proxy_addresses.iter().filter_map(|address| {
        let (kind, address) = address.split_once(':')?;
        kind.eq_ignore_ascii_case("smtp").then_some(address)
    });
    let own = call.open.settings.mailbox().map_or("", |mailbox| mailbox.address.as_str());
    let mut known = proxies.chain(owner.mail.as_deref()).chain(owner.user_principal_name.as_deref());
    if known.any(|known| known.eq_ignore_ascii_case(own)) {
        return Ok(());
    }
    let whose = owner.mail.as_deref().or(owner.user_principal_name.as_deref()).unwrap_or("another mailbox");
    Err(failed(AccountFault::OtherMailbox, format!("the access that was allowed is to {whose}")))
}

/// Asks who the owner is, and for the inbox: an account without a mailbox has an owner, too.
async fn owner(call: ApiAccount<'_>) -> Result<Owner, Trouble> {
    Microsoft.answers(call).await?;
    let url = api(call, "/me", &[("$select", "mail,userPrincipalName,proxyAddresses")])?;
    object(&done(call, call.empty(Method::GET, &url)?).await?)
}

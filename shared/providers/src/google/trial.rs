//! Tests whether the grant stands, and whether it is for the mailbox that mail is sent from.

use super::api;
use super::drafts::get;
use crate::mailbox_api::{ApiAccount, Trouble, object};
use crate::trial::failed;
use application::ports::provider_calls::TrialError;
use domain::workspace::account_fault::AccountFault;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    email_address: String,
}

pub(super) async fn trial(call: ApiAccount<'_>) -> Result<(), TrialError> {
    let profile = owner(call).await.map_err(Trouble::for_test)?;
    let own = call.open.settings.mailbox().map(|mailbox| mailbox.address.as_str().to_owned());
    match own.is_some_and(|own| own.eq_ignore_ascii_case(&profile)) {
        true => Ok(()),
        false => {
            Err(failed(AccountFault::OtherMailbox, format!("the access that was allowed is to {profile}")))
        }
    }
}

async fn owner(call: ApiAccount<'_>) -> Result<String, Trouble> {
    let profile: Profile = object(&get(call, api(call, "/profile", &[])?).await?)?;
    Ok(profile.email_address)
}

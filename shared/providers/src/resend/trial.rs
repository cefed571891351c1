//! Tests whether Resend knows the key, and the domain that mail is sent from, by asking for its list of domains.

use super::Resend;
use crate::accounts::{Unusable, secret, wrong_kind};
use crate::sends::Tries;
use crate::trial::{by_status, failed, words_in};
use crate::wire::{authorization, get, join};
use application::ports::provider_calls::{OpenAccount, TrialError};
use domain::workspace::account::AccountSettings;
use domain::workspace::account_fault::AccountFault;
use http::{Request, Response};
use serde::Deserialize;

#[derive(Deserialize)]
struct Domains {
    #[serde(default)]
    has_more: bool,
    data: Vec<Domain>,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
    status: String,
}

impl Tries for Resend {
    fn question(&self, account: &OpenAccount) -> Result<Request<Vec<u8>>, Unusable> {
        let AccountSettings::Resend { base_url, .. } = &account.settings else {
            return Err(wrong_kind(account));
        };
        let key = authorization(&format!("Bearer {}", secret(account, "api_key")?))?;
        Ok(get(&join(base_url, "/domains"), Some(key))?)
    }

    fn verdict(&self, account: &OpenAccount, answer: &Response<Vec<u8>>) -> Result<(), TrialError> {
        let name = words_in(answer, "/name");
        // A key that may only send is valid, and lists no domains.
        if name == "restricted_api_key" {
            return Ok(());
        }
        by_status(answer.status(), &words_in(answer, "/message")).map_err(|refused| match refused {
            TrialError::Failed { detail, .. } if name.ends_with("api_key") => {
                failed(AccountFault::LoginRefused, detail)
            }
            other => other,
        })?;
        let known: Domains = serde_json::from_slice(answer.body())
            .map_err(|_| failed(AccountFault::Refused, "the base URL does not answer as Resend does"))?;
        let from = account.settings.mailbox().map(|mailbox| mailbox.address.domain().to_owned());
        let Some(from) = from.filter(|_| !known.has_more) else { return Ok(()) };
        match known.data.iter().find(|domain| domain.name.eq_ignore_ascii_case(&from)) {
            Some(domain) if domain.status == "verified" => Ok(()),
            Some(domain) => {
                let detail = format!("the domain {from} is {} at Resend, not verified", domain.status);
                Err(failed(AccountFault::Refused, detail))
            }
            None => Err(failed(AccountFault::Refused, format!("Resend knows no domain {from}"))),
        }
    }
}

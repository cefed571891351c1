//! The price of a call at Twilio: that of the leg to the user, which is the parent, and of the legs that it dialled.
//!
//! A leg that was not answered is not charged and never gets a price. The price of another is null for minutes or
//! hours, and then a negative number as text with the account's currency beside it. What a recording costs is not in it.

use super::calls::Refusal;
use super::error_code::{Meaning, meaning};
use super::request::account_url;
use crate::accounts::{Unusable, secret, wrong_kind};
use crate::calls::{broken, lost, unreadable};
use crate::transport::TransportError;
use crate::wire::{BadSettings, excerpt, get, retry_after};
use application::ports::calls::CallBill;
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::spend::Usd;
use domain::workspace::account::AccountSettings;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::Value;

/// The most minutes and the highest price that are taken of a leg: Twilio ends a call after four hours, unless its account
/// allows a day. What is more is not to be believed.
const MOST_MINUTES: u64 = 24 * 60;
const HIGHEST: Usd = Usd::cents(100_000);

/// A call as Twilio describes it, as far as its price depends on it.
#[derive(Debug, Deserialize)]
pub(crate) struct Leg {
    status: String,
    #[serde(default)]
    duration: Option<String>,
    #[serde(default)]
    price: Value,
    #[serde(default)]
    price_unit: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    calls: Vec<Leg>,
}

pub(crate) fn parent(account: &OpenAccount, provider_id: &str) -> Result<Request<Vec<u8>>, Unusable> {
    read(account, provider_id, |id| format!("Calls/{id}.json"))
}

pub(crate) fn children(account: &OpenAccount, provider_id: &str) -> Result<Request<Vec<u8>>, Unusable> {
    read(account, provider_id, |id| format!("Calls.json?ParentCallSid={id}&PageSize=100"))
}

fn read(
    account: &OpenAccount,
    provider_id: &str,
    resource: impl Fn(&str) -> String,
) -> Result<Request<Vec<u8>>, Unusable> {
    let AccountSettings::Twilio { base_url, account_sid, .. } = &account.settings else {
        return Err(wrong_kind(account));
    };
    if provider_id.is_empty() || !provider_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(BadSettings("the call's id is not one".to_owned()).into());
    }
    let token = secret(account, "auth_token")?;
    let (url, login) = account_url(base_url, account_sid, token, &resource(provider_id))?;
    Ok(get(&url, Some(login))?)
}

/// Reads the leg to the user. None where the provider knows no such call.
pub(crate) fn read_parent(
    answer: Result<Response<Vec<u8>>, TransportError>,
) -> Result<Option<Leg>, CallError> {
    let answer = answer.map_err(lost)?;
    match answer.status().as_u16() {
        200 => Ok(Some(serde_json::from_slice(answer.body()).map_err(|_| unreadable(&answer))?)),
        404 if refusal(&answer).is_some() => Ok(None),
        _ => Err(refused(&answer)),
    }
}

pub(crate) fn read_children(
    answer: Result<Response<Vec<u8>>, TransportError>,
) -> Result<Vec<Leg>, CallError> {
    let answer = answer.map_err(lost)?;
    match answer.status().as_u16() {
        200 => {
            let listed: Listed = serde_json::from_slice(answer.body()).map_err(|_| unreadable(&answer))?;
            Ok(listed.calls)
        }
        _ => Err(refused(&answer)),
    }
}

fn refusal(answer: &Response<Vec<u8>>) -> Option<Refusal> {
    serde_json::from_slice(answer.body()).ok()
}

fn refused(answer: &Response<Vec<u8>>) -> CallError {
    let told = refusal(answer);
    let words = || told.as_ref().map_or_else(String::new, |told| excerpt(&told.message));
    match answer.status().as_u16() {
        429 => CallError::RateLimited { after: retry_after(answer) },
        401 | 403 => CallError::Account(words()),
        400..=499 => match told.as_ref().map(|told| meaning(told.code)) {
            Some(Meaning::Account) | None => CallError::Account(words()),
            Some(_) => CallError::Rejected(words()),
        },
        _ => broken(answer),
    }
}

/// Adds up the legs.
pub(crate) fn bill(legs: &[Leg]) -> CallBill {
    if legs.iter().any(|leg| !leg.is_over()) {
        return CallBill::GoesOn;
    }
    let minutes = legs.iter().map(Leg::minutes).max().unwrap_or(0);
    let mut amount = Usd::ZERO;
    let mut is_priced = true;
    for leg in legs {
        match leg.price() {
            Ok(Some(price)) => amount = amount + price,
            Ok(None) => is_priced = false,
            Err(why) => return CallBill::Unreadable { minutes, why },
        }
    }
    match is_priced {
        true => CallBill::Priced { amount },
        false => CallBill::NotPriced { minutes },
    }
}

impl Leg {
    fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "busy" | "failed" | "no-answer" | "canceled")
    }

    fn minutes(&self) -> u64 {
        self.duration
            .as_deref()
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(0)
            .div_ceil(60)
            .min(MOST_MINUTES)
    }

    /// Returns the price of a leg that is over; none where it has not come yet.
    fn price(&self) -> Result<Option<Usd>, String> {
        let price = match &self.price {
            Value::Null if self.status == "completed" => return Ok(None),
            Value::Null => return Ok(Some(Usd::ZERO)),
            price => price,
        };
        let expected =
            || format!("a negative decimal number as text is expected, not {}", excerpt(&price.to_string()));
        let amount = price.as_str().and_then(micros).ok_or_else(expected)?;
        match self.price_unit.as_deref() {
            Some(unit) if unit.eq_ignore_ascii_case("USD") && amount <= HIGHEST => Ok(Some(amount)),
            Some(unit) if unit.eq_ignore_ascii_case("USD") => {
                Err(format!("at most {HIGHEST} is expected, not {amount}"))
            }
            _ if amount.is_zero() => Ok(Some(amount)),
            unit => Err(format!("the currency USD is expected, not {}", excerpt(unit.unwrap_or("none")))),
        }
    }
}

/// Reads `-0.01400`. A part of a millionth counts as a whole one.
fn micros(text: &str) -> Option<Usd> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) {
        return None;
    }
    let (micros, rest) = part.split_at(part.len().min(6));
    let rest = u64::from(rest.bytes().any(|digit| digit != b'0'));
    let whole = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?;
    let amount = whole.checked_add(format!("{micros:0<6}").parse().ok()?)?.checked_add(rest)?;
    // Money that is given back is no price of a call.
    (is_negative || amount == 0).then_some(Usd::micros(amount))
}

#[cfg(test)]
#[path = "call_prices_tests.rs"]
mod tests;

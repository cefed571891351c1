//! A bucket's lifecycle as the template has it: objects that expire after some days, and nothing else.

use serde_json::Value;

use super::store::Expiration;
use crate::wire::ServiceError;

/// The members that a rule may have here; any other is refused, since it would not be obeyed.
const KNOWN: [&str; 4] = ["Id", "Status", "Prefix", "ExpirationInDays"];

pub(super) fn expirations(properties: &Value) -> Result<Vec<Expiration>, ServiceError> {
    let rules = properties.pointer("/LifecycleConfiguration/Rules").and_then(Value::as_array);
    let rules = rules.into_iter().flatten();
    rules.filter(|rule| rule["Status"] != "Disabled").map(expiration).collect()
}

fn expiration(rule: &Value) -> Result<Expiration, ServiceError> {
    let members = rule.as_object().ok_or_else(|| malformed("a rule is no mapping"))?;
    if let Some(unknown) = members.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(malformed(&format!("this host does not know {unknown} of a lifecycle rule")));
    }
    if rule["Status"] != "Enabled" {
        return Err(malformed("Status is Enabled or Disabled"));
    }
    let days = rule["ExpirationInDays"].as_i64().filter(|days| *days > 0);
    let days = days.ok_or_else(|| malformed("ExpirationInDays is a whole number above 0"))?;
    Ok(Expiration { prefix: rule["Prefix"].as_str().unwrap_or_default().to_owned(), days })
}

fn malformed(why: &str) -> ServiceError {
    ServiceError::bad("MalformedXML", why)
}

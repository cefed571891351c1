//! What providers are asked about a lead, and the digest by which the same question is recognised.

use crate::lead::enrichment::field_work::digest;
use domain::column::recipe::Recipe;
use domain::column::target::ColumnTarget;
use domain::column::{FillCause, LeadColumn};
use domain::lead::Lead;
use domain::lead::data_field::DataSubject;
use domain::sequence::merge_fields::lead_value;

/// The fields that every enrichment rests on, as templates spell them.
pub(super) const SUBJECT: [&str; 7] =
    ["first_name", "last_name", "email", "phone", "linkedin", "company", "website"];

/// Returns what is known of the lead, without the field that is looked for.
pub(super) fn subject_of(lead: &Lead, target: &ColumnTarget) -> DataSubject {
    let target = target.name();
    let value = |name: &str| (name != target).then(|| lead_value(lead, name)).flatten();
    let (first_name, last_name) = (value("first_name"), value("last_name"));
    let full_name = match (&first_name, &last_name) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        _ => None,
    };
    let email_domain = lead.email.as_ref().and_then(|email| email.company_domain()).map(str::to_owned);
    DataSubject {
        full_name,
        first_name,
        last_name,
        email: value("email"),
        phone: value("phone"),
        linkedin_url: value("linkedin"),
        company: value("company"),
        domain: value("website").as_deref().and_then(domain_of).or(email_domain),
        provider_id: None,
    }
}

/// Returns the domain of a website, without `www.`.
fn domain_of(website: &str) -> Option<String> {
    let host = website.split("://").last()?.split(['/', '?', '#', ':']).next()?.trim().to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
}

/// Returns the digest of all that the column's question rests on.
pub(super) fn question_digest(column: &LeadColumn, lead: &Lead) -> String {
    let version = column.version.to_string();
    let mut parts = vec![column.id.to_string(), version];
    for name in column.rests_on() {
        parts.push(format!("{name}={}", lead_value(lead, &name).unwrap_or_default()));
    }
    if let Recipe::Enrichment { .. } = &column.recipe {
        let subject = subject_of(lead, &column.target);
        parts.push(serde_json::to_string(&subject).unwrap_or_default());
    }
    digest(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Tells whether the column's question rests on this field, named as templates do.
pub(super) fn rests_on(column: &LeadColumn, name: &str) -> bool {
    let by_subject = matches!(column.recipe, Recipe::Enrichment { .. })
        && SUBJECT.contains(&name)
        && column.target.name() != name;
    by_subject || column.rests_on().contains(name)
}

/// Tells whether a column fills itself for this cause. A formula is as true as the fields that it names: it follows them
/// without being told to.
pub(super) fn fills_itself(column: &LeadColumn, cause: FillCause) -> bool {
    matches!(column.recipe, Recipe::Formula { .. }) || column.is_filled_on(cause)
}

#[cfg(test)]
mod tests {
    use super::domain_of;

    #[test]
    fn domain_of_a_website_is_its_host_without_www() {
        for (website, domain) in [
            ("https://www.Acme.example/about", Some("acme.example")),
            ("acme.example", Some("acme.example")),
            ("http://acme.example:8080/?a", Some("acme.example")),
            ("not a site", None),
            ("localhost", None),
        ] {
            assert_eq!(domain_of(website).as_deref(), domain, "{website}");
        }
    }
}

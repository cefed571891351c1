//! Searches the suppression list. Its entries have no order that a part of a value could be found by, so a search reads
//! on in the list, a bounded number of entries for each page of its answer; what a whole address or number finds is
//! looked up at once and comes first.

use crate::ports::store::{Page, PageRequest, StoreResult};
use crate::ports::suppressions::SuppressionStore;
use domain::WorkspaceId;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::suppression::{Suppression, SuppressionScope};

/// The reads for one page of the answer: a page may have no entry and yet be followed by others.
const MOST_READS: usize = 10;

/// What somebody looks for: a part of an address, domain, number or id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionSearch {
    text: String,
    /// The digits of a number, however it is spelled.
    digits: Option<String>,
    whole: Vec<SuppressionScope>,
}

impl SuppressionSearch {
    /// None if nothing is looked for.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let is_number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+()-./".contains(c);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let digits = Some(digits).filter(|digits| !digits.is_empty() && text.chars().all(is_number));
        let mut whole = Vec::new();
        if let Ok(email) = EmailAddress::parse(text) {
            whole.push(SuppressionScope::Email(email.to_string()));
            whole.push(SuppressionScope::Domain(email.domain().to_owned()));
        } else if let Ok(at_domain) = EmailAddress::parse(&format!("x@{}", text.trim_start_matches('@'))) {
            whole.push(SuppressionScope::Domain(at_domain.domain().to_owned()));
        }
        whole.extend(PhoneNumber::parse(text, None).ok().map(|phone| SuppressionScope::phone(&phone)));
        whole.extend(ChatUser::parse(text).ok().map(|user| SuppressionScope::chat_user(&user)));
        Some(Self { text: text.to_lowercase(), digits, whole })
    }

    fn finds(&self, scope: &SuppressionScope) -> bool {
        let (SuppressionScope::Email(value)
        | SuppressionScope::Domain(value)
        | SuppressionScope::Phone(value)
        | SuppressionScope::ChatUser(value)) = scope;
        if value.to_lowercase().contains(&self.text) {
            return true;
        }
        let digits = self.digits.as_ref().filter(|_| matches!(scope, SuppressionScope::Phone(_)));
        digits.is_some_and(|digits| value.contains(digits.as_str()))
    }
}

/// Returns a page of the entries that are looked for. It may be shorter than asked for; only a page without a cursor is
/// the last.
pub async fn search_suppressions(
    suppressions: &dyn SuppressionStore,
    workspace: &WorkspaceId,
    search: &SuppressionSearch,
    page: PageRequest,
) -> StoreResult<Page<Suppression>> {
    let mut items = match page.cursor {
        None => suppressions.find(workspace, &search.whole).await?,
        Some(_) => Vec::new(),
    };
    let mut cursor = page.cursor;
    for _ in 0..MOST_READS {
        let limit = page.limit.saturating_sub(items.len()).max(1);
        let read = suppressions.list(workspace, PageRequest { limit, cursor }).await?;
        let found = read.items.into_iter().filter(|entry| search.finds(&entry.scope));
        items.extend(found.filter(|entry| !search.whole.contains(&entry.scope)));
        cursor = read.next_cursor;
        if cursor.is_none() || items.len() >= page.limit {
            break;
        }
    }
    Ok(Page { items, next_cursor: cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str, scope: SuppressionScope) -> bool {
        SuppressionSearch::parse(text).unwrap().finds(&scope)
    }

    #[test]
    fn part_of_a_value_finds_it_however_it_is_spelled() {
        let email = || SuppressionScope::Email("ann@quay.example".to_owned());
        let phone = || SuppressionScope::Phone("+12065550101".to_owned());
        assert!(finds("ANN@", email()) && finds(" quay ", email()) && !finds("ben", email()));
        assert!(finds("(206) 555", phone()) && finds("+1 206-555-0101", phone()) && !finds("207", phone()));
        assert!(!finds("2065", email()));
        assert_eq!(SuppressionSearch::parse("  "), None);
    }

    #[test]
    fn whole_address_looks_for_its_domain_too() {
        let whole = SuppressionSearch::parse("Ann@Quay.example").unwrap().whole;
        let domain = SuppressionScope::Domain("quay.example".to_owned());
        assert_eq!(whole, [SuppressionScope::Email("ann@quay.example".to_owned()), domain.clone()]);
        assert_eq!(SuppressionSearch::parse("quay.example").unwrap().whole, [domain]);
    }
}

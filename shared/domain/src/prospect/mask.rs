//! What users see of a prospect before it is a lead.

/// Returns a name with the initial of the last name: `Ann B.`
pub fn masked_name(full: &str) -> Option<String> {
    let mut words: Vec<&str> = full.split_whitespace().collect();
    let last = words.pop()?;
    if words.is_empty() {
        return Some(last.to_owned());
    }
    let initial = last.chars().find(|letter| letter.is_alphabetic());
    let initial = initial.map(|letter| format!(" {}.", letter.to_uppercase())).unwrap_or_default();
    Some(format!("{}{initial}", words.join(" ")))
}

/// Returns an address with the first character of its name: `a•••@acme.example`.
pub fn masked_email(address: &str) -> Option<String> {
    let (name, domain) = address.trim().rsplit_once('@')?;
    let first = name.chars().next()?;
    Some(format!("{first}•••@{domain}"))
}

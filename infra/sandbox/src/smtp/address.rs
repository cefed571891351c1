//! Addresses in MAIL and RCPT: `<local@domain>` and the parameters after it.

/// Parses `FROM:<…> SIZE=…` into the address (empty for the null sender) and the parameters. None if it is no
/// path.
pub(super) fn path_and_parameters<'a>(argument: &'a str, keyword: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let head = argument.get(..keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let rest = argument[keyword.len()..].trim_start_matches(' ').strip_prefix('<')?;
    let (path, parameters) = rest.split_once('>')?;
    if !parameters.is_empty() && !parameters.starts_with(' ') {
        return None;
    }
    Some((path, parameters.split_whitespace().collect()))
}

/// Whether an address can exist: dot-atom local part, domain with a dot, lengths of RFC 5321, letters of RFC
/// 6531.
pub(super) fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let ascii = idna::domain_to_ascii_strict(domain).unwrap_or_default();
    is_local_part(local) && is_domain(&ascii) && address.len() <= 254
}

fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii() && c.is_alphanumeric()
    };
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(allowed))
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

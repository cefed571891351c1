//! What mail servers write when they refuse or return a mail: `mail_servers.toml`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug, Default)]
pub struct Servers {
    /// Names and local parts of the senders of bounces.
    pub senders: Vec<String>,
    /// Lines behind which the returned mail begins.
    pub copies: Vec<String>,
    lists: HashMap<String, Vec<String>>,
}

pub fn servers() -> &'static Servers {
    static ALL: LazyLock<Servers> = LazyLock::new(|| {
        let mut lists: HashMap<String, Vec<String>> =
            toml::from_str(include_str!("mail_servers.toml")).unwrap_or_default();
        let senders = lists.remove("senders").unwrap_or_default();
        let copies = lists.remove("copies").unwrap_or_default();
        Servers { senders, copies, lists }
    });
    &ALL
}

/// Whether the text (in lower case) has one of the list's parts.
pub fn says(text: &str, list: &str) -> bool {
    debug_assert!(servers().lists.contains_key(list), "{list}");
    servers().lists.get(list).is_some_and(|parts| parts.iter().any(|part| text.contains(part.as_str())))
}

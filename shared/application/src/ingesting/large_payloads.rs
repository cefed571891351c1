//! The bucket keys of incoming payloads that are too large for a queue, or for a webhook.

use domain::ids::derived_ulid;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

/// The largest upload: as large as mail servers let a mail be.
pub const LARGEST_UPLOAD_BYTES: u64 = 40 * 1024 * 1024;

/// Returns the key of a webhook's payload. `event` is a hash that names it, so that the same event again has the same
/// key.
pub fn payload(workspace: &WorkspaceId, account: &AccountId, event: &str) -> String {
    format!("{workspace}/inbound/{account}/{event}")
}

/// Returns the key of a mail that its relay uploaded under this name. `None`: this installation gives no such names,
/// and it might lead elsewhere.
pub fn upload(workspace: &WorkspaceId, account: &AccountId, name: &str) -> Option<String> {
    let ours =
        name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    ours.then(|| format!("{workspace}/inbound/{account}/uploads/{name}"))
}

/// Returns the key of a mail as it was read. The same mail again has the same key. Its sender chooses its Message-ID, so
/// the key is made of the whole mail: another one under the same Message-ID has another key.
pub fn read_mail(workspace: &WorkspaceId, account: &AccountId, mail: &str) -> String {
    let name = derived_ulid(Timestamp::UNIX_EPOCH, &["mail", mail]);
    format!("{workspace}/inbound/{account}/mails/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_under_one_message_id_have_keys_of_their_own() {
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
        let account = AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let [first, again, forged] = ["Yes", "Yes", "No"].map(|text| {
            read_mail(&workspace, &account, &format!("{{\"internet_id\":\"1\",\"text\":\"{text}\"}}"))
        });
        assert!(first == again && first != forged);
    }

    #[test]
    fn upload_key_is_refused_for_a_foreign_name() {
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
        let account = AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let name = "0a".repeat(32);
        let key = upload(&workspace, &account, &name).unwrap();
        assert_eq!(key, format!("{workspace}/inbound/{account}/uploads/{name}"));
        for other in ["", "..", "a/b", &"0A".repeat(32), &"0g".repeat(32), &format!("../{}", &name[3..])] {
            assert_eq!(upload(&workspace, &account, other), None, "{other}");
        }
    }
}

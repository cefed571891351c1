//! The bucket keys of incoming payloads that are too large for a queue, or for a webhook.

use domain::ids::derived_ulid;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

/// The largest upload: as large as mail servers let a mail be.
pub const LARGEST_UPLOAD_BYTES: u64 = 40 * 1024 * 1024;

/// The longest name that a provider gives to a mail in its folder; those of SES have 40 characters.
const LONGEST_NAME: usize = 200;

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

/// Returns the folder into which a provider puts the account's mail itself: the prefix that its rule is given.
pub fn mail_folder(workspace: &WorkspaceId, account: &AccountId) -> String {
    format!("{workspace}/inbound/{account}/ses/")
}

/// Whether a key, as a provider reports it, is that of a mail in the account's folder.
pub fn is_in_mail_folder(workspace: &WorkspaceId, account: &AccountId, key: &str) -> bool {
    let name = key.strip_prefix(&mail_folder(workspace, account));
    name.is_some_and(|name| {
        (1..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
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
    fn mail_of_another_account_or_outside_the_folder_is_not_taken() {
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
        let [own, other] = ["c", "d"].map(|name| AccountId::derived(Timestamp::UNIX_EPOCH, &[name]));
        let folder = mail_folder(&workspace, &own);
        assert!(is_in_mail_folder(&workspace, &own, &format!("{folder}d6iitobk75ur44p8kdnnp7g2n800")));
        let theirs = format!("{}d6iitobk75ur44p8kdnnp7g2n800", mail_folder(&workspace, &other));
        let uploads = format!("{workspace}/inbound/{own}/uploads/a");
        let long = format!("{folder}{}", "a".repeat(201));
        for key in [&theirs, &folder, &format!("{folder}../a"), &format!("{folder}a/b"), &uploads, &long, "a"]
        {
            assert!(!is_in_mail_folder(&workspace, &own, key), "{key}");
        }
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

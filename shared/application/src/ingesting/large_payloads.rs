//! Where in the bucket lies what came from outside and is too large for a queue, or for a webhook.

use domain::{ConnectionId, WorkspaceId};

/// As large as mail servers let a mail be.
pub const LARGEST_UPLOAD_BYTES: u64 = 40 * 1024 * 1024;

/// A webhook's payload; `event`: a hash that names it. The same event again lies in the same place.
pub fn payload(workspace: &WorkspaceId, connection: &ConnectionId, event: &str) -> String {
    format!("{workspace}/inbound/{connection}/{event}")
}

/// A mail that its relay has put there itself, under the name that it was given. `None`: that is none of our names, and might lead
/// elsewhere.
pub fn upload(workspace: &WorkspaceId, connection: &ConnectionId, name: &str) -> Option<String> {
    let ours =
        name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    ours.then(|| format!("{workspace}/inbound/{connection}/uploads/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_name_leads_nowhere_but_to_its_accounts_uploads() {
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
        let connection = ConnectionId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let name = "0a".repeat(32);
        let key = upload(&workspace, &connection, &name).unwrap();
        assert_eq!(key, format!("{workspace}/inbound/{connection}/uploads/{name}"));
        for other in ["", "..", "a/b", &"0A".repeat(32), &"0g".repeat(32), &format!("../{}", &name[3..])] {
            assert_eq!(upload(&workspace, &connection, other), None, "{other}");
        }
    }
}

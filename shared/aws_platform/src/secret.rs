//! The stage's one secret: a ring of master keys, `{"master_key": "…", "others": ["…"]}`. Everything new is made with
//! keys derived from the first; keys derived from the others still verify and open. Beside them are the installation's
//! registrations at providers of sign-ins, `"sign_in": [{"provider": "google", "client_id": "…", "client_secret": "…"}]`.
//! The operator's SMTP account for mail about accounts, if there is one, is `"system_smtp": {"host": "…", "port": 465,
//! "security": "tls", "username": "…", "password": "…"}`. The secret's tag holds the installation's address where that is not configured.

use crate::BoxError;
use application::Ids;
use application::identity::stage_keys::StageKeys;
use domain::workspace::identity::SignInProvider;
use providers::{SignInClient, SmtpAccount};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The most keys of the ring beside the current one: each costs an attempt for every forgery.
const MOST_OTHERS: usize = 4;
const SHORTEST: usize = 64;
/// The tag of the secret that holds the public address, as the template writes it.
const ADDRESS_TAG: &str = "public_url";

#[derive(Serialize, Deserialize)]
struct SecretText {
    /// The current master key, of at least 64 characters; the keys are derived from it.
    master_key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sign_in: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system_smtp: Option<Value>,
}

/// Makes the text of a new installation's secret, where no template makes one.
pub fn new_secret_text(ids: &dyn Ids) -> String {
    let mut key = [0; 32];
    ids.secret_bytes(&mut key);
    let text =
        SecretText { master_key: hex::encode(key), others: vec![], sign_in: vec![], system_smtp: None };
    serde_json::to_string(&text).expect("two strings are JSON")
}

/// Derives the keys from the secret's text. An error tells what is wrong, never a value.
pub fn read_secret_text(text: &str) -> Result<StageKeys, BoxError> {
    let text: SecretText = serde_json::from_str(text).map_err(
        |_| "the stage's secret has no text master_key, or others that are no list of texts, or is not JSON",
    )?;
    if text.others.len() > MOST_OTHERS {
        return Err(format!("the stage's secret has more than {MOST_OTHERS} others").into());
    }
    if text.others.iter().chain([&text.master_key]).any(|key| key.len() < SHORTEST) {
        return Err(format!("a key in the stage's secret is shorter than {SHORTEST} characters").into());
    }
    let others = text.others.iter().map(|key| derived(key, vec![])).collect();
    Ok(derived(&text.master_key, others))
}

/// Reads the registrations at providers of sign-ins. An error names the place, never a value.
pub fn read_sign_in_clients(text: &str) -> Result<Vec<SignInClient>, BoxError> {
    let text: SecretText = serde_json::from_str(text).map_err(|_| "the stage's secret is not JSON")?;
    let mut clients: Vec<SignInClient> = Vec::new();
    for (place, client) in text.sign_in.into_iter().enumerate() {
        let wrong = |what: &str| format!("sign_in[{place}] of the stage's secret {what}");
        let client: SignInClient =
            serde_json::from_value(client).map_err(|_| wrong("is not a registration at a provider"))?;
        if client.provider == SignInProvider::Oidc && client.issuer.is_none() {
            return Err(wrong("has no issuer").into());
        }
        if clients.iter().any(|known| known.provider == client.provider) {
            return Err(wrong("names a provider twice").into());
        }
        clients.push(client);
    }
    Ok(clients)
}

/// Reads the operator's SMTP account for mail about accounts. An error tells what is wrong, never a value.
pub fn read_system_smtp(text: &str) -> Result<Option<SmtpAccount>, BoxError> {
    let text: SecretText = serde_json::from_str(text).map_err(|_| "the stage's secret is not JSON")?;
    let Some(account) = text.system_smtp else { return Ok(None) };
    let wrong =
        "system_smtp of the stage's secret is no SMTP account: host, port, security, username, password";
    serde_json::from_value(account).map(Some).map_err(|_| wrong.into())
}

/// Puts other registrations into a secret's text.
pub fn with_sign_in_clients(text: &str, clients: Vec<Value>) -> Result<String, BoxError> {
    let read: SecretText = serde_json::from_str(text).map_err(|_| "the stage's secret is not JSON")?;
    Ok(serde_json::to_string(&SecretText { sign_in: clients, ..read })?)
}

fn derived(master_key: &str, others: Vec<StageKeys>) -> StageKeys {
    let derive = |purpose: &str| -> [u8; 32] {
        // This is one block of HKDF's expansion; the master key is uniformly random already.
        Sha256::new().chain_update(purpose).chain_update([0]).chain_update(master_key).finalize().into()
    };
    StageKeys {
        token: derive("leadflow access tokens v1"),
        link: derive("leadflow links v1"),
        vault: derive("leadflow provider secrets v1"),
        others,
    }
}

/// Reads the public address from the secret's tag. The functions that the API calls cannot be given its address as a
/// variable, so the template writes it there.
pub(crate) async fn tagged_address(
    secrets: &aws_sdk_secretsmanager::Client,
    id: &str,
) -> Result<String, BoxError> {
    let about = secrets.describe_secret().secret_id(id).send().await?;
    let tag = about.tags().iter().find(|tag| tag.key() == Some(ADDRESS_TAG));
    let url = tag.and_then(|tag| tag.value()).filter(|url| url.starts_with("http"));
    Ok(url
        .ok_or("neither PUBLIC_URL nor the tag public_url of the stage's secret tells the public address")?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RandomIds, SealedVault};
    use application::ports::accounts::{BadSeal, SecretFields, Vault};
    use application::ports::clock::SystemClock;
    use domain::{AccountId, WorkspaceId};
    use jiff::Timestamp;
    use serde_json::json;
    use std::sync::Arc;

    fn keys(current: &str, others: &[&str]) -> StageKeys {
        let long = |key: &str| key.repeat(64);
        let others: Vec<String> = others.iter().map(|key| long(key)).collect();
        read_secret_text(&json!({ "master_key": long(current), "others": others }).to_string()).unwrap()
    }

    #[test]
    fn seals_of_the_former_master_key_open_until_that_key_is_gone() {
        let (before, changed, over) = (keys("a", &[]), keys("b", &["a"]), keys("b", &[]));
        let (workspace, account) = (
            WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]),
        );
        let vault = |keys: &StageKeys| {
            SealedVault::new(Arc::new(keys.clone()), Arc::new(RandomIds::new(Arc::new(SystemClock))))
        };
        let secret = SecretFields::one("password", "correct horse");
        let (link, sealed) = (before.sign_link(&["click"]), before.seal("msg", "ann@one.example"));
        let at_rest = vault(&before).seal(&workspace, &account, &secret);
        assert!(changed.link_is_signed(&["click"], &link) && !over.link_is_signed(&["click"], &link));
        assert_eq!(changed.open("msg", &sealed).as_deref(), Some("ann@one.example"));
        assert_eq!(over.open("msg", &sealed), None);
        assert_eq!(vault(&changed).open(&workspace, &account, &at_rest), Ok(secret.clone()));
        assert_eq!(vault(&over).open(&workspace, &account, &at_rest), Err(BadSeal));

        let link = changed.sign_link(&["click"]);
        assert!(over.link_is_signed(&["click"], &link), "what is new is made with the new key");
        let at_rest = vault(&changed).seal(&workspace, &account, &secret);
        assert_eq!(vault(&over).open(&workspace, &account, &at_rest), Ok(secret));
        assert!(
            keys("a", &["b"]).link_is_signed(&["click"], &link),
            "who still works with the old one may take it"
        );
    }

    #[test]
    fn registrations_for_sign_ins_are_read_or_refused_without_being_quoted() {
        let read = |sign_in: Value| {
            read_sign_in_clients(&json!({ "master_key": "x".repeat(64), "sign_in": sign_in }).to_string())
        };
        let google = json!({ "provider": "google", "client_id": "ours", "client_secret": "hunter2" });
        let clients = read(json!([google])).unwrap();
        assert_eq!((clients.len(), clients[0].client_id.as_str()), (1, "ours"));
        assert!(!format!("{clients:?}").contains("hunter2"));
        let of =
            |provider: &str| json!({ "provider": provider, "client_id": "ours", "client_secret": "hunter2" });
        for wrong in [json!([of("myspace")]), json!([of("oidc")]), json!([google, google]), json!([{}])] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("sign_in[") && !error.contains("hunter2"), "{error}");
        }
        let text = json!({ "master_key": "x".repeat(64) }).to_string();
        assert!(read_sign_in_clients(&text).unwrap().is_empty());
        let with = with_sign_in_clients(&text, vec![google]).unwrap();
        assert_eq!(read_sign_in_clients(&with).unwrap(), clients);
        read_secret_text(&with).unwrap();
    }

    #[test]
    fn bad_secret_is_refused_without_being_quoted() {
        for text in ["", "{}", r#"{"master_key": "hunter2"}"#, r#"{"master_key": ["hunter2"]}"#] {
            let error = read_secret_text(text).unwrap_err().to_string();
            assert!(error.contains("the stage's secret") && !error.contains("hunter2"), "{error}");
        }
        let long = "x".repeat(64);
        for others in [json!(["hunter2"]), json!([long, long, long, long, long])] {
            read_secret_text(&json!({ "master_key": long, "others": others }).to_string()).unwrap_err();
        }
        read_secret_text(&json!({ "master_key": long, "public_url": "https://of.before" }).to_string())
            .unwrap();
    }
}

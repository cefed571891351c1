//! Signed links in messages: pixel, click, unsubscribe, preview, status callback. A link without a valid signature
//! leads nowhere.

use crate::identity::stage_keys::StageKeys;
use domain::contact::email_address::EmailAddress;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::percent_encode;
use domain::workspace::account::{AccountSettings, webhook_word};
use domain::{AccountId, MessageId, WorkspaceId};

/// Makes and checks the links of one message.
pub struct Links<'a> {
    pub keys: &'a StageKeys,
    pub public_url: &'a str,
    pub workspace: &'a WorkspaceId,
    pub message: &'a MessageId,
}

impl Links<'_> {
    pub fn pixel(&self) -> String {
        let signature = self.sign("open", "");
        format!("{}/t/o/{}/{}/{signature}", self.public_url, self.workspace, self.message)
    }

    /// Makes a click link. Its target is part of what is signed, so that no other address can be put in its place.
    pub fn click(&self, target: &str) -> String {
        let signature = self.sign("click", target);
        let mut url = format!("{}/t/c/{}/{}/{signature}?u=", self.public_url, self.workspace, self.message);
        percent_encode(target, &mut url);
        url
    }

    /// Makes the link that no reader sees: whatever follows it is a scanner.
    pub fn hidden(&self) -> String {
        let signature = self.sign("hidden", "");
        format!("{}/t/h/{}/{}/{signature}", self.public_url, self.workspace, self.message)
    }

    /// Makes an unsubscribe link. In a mail it also carries the recipient's address, sealed: if the lead is deleted,
    /// the opt-out still finds the address.
    pub fn unsubscribe(&self, to: Option<&EmailAddress>) -> String {
        let signature = self.sign("unsubscribe", "");
        let url = format!("{}/u/{}/{}/{signature}", self.public_url, self.workspace, self.message);
        match to {
            Some(to) => format!("{url}?to={}", self.keys.seal(self.message.as_str(), to.as_str())),
            None => url,
        }
    }

    /// Returns the address that an unsubscribe link carries; `None` where it carries none, or one that this
    /// installation has not sealed.
    pub fn unsubscribed_at(&self, sealed: &str) -> Option<EmailAddress> {
        EmailAddress::parse(&self.keys.open(self.message.as_str(), sealed)?).ok()
    }

    /// Makes the address to which the account's provider reports the status of this message.
    pub fn status(&self, account: &AccountId, settings: &AccountSettings) -> String {
        format!("{}?message={}", webhook_url(self.public_url, account, settings), self.message)
    }

    pub fn open_is_signed(&self, signature: &str) -> bool {
        self.is_signed("open", "", signature)
    }

    pub fn click_is_signed(&self, target: &str, signature: &str) -> bool {
        self.is_signed("click", target, signature)
    }

    pub fn hidden_is_signed(&self, signature: &str) -> bool {
        self.is_signed("hidden", "", signature)
    }

    pub fn unsubscribe_is_signed(&self, signature: &str) -> bool {
        self.is_signed("unsubscribe", "", signature)
    }

    fn sign(&self, purpose: &str, target: &str) -> String {
        self.keys.sign_link(&[purpose, self.workspace.as_str(), self.message.as_str(), target])
    }

    fn is_signed(&self, purpose: &str, target: &str, signature: &str) -> bool {
        self.keys
            .link_is_signed(&[purpose, self.workspace.as_str(), self.message.as_str(), target], signature)
    }
}

/// Adds links for a text that is shown or counted and not sent: they are as long as real ones and lead nowhere.
pub fn with_dead_links(
    context: MergeContext,
    public_url: &str,
    (workspace, message): (&WorkspaceId, &MessageId),
) -> MergeContext {
    let unsubscribe = format!("{public_url}/u/{workspace}/{message}/{}", "x".repeat(SIGNATURE));
    context.with_links(&preview_url(public_url, &"x".repeat(PREVIEW_TOKEN)), &unsubscribe)
}

/// The length of a signature in characters.
const SIGNATURE: usize = 16;
/// The length of a preview page's token in characters.
const PREVIEW_TOKEN: usize = 22;

/// Makes the address to which the account's provider reports. The account in it chooses the secret that the
/// signature is checked with.
pub fn webhook_url(public_url: &str, account: &AccountId, settings: &AccountSettings) -> String {
    format!("{public_url}/api/webhooks/{}/{account}", webhook_word(settings.provider()))
}

/// The public address of a preview page.
pub fn preview_url(public_url: &str, token: &str) -> String {
    format!("{public_url}/preview/{token}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::LeadId;
    use domain::contact::phone_number::PhoneNumber;
    use jiff::Timestamp;
    use std::collections::BTreeMap;

    #[test]
    fn webhook_url_contains_the_providers_word() {
        let from_number = PhoneNumber::parse("+12025550142", None).unwrap();
        let twilio = AccountSettings::Twilio {
            base_url: String::new(),
            account_sid: String::new(),
            from_number: from_number.clone(),
            places_calls: false,
        };
        let declared = AccountSettings::SmsSender {
            provider: "pigeon_post".to_owned(),
            base_url: String::new(),
            from_number,
            account: None,
            fields: BTreeMap::new(),
        };
        let id = AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let url = |settings| webhook_url("https://a.example", &id, settings);
        assert_eq!(url(&twilio), format!("https://a.example/api/webhooks/twilio/{id}"));
        assert_eq!(url(&declared), format!("https://a.example/api/webhooks/pigeon-post/{id}"));
    }

    #[test]
    fn click_link_is_valid_only_for_its_signed_target() {
        let keys = StageKeys { token: [1; 32], link: [2; 32], vault: [3; 32], others: vec![] };
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
        let lead = LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]);
        let message = MessageId::derived(&lead, &["m"]);
        let links =
            Links { keys: &keys, public_url: "https://a.example", workspace: &workspace, message: &message };
        let url = links.click("https://b.example/?x=1&y=ü");
        let signature = url.split('/').nth(7).and_then(|rest| rest.split('?').next()).unwrap();
        assert!(links.click_is_signed("https://b.example/?x=1&y=ü", signature));
        assert!(!links.click_is_signed("https://evil.example/", signature));
        assert!(!links.open_is_signed(signature));
        assert!(url.ends_with("?u=https%3A%2F%2Fb.example%2F%3Fx%3D1%26y%3D%C3%BC"));
        let shown = with_dead_links(MergeContext::default(), "https://a.example", (&workspace, &message));
        let dead = shown.get("unsubscribe_url").unwrap();
        assert_eq!(dead.len(), links.unsubscribe(None).len());
        assert!(!links.unsubscribe_is_signed(dead.rsplit('/').next().unwrap()));
        let ann = EmailAddress::parse("ann@one.example").unwrap();
        let url = links.unsubscribe(Some(&ann));
        assert_eq!(url, links.unsubscribe(Some(&ann)));
        let sealed = url.split_once("?to=").unwrap().1;
        assert_eq!(links.unsubscribed_at(sealed), Some(ann));
        assert!(!url.contains("ann") && links.unsubscribed_at(&sealed[1..]).is_none());
        let other = MessageId::derived(&lead, &["n"]);
        assert!(Links { message: &other, ..links }.unsubscribed_at(sealed).is_none(), "of another message");
        let token = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, [0; 16]);
        assert_eq!(shown.get("preview_url").unwrap().len(), preview_url("https://a.example", &token).len());
    }
}

//! Tokens that work once: 256 unpredictable bits, stored only as a digest.

use crate::ports::ids::Ids;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

const SECRET_BYTES: usize = 32;
/// The length of a secret as it is written.
const SECRET_CHARACTERS: usize = 43;
/// Every token's names begin with its workspace's.
const BEGINS: &str = "ws_";
/// The length of an id behind its prefix.
const ID_CHARACTERS: usize = 26;
/// What stands in a text in place of a token.
const REMOVED: &str = "[link removed]";

/// Makes a token `names.secret`: the names find the record that holds the secret's digest.
pub(crate) fn new_token(names: &str, ids: &dyn Ids) -> String {
    let mut secret = [0; SECRET_BYTES];
    ids.secret_bytes(&mut secret);
    format!("{names}.{}", URL_SAFE_NO_PAD.encode(secret))
}

pub(crate) fn digest_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Takes every token out of a text that did not come from us, however the link around it is written. A mail about access
/// that reaches a mailbox which others read would let them enter in the user's name.
pub(crate) fn without_tokens(text: &str) -> Cow<'_, str> {
    let mut kept: Option<String> = None;
    let (mut from, mut rest) = (0, text);
    while let Some(at) = rest.find(BEGINS) {
        let begin = text.len() - rest.len() + at;
        match length_of_token(&text[begin..]) {
            Some(length) => {
                let kept = kept.get_or_insert_default();
                kept.push_str(&text[from..begin]);
                kept.push_str(REMOVED);
                from = begin + length;
                rest = &text[from..];
            }
            None => rest = &text[begin + BEGINS.len()..],
        }
    }
    kept.map_or(Cow::Borrowed(text), |mut kept| {
        kept.push_str(&text[from..]);
        Cow::Owned(kept)
    })
}

/// The length of the token that the text begins with: two ids and a secret between dots. Mail programs break lines within
/// a link, and quote them.
fn length_of_token(text: &str) -> Option<usize> {
    let mut left = text;
    for _ in 0..2 {
        let (prefix, rest) = left.split_once('_')?;
        let is_prefix =
            (1..=16).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_id = rest.len() > ID_CHARACTERS
            && rest.bytes().take(ID_CHARACTERS).all(|byte| byte.is_ascii_alphanumeric());
        let (true, true) = (is_prefix, is_id) else { return None };
        let rest = &rest[ID_CHARACTERS..];
        left = rest.strip_prefix('.').or_else(|| rest.strip_prefix("%2E"))?;
    }
    let mut seen = 0;
    for (at, character) in left.char_indices() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => seen += 1,
            '\r' | '\n' | '>' | '=' | ' ' if seen > 0 => {}
            _ => return (seen > 0).then(|| text.len() - left.len() + at),
        }
        if seen == SECRET_CHARACTERS {
            return Some(text.len() - left.len() + at + 1);
        }
    }
    (seen > 0).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "ws_01MGV2TGG03JJCG2XCQ7M9DBRT.user_01MGV2TGG0E1PJR6GA4Y0MFA5V";
    const SECRET: &str = "Zk3-x_Q9aB7cD1eF2gH4iJ5kL6mN8oP0qR-sT_uV3wX";

    #[test]
    fn token_is_taken_out_of_every_form_of_its_link() {
        assert_eq!(SECRET.len(), SECRET_CHARACTERS);
        let (head, tail) = SECRET.split_at(20);
        for (link, expected) in [
            (
                format!("https://a.example/reset#token={NAMES}.{SECRET}"),
                "https://a.example/reset#token=[link removed]",
            ),
            (format!("?url=a%23token%3D{NAMES}.{SECRET}&data=1"), "?url=a%23token%3D[link removed]&data=1"),
            (format!("> {NAMES}.{head}\r\n> {tail}\r\n> Bye"), "> [link removed]\r\n> Bye"),
            (format!("{NAMES}.{head}=\n{tail}\""), "[link removed]\""),
            (format!("one {NAMES}.{SECRET} two {NAMES}.{SECRET}."), "one [link removed] two [link removed]."),
            (format!("cut off {NAMES}.{head}"), "cut off [link removed]"),
        ] {
            assert_eq!(without_tokens(&link), expected, "{link}");
        }
    }

    #[test]
    fn text_without_a_token_is_as_it_was() {
        for text in
            ["", "ws_", "news_letter ws_a.b", NAMES, "ws_01MGV2TGG03JJCG2XCQ7M9DBRT is ours", "Äws_ö.ü_é"]
        {
            assert!(matches!(without_tokens(text), Cow::Borrowed(_)), "{text}");
        }
    }
}

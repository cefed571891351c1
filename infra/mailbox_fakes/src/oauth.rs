//! The authorization server: codes that work once, with PKCE; access tokens that expire; refresh tokens that are
//! replaced, if the rules say so, and then work once.

use crate::reply::{Asked, json};
use crate::{Request, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use url::Url;

/// The app as it is registered.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub secret: String,
    pub redirect_uri: String,
}

#[derive(Debug, Clone, Copy)]
pub struct GrantRules {
    pub access_lasts: SignedDuration,
    /// Whether each renewal gives another refresh token, and makes the former one void.
    pub rotates: bool,
    /// The life of a refresh token, such as seven days for an app in testing.
    pub refresh_lasts: Option<SignedDuration>,
}

impl Default for GrantRules {
    fn default() -> Self {
        Self { access_lasts: SignedDuration::from_secs(3_600), rotates: false, refresh_lasts: None }
    }
}

struct Code {
    challenge: String,
    redirect_uri: String,
    scopes: Vec<String>,
}

struct Grant {
    refresh_token: String,
    scopes: Vec<String>,
    since: Timestamp,
}

pub(crate) struct Oauth {
    pub client: Client,
    pub rules: GrantRules,
    /// The number of the last code or token.
    pub made: u64,
    codes: HashMap<String, Code>,
    grant: Option<Grant>,
    access: HashMap<String, (Timestamp, Vec<String>)>,
    /// The error of every later renewal.
    refusal: Option<Value>,
    pub renewals: usize,
}

impl Oauth {
    pub fn new(client: Client, rules: GrantRules) -> Self {
        Self {
            client,
            rules,
            made: 0,
            codes: HashMap::new(),
            grant: None,
            access: HashMap::new(),
            refusal: None,
            renewals: 0,
        }
    }

    fn next(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}-{}", self.made)
    }

    /// Returns what is wrong with the address of the page, if anything is.
    pub fn fault_of_page(&self, page: &str) -> Option<&'static str> {
        let Ok(page) = Url::parse(page) else { return Some("invalid_request") };
        let asked: HashMap<String, String> = page.query_pairs().into_owned().collect();
        let of = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        if of("client_id") != self.client.id || of("response_type") != "code" {
            Some("invalid_client")
        } else if of("redirect_uri") != self.client.redirect_uri {
            Some("redirect_uri_mismatch")
        } else if of("code_challenge_method") != "S256" || of("code_challenge").len() != 43 {
            Some("invalid_request")
        } else {
            None
        }
    }

    /// Lets the owner allow the access on the page at this address, less the permissions that they untick. Returns the
    /// address that the page returns to, or the page's own error.
    pub fn allow(&mut self, page: &str, unticked: &[&str]) -> Result<String, String> {
        if let Some(fault) = self.fault_of_page(page) {
            return Err(fault.to_owned());
        }
        let page = Url::parse(page).map_err(|error| error.to_string())?;
        let asked: HashMap<String, String> = page.query_pairs().into_owned().collect();
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let scopes = of("scope");
        let scopes = scopes.split(' ').filter(|scope| !unticked.contains(scope)).map(str::to_owned).collect();
        let code = self.next("code");
        let kept = Code { challenge: of("code_challenge"), redirect_uri: of("redirect_uri"), scopes };
        self.codes.insert(code.clone(), kept);
        let mut back = Url::parse(&self.client.redirect_uri).map_err(|error| error.to_string())?;
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &of("state"));
        Ok(back.into())
    }

    /// Gives a grant of these permissions at once, as a user has got it before. Returns its refresh token.
    pub fn grant(&mut self, scopes: &[&str], now: Timestamp) -> String {
        let refresh_token = self.next("refresh");
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.grant = Some(Grant { refresh_token: refresh_token.clone(), scopes, since: now });
        self.refusal = None;
        refresh_token
    }

    /// Gives an access token of the grant.
    pub fn access(&mut self, now: Timestamp) -> String {
        let token = self.next("access");
        let scopes = self.grant.as_ref().map(|grant| grant.scopes.clone()).unwrap_or_default();
        self.access.insert(token.clone(), (now + self.rules.access_lasts, scopes));
        token
    }

    /// Takes the grant back: every token of it is void, and renewals are answered with this error.
    pub fn revoke(&mut self, error: Value) {
        self.access.clear();
        self.refusal = Some(error);
    }

    /// Voids the access tokens alone.
    pub fn void_access(&mut self) {
        self.access.clear();
    }

    pub fn token(&mut self, request: &Request, now: Timestamp) -> Response {
        let asked = Asked::of(request);
        let fields: HashMap<String, String> = url::form_urlencoded::parse(asked.body).into_owned().collect();
        let of = |name: &str| fields.get(name).cloned().unwrap_or_default();
        if of("client_id") != self.client.id || of("client_secret") != self.client.secret {
            return json(401, &json!({ "error": "invalid_client" }));
        }
        let invalid = |why: &str| json(400, &json!({ "error": "invalid_grant", "error_description": why }));
        match of("grant_type").as_str() {
            "authorization_code" => {
                let Some(code) = self.codes.remove(&of("code")) else {
                    return invalid("Malformed auth code.");
                };
                let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier").as_bytes()));
                if digest != code.challenge {
                    return invalid("Invalid code verifier.");
                }
                if of("redirect_uri") != code.redirect_uri {
                    return json(400, &json!({ "error": "redirect_uri_mismatch" }));
                }
                let scopes: Vec<&str> = code.scopes.iter().map(String::as_str).collect();
                let refresh = self.grant(&scopes, now);
                self.answer(Some(refresh), now)
            }
            "refresh_token" => {
                self.renewals += 1;
                if let Some(error) = &self.refusal {
                    return json(400, error);
                }
                let life = self.rules.refresh_lasts;
                let is_good = |grant: &&mut Grant| {
                    grant.refresh_token == of("refresh_token")
                        && life.is_none_or(|life| now.duration_since(grant.since) < life)
                };
                if self.grant.as_mut().filter(is_good).is_none() {
                    return invalid("Token has been expired or revoked.");
                }
                let next = self.rules.rotates.then(|| self.next("refresh"));
                if let (Some(grant), Some(next)) = (&mut self.grant, &next) {
                    grant.refresh_token.clone_from(next);
                }
                self.answer(next, now)
            }
            _ => json(400, &json!({ "error": "unsupported_grant_type" })),
        }
    }

    fn answer(&mut self, refresh: Option<String>, now: Timestamp) -> Response {
        let token = self.access(now);
        let scopes = self.grant.as_ref().map(|grant| grant.scopes.join(" ")).unwrap_or_default();
        let mut answer = json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.rules.access_lasts.as_secs(),
            "scope": scopes,
        });
        if let Some(refresh) = refresh {
            answer["refresh_token"] = json!(refresh);
        }
        if let Some(life) = self.rules.refresh_lasts {
            answer["refresh_token_expires_in"] = json!(life.as_secs());
        }
        json(200, &answer)
    }

    /// Whether a token is good, and has one of these permissions.
    pub fn check(&self, bearer: Option<&str>, any_of: &[&str], now: Timestamp) -> Checked {
        let known = bearer.and_then(|token| self.access.get(token)).filter(|(until, _)| *until > now);
        let Some((_, scopes)) = known else { return Checked::BadToken };
        let has = |needed: &&str| {
            scopes.iter().any(|scope| scope == needed || scope.ends_with(&format!("/{needed}")))
        };
        if any_of.is_empty() || any_of.iter().any(has) { Checked::Allowed } else { Checked::NoPermission }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    Allowed,
    BadToken,
    NoPermission,
}

//! Access tokens: HS256 JWTs, 15 minutes, one algorithm, one issuer, one audience (RFC 8725).

use crate::caller::SignedIn;
use application::identity::stage_keys::StageKeys;
use domain::workspace::user::Role;
use domain::{LoginId, SessionId, UserId, WorkspaceId};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

pub const ACCESS_TOKEN_MINUTES: i64 = 15;
const ISSUER: &str = "leadflow";
const AUDIENCE: &str = "leadflow-api";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub sub: UserId,
    pub login: LoginId,
    pub ws: WorkspaceId,
    pub role: Role,
    pub sid: SessionId,
    pub iat: i64,
    pub exp: i64,
    /// Whether the user has to set up a second factor before anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lacks_second_factor: bool,
    iss: String,
    aud: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadToken {
    Invalid,
    Expired,
}

/// Signs a token for one user's session.
pub fn issue(keys: &StageKeys, workspace: &WorkspaceId, signed_in: &SignedIn, now: Timestamp) -> String {
    sign(keys, workspace, signed_in, (false, now))
}

/// Signs a token that is good for setting up a second factor and for nothing else in the workspace.
pub fn issue_for_set_up(
    keys: &StageKeys,
    workspace: &WorkspaceId,
    signed_in: &SignedIn,
    now: Timestamp,
) -> String {
    sign(keys, workspace, signed_in, (true, now))
}

fn sign(
    keys: &StageKeys,
    workspace: &WorkspaceId,
    signed_in: &SignedIn,
    (lacks_second_factor, now): (bool, Timestamp),
) -> String {
    let claims = AccessClaims {
        sub: signed_in.user.clone(),
        login: signed_in.login.clone(),
        ws: workspace.clone(),
        role: signed_in.role,
        sid: signed_in.session.clone(),
        iat: now.as_second(),
        exp: now.as_second() + ACCESS_TOKEN_MINUTES * 60,
        lacks_second_factor,
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
    };
    let header = Header::new(Algorithm::HS256);
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&keys.token))
        .expect("claims are plain text and numbers")
}

pub fn read(keys: &StageKeys, token: &str, now: Timestamp) -> Result<AccessClaims, BadToken> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    // Expiry is checked below, with the time of the clock port and not the machine's.
    validation.validate_exp = false;
    let mut read = keys.all().filter_map(|keys| {
        let key = DecodingKey::from_secret(&keys.token);
        jsonwebtoken::decode::<AccessClaims>(token, &key, &validation).ok()
    });
    let claims = read.next().ok_or(BadToken::Invalid)?.claims;
    if claims.exp <= now.as_second() {
        return Err(BadToken::Expired);
    }
    // The signing machine's clock may be a little ahead.
    if claims.iat > now.as_second() + 240 {
        return Err(BadToken::Invalid);
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8, others: Vec<StageKeys>) -> StageKeys {
        StageKeys { token: [byte; 32], link: [byte; 32], vault: [byte; 32], others }
    }

    #[test]
    fn token_of_the_former_master_key_is_accepted_until_that_key_is_gone() {
        let now = Timestamp::UNIX_EPOCH;
        let signed_in = SignedIn {
            user: UserId::derived(now, &["u"]),
            login: LoginId::derived(now, &["l"]),
            role: Role::Rep,
            session: SessionId::derived(now, &["s"]),
        };
        let workspace = WorkspaceId::derived(now, &["w"]);
        let (before, changed, over) = (keys(1, vec![]), keys(2, vec![keys(1, vec![])]), keys(2, vec![]));
        let token = |keys: &StageKeys| issue(keys, &workspace, &signed_in, now);
        assert_eq!(read(&changed, &token(&before), now).unwrap().sub, signed_in.user);
        assert_eq!(read(&over, &token(&before), now), Err(BadToken::Invalid));
        assert_eq!(read(&over, &token(&changed), now).unwrap().sub, signed_in.user);
        let later = Timestamp::from_second(ACCESS_TOKEN_MINUTES * 60).unwrap();
        assert_eq!(read(&changed, &token(&before), later), Err(BadToken::Expired));
    }
}

//! Users and their identity: sign-up, sessions, passwords, and links that prove who clicks them.

pub mod access_log;
pub mod address_proof;
pub mod api_keys;
pub mod invitations;
pub mod links;
pub mod memberships;
pub(crate) mod one_time_token;
pub mod passkeys;
pub mod password_reset;
pub mod passwords;
pub mod provider_sign_in;
mod refused_passwords;
pub mod second_factor;
pub mod session_checks;
pub mod sessions;
pub mod sign_in_challenge;
pub mod sign_up;
pub mod stage_keys;
pub(crate) mod totp;
pub(crate) mod webauthn;

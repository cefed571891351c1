//! What the first user needs to become the owner.

/// Said at the end of every deploy; after the first sign-up it is of no use to anybody.
pub fn first_sign_up(url: &str, _stack: &str, _region: &str) -> String {
    format!("The first to sign up there becomes the owner: {url}/sign-up")
}

//! Sign-in by OpenID Connect: the provider's page, and who came back from it. Implemented by the providers.

use crate::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::identity::SignInProvider;
use jiff::Timestamp;

#[async_trait]
pub trait SignInProviders: Send + Sync {
    /// Lists the providers that the installation offers, with the names that users read.
    fn offered(&self) -> Vec<OfferedProvider>;

    /// Returns the address of the provider's page.
    async fn page(&self, provider: SignInProvider, asked: &SignInRequest) -> Result<String, SignInFailure>;

    /// Exchanges the code that came back for the provider's word on who signed in there. The word MUST be signed by the
    /// provider, meant for this installation and this request, and not expired.
    async fn who(
        &self,
        provider: SignInProvider,
        code: &SignInCode,
    ) -> Result<ProviderAccount, SignInFailure>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedProvider {
    pub provider: SignInProvider,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRequest {
    /// Our address to which the provider's page returns, exactly as it is registered there.
    pub redirect_uri: String,
    pub state: String,
    pub nonce: String,
    /// The text whose digest goes to the provider's page (PKCE, RFC 7636).
    pub code_verifier: String,
    /// Whether the provider is to ask the person again, though it knows who sits there.
    pub afresh: bool,
}

/// The code of the provider's page, with what shows that it answers our own request.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInCode {
    pub code: String,
    pub redirect_uri: String,
    pub nonce: String,
    pub code_verifier: String,
}

impl std::fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInCode(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAccount {
    /// The issuer, and its own id of the account, which never changes hands.
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    /// Whether the provider says that it has checked the address. MUST be false where its word proves nothing.
    pub email_verified: bool,
    /// The time at which the person last showed the provider that it is them, where the provider tells it.
    pub authenticated_at: Option<Timestamp>,
}

/// The reason why nobody is signed in. `code` is the provider's word, and never its whole text.
#[derive(Debug, thiserror::Error)]
pub enum SignInFailure {
    #[error("the installation does not offer this provider")]
    NotOffered,
    /// The provider refuses the code or our client.
    #[error("the provider refuses the sign-in ({code})")]
    Refused { code: String },
    /// The provider's answer is not its word on a sign-in that we asked for.
    #[error("the provider's answer is not valid: {0}")]
    NotValid(&'static str),
    #[error("the provider was not reached")]
    Unavailable(#[source] BoxError),
}

//! The providers that need no address, and in what each differs from the standard.

use domain::workspace::identity::SignInProvider;
use serde::Deserialize;

/// The installation's registration at a provider.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInClient {
    pub provider: SignInProvider,
    pub client_id: String,
    pub client_secret: String,
    /// The provider's address. The presets have one of their own.
    pub issuer: Option<String>,
    /// The name on the button, for a provider of the installation's choice.
    pub name: Option<String>,
}

impl std::fmt::Debug for SignInClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInClient({})", self.provider.as_str())
    }
}

impl SignInClient {
    pub(super) fn name(&self) -> String {
        let own = match self.provider {
            SignInProvider::Google => "Google",
            SignInProvider::Microsoft => "Microsoft",
            SignInProvider::Linkedin => "LinkedIn",
            SignInProvider::Oidc => "single sign-on",
        };
        self.name.clone().unwrap_or_else(|| own.to_owned())
    }

    /// The address below which the provider's document is.
    pub(super) fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or(match self.provider {
            SignInProvider::Google => "https://accounts.google.com",
            SignInProvider::Microsoft => "https://login.microsoftonline.com/common/v2.0",
            SignInProvider::Linkedin => "https://www.linkedin.com/oauth",
            SignInProvider::Oidc => "",
        })
    }

    /// LinkedIn takes no PKCE from web apps.
    pub(super) fn takes_pkce(&self) -> bool {
        self.provider != SignInProvider::Linkedin
    }

    /// Whether the provider's page takes the wish that it ask the person again. Google and LinkedIn have no word for it.
    pub(super) fn asks_again(&self) -> bool {
        matches!(self.provider, SignInProvider::Microsoft | SignInProvider::Oidc)
    }

    /// Whether the client's secret travels in the body where the provider's document does not say.
    pub(super) fn posts_its_secret(&self) -> bool {
        self.provider != SignInProvider::Oidc
    }

    /// Whether the provider's document may name this issuer: its own address, which LinkedIn writes in two ways, and
    /// which holds a placeholder at Microsoft, where it is common to all tenants.
    pub(super) fn is_document_issuer(&self, issuer: &str) -> bool {
        let own = self.issuer().trim_end_matches('/');
        let issuer = issuer.trim_end_matches('/');
        match self.provider {
            SignInProvider::Google | SignInProvider::Oidc => issuer == own,
            SignInProvider::Linkedin => issuer == own || Some(issuer) == own.strip_suffix("/oauth"),
            SignInProvider::Microsoft => issuer == own || own.replace("/common/", "/{tenantid}/") == issuer,
        }
    }

    /// Whether a token of this tenant may name this issuer, where the provider's document names `document`.
    pub(super) fn is_token_issuer(&self, document: &str, tenant: Option<&str>, issuer: &str) -> bool {
        match self.provider {
            SignInProvider::Google => issuer == document || document.strip_prefix("https://") == Some(issuer),
            SignInProvider::Linkedin => {
                let bare = |text: &str| text.trim_end_matches("/oauth").to_owned();
                bare(issuer) == bare(document)
            }
            SignInProvider::Microsoft => {
                tenant.is_some_and(|tenant| document.replace("{tenantid}", tenant) == issuer)
            }
            SignInProvider::Oidc => issuer == document,
        }
    }
}

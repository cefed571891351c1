//! `POST /api/auth/signup`: creates a workspace, with the caller as its owner. The first sign-up of an
//! installation needs its setup code; after it sign-up is closed, unless the installation is set to open.

use crate::App;
use crate::get_sign_up::Door;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::passwords::password_fault;
use application::identity::sessions;
use application::identity::sign_up::{SignUp, SignUpBy};
use application::ports::sign_up_rule::SignUpRule;
use axum::extract::State;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::money::Currency;
use domain::time::time_zone::ZoneName;
use domain::workspace::access_record::AccessKind;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, FieldError, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignUp {
    email: String,
    /// The password has at least 10 characters.
    password: String,
    name: String,
    workspace_name: String,
    /// Two letters; `US` if left out. Decides how phone numbers without a country code are read.
    country: Option<String>,
    /// An IANA time zone; the country's if left out.
    zone: Option<String>,
    /// An ISO 4217 code; `USD` if left out.
    currency: Option<String>,
    /// The setup code, which the first sign-up of an installation needs. Its operator can read it.
    setup_code: Option<String>,
}

/// What a sign-up says of the new workspace, whatever its owner signs in by.
pub struct NewWorkspace {
    pub name: String,
    pub workspace_name: String,
    pub country: Option<String>,
    pub zone: Option<String>,
    pub currency: Option<String>,
}

#[utoipa::path(post, path = "/api/auth/signup", operation_id = "sign_up", request_body = NewSignUp,
    responses((status = 201, body = SessionView)))]
pub async fn sign_up(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(new): JsonBody<NewSignUp>,
) -> ApiResult<(StatusCode, JsonBody<SessionView>)> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(&new.email));
    if let Some(why) = password_fault(&new.password) {
        errors.add("password", why);
    }
    let workspace = NewWorkspace {
        name: new.name,
        workspace_name: new.workspace_name,
        country: new.country,
        zone: new.zone,
        currency: new.currency,
    };
    let asked = workspace.checked(errors, email, SignUpBy::Password(new.password))?;
    app.limit("signup", asked.email.as_str(), &network).await?;
    app.opens(new.setup_code.as_deref(), asked, device).await
}

impl NewWorkspace {
    /// Checks what was entered, together with what is wrong with the rest. There is an address unless it is wrong.
    pub fn checked(
        self,
        mut errors: FieldErrors,
        email: Option<EmailAddress>,
        by: SignUpBy,
    ) -> ApiResult<SignUp> {
        let name = errors.required("name", &self.name, 120);
        let workspace_name = errors.required("workspace_name", &self.workspace_name, 120);
        let country = errors.text("country", self.country, 60);
        let country = country.and_then(|c| {
            errors.take("country", Country::from_name(&c).ok_or("is not a country code such as GB"))
        });
        let zone = errors.text("zone", self.zone, 60);
        let zone = zone.and_then(|z| errors.take("zone", ZoneName::parse_given(&z)));
        let currency = errors.text("currency", self.currency, 3);
        let currency = currency
            .and_then(|c| errors.take("currency", Currency::parse(&c).ok_or("is not a currency code")));
        errors.finish()?;
        let email = email.ok_or_else(|| ApiError::internal("a missing address is an error above"))?;
        Ok(SignUp { email, by, name, workspace_name, country, zone, currency })
    }
}

impl App {
    /// Opens the workspace, where the installation takes this sign-up, and signs its owner in.
    pub async fn opens(
        &self,
        code: Option<&str>,
        asked: SignUp,
        device: Device,
    ) -> ApiResult<(StatusCode, JsonBody<SessionView>)> {
        let rule = match self.door().await? {
            Door::Closed => return Err(closed()),
            Door::Open => {
                self.count_sign_up(&device.network).await?;
                SignUpRule::Open
            }
            Door::NeedsCode if self.keys.is_setup_code(code.unwrap_or_default()) => SignUpRule::First,
            Door::NeedsCode => return Err(wrong_code()),
        };
        let (workspace, login, user) =
            match application::identity::sign_up::sign_up(&self.signing_up, rule, asked).await {
                Ok(opened) => opened,
                // Another sign-up was first at the same moment.
                Err(StoreError::Conflict) if rule == SignUpRule::First => return Err(closed()),
                Err(StoreError::Conflict) => return Err(taken()),
                Err(other) => return Err(other.into()),
            };
        let signed_in = (AccessKind::SignedIn, user.id.clone().into());
        self.access.note(&workspace.id, signed_in, device.origin(), None).await;
        let now = self.clock.now();
        let who = (&login, &user);
        let opened = sessions::open(&*self.logins, &*self.ids, who, (device.name, now), now).await?;
        let session = self.session_view(opened, (&login, user), workspace).await?;
        Ok((StatusCode::CREATED, JsonBody(session)))
    }
}

fn closed() -> ApiError {
    let detail = "Sign-up is closed here. Ask a team member for an invitation.";
    ApiError::new(StatusCode::FORBIDDEN, "sign_up_closed", detail)
}

fn wrong_code() -> ApiError {
    let detail = "The first sign-up needs the setup code of this installation. Ask the person who set it up.";
    let mut error = ApiError::new(StatusCode::FORBIDDEN, "setup_code_wrong", detail);
    error.errors = vec![FieldError {
        field: "setup_code".to_owned(),
        detail: "is not the setup code of this installation".to_owned(),
    }];
    error
}

pub fn taken() -> ApiError {
    let mut error = ApiError::conflict("email_taken", "This address has a login already. Sign in.");
    error.errors = vec![FieldError { field: "email".to_owned(), detail: "has a login already".to_owned() }];
    error
}

//! `POST /api/auth/signup`: creates a workspace, with the caller as its owner. The first sign-up of an
//! installation needs its setup code; after it sign-up is closed, unless the installation is set to open.

use crate::App;
use crate::device::Device;
use crate::get_sign_up::Door;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::passwords::password_fault;
use application::identity::sessions;
use application::identity::sign_up::NewAccount;
use application::ports::sign_up_rule::SignUpRule;
use axum::extract::State;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::money::Currency;
use domain::time::time_zone::ZoneName;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, FieldError, FieldErrors, JsonBody, axum, utoipa};
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

#[utoipa::path(post, path = "/api/auth/signup", operation_id = "sign_up", request_body = NewSignUp,
    responses((status = 201, body = SessionView)))]
pub async fn sign_up(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(new): JsonBody<NewSignUp>,
) -> ApiResult<(StatusCode, JsonBody<SessionView>)> {
    let code = new.setup_code.clone();
    let account = account(new)?;
    app.limit("signup", account.email.as_str(), &network).await?;
    let rule = match app.door().await? {
        Door::Closed => return Err(closed()),
        Door::Open => SignUpRule::Open,
        Door::NeedsCode if app.keys.is_setup_code(code.as_deref().unwrap_or_default()) => SignUpRule::First,
        Door::NeedsCode => return Err(wrong_code()),
    };
    let (workspace, login, user) =
        match application::identity::sign_up::sign_up(&app.signing_up, rule, account).await {
            Ok(opened) => opened,
            // Another sign-up was first at the same moment.
            Err(StoreError::Conflict) if rule == SignUpRule::First => return Err(closed()),
            Err(StoreError::Conflict) => return Err(taken()),
            Err(other) => return Err(other.into()),
        };
    let opened = sessions::open(&*app.logins, &*app.ids, (&login, &user), device.0, app.clock.now()).await?;
    let session = app.session_view(opened, (&login, user), workspace).await?;
    Ok((StatusCode::CREATED, JsonBody(session)))
}

fn account(new: NewSignUp) -> ApiResult<NewAccount> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(&new.email));
    if let Some(why) = password_fault(&new.password) {
        errors.add("password", why);
    }
    let name = errors.required("name", &new.name, 120);
    let workspace_name = errors.required("workspace_name", &new.workspace_name, 120);
    let country = errors.text("country", new.country, 60);
    let country = country.and_then(|c| {
        errors.take("country", Country::from_name(&c).ok_or("is not a country code such as GB"))
    });
    let zone = errors.text("zone", new.zone, 60);
    let zone = zone.and_then(|z| errors.take("zone", ZoneName::parse(&z).ok_or("is not an IANA time zone")));
    let currency = errors.text("currency", new.currency, 3);
    let currency =
        currency.and_then(|c| errors.take("currency", Currency::parse(&c).ok_or("is not a currency code")));
    errors.finish()?;
    let email = email.ok_or_else(|| ApiError::internal("a missing address is an error above"))?;
    Ok(NewAccount { email, password: new.password, name, workspace_name, country, zone, currency })
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

fn taken() -> ApiError {
    let mut error = ApiError::conflict("email_taken", "This address already has an account. Sign in.");
    error.errors =
        vec![FieldError { field: "email".to_owned(), detail: "already has an account".to_owned() }];
    error
}

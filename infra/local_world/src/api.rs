//! The product's own HTTP API, called as a client calls it, without a socket.

use crate::world::App;
use anyhow::{Context, Result, bail};
use http::{Method, Request, Response, StatusCode, header};
use local_host::LocalHost;
use sandbox::AppClient;
use serde_json::Value;
use std::sync::Arc;

#[derive(Clone)]
pub struct Api {
    app: Arc<dyn AppClient>,
    token: Option<String>,
    /// The refresh token, which works once and gives the next access token.
    refresh: Option<String>,
    login: Option<(String, String)>,
}

impl Api {
    pub fn new(host: &LocalHost) -> Self {
        Self::over(Arc::new(App { host: host.clone() }))
    }

    /// A client of the product, however it is reached.
    pub fn over(app: Arc<dyn AppClient>) -> Self {
        Self { app, token: None, refresh: None, login: None }
    }

    /// Signs up, and signs in again whenever the access token has run out.
    pub async fn sign_up(&mut self, email: &str, password: &str, body: Value) -> Result<Value> {
        let answer = self.post("/api/auth/signup", body).await?;
        self.login = Some((email.to_owned(), password.to_owned()));
        self.take_token(&answer)?;
        Ok(answer)
    }

    /// A program's client of the same product, with an API key.
    #[cfg(test)]
    pub(crate) fn with_key(&self, secret: &str) -> Self {
        Self { app: self.app.clone(), token: Some(secret.to_owned()), refresh: None, login: None }
    }

    /// Signs in a user who signed up through another client.
    pub async fn sign_in_as(&mut self, email: &str, password: &str) -> Result<()> {
        self.login = Some((email.to_owned(), password.to_owned()));
        self.sign_in().await
    }

    /// The header that tells who asks.
    #[cfg(test)]
    pub(crate) fn token(&self) -> Option<String> {
        self.token.as_ref().map(|token| format!("Bearer {token}"))
    }

    pub async fn sign_in(&mut self) -> Result<()> {
        let (email, password) = self.login.clone().context("nobody has signed up")?;
        self.token = None;
        let answer =
            self.post("/api/auth/login", serde_json::json!({ "email": email, "password": password })).await?;
        self.take_token(&answer)
    }

    /// Gets the next access token of the same session, or of a new one if that has ended. It costs no
    /// password check.
    pub async fn stay_signed_in(&mut self) -> Result<()> {
        self.token = None;
        if let Some(spent) = self.refresh.take() {
            let spent = serde_json::json!({ "refresh_token": spent });
            if let Ok(answer) = self.post("/api/auth/refresh", spent).await {
                return self.take_token(&answer);
            }
        }
        self.sign_in().await
    }

    /// Goes on with the session of this answer.
    pub(crate) fn take_token(&mut self, answer: &Value) -> Result<()> {
        self.refresh = answer["refresh_token"].as_str().map(str::to_owned);
        self.token =
            Some(answer["access_token"].as_str().context("no access token in the answer")?.to_owned());
        Ok(())
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.json(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.json(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.json(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value> {
        self.json(Method::DELETE, path, None).await
    }

    pub async fn upload(&self, path: &str, kind: &str, body: Vec<u8>) -> Result<Value> {
        self.send(Method::POST, path, kind, body).await
    }

    pub async fn put(&self, path: &str, kind: &str, body: Vec<u8>) -> Result<Value> {
        self.send(Method::PUT, path, kind, body).await
    }

    async fn json(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.send(method, path, "application/json", bytes).await
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Result<Value> {
        let mut response = self.answer(method.clone(), path, kind, body.clone()).await?;
        if response.status() == StatusCode::FORBIDDEN && self.proves_itself(response.body()).await? {
            response = self.answer(method.clone(), path, kind, body).await?;
        }
        let (status, body) = (response.status(), response.into_body());
        let text = String::from_utf8_lossy(&body);
        if !status.is_success() {
            let detail = serde_json::from_str::<Value>(&text).ok();
            let detail = detail.as_ref().and_then(|problem| problem["detail"].as_str()).unwrap_or(&text);
            bail!("{method} {path} answered {status}: {detail}");
        }
        if status == StatusCode::NO_CONTENT || body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).with_context(|| format!("{method} {path} did not answer JSON"))
    }

    /// Gives the password where the product asks whether it is the user, as a user of the app does.
    async fn proves_itself(&self, refusal: &[u8]) -> Result<bool> {
        let refusal: Value = serde_json::from_slice(refusal).unwrap_or_default();
        let Some((_, password)) = self.login.as_ref().filter(|_| refusal["code"] == "proof_needed") else {
            return Ok(false);
        };
        let body = serde_json::json!({ "password": password }).to_string().into_bytes();
        let answer = self.answer(Method::POST, "/api/auth/confirm", "application/json", body).await?;
        Ok(answer.status().is_success())
    }

    /// Sends a request with an idempotency key.
    #[cfg(test)]
    pub(crate) async fn answer_once(&self, path: &str, key: &str, body: &str) -> Result<Response<Vec<u8>>> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("idempotency-key", key);
        let token = self.token.as_deref().unwrap_or_default();
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        Ok(self.app.call(request.body(body.as_bytes().to_vec())?).await)
    }

    /// Returns the product's response, whatever its status.
    pub(crate) async fn answer(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Result<Response<Vec<u8>>> {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        Ok(self.app.call(request.body(body)?).await)
    }
}

//! `GET /api/settings/suppressions/by-model`: the entries of the suppression list that a model alone has made, with the
//! words that it took for an opt-out, until an admin lifts or keeps them.

use crate::App;
use crate::suppression_view::SuppressionView;
use application::lead::model_suppressions::{ModelSuppression, model_suppressions};
use axum::extract::State;
use domain::LeadId;
use domain::contact::channel::Channel;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ModelSuppressionView {
    pub entry: SuppressionView,
    /// The lead that the message is filed with; absent where its writer was no lead.
    pub lead_id: Option<LeadId>,
    pub channel: Channel,
    /// When the message was written.
    pub at: Timestamp,
    /// The sentence that the model took for an opt-out.
    pub sentence: String,
    /// The first 2,000 characters of the message.
    pub text: String,
}

impl From<ModelSuppression> for ModelSuppressionView {
    fn from(ModelSuppression { entry, read }: ModelSuppression) -> Self {
        Self {
            entry: entry.into(),
            lead_id: read.lead,
            channel: read.channel,
            at: read.at,
            sentence: read.sentence,
            text: read.text,
        }
    }
}

/// A page may be empty and still have a cursor: it is that of the whole suppression list.
#[utoipa::path(get, path = "/api/settings/suppressions/by-model", operation_id = "list_model_suppressions",
    params(("limit" = Option<usize>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageBody<ModelSuppressionView>)))]
pub async fn list_model_suppressions(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<ModelSuppressionView>>> {
    let page = model_suppressions(&app.model_suppressions, &caller.workspace, query.parse()?).await?;
    Ok(JsonBody(page.map(ModelSuppressionView::from).into()))
}

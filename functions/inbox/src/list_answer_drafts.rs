//! `GET /api/inbox/drafts`: the drafts of answers that wait for approval, those to the latest messages first.

use crate::App;
use crate::answer_draft_view::AnswerDraftView;
use crate::conversation_view::ConversationView;
use application::Page;
use axum::extract::State;
use domain::LeadId;
use domain::message::answer_draft::DraftStanding;
use domain::message::conversation::Conversation;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// A draft that waits, with the conversation that it continues.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WaitingDraft {
    pub conversation: ConversationView,
    pub draft: AnswerDraftView,
}

#[utoipa::path(get, path = "/api/inbox/drafts", operation_id = "list_answer_drafts", params(PageQuery),
    responses((status = 200, body = PageBody<WaitingDraft>)))]
pub async fn list_answer_drafts(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<WaitingDraft>>> {
    let read = |page| app.conversations.with_draft(&caller.workspace, page);
    let lead = |conversation: &Conversation| Some(conversation.lead.clone());
    let found = caller.page_seen(query.parse()?, lead, read).await?;
    let leads: Vec<LeadId> = found.items.iter().map(|conversation| conversation.lead.clone()).collect();
    let mut drafts = app.conversations.answer_drafts(&caller.workspace, &leads).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for conversation in found.items {
        // The list may be a moment behind.
        let at = drafts.iter().position(|draft| draft.lead == conversation.lead);
        let draft = at.map(|at| drafts.swap_remove(at));
        if let Some(draft) = draft.filter(|draft| draft.standing(&conversation) == DraftStanding::Waits) {
            let draft = AnswerDraftView::of(draft, &conversation);
            items.push(WaitingDraft { conversation: conversation.into(), draft });
        }
    }
    Ok(JsonBody(Page { items, next_cursor: found.next_cursor }.into()))
}

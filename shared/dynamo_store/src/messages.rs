//! Messages, outbound and inbound, in their lead's partition, the uncertain ones listed; and autosaved drafts.

use crate::item::{Head, Item, Stored, encode, plain_item};
use crate::keys::{self, Key, Listing, Tenant};
use crate::long_text::LongText;
use crate::pages::Order;
use crate::table::Table;
use crate::times::{maybe_nanos, nanos, passes};
use crate::write::{absent, delete, put, saving};
use application::ports::messages::{Draft, MessageStore};
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Event;
use domain::message::understanding::Understanding;
use domain::message::{Answered, Attempt, Direction, Failure, Message, MessageClaim, MessageState};
use domain::workspace::task::Task;
use domain::{
    AccountId, BulkMessageId, CampaignId, DraftId, LeadId, MessageId, StepId, UserId, VariantId, WorkspaceId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[async_trait]
impl MessageStore for Table {
    async fn create(&self, message: &Message, event: &Event) -> StoreResult<()> {
        Ok(self.write(put(encode(message, 1, Some(event))?, absent())).await?)
    }

    async fn get(&self, workspace: &WorkspaceId, id: &MessageId) -> StoreResult<Message> {
        self.read(&keys::message(workspace, id)).await
    }

    async fn save(&self, message: &Message, event: &Event) -> StoreResult<u64> {
        self.save_entity(message, Some(event)).await
    }

    async fn save_with_task(
        &self,
        (message, event): (&Message, &Event),
        (question, answered): (&Task, &Event),
    ) -> StoreResult<()> {
        let writes = vec![saving(message, Some(event))?, saving(question, Some(answered))?];
        Ok(self.transact(writes).await?)
    }

    async fn uncertain(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Message>> {
        let (list, limit) = (keys::uncertain::uncertain_messages(workspace), page.limit.clamp(1, 200));
        let found = self.page(&list, Order::Index, limit, page.cursor.as_deref(), |_| true).await?;
        let id = |item: &Item| keys::uncertain::uncertain_message_of(&Order::Index.position(item));
        let ids: Vec<MessageId> = found.items.iter().filter_map(id).collect();
        let keys: Vec<_> = ids.iter().map(|id| keys::message(workspace, id)).collect();
        let mut items: Vec<Message> = self.read_many(&keys).await?;
        // The index may know a message longer than it is uncertain.
        items.retain(Message::waits_for_evidence);
        items.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn put_draft(&self, draft: &Draft) -> StoreResult<()> {
        Ok(self.write(put(encode(draft, 1, None)?, None)).await?)
    }

    async fn draft(&self, workspace: &WorkspaceId, id: &DraftId) -> StoreResult<Draft> {
        self.read(&keys::draft(workspace, id)).await
    }

    async fn delete_draft(&self, workspace: &WorkspaceId, id: &DraftId) -> StoreResult<()> {
        Ok(self.write(delete(&keys::draft(workspace, id), None)).await?)
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MessageItem {
    id: MessageId,
    dir: Direction,
    ch: Channel,
    state: MessageState,
    camp: Option<CampaignId>,
    step: Option<StepId>,
    /// The position of the step.
    nth: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    var: Option<VariantId>,
    conn: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    many: Option<BulkMessageId>,
    by: Option<UserId>,
    from: String,
    to: String,
    subj: Option<String>,
    text: Option<LongText>,
    blob: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    html: bool,
    /// The Message-ID.
    mid: Option<String>,
    re: Option<String>,
    /// The provider's id.
    pid: Option<String>,
    /// The enrolment's revision that an attempt was planned at; only its ledger row has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    att: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rend: Option<u16>,
    /// The request, from before its call until its outcome is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frz: Option<LongText>,
    fail: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Understanding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ans: Option<Answered>,
    #[serde(default, skip_serializing_if = "is_false")]
    left: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    spam: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    test: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    gone: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    elsewhere: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<EmailAddress>,
    /// The account that an inbound message was written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrote_to: Option<AccountId>,
    #[serde(default, skip_serializing_if = "is_zero")]
    tries: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    opens: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    clicks: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    bots: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
    #[serde(with = "nanos")]
    at: Timestamp,
    #[serde(default, with = "maybe_nanos", skip_serializing_if = "Option::is_none")]
    rep: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos", skip_serializing_if = "Option::is_none")]
    plan: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos", skip_serializing_if = "Option::is_none")]
    again: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos", skip_serializing_if = "Option::is_none")]
    claim: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(default, with = "maybe_nanos")]
    acc: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    del: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    opened: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    clicked: Option<Timestamp>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

impl Stored for Message {
    const ENTITY: &'static str = "message";
    type Scope = Tenant;
    type Body = MessageItem;

    fn key(&self) -> Key<Tenant> {
        keys::message(&self.workspace, &self.id)
    }

    fn listing(&self) -> Option<Listing> {
        self.waits_for_evidence()
            .then(|| keys::uncertain::uncertain_listing(&self.workspace, self.created_at, &self.id))
    }

    fn rev(&self) -> u64 {
        self.rev
    }

    fn body(&self, _rev: u64) -> MessageItem {
        let message = self.clone();
        MessageItem {
            id: message.id,
            dir: message.direction,
            ch: message.channel,
            state: message.state,
            camp: message.campaign,
            step: message.step,
            nth: message.step_index,
            var: message.variant,
            many: message.bulk_message.clone(),
            conn: message.account,
            by: message.author,
            from: message.from,
            to: message.to,
            subj: filled(&message.subject).map(str::to_owned),
            text: filled(&message.text).map(|text| LongText(text.to_owned())),
            blob: message.blob,
            html: message.has_html,
            mid: message.internet_id,
            re: message.in_reply_to,
            pid: message.provider_id,
            att: message.attempt.map(|attempt| attempt.rev),
            rend: message.attempt.map(|attempt| attempt.renderer),
            frz: message.frozen.map(LongText),
            fail: message.failure,
            read: message.understood,
            ans: message.answered,
            left: message.opted_out,
            spam: message.complained,
            test: message.test,
            gone: message.given_up,
            elsewhere: message.tried_elsewhere,
            reply_to: message.reply_address.clone(),
            wrote_to: message.wrote_to,
            tries: message.attempts.into(),
            opens: message.opens,
            clicks: message.clicks,
            bots: message.machine_events,
            seen: message.counted,
            at: message.created_at,
            rep: message.repeated_at,
            plan: message.planned_for,
            again: message.retry_at,
            claim: message.claim.as_ref().map(|claim| claim.until),
            token: message.claim.map(|claim| claim.token),
            acc: message.accepted_at,
            del: message.delivered_at,
            opened: message.first_opened_at,
            clicked: message.first_clicked_at,
        }
    }

    fn from_body(body: MessageItem, head: &Head) -> Result<Self, String> {
        let (workspace, _) = keys::lead_of(&head.pk)?;
        Ok(Self {
            id: body.id,
            workspace,
            direction: body.dir,
            channel: body.ch,
            state: body.state,
            campaign: body.camp,
            step: body.step,
            step_index: body.nth,
            variant: body.var,
            bulk_message: body.many,
            account: body.conn,
            author: body.by,
            from: body.from,
            to: body.to,
            subject: body.subj.unwrap_or_default(),
            text: body.text.map(|text| text.0).unwrap_or_default(),
            blob: body.blob,
            has_html: body.html,
            internet_id: body.mid,
            in_reply_to: body.re,
            provider_id: body.pid,
            attempt: body.att.zip(body.rend).map(|(rev, renderer)| Attempt { rev, renderer }),
            frozen: body.frz.map(|text| text.0),
            failure: body.fail,
            understood: body.read,
            answered: body.ans,
            opted_out: body.left,
            complained: body.spam,
            test: body.test,
            given_up: body.gone,
            tried_elsewhere: body.elsewhere,
            reply_address: body.reply_to,
            wrote_to: body.wrote_to,
            attempts: u8::try_from(body.tries).map_err(|e| format!("attempts: {e}"))?,
            opens: body.opens,
            clicks: body.clicks,
            machine_events: body.bots,
            counted: body.seen,
            created_at: body.at,
            repeated_at: body.rep,
            planned_for: body.plan,
            retry_at: body.again,
            claim: body.claim.map(|until| MessageClaim { until, token: body.token.unwrap_or_default() }),
            accepted_at: body.acc,
            delivered_at: body.del,
            first_opened_at: body.opened,
            first_clicked_at: body.clicked,
            rev: head.rev,
        })
    }
}

plain_item! { DraftItem of Draft, {
    id: DraftId,
    workspace: WorkspaceId,
    author: UserId,
    lead: Option<LeadId>,
    channel: Channel,
    subject: String,
    body: String,
    updated_at: Timestamp,
} }

impl Stored for Draft {
    const ENTITY: &'static str = "draft";
    type Scope = Tenant;
    type Body = DraftItem;

    fn key(&self) -> Key<Tenant> {
        keys::draft(&self.workspace, &self.id)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.updated_at))
    }
    fn body(&self, _rev: u64) -> DraftItem {
        DraftItem::of(self)
    }
    fn from_body(body: DraftItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}

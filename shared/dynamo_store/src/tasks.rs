//! Tasks, in their lead's partition; the open ones listed by due time, calls by when they were made.

use crate::item::{Head, Item, Stored, head, read_body, text_of};
use crate::keys::{self, Key, Listing, Tenant};
use crate::pages::{ItemPage, Order};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::sortable;
use application::ports::tasks::{OwnedBy, TaskStore};
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::Priority;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::workspace::task_plan::Repeat;
use domain::{CallId, CampaignId, MessageId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

#[async_trait]
impl TaskStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &TaskId) -> StoreResult<Task> {
        self.read(&keys::task(workspace, id)).await
    }

    async fn save(&self, task: &Task, event: &Event) -> StoreResult<u64> {
        self.save_entity(task, Some(event)).await
    }

    async fn open(
        &self,
        workspace: &WorkspaceId,
        owner: Option<OwnedBy<'_>>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>> {
        let wanted = |item: &Item| {
            owner.is_none_or(|owner| match named(item, "owner") {
                Some(named) => named == owner.user.as_str(),
                None => owner.or_nobody,
            })
        };
        let (tasks, limit) = (keys::tasks::open_tasks(workspace), page.limit.clamp(1, 200));
        let found = self.page(&tasks, Order::Index, limit, page.cursor.as_deref(), wanted).await?;
        read_page(found)
    }

    async fn due(
        &self,
        workspace: &WorkspaceId,
        time: std::ops::Range<Timestamp>,
        wanted: &(dyn for<'t> Fn(&'t Task) -> bool + Sync),
        most: usize,
    ) -> StoreResult<Vec<Task>> {
        let open = keys::tasks::open_tasks(workspace);
        let query = Query::index(&open).range(during(time)).limit(DUE_LOOKED_AT);
        let mut due = Vec::new();
        self.query_pages(query, |page| {
            for item in page {
                let task = read_listed(item)?;
                if wanted(&task) {
                    due.push(task);
                }
                if due.len() >= most {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(due)
    }

    async fn calls(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>> {
        let wanted = |item: &Item| user.is_none_or(|user| is_named(item, "done_by", user));
        let (calls, limit) = (keys::tasks::calls(workspace), page.limit.clamp(1, 200));
        // A user who made none for long is not looked for through the whole list at once.
        let most = (limit, LOOKED_AT);
        let order = Order::IndexDescending;
        let found = self.page_within(&calls, order, most, page.cursor.as_deref(), wanted).await?;
        read_page(found)
    }

    async fn calls_between(
        &self,
        workspace: &WorkspaceId,
        time: std::ops::Range<Timestamp>,
        most: usize,
    ) -> StoreResult<Vec<Task>> {
        let calls = keys::tasks::calls(workspace);
        let query = Query::index(&calls).range(during(time)).limit(most);
        self.query(query).await?.into_iter().map(read_listed).collect()
    }
}

/// How many tasks of a workspace are looked at for those of one user.
const DUE_LOOKED_AT: usize = 5_000;

/// How many calls are looked at for one page of a user's.
const LOOKED_AT: usize = 1_000;

/// The sort keys that begin with an instant of this time. What follows it in a key makes the key greater, so that the end is
/// left out.
fn during(time: std::ops::Range<Timestamp>) -> Range {
    Range::Between(sortable(time.start), sortable(time.end))
}

fn is_named(item: &Item, field: &str, user: &UserId) -> bool {
    named(item, field) == Some(user.as_str())
}

fn named<'i>(item: &'i Item, field: &str) -> Option<&'i str> {
    let sum = item.get("sum").and_then(|sum| sum.as_m().ok());
    sum.and_then(|sum| text_of(sum, field))
}

fn read_listed(item: Item) -> StoreResult<Task> {
    let head = head(&item)?;
    let body: ListedTask = read_body(item, &head)?;
    Task::from_body(body, &head).map_err(|why| head.corrupt(why))
}

fn read_page(found: ItemPage) -> StoreResult<Page<Task>> {
    let items = found.items.into_iter().map(read_listed).collect::<StoreResult<_>>()?;
    Ok(Page { items, next_cursor: found.next_cursor })
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ListedTask {
    sum: TaskItem,
}

#[derive(Serialize, Deserialize)]
struct TaskItem {
    rev: u64,
    id: TaskId,
    lead_name: String,
    /// Whether the lead is deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    kind: TaskKind,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<MessageId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    body: String,
    link: Option<String>,
    campaign: Option<CampaignId>,
    owner: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead_owner: Option<UserId>,
    due_at: Timestamp,
    done_at: Option<Timestamp>,
    outcome: Option<TaskOutcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<CallId>,
    #[serde(default = "normal", skip_serializing_if = "is_normal")]
    priority: Priority,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat: Option<Repeat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remind_minutes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<TaskOutcome>,
    #[serde(default, skip_serializing_if = "is_zero")]
    tries: u8,
    created_at: Timestamp,
}

fn normal() -> Priority {
    Priority::Normal
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_normal(priority: &Priority) -> bool {
    *priority == Priority::Normal
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(tries: &u8) -> bool {
    *tries == 0
}

impl Stored for Task {
    const ENTITY: &'static str = "task";
    type Scope = Tenant;
    type Body = ListedTask;

    fn key(&self) -> Key<Tenant> {
        keys::task(&self.workspace, &self.id)
    }
    fn listing(&self) -> Option<Listing> {
        match self.done_at {
            _ if self.lead_deleted => None,
            None => Some(keys::tasks::task_listing(&self.workspace, self.due_at, &self.id)),
            Some(at) => {
                self.is_logged_call().then(|| keys::tasks::call_listing(&self.workspace, at, &self.id))
            }
        }
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, rev: u64) -> ListedTask {
        let task = self.clone();
        ListedTask {
            sum: TaskItem {
                rev,
                id: task.id,
                lead_name: task.lead_name,
                hidden: task.lead_deleted,
                kind: task.kind,
                title: task.title,
                message: task.message,
                body: task.body,
                link: task.link,
                campaign: task.campaign,
                owner: task.owner,
                lead_owner: task.lead_owner,
                due_at: task.due_at,
                done_at: task.done_at,
                outcome: task.outcome,
                done_by: task.done_by,
                note: task.note,
                call_seconds: task.call_seconds,
                call: task.call,
                priority: task.priority,
                repeat: task.repeat,
                remind_minutes: task.remind_minutes,
                after: task.after,
                tries: task.tries,
                created_at: task.created_at,
            },
        }
    }
    fn from_body(body: ListedTask, head: &Head) -> Result<Self, String> {
        let (workspace, _) = keys::lead_of(&head.pk)?;
        let sum = body.sum;
        Ok(Self {
            id: sum.id,
            workspace,
            lead_name: sum.lead_name,
            lead_deleted: sum.hidden,
            kind: sum.kind,
            title: sum.title,
            message: sum.message,
            body: sum.body,
            link: sum.link,
            campaign: sum.campaign,
            owner: sum.owner,
            lead_owner: sum.lead_owner,
            due_at: sum.due_at,
            done_at: sum.done_at,
            outcome: sum.outcome,
            done_by: sum.done_by,
            note: sum.note,
            call_seconds: sum.call_seconds,
            call: sum.call,
            priority: sum.priority,
            repeat: sum.repeat,
            remind_minutes: sum.remind_minutes,
            after: sum.after,
            tries: sum.tries,
            created_at: sum.created_at,
            rev: sum.rev,
        })
    }
}

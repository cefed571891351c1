//! Tasks, in their lead's partition; the open ones listed by due time.

use crate::item::{Head, Item, Stored, head, read_body, text_of};
use crate::keys::{self, Key, Listing, Tenant};
use crate::pages::Order;
use crate::table::Table;
use application::ports::tasks::TaskStore;
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{CampaignId, MessageId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
        owner: Option<&UserId>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>> {
        let tasks = keys::open_tasks(workspace);
        let limit = page.limit.clamp(1, 200);
        let wanted = |item: &Item| {
            owner.is_none_or(|owner| {
                let sum = item.get("sum").and_then(|sum| sum.as_m().ok());
                sum.and_then(|sum| text_of(sum, "owner")) == Some(owner.as_str())
            })
        };
        let found = self.page(&tasks, Order::Index, limit, page.cursor.as_deref(), wanted).await?;
        let read = |item| {
            let head = head(&item)?;
            let body: ListedTask = read_body(item, &head)?;
            Task::from_body(body, &head).map_err(|why| head.corrupt(why))
        };
        let items = found.items.into_iter().map(read).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }
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
    due_at: Timestamp,
    done_at: Option<Timestamp>,
    outcome: Option<TaskOutcome>,
    created_at: Timestamp,
}

impl Stored for Task {
    const ENTITY: &'static str = "task";
    type Scope = Tenant;
    type Body = ListedTask;

    fn key(&self) -> Key<Tenant> {
        keys::task(&self.workspace, &self.id)
    }
    fn listing(&self) -> Option<Listing> {
        let is_listed = self.done_at.is_none() && !self.lead_deleted;
        is_listed.then(|| keys::task_listing(&self.workspace, self.due_at, &self.id))
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
                due_at: task.due_at,
                done_at: task.done_at,
                outcome: task.outcome,
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
            due_at: sum.due_at,
            done_at: sum.done_at,
            outcome: sum.outcome,
            created_at: sum.created_at,
            rev: sum.rev,
        })
    }
}

//! The only place that spells keys. Every key of a workspace starts with it; the few of the installation have their own type.

pub(crate) mod answer_drafts;
mod change_log;
pub(crate) mod commissions;
mod companies;
pub(crate) mod deals;
mod hidden_leads;
pub(crate) mod icps;
pub(crate) mod lead_lists;
mod lead_merges;
mod logins;
pub(crate) mod notify;
pub(crate) mod preview_pages;
pub(crate) mod prompts;
pub(crate) mod prospects;
pub(crate) mod push;
pub(crate) mod schedules;
pub(crate) mod spend;
pub(crate) mod targets;
pub(crate) mod tasks;
pub(crate) mod uncertain;

pub(crate) use change_log::{change_head, changes, recorded_changes};
pub(crate) use companies::{company, company_hold, company_record, of_company};
pub(crate) use deals::{stage_move, stage_moves, stage_moves_of};
pub(crate) use hidden_leads::{deleted_lead_listing, deleted_leads, deleted_until, dismissed_duplicates};
pub(crate) use lead_merges::{ENROLMENTS, MERGES, lead_merge};
pub(crate) use logins::{access_record, access_records, identity, login, session, sessions, sign_in};

use crate::key_hashes::{digest, shard};
use crate::times::sortable;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::enrichment::Field;
use domain::lead::suppression::SuppressionScope;
use domain::message::conversation::Folder;
use domain::mutant;
use domain::workspace::tracking_domain::DomainName;
use domain::{
    AccountId, ApiKeyId, BulkMessageId, CampaignId, ClientId, ColumnId, ColumnRunId, DraftId, ImportId,
    InboundId, InvitationId, LeadId, MessageId, NotificationId, RolloutId, RoutingRuleId, SequenceId, TaskId,
    TemplateId, UnmatchedId, UserId, WorkspaceId,
};
use jiff::{Timestamp, civil::Date};
use std::marker::PhantomData;

/// The scope of a key that belongs to one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tenant;
/// The scope of a key that belongs to the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct System;

pub(crate) type WorkspaceKey = Key<Tenant>;
pub(crate) type SystemKey = Key<System>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key<S> {
    pk: String,
    sk: String,
    scope: PhantomData<S>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition<S> {
    pk: String,
    scope: PhantomData<S>,
}

/// The entry of an item in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pk: String,
    sk: String,
}

impl<S> Key<S> {
    pub(crate) fn pk(&self) -> &str {
        &self.pk
    }
    pub(crate) fn sk(&self) -> &str {
        &self.sk
    }
}

impl<S> Partition<S> {
    pub(crate) fn pk(&self) -> &str {
        &self.pk
    }
    fn at(self, sk: impl Into<String>) -> Key<S> {
        Key { pk: self.pk, sk: sk.into(), scope: PhantomData }
    }
    /// Makes a key of this partition from the sort key that a query returned.
    pub(crate) fn found(&self, sk: &str) -> Key<S> {
        Key { pk: self.pk.clone(), sk: sk.to_owned(), scope: PhantomData }
    }
}

impl Listing {
    pub(crate) fn pk(&self) -> &str {
        &self.pk
    }
    pub(crate) fn sk(&self) -> &str {
        &self.sk
    }
}

fn of(workspace: &WorkspaceId, rest: &str) -> Partition<Tenant> {
    Partition { pk: format!("W#{}#{rest}", workspace.ulid_text()), scope: PhantomData }
}

fn system(pk: String) -> Partition<System> {
    Partition { pk, scope: PhantomData }
}

fn listing(partition: Partition<Tenant>, sk: String) -> Listing {
    Listing { pk: partition.pk, sk }
}

// A lead's partition: the lead with everything that happened to it.

pub(crate) fn lead_partition(workspace: &WorkspaceId, lead: &LeadId) -> Partition<Tenant> {
    of(workspace, &format!("L#{}", lead.ulid_text()))
}
pub(crate) fn lead(workspace: &WorkspaceId, id: &LeadId) -> WorkspaceKey {
    lead_partition(workspace, id).at("LEAD")
}
pub(crate) fn enrolment(key: &EnrolmentKey) -> WorkspaceKey {
    lead_partition(&key.workspace, &key.lead).at(format!("N#{}", key.campaign.ulid_text()))
}
pub(crate) fn message(workspace: &WorkspaceId, id: &MessageId) -> WorkspaceKey {
    lead_partition(workspace, &id.lead()).at(format!("M#{}", &id.as_str()[MESSAGE_TAIL..]))
}
pub(crate) fn task(workspace: &WorkspaceId, id: &TaskId) -> WorkspaceKey {
    lead_partition(workspace, &id.lead()).at(format!("T#{}", &id.as_str()[TASK_TAIL..]))
}
pub(crate) fn field(workspace: &WorkspaceId, lead: &LeadId, field: Field) -> WorkspaceKey {
    lead_partition(workspace, lead).at(format!("C#{}", field.as_str()))
}
/// The key of a campaign's own opening line for the lead.
pub(crate) fn campaign_line(workspace: &WorkspaceId, lead: &LeadId, campaign: &CampaignId) -> WorkspaceKey {
    let line = Field::FirstLine.as_str();
    lead_partition(workspace, lead).at(format!("C#{line}#{}", campaign.ulid_text()))
}
pub(crate) fn cell(workspace: &WorkspaceId, lead: &LeadId, column: &ColumnId) -> WorkspaceKey {
    lead_partition(workspace, lead).at(format!("CELL#{}", column.ulid_text()))
}
/// What the sort keys of a lead's timeline entries begin with, and one behind all of them.
pub(crate) const ACTIVITIES: (&str, &str) = ("A#", "A$");
/// The key of a timeline entry: by id and not by time, so that a repeat overwrites itself.
pub(crate) fn activity(workspace: &WorkspaceId, lead: &LeadId, id: &str) -> WorkspaceKey {
    lead_partition(workspace, lead).at(format!("{}{id}", ACTIVITIES.0))
}
/// The key of a former address in the lead's partition: it tells which look-up key to delete with the lead.
pub(crate) fn former_address(workspace: &WorkspaceId, lead: &LeadId, address: &str) -> WorkspaceKey {
    lead_partition(workspace, lead).at(format!("K#{address}"))
}
/// The key by which an inbound record is found from a lead that it is about. `part` is the record's own text and a number.
pub(crate) fn inbound_of_lead(workspace: &WorkspaceId, lead: &LeadId, part: &str) -> WorkspaceKey {
    lead_partition(workspace, lead).at(format!("R#{part}"))
}
/// Returns the record in the sort key of such an item.
pub(crate) fn inbound_record_of(sk: &str) -> Option<InboundId> {
    let ulid = sk.strip_prefix("R#")?.split('#').next()?;
    InboundId::parse(&format!("{}_{ulid}", InboundId::PREFIX)).ok()
}
pub(crate) fn conversation(workspace: &WorkspaceId, lead: &LeadId) -> WorkspaceKey {
    lead_partition(workspace, lead).at("V")
}

/// The position of an id's own characters within a lead: after the prefix and the lead's 26.
const MESSAGE_TAIL: usize = MessageId::PREFIX.len() + 27;
const TASK_TAIL: usize = TaskId::PREFIX.len() + 27;

/// Returns the lead that the partition belongs to.
pub(crate) fn lead_of(pk: &str) -> Result<(WorkspaceId, LeadId), String> {
    let parts = pk.strip_prefix("W#").and_then(|rest| rest.split_once("#L#"));
    let (workspace, lead) = parts.ok_or_else(|| format!("'{pk}' is no lead's partition"))?;
    let workspace = WorkspaceId::parse(&format!("ws_{workspace}")).map_err(|e| e.to_string())?;
    Ok((workspace, LeadId::parse(&format!("lead_{lead}")).map_err(|e| e.to_string())?))
}

/// Returns the workspace of a partition; `None` for the installation's.
pub(crate) fn workspace_of(pk: &str) -> Option<WorkspaceId> {
    let ulid = pk.strip_prefix("W#")?.split('#').next()?;
    WorkspaceId::parse(&format!("ws_{ulid}")).ok()
}

pub(crate) fn account_of(ulid: &str) -> Result<AccountId, String> {
    AccountId::parse(&format!("account_{ulid}")).map_err(|e| e.to_string())
}

/// Returns the campaign in an enrolment's sort key.
pub(crate) fn campaign_of(sk: &str) -> Result<CampaignId, String> {
    let ulid = sk.strip_prefix("N#").ok_or_else(|| format!("'{sk}' is no enrolment"))?;
    CampaignId::parse(&format!("campaign_{ulid}")).map_err(|e| e.to_string())
}

// Look-ups: the lead that is known by an address.

pub(crate) fn email(workspace: &WorkspaceId, email: &EmailAddress) -> WorkspaceKey {
    of(workspace, &format!("K#email#{email}")).at("K")
}
pub(crate) fn phone_partition(workspace: &WorkspaceId, phone: &PhoneNumber) -> Partition<Tenant> {
    of(workspace, &format!("K#phone#{}", phone.subscriber()))
}
pub(crate) fn phone(workspace: &WorkspaceId, phone: &PhoneNumber, lead: &LeadId) -> WorkspaceKey {
    phone_partition(workspace, phone).at(lead.ulid_text())
}
/// The key of the one lead that is known by this phone number alone.
pub(crate) fn phone_alone(workspace: &WorkspaceId, phone: &PhoneNumber) -> WorkspaceKey {
    phone_partition(workspace, phone).at("0")
}
/// The partition of the leads that were once reached at an address or number.
pub(crate) fn former_partition(workspace: &WorkspaceId, address: &str) -> Partition<Tenant> {
    of(workspace, &format!("K#former#{address}"))
}
pub(crate) fn former(workspace: &WorkspaceId, address: &str, lead: &LeadId) -> WorkspaceKey {
    former_partition(workspace, address).at(lead.ulid_text())
}
pub(crate) fn client_by_external(workspace: &WorkspaceId, external_id: &str) -> WorkspaceKey {
    of(workspace, &format!("K#client#{external_id}")).at("K")
}
pub(crate) fn money_by_external(workspace: &WorkspaceId, external_id: &str) -> WorkspaceKey {
    of(workspace, &format!("K#money#{external_id}")).at("K")
}

// Collections of which a workspace has a manageable number: a partition each.

macro_rules! collection {
    ($($(#[$doc:meta])* $partition:ident, $key:ident($id:ty) => $word:literal),+ $(,)?) => { $(
        $(#[$doc])*
        pub(crate) fn $partition(workspace: &WorkspaceId) -> Partition<Tenant> {
            of(workspace, $word)
        }
        pub(crate) fn $key(workspace: &WorkspaceId, id: &$id) -> WorkspaceKey {
            $partition(workspace).at(id.ulid_text())
        }
    )+ };
}

collection! {
    campaigns, campaign(CampaignId) => "CAMPAIGNS",
    sequences, sequence(SequenceId) => "SEQUENCES",
    templates, template(TemplateId) => "TEMPLATES",
    imports, import(ImportId) => "IMPORTS",
    bulk_messages, bulk_message(BulkMessageId) => "BULK_MESSAGES",
    accounts, account(AccountId) => "ACCOUNTS",
    breakers, breaker(AccountId) => "BREAKERS",
    mailbox_readings, mailbox_reading(AccountId) => "MAILBOX_READINGS",
    quotas, quota(AccountId) => "QUOTAS",
    auto_enrols, auto_enrol_state(CampaignId) => "AUTO_ENROL",
    users, user(UserId) => "USERS",
    invitations, invitation(InvitationId) => "INVITATIONS",
    api_keys, api_key(ApiKeyId) => "API_KEYS",
    clients, client(ClientId) => "CLIENTS",
    drafts, draft(DraftId) => "DRAFTS",
    inbound_records, inbound_record(InboundId) => "INBOUND_RECORDS",
    columns, column(ColumnId) => "COLUMNS",
    column_runs, column_run(ColumnRunId) => "COLUMN_RUNS",
}

pub(crate) fn workspace(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "WORKSPACE".to_owned(), scope: PhantomData }
}
/// The key of a password reset. `token_hash` is the digest of the link's token.
pub(crate) fn password_reset(workspace: &WorkspaceId, user: &UserId, token_hash: &str) -> WorkspaceKey {
    of(workspace, &format!("RESETS#{}", user.ulid_text())).at(token_hash)
}
pub(crate) fn trigger_rules(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "RULES".to_owned(), scope: PhantomData }
}
pub(crate) fn custom_fields(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "FIELDS".to_owned(), scope: PhantomData }
}
pub(crate) fn stages(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "STAGES".to_owned(), scope: PhantomData }
}

pub(crate) fn routing(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "ROUTING".to_owned(), scope: PhantomData }
}
/// The counter of a rule's turns; without a rule, that of the choice for all other leads.
pub(crate) fn routing_turns(workspace: &WorkspaceId, rule: Option<&RoutingRuleId>) -> WorkspaceKey {
    let rule = rule.map_or("OTHERWISE", RoutingRuleId::ulid_text);
    of(workspace, &format!("TURNS#{rule}")).at("TURNS")
}
/// The partition of a sequence's versions and rollouts.
pub(crate) fn of_sequence(workspace: &WorkspaceId, id: &SequenceId) -> Partition<Tenant> {
    of(workspace, &format!("SEQUENCE#{}", id.ulid_text()))
}
pub(crate) const VERSIONS: &str = "V#";
pub(crate) fn sequence_version(workspace: &WorkspaceId, id: &SequenceId, version: u32) -> WorkspaceKey {
    of_sequence(workspace, id).at(format!("{VERSIONS}{version:08}"))
}
pub(crate) const ROLLOUTS: &str = "R#";
pub(crate) fn rollout(workspace: &WorkspaceId, sequence: &SequenceId, id: &RolloutId) -> WorkspaceKey {
    of_sequence(workspace, sequence).at(format!("{ROLLOUTS}{}", id.ulid_text()))
}
/// The partition of the counts of a campaign's enrol jobs; ids of jobs sort by time.
pub(crate) fn enrol_counts(workspace: &WorkspaceId, campaign: &CampaignId) -> Partition<Tenant> {
    of(workspace, &format!("ENROLLED#{}", campaign.ulid_text()))
}
pub(crate) fn enrol_count(workspace: &WorkspaceId, campaign: &CampaignId, job: &str) -> WorkspaceKey {
    enrol_counts(workspace, campaign).at(job)
}
/// The partition of notifications to all users, or to one.
pub(crate) fn notifications(workspace: &WorkspaceId, user: Option<&UserId>) -> Partition<Tenant> {
    match user {
        Some(user) => of(workspace, &format!("NOTES#{}", user.ulid_text())),
        None => of(workspace, "NOTES"),
    }
}
pub(crate) fn notification(
    workspace: &WorkspaceId,
    user: Option<&UserId>,
    id: &NotificationId,
) -> WorkspaceKey {
    notifications(workspace, user).at(id.ulid_text())
}
/// A sort key before all notifications of that time and later.
pub(crate) fn before_notifications_of(at: Timestamp) -> String {
    NotificationId::derived(at, &["0"]).ulid_text()[..10].to_owned()
}
pub(crate) fn subscriptions(workspace: &WorkspaceId, client: &ClientId) -> Partition<Tenant> {
    of(workspace, &format!("CLIENT#{}", client.ulid_text()))
}
pub(crate) fn subscription(workspace: &WorkspaceId, client: &ClientId, external_id: &str) -> WorkspaceKey {
    subscriptions(workspace, client).at(format!("S#{external_id}"))
}
pub(crate) fn money(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "MONEY")
}
pub(crate) fn transaction(workspace: &WorkspaceId, at: Timestamp, external_id: &str) -> WorkspaceKey {
    money(workspace).at(format!("{}#{external_id}", sortable(at)))
}
pub(crate) fn unmatched_partition(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "UNMATCHED")
}
pub(crate) fn unmatched(workspace: &WorkspaceId, id: &UnmatchedId) -> WorkspaceKey {
    unmatched_partition(workspace).at(id.ulid_text())
}

/// The partitions of suppressions, spread by value because every enrolment and many a send look there.
pub(crate) fn suppressions(workspace: &WorkspaceId) -> Vec<Partition<Tenant>> {
    (0..SUPPRESSION_SHARDS).map(|shard| of(workspace, &format!("SUPPRESSED#{shard:02}"))).collect()
}
pub(crate) fn suppression(workspace: &WorkspaceId, scope: &SuppressionScope) -> WorkspaceKey {
    let (kind, value) = match scope {
        SuppressionScope::Email(value) => ("email", value),
        SuppressionScope::Domain(value) => ("domain", value),
        SuppressionScope::Phone(value) => ("phone", value),
        SuppressionScope::ChatUser(value) => ("chat_user", value),
    };
    let partition = format!("SUPPRESSED#{:02}", shard(value, SUPPRESSION_SHARDS));
    if mutant!("suppression_without_workspace") {
        return Partition { pk: partition, scope: PhantomData }.at(format!("{kind}#{value}"));
    }
    of(workspace, &partition).at(format!("{kind}#{value}"))
}

// Counters: one partition, a document per scope and lane.

pub(crate) fn counters(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "COUNTERS")
}
pub(crate) const TOTAL: &str = "TOTAL#";
pub(crate) const DAY: &str = "DAY#";
pub(crate) fn counters_of_campaign(campaign: &CampaignId) -> String {
    format!("CAMPAIGN#{}#ALL#", campaign.ulid_text())
}
pub(crate) fn counters_of_rollout(rollout: &RolloutId) -> String {
    format!("ROLLOUT#{}#", rollout.ulid_text())
}
pub(crate) fn counters_of_bulk_message(bulk_message: &BulkMessageId) -> String {
    format!("BULK_MESSAGE#{}#", bulk_message.ulid_text())
}
pub(crate) fn counter(
    workspace: &WorkspaceId,
    scope: &application::ports::stats::Scope,
    lane: u32,
) -> WorkspaceKey {
    use application::ports::stats::Scope;
    let scope = match scope {
        Scope::Total | Scope::TotalIn(_) => TOTAL.to_owned(),
        Scope::Day(day) | Scope::DayIn(day, _) => counters_of_day(*day),
        Scope::Campaign(id) | Scope::Step(id, _) | Scope::Variant(id, ..) | Scope::Standing(id, ..) => {
            counters_of_campaign(id)
        }
        Scope::Rollout(id) => counters_of_rollout(id),
        Scope::BulkMessage(id) => counters_of_bulk_message(id),
    };
    counters(workspace).at(format!("{scope}{lane}"))
}
pub(crate) fn counters_of_day(day: Date) -> String {
    format!("{DAY}{day}#")
}
pub(crate) fn lane(shard_id: &str) -> u32 {
    shard(shard_id, 8)
}

// The index.

pub(crate) fn lead_lists(workspace: &WorkspaceId) -> Vec<Partition<Tenant>> {
    (0..LEAD_SHARDS).map(|shard| of(workspace, &format!("LEADS#{shard:02}"))).collect()
}
/// The entry of a lead in the index; ids sort by time of creation.
pub(crate) fn lead_listing(workspace: &WorkspaceId, lead: &LeadId) -> Listing {
    let shard = shard(lead.ulid_text(), LEAD_SHARDS);
    listing(of(workspace, &format!("LEADS#{shard:02}")), lead.ulid_text().to_owned())
}
pub(crate) fn enrolment_lists(workspace: &WorkspaceId, campaign: &CampaignId) -> Vec<Partition<Tenant>> {
    let list = |shard| of(workspace, &format!("C#{}#{shard:02}", campaign.ulid_text()));
    (0..ENROLMENT_SHARDS).map(list).collect()
}
/// The entry of an enrolment in the index. `class` is a letter for the kind of state: no claim or step changes it.
pub(crate) fn enrolment_listing(key: &EnrolmentKey, class: char) -> Listing {
    let shard = shard(key.lead.ulid_text(), ENROLMENT_SHARDS);
    let list = of(&key.workspace, &format!("C#{}#{shard:02}", key.campaign.ulid_text()));
    listing(list, format!("{class}#{}", key.lead.ulid_text()))
}
pub(crate) fn inbox(workspace: &WorkspaceId, folder: Folder) -> Partition<Tenant> {
    of(workspace, if folder == Folder::Open { "INBOX#OPEN" } else { "INBOX#DONE" })
}
pub(crate) fn inbox_listing(
    workspace: &WorkspaceId,
    folder: Folder,
    last_at: Timestamp,
    lead: &LeadId,
) -> Listing {
    listing(inbox(workspace, folder), format!("{}#{}", sortable(last_at), lead.ulid_text()))
}
pub(crate) fn unmatched_listing(workspace: &WorkspaceId, received: Timestamp, id: &UnmatchedId) -> Listing {
    let sk = format!("{}#{}", sortable(received), id.ulid_text());
    listing(unmatched_partition(workspace), sk)
}

// Keys of the installation.

pub(crate) fn due_shards() -> Vec<Partition<System>> {
    (0..DUE_SHARDS).map(|shard| system(format!("DUE#{shard}"))).collect()
}
/// The key of packed hints. The suffix is a digest of the content, so that a repeat overwrites itself.
pub(crate) fn due(bucket: Timestamp, content: &[&str]) -> SystemKey {
    let digest = digest(content);
    let shard = shard(&digest, DUE_SHARDS);
    system(format!("DUE#{shard}")).at(format!("{}#{}", sortable(bucket), &digest[..20]))
}
/// Reads back a key that was written into a handle.
pub(crate) fn due_from(handle: &str) -> Option<SystemKey> {
    let (pk, sk) = handle.split_once(' ')?;
    due_shards().into_iter().find(|shard| shard.pk() == pk).map(|shard| shard.at(sk))
}
/// The upper end of the range of hints up to and including this bucket.
pub(crate) fn due_until(now: Timestamp) -> String {
    format!("{}~", sortable(now))
}
pub(crate) fn api_key_by_hash(secret_hash: &str) -> SystemKey {
    system(format!("APIKEY#{secret_hash}")).at("APIKEY")
}
pub(crate) fn account_by_id(id: &AccountId) -> SystemKey {
    system(format!("ACCOUNT#{}", id.ulid_text())).at("ACCOUNT")
}
/// The partition of the accounts that name a provider's account, in any workspace.
pub(crate) fn accounts_of_external_id(provider: &str, account: &str) -> Partition<System> {
    system(format!("EXTERNAL#{provider}#{account}"))
}
pub(crate) fn account_by_external_id(provider: &str, account: &str, id: &AccountId) -> SystemKey {
    accounts_of_external_id(provider, account).at(id.ulid_text())
}
pub(crate) fn installation() -> SystemKey {
    system("INSTALLATION".to_owned()).at("INSTALLATION")
}
pub(crate) fn workspaces() -> Partition<System> {
    system("WORKSPACES".to_owned())
}
pub(crate) fn workspace_entry(id: &WorkspaceId) -> SystemKey {
    workspaces().at(id.ulid_text())
}
pub(crate) fn tracking_domain(name: &DomainName) -> SystemKey {
    system(format!("TRACKING_DOMAIN#{}", name.as_str())).at("TRACKING_DOMAIN")
}
/// The key of a rate limit. What callers limit by may be an address, so it holds a digest only.
pub(crate) fn limit(bucket: &str) -> SystemKey {
    system(format!("LIMIT#{}", digest(&[bucket]))).at("LIMIT")
}
pub(crate) fn once(key: &str) -> SystemKey {
    system(format!("ONCE#{}", digest(&[key]))).at("ONCE")
}
pub(crate) fn answer(key: &str) -> SystemKey {
    system(format!("ANSWER#{}", digest(&[key]))).at("ANSWER")
}

const LEAD_SHARDS: u32 = 16;
const ENROLMENT_SHARDS: u32 = 8;
const SUPPRESSION_SHARDS: u32 = 8;
/// The shards of due hints. Each is asked every minute, so there are few: a shard takes 500 packs of hints a second.
const DUE_SHARDS: u32 = 4;

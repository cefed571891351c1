//! `docs/TABLE.md`: every access pattern with its key and its method, as `keys` spells them.

mod conversations;
mod deals;
mod installation;
mod notify;
mod prospects;
mod spend;

use crate::key_hashes::digest;
use crate::keys::{self, Key, Listing, Partition, icps, lead_lists, preview_pages as pages};
use application::ports::stats::Scope;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::lead::enrichment::Field;
use domain::lead::suppression::SuppressionScope;
use domain::message::conversation::Folder;
use domain::time::calendar_month::CalendarMonth;

use domain::{
    AccessRecordId, AccountId, ApiKeyId, BulkMessageId, CallId, CampaignId, ClientId, ColumnId, ColumnRunId,
    DealId, DraftId, IcpId, ImportId, InboundId, InvitationId, LeadId, LeadViewId, MessageId, NotificationId,
    RolloutId, RoutingRuleId, SegmentId, SequenceId, TaskId, TemplateId, UnmatchedId, UserId, WorkspaceId,
    derived_ulid,
};
use jiff::Timestamp;

const HEADER: &str = "# The table

One DynamoDB table: keys `pk` and `sk`, one index `list` (`lpk`, `lsk`, carries `sum`), a stream with both images, expiry
in `ttl`. `cargo xtask generate` writes this page from `dynamo_store/src/keys.rs`, and a test fails when it is stale.

A number in two digits is a shard: leads have 16, a campaign's enrolments and suppressions 8, hints 4. Counters have 8
lanes, by shard of the stream. Ids are shown without their prefix.

";

const FOOTER: &str = include_str!("table_doc/footer.md");

struct Samples {
    workspace: WorkspaceId,
    user: UserId,
    lead: LeadId,
    campaign: CampaignId,
    message: MessageId,
    task: TaskId,
    deal: DealId,
    client: ClientId,
    at: Timestamp,
    names: Vec<(String, &'static str)>,
}

impl Samples {
    fn new() -> Self {
        let at = Timestamp::UNIX_EPOCH;
        let lead = LeadId::new(derived_ulid(at, &["lead"]));
        let message = MessageId::derived(&lead, &["message"]);
        let task = TaskId::derived(&lead, &["task"]);
        let deal = DealId::derived(&lead, &["deal"]);
        let mut samples = Self {
            workspace: WorkspaceId::new(derived_ulid(at, &["workspace"])),
            user: UserId::new(derived_ulid(at, &["user"])),
            campaign: CampaignId::new(derived_ulid(at, &["campaign"])),
            client: ClientId::new(derived_ulid(at, &["client"])),
            at,
            names: Vec::new(),
            lead,
            message,
            task,
            deal,
        };
        let own_part = |id: &str| id[id.len() - 20..].to_owned();
        samples.names = vec![
            (samples.task.to_string(), "{task}"),
            (samples.deal.to_string(), "{deal}"),
            (own_part(samples.deal.as_str()), "{deal}"),
            (own_part(samples.message.as_str()), "{message}"),
            (own_part(samples.task.as_str()), "{task}"),
            (samples.workspace.ulid_text().to_owned(), "{workspace}"),
            (samples.user.ulid_text().to_owned(), "{user}"),
            (samples.lead.ulid_text().to_owned(), "{lead}"),
            (samples.campaign.ulid_text().to_owned(), "{campaign}"),
            (samples.client.ulid_text().to_owned(), "{client}"),
            (derived_ulid(at, &["id"]).to_string(), "{id}"),
            (digest(&["x"]), "{digest}"),
            (digest(&[]), "{digest}"),
            (crate::times::sortable(at), "{time}"),
            ("1970-01-01".to_owned(), "{day}"),
        ];
        samples
    }

    fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (value, name)| text.replace(value, name))
    }
}

struct Doc {
    samples: Samples,
    text: String,
}

impl Doc {
    fn section(&mut self, title: &str) {
        self.text
            .push_str(&format!("\n## {title}\n\n| access pattern | pk | sk | method |\n|---|---|---|---|\n"));
    }

    fn row(&mut self, what: &str, pk: &str, sk: &str, method: &str) {
        let (pk, sk) = (self.samples.named(pk), self.samples.named(sk));
        let sk = if sk.is_empty() { "all".to_owned() } else { format!("`{sk}`") };
        self.text.push_str(&format!("| {what} | `{pk}` | {sk} | {method} |\n"));
    }

    fn key<S>(&mut self, what: &str, key: Key<S>, method: &str) {
        self.row(what, key.pk(), key.sk(), method);
    }

    fn all<S>(&mut self, what: &str, partition: &Partition<S>, method: &str) {
        self.row(what, partition.pk(), "", method);
    }

    fn listed(&mut self, what: &str, listing: Listing, method: &str) {
        self.row(what, listing.pk(), listing.sk(), method);
    }
}

/// The whole document.
pub fn table_doc() -> String {
    let mut doc = Doc { samples: Samples::new(), text: HEADER.trim_end().to_owned() + "\n" };
    in_a_lead(&mut doc);
    in_a_workspace(&mut doc);
    in_the_index(&mut doc);
    installation::describe(&mut doc);
    doc.text + FOOTER
}

fn in_a_lead(doc: &mut Doc) {
    let Samples { workspace, lead, campaign, message, task, deal, at, .. } = &Samples::new();
    let enrolment =
        EnrolmentKey { workspace: workspace.clone(), lead: lead.clone(), campaign: campaign.clone() };
    doc.section("A lead and everything that happened to it");
    let partition = keys::lead_partition(workspace, lead);
    doc.all("a lead's whole file, one query", &partition, "`LeadStore::file`");
    doc.key(
        "the lead; for 60 days after its erasure, a mark that it existed",
        keys::lead(workspace, lead),
        "`LeadStore::{get, get_many, get_with_fields, save}`",
    );
    doc.key(
        "an enrolment, and its claim",
        keys::enrolment(&enrolment),
        "`EnrolmentStore::{get, claim, save}`",
    );
    doc.key("a message", keys::message(workspace, message), "`MessageStore::{create, get, save}`");
    doc.key("a task", keys::task(workspace, task), "`TaskStore::{get, save}`");
    let call = CallId::new(lead, derived_ulid(*at, &["id"]));
    let recorded = keys::tasks::recording(workspace, &call);
    doc.key("the recording of a call", recorded, "`CallStore::{recording, recordings, recordings_of}`");
    let cost = keys::tasks::call_cost(workspace, &call);
    doc.key("what a call that the app placed has cost", cost, "`CallStore::{cost, costs, save_cost}`");
    doc.key("a deal", keys::deals::deal(workspace, deal), "`DealStore::{get, save, delete, of_leads}`");
    let fields = Field::ALL.map(|field| keys::field(workspace, lead, field).sk().to_owned());
    doc.row(
        "a field's latest result",
        partition.pk(),
        &fields.join("`, `"),
        "`LeadStore::{field, get_with_fields, put_field}`",
    );
    let line = keys::campaign_line(workspace, lead, campaign);
    doc.key("a campaign's own opening line", line, "`LeadStore::{campaign_line, put_campaign_line}`");
    let cell = keys::cell(workspace, lead, &ColumnId::new(derived_ulid(*at, &["id"])));
    doc.key("the cell of a column: how the field was filled", cell, "`CellStore`");
    let activity = keys::activity(workspace, lead, "{event}");
    doc.key(
        "a timeline entry without an item of its own; a repeat finds it",
        activity,
        "`LeadStore::put_activity`",
    );
    doc.key(
        "a lead that was merged into it, with the values before",
        keys::lead_merge(workspace, lead, lead),
        "`LeadMergeStore::{merges, merge, unmerge}`",
    );
    conversations::describe(doc, workspace, lead);
    doc.key(
        "another address or number, or a chat app's user",
        keys::former_address(workspace, lead, "{address}"),
        "`LeadStore::{change_identity, note_address}`",
    );
    doc.key("the preview page", pages::preview(workspace, lead), "`PreviewStore::of_lead`");
    doc.key(
        "what arrived about the lead, to be deleted with it; expires",
        keys::inbound_of_lead(
            workspace,
            lead,
            &format!("{}#0", derived_ulid(Timestamp::UNIX_EPOCH, &["id"])),
        ),
        "`InboundRecordStore::save`",
    );
}

fn in_a_workspace(doc: &mut Doc) {
    let Samples { workspace, user, lead, campaign, client, at, .. } = &Samples::new();
    let id = derived_ulid(*at, &["id"]);
    let email = EmailAddress::parse("address@example.com").expect("an address");
    let phone = PhoneNumber::try_from("+15185196001".to_owned()).expect("a number");
    doc.samples.names.push((email.to_string(), "{address}"));
    doc.samples.names.push((phone.to_string(), "{phone}"));
    doc.section("Look-ups by address, number and payment");
    doc.key(
        "the lead with this e-mail: unique",
        keys::email(workspace, &email),
        "`LeadStore::find_by_email`",
    );
    let partition = keys::phone_partition(workspace, &phone);
    doc.all("the leads with this phone, at most 20", &partition, "`LeadStore::find_by_phone`");
    doc.key("… one of them", keys::phone(workspace, &phone, lead), "`LeadStore::create`");
    doc.key(
        "… the one that has no e-mail: unique",
        keys::phone_alone(workspace, &phone),
        "`LeadStore::create`",
    );
    doc.key(
        "leads with this other address or number, or chat user",
        keys::former(workspace, email.as_str(), lead),
        "`LeadStore::{change_identity, find_by_former, note_address}`",
    );
    let key = keys::client_by_external(workspace, "{customer}");
    doc.key("the client of a payment provider's customer", key, "`RevenueStore::client_by_external`");
    doc.key(
        "a booked payment: unique",
        keys::money_by_external(workspace, "{payment}"),
        "`RevenueStore::book`",
    );

    doc.key(
        "what is noted about a company",
        keys::company_record(workspace, "{company}"),
        "`CompanyStore::{records, save_record}`",
    );
    doc.key(
        "the hold of a company after a reply from there",
        keys::company_hold(workspace, "{company}"),
        "`CompanyStore::{put, find}`",
    );
    doc.key(
        "… its leads that were enrolled while the workspace holds companies",
        keys::of_company(workspace, "{company}", lead),
        "`CompanyStore::{register_lead, registered_leads, unregister_leads}`",
    );

    doc.section("A workspace");
    doc.key("the workspace", keys::workspace(workspace), "`WorkspaceStore::{get, save}`");
    doc.key("its rules", keys::trigger_rules(workspace), "`RuleStore::{get, save}`");
    doc.key(
        "what was recorded of its changes, in order",
        keys::recorded_changes(workspace, 1),
        "`ChangeLogStore::{append, since, last, delete}`",
    );
    doc.key(
        "how far they are in the bucket",
        keys::change_head(workspace),
        "`ChangeLogStore::{head, save_head}`",
    );
    doc.key(
        "a group of leads that are different people",
        keys::dismissed_duplicates(workspace, &[]),
        "`DismissedDuplicateStore`",
    );
    doc.key("its custom fields", keys::custom_fields(workspace), "`CustomFieldStore::{get, save}`");
    doc.key("its columns", keys::column(workspace, &ColumnId::new(id)), "`ColumnStore`");
    doc.key("the runs of columns", keys::column_run(workspace, &ColumnRunId::new(id)), "`ColumnRunStore`");
    doc.key("its segments", lead_lists::segment(workspace, &SegmentId::new(id)), "`SegmentStore`");
    doc.key(
        "… whose a segment's name is",
        lead_lists::segment_name(workspace, "x"),
        "`SegmentStore::{save, delete}`",
    );
    doc.key("its ICPs", icps::icp(workspace, &IcpId::new(id)), "`IcpStore`");
    doc.key("… whose an ICP's name is", icps::icp_name(workspace, "x"), "`IcpStore::{save, delete}`");
    prospects::describe(doc, workspace, id);
    doc.key(
        "its lead list's shared views",
        lead_lists::lead_view(workspace, None, &LeadViewId::new(id)),
        "`LeadViewStore`",
    );
    doc.key(
        "… and a user's own",
        lead_lists::lead_view(workspace, Some(user), &LeadViewId::new(id)),
        "`LeadViewStore`",
    );
    spend::budgets(doc, workspace, user);
    doc.key("its stages and lost reasons", keys::stages(workspace), "`StageStore::{get, save}`");
    doc.key("its routing of new leads", keys::routing(workspace), "`RoutingStore::{get, save}`");
    doc.key(
        "… whose turn it is by a rule",
        keys::routing_turns(workspace, Some(&RoutingRuleId::new(id))),
        "`RoutingStore::{take_turns, give_back_turns, next_turn}`",
    );
    doc.key("campaigns", keys::campaign(workspace, &CampaignId::new(id)), "`CampaignStore`");
    doc.key("… their preview pages", pages::campaign_page(workspace, &CampaignId::new(id)), "`PreviewStore`");
    doc.key(
        "… a page that a user is editing",
        pages::campaign_page_draft(workspace, &CampaignId::new(id), user),
        "`PreviewStore::{put_draft, draft}`",
    );
    doc.key(
        "… their state of auto-enrol",
        keys::auto_enrol_state(workspace, &CampaignId::new(id)),
        "`AutoEnrolStore::{get, save, list}`",
    );
    doc.key(
        "… the outcomes of their enrol jobs",
        keys::enrol_count(workspace, &CampaignId::new(id), "job_…"),
        "`AutoEnrolStore::{put_count, counts}`",
    );
    doc.key(
        "sequences",
        keys::sequence(workspace, &SequenceId::new(id)),
        "`SequenceStore::{get, save, list}`",
    );
    let version = keys::sequence_version(workspace, &SequenceId::new(id), 1);
    doc.key(
        "… its versions: only texts may be patched",
        version,
        "`SequenceStore::{version, versions, patch}`",
    );
    let rollout = keys::rollout(workspace, &SequenceId::new(id), &RolloutId::new(id));
    doc.key("… their rollouts", rollout, "`SequenceStore::{rollout, rollouts}`");
    doc.key("templates", keys::template(workspace, &TemplateId::new(id)), "`TemplateStore`");
    doc.key("imports", keys::import(workspace, &ImportId::new(id)), "`ImportStore`");
    doc.key("bulk messages", keys::bulk_message(workspace, &BulkMessageId::new(id)), "`BulkMessageStore`");
    doc.key("accounts", keys::account(workspace, &AccountId::new(id)), "`AccountStore`");
    doc.key("… their circuit breakers", keys::breaker(workspace, &AccountId::new(id)), "`BreakerStore`");
    doc.key(
        "… how far their mailboxes were read",
        keys::mailbox_reading(workspace, &AccountId::new(id)),
        "`MailboxReadingStore`",
    );
    doc.key("users", keys::user(workspace, user), "`UserStore::{get, list, save}`");
    doc.key("… the call that one makes", keys::tasks::call(workspace, user), "`CallStore`");
    let invitation = InvitationId::new(id);
    doc.key(
        "invitations",
        keys::invitation(workspace, &invitation),
        "`UserStore::{invitations, invitation, save_invitation, revoke, accept}`",
    );
    let digest = digest(&["x"]);
    doc.key(
        "API keys, revoked ones too",
        keys::api_key(workspace, &ApiKeyId::new(id)),
        "`ApiKeyStore::{get, list, save, note_use}`",
    );
    doc.key(
        "links for new passwords",
        keys::password_reset(workspace, user, &digest),
        "`UserStore::{save_reset, reset}`",
    );
    doc.key(
        "tickets that open a page's connection",
        keys::push::push_ticket(workspace, &digest),
        "`PushStore::{put_ticket, take_ticket}`",
    );
    doc.key(
        "connections of open pages",
        keys::push::push_connection(workspace, "{connection}"),
        "`PushStore::{put_connection, connections, forget_connections}`",
    );
    doc.key("drafts", keys::draft(workspace, &DraftId::new(id)), "`MessageStore::{put_draft, draft}`");
    doc.key(
        "the access log",
        keys::access_record(workspace, &AccessRecordId::new(id)),
        "`AccessLogStore::{add, list}`",
    );
    notify::describe(doc, (workspace, user), &NotificationId::new(id));
    let scope = SuppressionScope::Email("{address}".to_owned());
    doc.key(
        "the suppression entry of an address",
        keys::suppression(workspace, &scope),
        "`SuppressionStore::find`",
    );
    let unmatched = keys::unmatched(workspace, &UnmatchedId::new(id));
    let methods = "`ConversationStore::{put_unmatched, unmatched_reply, save_unmatched}`";
    doc.key("a reply that matches no lead", unmatched, methods);
    doc.key(
        "what arrived from providers, newest first; expires",
        keys::inbound_record(workspace, &InboundId::new(id)),
        "`InboundRecordStore::{get, save, list}`",
    );
    doc.key(
        "moves of leads between stages, by time; expires",
        keys::stage_move(workspace, *at, lead),
        "`StageStore::{put_move, moves_since}`",
    );
    doc.key(
        "the rates of commissions",
        keys::commissions::commission_plan(workspace),
        "`CommissionStore::{plan, save_plan, close, credit}`",
    );
    doc.key(
        "closed months of commissions",
        keys::commissions::commission_statement(workspace, &CalendarMonth::at(*at)),
        "`CommissionStore::{statement, closed_months, close}`",
    );
    doc.key(
        "targets of each month",
        keys::targets::target_plan(workspace, &CalendarMonth::at(*at)),
        "`TargetStore::{targets, save_targets}`",
    );
    doc.key("clients", keys::client(workspace, client), "`RevenueStore::{client, clients}`");
    let subscription = keys::subscription(workspace, client, "{subscription}");
    doc.key("a client's subscriptions", subscription, "`RevenueStore::subscriptions`");
    let transaction = keys::transaction(workspace, *at, "{payment}");
    doc.key("transactions, newest first", transaction, "`RevenueStore::transactions`");

    doc.section("Counters");
    let day = Scope::Day(jiff::civil::date(2026, 11, 20));
    doc.key("all time", keys::counter(workspace, &Scope::Total, 0), "`StatsStore::{total, counted_at}`");
    doc.key("days, a range", keys::counter(workspace, &day, 0), "`StatsStore::days`");
    let all = Scope::Campaign(campaign.clone());
    doc.key(
        "a campaign, its steps, their variants, and the states of its enrolments",
        keys::counter(workspace, &all, 0),
        "`StatsStore::{campaign, step_counts}`",
    );
    let rollout = Scope::Rollout(RolloutId::new(id));
    doc.key("a rollout's progress", keys::counter(workspace, &rollout, 0), "`StatsStore::rollout`");
    let bulk_message = Scope::BulkMessage(BulkMessageId::new(id));
    doc.key(
        "a bulk message's results",
        keys::counter(workspace, &bulk_message, 0),
        "`StatsStore::bulk_message`",
    );
}

fn in_the_index(doc: &mut Doc) {
    let Samples { workspace, lead, campaign, message, task, deal, at, .. } = &Samples::new();
    let enrolment =
        EnrolmentKey { workspace: workspace.clone(), lead: lead.clone(), campaign: campaign.clone() };
    doc.section("In the index `list`");
    doc.listed(
        "leads by creation; filter, sort and search",
        keys::lead_listing(workspace, lead),
        "`LeadStore::ids`",
    );
    doc.listed(
        "deleted leads that can be restored, latest first",
        keys::deleted_lead_listing(workspace, *at, lead),
        "`LeadStore::{deleted, deleted_by}`",
    );
    let listing = keys::enrolment_listing(&enrolment, 'M');
    let what = "a campaign's leads: `P`ending, `M`oving, `H`eld, `E`nded";
    doc.listed(what, listing, "`EnrolmentStore::{of_campaign, leads_of_campaign}`");
    let inbox = keys::inbox_listing(workspace, Folder::Open, *at, lead);
    doc.listed("the inbox, newest first", inbox, "`ConversationStore::list`");
    let uncertain = keys::uncertain::uncertain_listing(workspace, *at, message);
    doc.listed("messages whose delivery is uncertain, oldest first", uncertain, "`MessageStore::uncertain`");
    doc.listed(
        "open tasks by due time",
        keys::tasks::task_listing(workspace, *at, task),
        "`TaskStore::open`",
    );
    let made = keys::tasks::call_listing(workspace, *at, task);
    doc.listed("calls by when they were made", made, "`TaskStore::{calls, calls_between}`");
    let call = CallId::new(lead, derived_ulid(*at, &["id"]));
    let recorded = keys::tasks::recording_listing(workspace, *at, &call);
    doc.listed("recordings that are not deleted, oldest first", recorded, "`CallStore::recordings_before`");
    deals::in_the_index(doc, (workspace, *at), deal);
    let reply = UnmatchedId::new(derived_ulid(*at, &["id"]));
    let unmatched = keys::unmatched_listing(workspace, *at, &reply);
    let open = keys::spend::open_reservation_listing(workspace, *at, "{work}");
    doc.listed("reservations that are not settled, oldest first", open, "`SpendStore::open`");
    doc.listed("unmatched replies, newest first", unmatched, "`ConversationStore::unmatched`");
}

//! The table of all switches: which judge catches each, and in which lives it has time to show itself.
//!
//! The rows are chosen so that every guarantee that a simulated life can judge has at least one: the send ledger,
//! stops, time, absences, human-only engagement, versions, repeated webhooks, tenants, counters, pages and money.
//! Forecasts, enrichment budgets, offline providers, deployments, dry runs and generated text are held by tests of
//! their own.

use simulator::{Profile, Seed};

/// One known bug that stands in the code as `mutant!("name")`.
pub struct Switch {
    pub name: &'static str,
    /// The judge of the oracle that is to notice it.
    pub judge: &'static str,
    pub profile: Profile,
    /// The first life of the profile that is tried.
    pub first: u64,
}

impl Switch {
    pub fn seed(&self) -> Seed {
        self.profile.seed(self.first)
    }
}

const fn switch(name: &'static str, judge: &'static str, profile: Profile) -> Switch {
    Switch { name, judge, profile, first: 1 }
}

pub const SWITCHES: &[Switch] = &[
    // The send ledger.
    switch("claim_without_condition", "revisions", Profile::Ordinary),
    switch("save_without_condition", "revisions", Profile::Ordinary),
    switch("step_taken_for_sent", "skipped_steps", Profile::Ordinary),
    // The send pipeline.
    switch("uncertain_resent_blindly", "sends", Profile::Ordinary),
    switch("evidence_ignored", "evidence", Profile::Ordinary),
    switch("resent_despite_policy", "sends", Profile::Ordinary),
    switch("row_kept_after_stop", "send_ledger", Profile::Ordinary),
    switch("suppressions_not_read", "suppressions", Profile::Ordinary),
    switch("step_without_next_hint", "pending_work", Profile::Ordinary),
    switch("back_off_ignored", "retry_waits", Profile::Ordinary),
    switch("refused_channel_stays_open", "closed_channels", Profile::FullDays),
    switch("workspace_cap_ignored", "caps", Profile::Ordinary),
    switch("mail_without_unsubscribe", "mail_links", Profile::Ordinary),
    switch("one_off_claim_ignored", "one_off_messages", Profile::FullDays),
    switch("bulk_message_outside_hours", "bulk_messages", Profile::TwoTenants),
    switch("paused_mailbox_sends", "mailbox_choice", Profile::FullDays),
    // Mailboxes.
    switch("sends_without_reading", "read_before_send", Profile::Mailboxes),
    switch("uidvalidity_ignored", "read_before_send", Profile::Mailboxes),
    switch("refresh_token_not_saved", "grants", Profile::Mailboxes),
    // Stops.
    switch("stop_leaves_enrolments", "stops", Profile::Ordinary),
    switch("reply_does_not_stop", "stops", Profile::Ordinary),
    switch("suppressed_channel_open", "suppressions", Profile::Ordinary),
    // Time.
    switch("window_in_utc", "send_window", Profile::Ordinary),
    switch("absence_ignored", "message_records", Profile::Ordinary),
    switch("lateness_ignored", "late_steps", Profile::Ordinary),
    switch("day_limit_plus_one", "account_limits", Profile::FullDays),
    // The way through a sequence, and versions of it.
    switch("goal_ignored", "sequence_path", Profile::Ordinary),
    switch("branch_inverted", "sequence_path", Profile::Ordinary),
    switch("closed_step_ends_enrolment", "end_reasons", Profile::Ordinary),
    switch("rollout_never_arrives", "rollouts", Profile::Ordinary),
    // Events of leads.
    switch("machine_counts_as_person", "evidence", Profile::Ordinary),
    switch("reply_counts_each_delivery", "engagement", Profile::Ordinary),
    switch("archive_hides_new_message", "inbox", Profile::InboxActions),
    switch("block_charged_to_lead", "sender_blocks", Profile::Troubles),
    switch("every_address_deliverable", "deliverability", Profile::Ordinary),
    // Workspaces, counters, lists and money.
    switch("suppression_without_workspace", "tenant_isolation", Profile::Ordinary),
    switch("counter_adds_twice", "counters", Profile::Ordinary),
    switch("page_repeats_last_row", "pages", Profile::Ordinary),
    switch("phone_not_indexed", "lead_keys", Profile::Ordinary),
    switch("subscription_without_mrr", "revenue", Profile::Ordinary),
];

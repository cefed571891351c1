//! One check of a decision: the rule, whether it passed, and the value it looked at.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    pub rule: CheckRule,
    pub passed: bool,
    /// The value that was looked at, for a person to read.
    pub seen: String,
}

crate::codes! {
    /// The rules that are checked before a step is done, a campaign is launched or an account is used.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum CheckRule {
        EnrolmentOpen = "enrolment_open",
        EnrolmentNotHeld = "enrolment_not_held",
        WorkspaceSending = "workspace_sending",
        CampaignActive = "campaign_active",
        StepLeft = "step_left",
        MayBeContacted = "may_be_contacted",
        NoReply = "no_reply",
        CompanyQuiet = "company_quiet",
        NotAway = "not_away",
        Reachable = "reachable",
        ConsentRecorded = "consent_recorded",
        TaskDone = "task_done",
        GoalAhead = "goal_ahead",
        NotPastItsDate = "not_past_its_date",
        NotLate = "not_late",
        NotSentBefore = "not_sent_before",
        Variant = "variant",
        LongEnoughApart = "long_enough_apart",
        MailboxUsable = "mailbox_usable",
        DomainHasRoom = "domain_has_room",
        WorkspaceHasRoom = "workspace_has_room",
        Branch = "branch",
        DelayOver = "delay_over",
        NotADayOff = "not_a_day_off",
        WindowOpen = "window_open",
        QuietHours = "quiet_hours",
        SenderHours = "sender_hours",
        ProviderTakesMessages = "provider_takes_messages",
        SenderEnabled = "sender_enabled",
        SenderWorks = "sender_works",
        SenderTried = "sender_tried",
        SenderNotPaused = "sender_not_paused",
        SenderHasRoom = "sender_has_room",
        RepliesRead = "replies_read",
        InACampaign = "in_a_campaign",
        SequenceHasSteps = "sequence_has_steps",
    }
}

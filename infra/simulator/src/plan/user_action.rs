//! The actions of users and people that a plan may hold.

/// What a user does, so many minutes after the launch.
#[derive(Debug, Clone)]
pub struct PlannedAction {
    pub minutes: i64,
    pub what: UserAction,
}

impl PlannedAction {
    pub fn at(minutes: i64, what: UserAction) -> Self {
        Self { minutes, what }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserAction {
    PauseCampaign,
    /// Pauses for so many minutes, after which it resumes by itself.
    PauseFor(PausedScope, i64),
    ResumeMailbox(usize),
    ResumeCampaign,
    StopSending,
    ResumeSending,
    EditSequence,
    /// Other steps, for everybody in one of three ways.
    Publish(&'static str),
    /// The version before, in the same ways.
    Republish(&'static str),
    /// Other words in the newest version.
    Patch,
    DeleteLead(usize),
    StopLead(usize),
    SuppressLead(usize),
    DoNotContact(usize),
    RemoveLead(usize),
    PauseLead(usize),
    ResumeLead(usize),
    QualifyLead(usize),
    SuppressDomain(usize),
    /// Into a second campaign, whatever became of the first.
    EnrolInSecondCampaign(usize),
    Answer(usize),
    AskToStop(usize),
    Unsubscribe(usize),
    Pay(usize),
    TextBack(usize),
    /// The lead answers on WhatsApp.
    ChatBack(usize),
    TextStop(usize),
    TextStart(usize),
    /// All that sequences ask for.
    DoTasks,
    /// What becomes of late messages.
    AnswerLate(&'static str),
    /// All dead letters, which queues keep for two weeks.
    Redrive,
    /// Whether messages arrived that nobody is sure of.
    AnswerQuestions,
    SwitchMailbox {
        first: bool,
        on: bool,
    },
    /// So many of them are the campaign's.
    ChooseMailboxes(usize),
    DeleteSecondMailbox,
    /// The mail provider and Stripe give new ones, and whoever knows only the old ones is turned away.
    RotateSecrets(u32),
    /// The user types in what is valid now.
    EnterSecrets,
    /// No provider that sends is to be reached for so many minutes.
    Outage(i64),
    /// Pauses a variant, or resumes a paused one.
    ToggleVariant(usize),
    /// A message outside every sequence, in so many minutes.
    Write {
        to: usize,
        minutes: i64,
    },
    /// What was written last.
    CancelOneOff,
    /// Hands a lead over to another user, alone or in a bulk change.
    HandOver {
        lead: usize,
        many: bool,
    },
    Neighbour(SecondTenantAction),
    /// Sends a bulk message to everybody, in so many minutes.
    SendBulkMessage {
        minutes: i64,
        by_text: bool,
    },
    /// What was written to everybody last.
    CancelBulkMessage,
    /// Sends a test mail, rendered for that lead.
    Test(usize),
    /// They are reached elsewhere.
    Move(Move),
    /// They say something from where they were reached before.
    SpeakFromFormerAddress {
        lead: usize,
        stop: bool,
    },
    Rename(usize),
    Close(Closing),
    Set(Setting),
    /// Off the suppression list.
    Lift(usize),
    /// The same people, some with other numbers.
    ImportAgain,
    Run(InboxAction),
    Strike(Trouble),
    /// Connects all mailboxes whose owner has to allow it, once more.
    ConnectMailboxes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub lead: usize,
    pub email: bool,
    pub phone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    pub lead: usize,
    pub status: &'static str,
    pub way: ClosedBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    One,
    Many,
    File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub of: SettingKind,
    /// What is drawn for it.
    pub number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    MailboxLimits,
    MailboxHours,
    /// The limits of the number for texts, or of the one on WhatsApp.
    NumberLimits,
    DaysOff,
    Caps,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxAction {
    /// The step at which they are held.
    SkipStep(usize),
    PauseLead(usize),
    ResumeLead(usize),
    /// All conversations that wait, as they are now.
    ReadInbox,
    /// One of those, as it was when somebody looked.
    Archive(usize),
    AnswerInInbox(usize),
    Reopen(usize),
    /// `complete` or `archive`.
    CloseCampaign(&'static str),
}

/// What is done among them, or by them to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondTenantAction {
    Stop(usize),
    Suppress(usize),
    DoNotContact(usize),
    Qualify(usize),
    Delete(usize),
    Pause,
    Resume,
    /// Answers, or asks to be left alone, as far as the last mail came from them.
    Answer(usize),
    AskToStop(usize),
    /// They try to read and to change what is the first workspace's.
    Pry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PausedScope {
    Campaign,
    Everybody,
    /// The first or the second.
    Mailbox(usize),
    Person(usize),
}

/// What befalls a life when its plan says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The provider takes nothing of ours for so many minutes; for good, if none are named.
    Blocks(&'static str, Option<i64>),
    /// No mailbox can be read for so many minutes.
    MailboxesSilent(i64),
    /// The owner of the mailbox at this place takes its grant back.
    GrantRevoked(usize),
}

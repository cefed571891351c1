//! The kinds of trouble, by name: each has its own chance and is counted.

macro_rules! kinds {
    ($($name:ident = $text:literal, $per_mille:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($name),+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The strikes in a thousand occasions where the kind is on; none for what a life's plan does.
            pub fn per_mille(self) -> u32 {
                match self { $(Self::$name => $per_mille),+ }
            }
        }
    };
}

kinds! {
    MessageTwice = "queue message delivered twice at once", 60;
    MessageOverlaps = "queue message with two functions at once", 80;
    SendOverlaps = "message of a send with two functions at once", 80;
    MessageAgain = "queue message delivered again after success", 60;
    MessageLate = "queue message delayed", 60;
    MessageDropped = "queue message dropped until visibility", 40;
    Poison = "poison message", 3;
    Throttled = "call throttled", 8;
    ServerError = "call failed with 500", 6;
    Conflict = "transaction conflict", 200;
    AnswerLost = "answer lost after the effect", 8;
    TransactionThrottled = "transaction throttled", 100;
    HalfBatch = "batch left half unprocessed", 100;
    StaleIndex = "index read stale", 100;
    Killed = "function killed at a call", 4;
    TimedOut = "function timed out at a call", 4;
    Frozen = "function frozen at a call and thawed", 6;
    HeldAtClaim = "function frozen between plan and claim", 150;
    StoppedAtClaim = "stopped between plan and claim", 500;
    StoppedInCall = "stopped while a provider is called", 60;
    KilledWithClaim = "function killed with a claim that another is about to make", 300;
    RolledOutMeanwhile = "version rolled out while somebody is at a step", 200;
    RolledOutAtTask = "version rolled out as somebody is given a task", 200;
    RolloutLate = "page of a rollout delayed", 200;
    KilledAtQueue = "function killed before its queue has the messages", 150;
    RequestKilled = "function killed at a user's request", 300;
    ClockOff = "clock of a function off by seconds", 200;
    ClockFarOff = "clock of a function off by minutes", 100;
    KilledAtProvider = "function killed at a provider's call", 40;
    ProviderBusy = "provider answers 429", 80;
    ProviderBroken = "provider answers 5xx", 80;
    ProviderRefused = "provider refuses the connection", 80;
    ProviderAnswerLost = "provider accepts, its answer is lost", 50;
    ProviderSilent = "provider takes nothing, its answer never comes", 40;
    ProviderHalf = "provider accepts, its answer breaks off half way", 40;
    ProviderSlow = "provider slow", 150;
    WebhookTwice = "webhook twice", 150;
    WebhookOutOfOrder = "webhook out of order", 120;
    WebhookLate = "webhook late", 120;
    WebhookAnswerLost = "webhook taken, its answer lost", 100;
    WebhookEarly = "webhook before the record", 400;
    TickTwice = "schedule fired twice", 80;
    TickLate = "schedule late", 80;
    TickSkipped = "schedule skipped", 60;
    StreamReplayed = "stream batch replayed", 60;
    StreamSplit = "stream batch split", 150;
    StreamDropped = "stream batch read and dropped", 50;
    ShardSplit = "stream shard split", 60;
    SecretRotated = "secret rotated at the provider", 0;
    HeldAtOneOff = "lead stopped as its letter is about to be claimed", 300;
    PoisonAgain = "message that fails each time, also redriven", 6;
    Outage = "providers not to be reached for days", 0;
    RefusedForGood = "provider refuses a message for good", 60;
    OneOffOverlaps = "letter with two functions at once", 500;
    WriteConflict = "write meets another's transaction", 40;
    LimitsTightened = "limits tightened when slots were just given", 400;
    HeldAtWrite = "function frozen before it writes about a lead", 60;
    StaleTable = "table read stale", 100;
    ChangedMeanwhile = "lead changed while a function stands still at it", 800;
    AccountBlocked = "account blocked for what we are", 0;
    RecipientBlocks = "recipient's server blocks us for what we are", 250;
    LandsLate = "provider takes late what was given up as lost", 60;
    HeardLate = "message that is heard of after its deadline", 250;
    BrownOut = "operation out of order for minutes", 1;
    WriteLands = "write lands late", 12;
    RequestsMeet = "two requests about one thing at one moment", 500;
    RequestFails = "call of a user's request fails", 15;
    Deployed = "all functions begin anew", 2;
    MailboxBreaksOff = "mail server breaks off while it is read", 15;
    MailMoved = "mail moved to junk before it is read", 250;
    CursorForgotten = "mailbox numbered anew, or its changes forgotten", 600;
    MailboxSilent = "mailboxes not to be read for hours", 0;
    PollKilled = "function killed between handing a mail over and saving the cursor", 300;
    GrantRevoked = "grant of a mailbox taken back", 0;
    HeldAtRenewal = "function killed, or frozen, with renewed tokens", 100;
}

/// A kind that is switched on, and how often it may strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub kind: Kind,
    pub most: u32,
    /// Its chance is so many times the usual one.
    pub times: u32,
}

//! How far a mailbox was read, and when it is read again. It stands beside the account, so that a poll every few minutes
//! meets no conflict with a user who edits the account.

use crate::ids::{AccountId, WorkspaceId};
use crate::planning::check::{Check, CheckRule};
use crate::workspace::mailbox_push::{Noticed, PushNews, PushStep, PushSubscription};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The time from one poll of a mailbox to the next.
pub const POLL_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How long a mailbox counts as read: older answers may wait there, so no step leaves it before it is read again.
pub const READING_LASTS: SignedDuration = SignedDuration::from_mins(15);
/// The end of a lease. It is longer than the function that polls may run.
pub const READING_LEASE: SignedDuration = SignedDuration::from_secs(120);
/// The time after which a poll is repeated whose message was given up.
const SAFETY_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// The most mails of a broken page that are remembered; the others are handed over twice, without effect.
const MOST_HANDED_OVER: usize = 100;
/// The polls that fail at one mail before less of it is asked for.
const MAIL_TRIES: u32 = 3;
/// The wait after a poll that failed at a mail. The last try comes before the mailbox counts as unread.
const MAIL_WAIT: SignedDuration = SignedDuration::from_mins(3);
/// The most mails whose failures are counted at a time; further ones are counted when these are dealt with.
const MOST_FAILING: usize = 20;
/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The same where the mailbox refuses: a server locks out a client that repeats a wrong password.
const FIRST_WAIT_REFUSED: SignedDuration = SignedDuration::from_mins(15);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxReading {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    /// The mailbox that is read, as its reader names it. When the account gets another, or its host is corrected, reading
    /// goes on there from the moment up to which it was complete.
    pub mailbox: String,
    /// The moment of connecting: what arrived before is never looked at.
    pub since: Timestamp,
    /// The place up to which it was read, as its reader wrote it; none before the first poll.
    pub cursor: Option<String>,
    /// Digests of the mails behind the cursor that are handed over or skipped already: the page that begins there broke
    /// off.
    pub handed_over: Vec<String>,
    /// The mails behind the cursor at which polls failed although the mailbox answered.
    pub failing: Vec<FailingMail>,
    /// Everything that had arrived by then was read.
    pub complete_at: Option<Timestamp>,
    /// The next poll. A due hint or a queue message stands for it.
    pub next_at: Timestamp,
    /// The end of the lease of the function that reads now.
    pub leased_until: Option<Timestamp>,
    /// A due hint stands there besides, in case the message of a poll is given up.
    pub safety_at: Option<Timestamp>,
    /// The other side, in which nothing is wrong, answers nothing before.
    pub not_before: Option<Timestamp>,
    pub failure: Option<ReadFailure>,
    /// The subscription by which the provider tells that mail has arrived.
    pub push: Option<PushSubscription>,
    /// The provider has refused a subscription, and is not asked for one before.
    pub push_retry_at: Option<Timestamp>,
    pub rev: u64,
}

/// A mail that could not be read, and how many polls have tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingMail {
    /// The digest of its reference.
    pub mail: String,
    pub polls: u32,
}

/// A series of polls that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFailure {
    pub detail: String,
    pub since: Timestamp,
    pub polls: u32,
    /// Whether waiting does not help: a user has to do something.
    pub needs_a_person: bool,
}

/// The answer to a function that wants to read the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingLease {
    Taken,
    /// It is not time: the hint of the next poll stands for it.
    NotDue,
    /// Another function reads it, or broke off. It is asked for again at the end of that lease.
    Held {
        until: Timestamp,
    },
}

impl MailboxReading {
    pub fn begin(workspace: WorkspaceId, account: AccountId, mailbox: String, now: Timestamp) -> Self {
        Self {
            workspace,
            account,
            mailbox,
            since: now,
            cursor: None,
            handed_over: Vec::new(),
            failing: Vec::new(),
            complete_at: None,
            next_at: now,
            leased_until: None,
            safety_at: None,
            not_before: None,
            failure: None,
            push: None,
            push_retry_at: None,
            rev: 0,
        }
    }

    /// Begins reading under another name: what arrived since the mailbox was last read completely is looked for there.
    pub fn moved_to(self, mailbox: String, now: Timestamp) -> Self {
        let since = self.complete_at.unwrap_or(self.since);
        Self { since, rev: self.rev, ..Self::begin(self.workspace, self.account, mailbox, now) }
    }

    /// Whether answers that have arrived are known well enough to send from the mailbox.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.complete_at.is_some_and(|at| now.duration_since(at) < READING_LASTS)
    }

    /// Returns the check that replies were read lately, for an account that may never have been read.
    pub fn check(known: Option<&Self>, now: Timestamp) -> Check {
        let passed = known.is_some_and(|known| known.is_fresh(now));
        let seen = match known {
            Some(Self { failure: Some(failure), .. }) if !passed => {
                format!("the mailbox cannot be read: {}", failure.detail)
            }
            Some(Self { complete_at: Some(at), .. }) => {
                format!("replies were last read {} minutes ago", now.duration_since(*at).as_mins())
            }
            _ => "the mailbox is read before it sends".to_owned(),
        };
        Check { rule: CheckRule::RepliesRead, passed, seen }
    }

    /// Takes the lease if the mailbox is to be read now: at its time, or where it works and messages wait for it, or its
    /// provider has told of something since it was read.
    pub fn take_lease(&mut self, now: Timestamp, noticed: Option<Noticed>) -> ReadingLease {
        if let Some(until) = self.leased_until.filter(|until| *until > now) {
            return ReadingLease::Held { until };
        }
        let is_news = |told: Noticed| {
            told.news != PushNews::Read || self.complete_at.is_none_or(|read_at| read_at < told.at)
        };
        let is_awaited = !self.is_fresh(now) || noticed.is_some_and(is_news);
        if self.next_at > now && (!is_awaited || self.held_until(now).is_some()) {
            return ReadingLease::NotDue;
        }
        self.leased_until = Some(now.saturating_add(READING_LEASE).unwrap_or(Timestamp::MAX));
        ReadingLease::Taken
    }

    /// Returns the moment for another hint that has the mailbox read even if the message of this poll is given up; none as
    /// long as an earlier one stands.
    pub fn plan_safety(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.safety_at.is_some_and(|at| at > now) {
            return None;
        }
        self.safety_at = now.checked_add(SAFETY_AFTER).ok();
        self.safety_at
    }

    /// The end of a wait that messages do not shorten.
    pub fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        let after_failure = self.failure.as_ref().map(|_| self.next_at);
        after_failure.max(self.not_before).filter(|until| *until > now)
    }

    /// Remembers a mail of a page that may break off: nothing more is done about it.
    pub fn note_handed_over(&mut self, digest: String) {
        self.failing.retain(|failing| failing.mail != digest);
        if self.handed_over.len() < MOST_HANDED_OVER {
            self.handed_over.push(digest);
        }
    }

    /// Notes that this poll failed at a mail.
    pub fn note_mail_failed(&mut self, digest: &str) {
        if let Some(known) = self.failing.iter_mut().find(|failing| failing.mail == digest) {
            known.polls = known.polls.saturating_add(1);
        } else if self.failing.len() < MOST_FAILING {
            self.failing.push(FailingMail { mail: digest.to_owned(), polls: 1 });
        }
    }

    /// Whether polls have failed at the mail before.
    pub fn is_failing(&self, digest: &str) -> bool {
        self.failing.iter().any(|failing| failing.mail == digest)
    }

    /// Whether so many polls have failed at the mail that less of it is asked for.
    pub fn is_tried_enough(&self, digest: &str) -> bool {
        self.failing.iter().any(|failing| failing.mail == digest && failing.polls >= MAIL_TRIES)
    }

    /// Notes that one page was read and handed over. Where nothing more waits, everything up to `asked_at` is read.
    pub fn note_page(&mut self, cursor: String, is_complete: bool, asked_at: Timestamp) {
        self.cursor = Some(cursor);
        self.forget_page();
        if is_complete {
            self.complete_at = Some(asked_at);
        }
    }

    /// Begins the page behind the cursor anew.
    pub fn forget_page(&mut self) {
        self.handed_over.clear();
        self.failing.clear();
    }

    /// Ends a reading that failed at some mails of its page, while the mailbox works: they are tried again soon.
    pub fn note_mails_wait(&mut self, now: Timestamp) {
        self.failure = None;
        self.note_not_before(now + MAIL_WAIT);
    }

    /// Ends the reading of this time. What is left is read at once.
    pub fn note_read(&mut self, is_all: bool, now: Timestamp) {
        self.failure = None;
        self.not_before = None;
        self.wait_until(if is_all { now + POLL_EVERY } else { now });
    }

    /// Ends a reading that failed. Returns whether it is time to show the failure at the account: at once where a user has
    /// to do something, else when messages begin to wait for it.
    pub fn note_failure(&mut self, detail: &str, needs_a_person: bool, now: Timestamp) -> bool {
        let known = self.failure.take();
        let (since, polls) = known.map_or((now, 1), |known| (known.since, known.polls.saturating_add(1)));
        self.failure = Some(ReadFailure { detail: detail.to_owned(), since, polls, needs_a_person });
        self.not_before = None;
        let first = if needs_a_person { FIRST_WAIT_REFUSED } else { FIRST_WAIT };
        let wait = first * 2_i32.pow((polls - 1).min(6));
        self.wait_until(now + wait.min(LONGEST_WAIT));
        needs_a_person || !self.is_fresh(now)
    }

    /// Ends a reading that is not answered before a moment, and in which nothing is wrong.
    pub fn note_not_before(&mut self, until: Timestamp) {
        self.not_before = Some(until);
        self.wait_until(until);
    }

    /// Notes what the provider has told of its notices.
    pub fn note_push_news(&mut self, news: PushNews, now: Timestamp) {
        match (news, &mut self.push) {
            (PushNews::Read, _) => return,
            (PushNews::Renew, Some(push)) => push.renew_soon(now),
            (PushNews::Renew | PushNews::SubscribeAnew, push) => *push = None,
        }
        self.push_retry_at = None;
    }

    /// Tells what is to be done now so that notices come to this address.
    pub fn push_step(&self, url: &str, now: Timestamp) -> Option<PushStep> {
        if self.push_retry_at.is_some_and(|at| at > now) {
            return None;
        }
        match &self.push {
            Some(push) if push.expires_at > now && push.url != url => {
                Some(PushStep::Replace(push.id.clone()))
            }
            Some(push) if push.expires_at > now => {
                push.ends_soon(now).then(|| PushStep::Renew(push.id.clone()))
            }
            _ => Some(PushStep::Subscribe),
        }
    }

    fn wait_until(&mut self, at: Timestamp) {
        self.leased_until = None;
        self.next_at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;
    const URL: &str = "https://leadflow.example/notices";

    fn minutes(minutes: i64) -> Timestamp {
        START + SignedDuration::from_mins(minutes)
    }

    fn reading() -> MailboxReading {
        let workspace = WorkspaceId::derived(START, &["w"]);
        MailboxReading::begin(workspace, AccountId::derived(START, &["a"]), "mailbox".to_owned(), START)
    }

    #[test]
    fn only_one_function_reads_at_a_time_until_its_lease_ends() {
        let mut reading = reading();
        assert_eq!(reading.take_lease(START, None), ReadingLease::Taken);
        assert_eq!(reading.take_lease(minutes(1), None), ReadingLease::Held { until: minutes(2) });
        assert_eq!(reading.take_lease(minutes(2), None), ReadingLease::Taken);
    }

    #[test]
    fn read_mailbox_is_read_again_after_five_minutes() {
        let mut reading = reading();
        reading.take_lease(START, None);
        reading.note_page("1".to_owned(), true, START);
        reading.note_read(true, START);
        assert_eq!(reading.take_lease(minutes(4), None), ReadingLease::NotDue);
        assert!(reading.is_fresh(minutes(14)) && !reading.is_fresh(minutes(15)));
        assert_eq!(reading.take_lease(minutes(5), None), ReadingLease::Taken);
    }

    #[test]
    fn mailbox_that_fails_is_read_again_after_growing_waits_even_if_messages_wait() {
        let mut reading = reading();
        let mut waits = Vec::new();
        for _ in 0..8 {
            reading.note_failure("unreachable", false, START);
            waits.push(reading.next_at.duration_since(START).as_mins());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(!reading.is_fresh(START));
        assert_eq!(reading.take_lease(minutes(59), None), ReadingLease::NotDue);
        assert_eq!(reading.failure.as_ref().map(|failure| (failure.since, failure.polls)), Some((START, 8)));
    }

    #[test]
    fn one_safety_hint_stands_for_the_polls_of_a_quarter_of_an_hour() {
        let mut reading = reading();
        let planned = [0, 5, 10, 15, 20].map(|at| reading.plan_safety(minutes(at)));
        assert_eq!(planned, [Some(minutes(15)), None, None, Some(minutes(30)), None]);
    }

    #[test]
    fn throttled_mailbox_is_not_asked_before_its_time_even_if_messages_wait() {
        let mut reading = reading();
        reading.note_not_before(minutes(40));
        assert!(!reading.is_fresh(minutes(39)));
        assert_eq!(reading.take_lease(minutes(39), None), ReadingLease::NotDue);
        assert_eq!(reading.held_until(minutes(39)), Some(minutes(40)));
        assert_eq!(reading.take_lease(minutes(40), None), ReadingLease::Taken);
    }

    #[test]
    fn failure_is_shown_at_once_if_a_user_must_act_and_else_when_messages_wait() {
        let mut reading = reading();
        reading.note_page("1".to_owned(), true, START);
        assert!(!reading.note_failure("unreachable", false, minutes(5)));
        assert!(reading.note_failure("refused", true, minutes(6)));
        assert!(reading.note_failure("unreachable", false, minutes(16)));
        reading.note_read(false, minutes(17));
        assert_eq!((reading.failure, reading.next_at), (None, minutes(17)));
    }

    #[test]
    fn third_poll_that_fails_at_a_mail_is_the_last_that_asks_for_the_whole() {
        let mut reading = reading();
        let tried = [1, 2, 3].map(|_| {
            reading.note_mail_failed("a");
            reading.is_tried_enough("a")
        });
        assert_eq!((tried, reading.is_failing("b")), ([false, false, true], false));
        reading.note_handed_over("a".to_owned());
        assert!(!reading.is_failing("a"));
        for number in 0..MOST_FAILING + 5 {
            reading.note_mail_failed(&number.to_string());
        }
        assert_eq!(reading.failing.len(), MOST_FAILING);
        reading.note_page("1".to_owned(), true, START);
        assert!(reading.failing.is_empty());
    }

    #[test]
    fn mailbox_with_a_failing_mail_is_read_three_times_before_it_counts_as_unread() {
        let mut reading = reading();
        reading.note_page("1".to_owned(), true, START);
        reading.note_read(true, START);
        let mut now = reading.next_at;
        for _ in 0..3 {
            assert!(reading.is_fresh(now));
            assert_eq!(reading.take_lease(now, None), ReadingLease::Taken);
            reading.note_mails_wait(now);
            assert_eq!(reading.take_lease(now, None), ReadingLease::NotDue);
            now = reading.next_at;
        }
        assert_eq!(reading.failure, None);
    }

    #[test]
    fn noticed_mailbox_is_read_once_for_a_burst_and_not_while_it_is_throttled() {
        let mut reading = reading();
        reading.note_page("1".to_owned(), true, START);
        reading.note_read(true, START);
        let noticed = |at| Some(Noticed { at, news: PushNews::Read });
        assert_eq!(reading.take_lease(minutes(1), None), ReadingLease::NotDue);
        assert_eq!(reading.take_lease(minutes(1), noticed(minutes(1))), ReadingLease::Taken);
        reading.note_page("2".to_owned(), true, minutes(1));
        reading.note_read(true, minutes(1));
        assert_eq!(reading.take_lease(minutes(2), noticed(minutes(1))), ReadingLease::NotDue);
        let renew = Some(Noticed { at: minutes(1), news: PushNews::Renew });
        assert_eq!(reading.take_lease(minutes(2), renew), ReadingLease::Taken);
        reading.note_not_before(minutes(40));
        assert_eq!(reading.take_lease(minutes(3), noticed(minutes(3))), ReadingLease::NotDue);
    }

    #[test]
    fn subscription_is_made_renewed_before_its_end_and_made_anew_when_it_is_gone() {
        let mut reading = reading();
        assert_eq!(reading.push_step(URL, START), Some(PushStep::Subscribe));
        reading.push_retry_at = Some(minutes(60));
        assert_eq!(reading.push_step(URL, minutes(59)), None);
        let hours = |hours: i64| minutes(60 * hours);
        let made = PushSubscription { id: "s1".to_owned(), expires_at: hours(167), url: URL.to_owned() };
        let renew = Some(PushStep::Renew("s1".to_owned()));
        reading.push = Some(made.clone());
        assert_eq!(reading.push_step(URL, hours(2)), None);
        assert_eq!(reading.push_step(URL, hours(140)), renew);
        assert_eq!(reading.push_step(URL, hours(168)), Some(PushStep::Subscribe));
        reading.note_push_news(PushNews::Read, hours(2));
        assert_eq!(reading.push, Some(made));
        reading.note_push_news(PushNews::Renew, hours(2));
        assert_eq!(reading.push_step(URL, hours(2)), renew);
        reading.note_push_news(PushNews::SubscribeAnew, hours(2));
        assert_eq!(reading.push_step(URL, hours(2)), Some(PushStep::Subscribe));
    }

    #[test]
    fn subscription_to_a_former_address_is_replaced_unless_it_has_ended() {
        let mut reading = reading();
        let url = "https://former.example/notices".to_owned();
        reading.push = Some(PushSubscription { id: "s1".to_owned(), expires_at: minutes(10), url });
        assert_eq!(reading.push_step(URL, START), Some(PushStep::Replace("s1".to_owned())));
        assert_eq!(reading.push_step(URL, minutes(10)), Some(PushStep::Subscribe));
        reading.push_retry_at = Some(minutes(5));
        assert_eq!(reading.push_step(URL, START), None, "the provider has refused lately");
    }
}

//! Due hints, packed by bucket and spread over shards.

use crate::item::{Item, head, number, text};
use crate::keys;
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{delete, put};
use application::ports::due::{BUCKET_SECONDS, DueStore, DueWork, Hint, PackedHints};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::pause::PausedScope;
use domain::{AccountId, CallId, CampaignId, LeadId, MessageId, RuleId, TaskId, WorkspaceId};
use futures::future::try_join_all;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The size of the hints in one item: three write units.
const PACKED_BYTES: usize = 2_800;

#[async_trait]
impl DueStore for Table {
    async fn put(&self, hints: &[Hint]) -> StoreResult<()> {
        let mut buckets: BTreeMap<Timestamp, Vec<Line>> = BTreeMap::new();
        for hint in hints {
            buckets.entry(bucket_of(hint.at)).or_default().push(write_hint(hint));
        }
        for (bucket, mut lines) in buckets {
            lines.sort();
            lines.dedup();
            for packed in pack(lines) {
                let content: Vec<&str> = packed.iter().map(String::as_str).collect();
                let key = keys::due(bucket, &content);
                let item = Item::from([
                    ("pk".to_owned(), text(key.pk())),
                    ("sk".to_owned(), text(key.sk())),
                    ("entity".to_owned(), text("hints")),
                    ("v".to_owned(), number(1)),
                    ("due".to_owned(), AttributeValue::L(packed.iter().map(text).collect())),
                ]);
                self.write(put(item, None)).await?;
            }
        }
        Ok(())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<PackedHints>> {
        let shards = keys::due_shards();
        let until = Range::AtMost(keys::due_until(now));
        let each =
            shards.iter().map(|shard| Query::table(shard).eventual().range(until.clone()).limit(limit));
        let found = try_join_all(each.map(|query| self.query(query))).await?;
        let mut packed = Vec::new();
        for item in found.into_iter().flatten() {
            let head = head(&item)?;
            let lines = item.get("due").and_then(|due| due.as_l().ok());
            let lines = lines.ok_or_else(|| head.corrupt("has no hints"))?;
            let mut within = Within::default();
            let mut hints = Vec::with_capacity(lines.len());
            for line in lines {
                let line = line.as_s().map_err(|_| head.corrupt("has a hint that is no text"))?;
                match within.read(line) {
                    Some(read) => hints.extend(read),
                    // One hint that cannot be read must not keep the work of every workspace waiting.
                    None => tracing::error!(key = head.sk, line, "a due hint cannot be read and is left out"),
                }
            }
            packed.push((head.sk.clone(), PackedHints { handle: format!("{} {}", head.pk, head.sk), hints }));
        }
        packed.sort_by(|(a, _), (b, _)| a.cmp(b));
        packed.truncate(limit);
        Ok(packed.into_iter().map(|(_, hints)| hints).collect())
    }

    async fn delete(&self, packed: &[PackedHints]) -> StoreResult<()> {
        let key = |packed: &PackedHints| keys::due_from(&packed.handle).ok_or(StoreError::NotFound);
        let keys: Vec<_> = packed.iter().map(key).collect::<StoreResult<_>>()?;
        self.delete_all(&keys).await
    }

    async fn delete_one(&self, hint: &Hint) -> StoreResult<()> {
        let (common, line) = write_hint(hint);
        let key = keys::due(bucket_of(hint.at), &[common.as_str(), line.as_str()]);
        Ok(self.write(delete(&key, None)).await?)
    }

    async fn earliest(&self) -> StoreResult<Option<Timestamp>> {
        let shards = keys::due_shards();
        let first = shards.iter().map(|shard| self.query(Query::table(shard).eventual().limit(1)));
        let mut earliest: Option<Timestamp> = None;
        for item in try_join_all(first).await?.into_iter().flatten() {
            let head = head(&item)?;
            let micros = head.sk.split('#').next().and_then(|digits| digits.parse().ok());
            let at = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
            let at = at.ok_or_else(|| head.corrupt("names no bucket"))?;
            earliest = Some(earliest.map_or(at, |known| known.min(at)));
        }
        Ok(earliest)
    }
}

fn bucket_of(at: Timestamp) -> Timestamp {
    let start = at.as_second().div_euclid(BUCKET_SECONDS) * BUCKET_SECONDS;
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}

/// A hint as text, behind the part that it shares with the hints beside it: workspace, campaign and mailbox. The
/// shared part is written once before them.
type Line = (String, String);

fn pack(lines: Vec<Line>) -> Vec<Vec<String>> {
    let mut packs: Vec<Vec<String>> = Vec::new();
    let (mut room, mut shared) = (0, String::new());
    for (common, line) in lines {
        let full = line.len() + common.len() + 8;
        if packs.is_empty() || full > room {
            packs.push(Vec::new());
            room = PACKED_BYTES;
            shared.clear();
        }
        let Some(pack) = packs.last_mut() else { break };
        if shared != common {
            room = room.saturating_sub(common.len() + 4);
            pack.push(common.clone());
            shared = common;
        }
        room = room.saturating_sub(line.len() + 4);
        pack.push(line);
    }
    packs
}

/// Writes a hint with ids without their prefixes, so that 25 and more hints fit one item.
fn write_hint(hint: &Hint) -> Line {
    let at = hint.at.as_nanosecond();
    let at = if at % 1_000_000_000 == 0 { format!("{}s", at / 1_000_000_000) } else { at.to_string() };
    let enrolled =
        |key: &EnrolmentKey| format!("W {} {}", key.workspace.ulid_text(), key.campaign.ulid_text());
    match &hint.what {
        DueWork::Step { enrolment, generation, touch, mailbox } => {
            let touch = touch.map_or("", touch_word);
            let mailbox = mailbox.as_ref().map(|mailbox| format!(" {}", mailbox.ulid_text()));
            (
                enrolled(enrolment) + &mailbox.unwrap_or_default(),
                format!("S {at} {} {generation}{touch}", enrolment.lead.ulid_text()),
            )
        }
        DueWork::OneOff { workspace, message } => {
            (format!("W {}", workspace.ulid_text()), format!("O {at} {}", tail(message)))
        }
        DueWork::Erase { workspace, lead } => {
            (format!("W {}", workspace.ulid_text()), format!("L {at} {}", lead.ulid_text()))
        }
        DueWork::Resume { workspace, what } => match what {
            PausedScope::Workspace => (format!("W {}", workspace.ulid_text()), format!("P {at}")),
            PausedScope::Campaign(campaign) => {
                (format!("W {} {}", workspace.ulid_text(), campaign.ulid_text()), format!("C {at}"))
            }
            PausedScope::Account(account) => {
                (format!("W {}", workspace.ulid_text()), format!("A {at} {}", account.ulid_text()))
            }
        },
        DueWork::HoldCompany { workspace, lead } => {
            (format!("W {}", workspace.ulid_text()), format!("H {at} {}", lead.ulid_text()))
        }
        DueWork::FollowUp { workspace, lead } => {
            (format!("W {}", workspace.ulid_text()), format!("F {at} {}", lead.ulid_text()))
        }
        DueWork::JudgeRule { workspace, lead, rule, since } => {
            let since = since.as_nanosecond();
            let hint = format!("U {at} {} {} {since}", lead.ulid_text(), rule.ulid_text());
            (format!("W {}", workspace.ulid_text()), hint)
        }
        DueWork::RemindTask { workspace, task } => {
            let task = task.as_str().strip_prefix(TaskId::PREFIX).unwrap_or(task.as_str());
            (format!("W {}", workspace.ulid_text()), format!("T {at} {task}"))
        }
        DueWork::PollMailbox { workspace, account } => {
            (format!("W {}", workspace.ulid_text()), format!("M {at} {}", account.ulid_text()))
        }
        DueWork::DeleteRecording { workspace, account, provider_id } => {
            (format!("W {}", workspace.ulid_text()), format!("R {at} {} {provider_id}", account.ulid_text()))
        }
        DueWork::PriceCall { workspace, call } => {
            let call = call.as_str().strip_prefix(CallId::PREFIX).unwrap_or(call.as_str());
            (format!("W {}", workspace.ulid_text()), format!("K {at} {call}"))
        }
    }
}

/// The letters for a message's channel and for whether it is the first, written behind the turn.
const TOUCHES: [(&str, Touch); 6] = [
    ("e", Touch { channel: Channel::Email, opening: false }),
    ("E", Touch { channel: Channel::Email, opening: true }),
    ("s", Touch { channel: Channel::Sms, opening: false }),
    ("S", Touch { channel: Channel::Sms, opening: true }),
    ("w", Touch { channel: Channel::Whatsapp, opening: false }),
    ("W", Touch { channel: Channel::Whatsapp, opening: true }),
];

fn touch_word(touch: Touch) -> &'static str {
    TOUCHES.iter().find(|(_, known)| *known == touch).map_or("", |(word, _)| word)
}

fn parse_generation_and_touch(word: &str) -> Option<(u16, Option<Touch>)> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let touch = match &word[digits.len()..] {
        "" => None,
        letter => Some(TOUCHES.iter().find(|(known, _)| *known == letter)?.1),
    };
    Some((digits.parse().ok()?, touch))
}

fn tail(message: &MessageId) -> &str {
    message.as_str().strip_prefix(MessageId::PREFIX).unwrap_or(message.as_str())
}

/// The workspace, campaign and mailbox that were named last; the next lines belong to them.
#[derive(Default)]
struct Within {
    workspace: Option<WorkspaceId>,
    campaign: Option<CampaignId>,
    mailbox: Option<AccountId>,
}

impl Within {
    /// Reads one line. A line that only names workspace, campaign and mailbox gives `Some(None)`; one that cannot be
    /// read gives `None`.
    fn read(&mut self, line: &str) -> Option<Option<Hint>> {
        let mut words = line.split(' ');
        let kind = words.next()?;
        if kind == "W" {
            self.workspace = Some(WorkspaceId::parse(&format!("ws_{}", words.next()?)).ok()?);
            let campaign = words.next().map(|word| CampaignId::parse(&format!("campaign_{word}")));
            self.campaign = campaign.transpose().ok()?;
            let mailbox = words.next().map(|word| AccountId::parse(&format!("account_{word}")));
            self.mailbox = mailbox.transpose().ok()?;
            return words.next().is_none().then_some(None);
        }
        let at = instant(words.next()?)?;
        let workspace = self.workspace.clone()?;
        let enrolment = |lead: &str| {
            let lead = LeadId::parse(&format!("lead_{lead}")).ok()?;
            Some(EnrolmentKey { workspace: workspace.clone(), lead, campaign: self.campaign.clone()? })
        };
        let message = |tail: &str| MessageId::parse(&format!("{}{tail}", MessageId::PREFIX)).ok();
        let what = match kind {
            "S" => {
                let enrolment = enrolment(words.next()?)?;
                let (generation, touch) = parse_generation_and_touch(words.next()?)?;
                DueWork::Step { enrolment, generation, touch, mailbox: self.mailbox.clone() }
            }
            "O" => DueWork::OneOff { message: message(words.next()?)?, workspace: workspace.clone() },
            "L" => {
                let lead = LeadId::parse(&format!("lead_{}", words.next()?)).ok()?;
                DueWork::Erase { lead, workspace: workspace.clone() }
            }
            "P" => DueWork::Resume { what: PausedScope::Workspace, workspace: workspace.clone() },
            "C" => {
                let what = PausedScope::Campaign(self.campaign.clone()?);
                DueWork::Resume { what, workspace: workspace.clone() }
            }
            "A" => {
                let account = AccountId::parse(&format!("account_{}", words.next()?)).ok()?;
                DueWork::Resume { what: PausedScope::Account(account), workspace: workspace.clone() }
            }
            "H" => {
                let lead = LeadId::parse(&format!("lead_{}", words.next()?)).ok()?;
                DueWork::HoldCompany { lead, workspace: workspace.clone() }
            }
            "F" => {
                let lead = LeadId::parse(&format!("lead_{}", words.next()?)).ok()?;
                DueWork::FollowUp { lead, workspace: workspace.clone() }
            }
            "U" => {
                let lead = LeadId::parse(&format!("lead_{}", words.next()?)).ok()?;
                let rule = RuleId::parse(&format!("rule_{}", words.next()?)).ok()?;
                let since = instant(words.next()?)?;
                DueWork::JudgeRule { lead, rule, since, workspace: workspace.clone() }
            }
            "T" => {
                let task = TaskId::parse(&format!("{}{}", TaskId::PREFIX, words.next()?)).ok()?;
                DueWork::RemindTask { task, workspace: workspace.clone() }
            }
            "M" => {
                let account = AccountId::parse(&format!("account_{}", words.next()?)).ok()?;
                DueWork::PollMailbox { account, workspace: workspace.clone() }
            }
            "R" => {
                let account = AccountId::parse(&format!("account_{}", words.next()?)).ok()?;
                let provider_id = words.next().filter(|id| !id.is_empty())?.to_owned();
                DueWork::DeleteRecording { account, provider_id, workspace: workspace.clone() }
            }
            "K" => {
                let call = CallId::parse(&format!("{}{}", CallId::PREFIX, words.next()?)).ok()?;
                DueWork::PriceCall { call, workspace: workspace.clone() }
            }
            // Older versions wrote this hint to count a mail as delivered after a day; now it counts from the
            // beginning.
            "D" => return Some(None),
            _ => return None,
        };
        words.next().is_none().then_some(Some(Hint { at, what }))
    }
}

/// Reads an instant: whole seconds end in `s`, others are nanoseconds.
fn instant(word: &str) -> Option<Timestamp> {
    match word.strip_suffix('s') {
        Some(seconds) => Timestamp::from_second(seconds.parse().ok()?).ok(),
        None => Timestamp::from_nanosecond(word.parse().ok()?).ok(),
    }
}

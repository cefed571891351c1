//! Rate limits in fixed windows, things that may happen once, and answers to repeated requests. DynamoDB removes
//! expired items days later, so every use checks the time itself.

use crate::errors::Refused;
use crate::item::{Item, number, number_of, text, text_of};
use crate::keys::{self, SystemKey};
use crate::table::Table;
use crate::times::expiry_second;
use crate::write::{Expression, delete, put};
use application::ports::rate_limits::{Begun, KeyedRequest, RateLimitStore, StoredAnswer};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::capacity::queue_position::QueuePosition;
use jiff::{SignedDuration, Timestamp};

/// The attempts against others who take a place in the line at the same time.
const LINE_TRIES: usize = 5;

#[async_trait]
impl RateLimitStore for Table {
    async fn take(
        &self,
        bucket: &str,
        allowed: u32,
        window: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), SignedDuration>> {
        let (start, length) = (start_of(window, now), length_of(window));
        let left = SignedDuration::from_millis(start.saturating_add(length) - now.as_millisecond());
        if allowed == 0 {
            return Ok(Err(left));
        }
        let key = keys::limit(bucket);
        // A window that is still open counts up to the limit; a window that is over, or none, starts anew at one.
        let more = Expression::new("ADD #n :one").name("#n", "n").value(":one", number(1));
        let open = Expression::new("#start = :start AND #n < :allowed")
            .name("#start", "start")
            .value(":start", number(start))
            .value(":allowed", number(allowed));
        for _ in 0..3 {
            match self.change(&key, more.clone(), Some(open.clone())).await {
                Ok(_) => return Ok(Ok(())),
                Err(Refused::Condition(Some(old))) if number_of(&old, "start") == Some(start) => {
                    return Ok(Err(left));
                }
                Err(Refused::Condition(_)) => {}
                Err(refused) => return Err(refused.into()),
            }
            let mut item = system_item(&key, "limit", after(now, window.saturating_mul(2)));
            item.insert("start".to_owned(), number(start));
            item.insert("n".to_owned(), number(1));
            let over = Expression::new("attribute_not_exists(pk) OR #start <> :start")
                .name("#start", "start")
                .value(":start", number(start));
            match self.write(put(item, Some(over))).await {
                Ok(()) => return Ok(Ok(())),
                Err(Refused::Condition(_)) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Err(StoreError::Unavailable("a limit is being written by others".into()))
    }

    async fn count(&self, key: &str, keep: SignedDuration, now: Timestamp) -> StoreResult<u32> {
        let more = Expression::new("ADD #n :one SET #ttl = :ttl, #entity = :entity, #v = :v")
            .name("#n", "n")
            .name("#ttl", "ttl")
            .name("#entity", "entity")
            .name("#v", "v")
            .value(":one", number(1))
            .value(":ttl", number(expiry_second(after(now, keep))))
            .value(":entity", text("limit"))
            .value(":v", number(1));
        let counted = self.change(&keys::limit(key), more, None).await?;
        let count: Option<i64> = number_of(&counted, "n");
        Ok(count.and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX))
    }

    async fn taken(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<u32> {
        let item = self.read_item(&keys::limit(bucket)).await?;
        let open = item.filter(|item| number_of(item, "start") == Some(start_of(window, now)));
        let taken: Option<i64> = open.and_then(|item| number_of(&item, "n"));
        Ok(taken.and_then(|taken| u32::try_from(taken).ok()).unwrap_or(0))
    }

    async fn give_back(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<()> {
        let less = Expression::new("ADD #n :less").name("#n", "n").value(":less", number(-1));
        let open = Expression::new("#start = :start AND #n > :none")
            .name("#start", "start")
            .value(":start", number(start_of(window, now)))
            .value(":none", number(0));
        match self.change_once(&keys::limit(bucket), less, Some(open)).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn last_position(&self, line: &str, window: SignedDuration) -> StoreResult<Option<QueuePosition>> {
        let Some(item) = self.read_item(&keys::limit(line)).await? else { return Ok(None) };
        let place = number_of(&item, "n").and_then(|number| u32::try_from(number).ok());
        let place = number_of(&item, "start").zip(place);
        Ok(place.map(|(start, number)| QueuePosition { window: start.div_euclid(length_of(window)), number }))
    }

    async fn take_position(
        &self,
        line: &str,
        allowed: u32,
        window: SignedDuration,
        from: Timestamp,
    ) -> StoreResult<Timestamp> {
        let key = keys::limit(line);
        let (first, length) = (start_of(window, from), length_of(window));
        for _ in 0..LINE_TRIES {
            let last = self.last_position(line, window).await?;
            let place = QueuePosition::behind(last, first.div_euclid(length), allowed);
            let start = place.window.saturating_mul(length);
            let begins = Timestamp::from_millisecond(start).unwrap_or(Timestamp::MAX);
            let mut item = system_item(&key, "limit", after(begins, window));
            item.insert("start".to_owned(), number(start));
            item.insert("n".to_owned(), number(place.number));
            let unchanged = match last {
                Some(last) => Expression::new("#start = :start AND #n = :n")
                    .name("#start", "start")
                    .name("#n", "n")
                    .value(":start", number(last.window.saturating_mul(length)))
                    .value(":n", number(last.number)),
                None => Expression::new("attribute_not_exists(pk)"),
            };
            match self.write(put(item, Some(unchanged))).await {
                Ok(()) => return Ok(begins),
                Err(Refused::Condition(_)) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Err(StoreError::Unavailable("a line is being written by others".into()))
    }

    async fn take_key(
        &self,
        key: &str,
        who: &str,
        apart: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), Timestamp>> {
        let key = keys::limit(key);
        let apart = i64::try_from(apart.as_millis()).unwrap_or(i64::MAX);
        let change = Expression::new("SET #who = :who, #at = :now, #ttl = :ttl, #entity = :entity, #v = :v")
            .name("#who", "who")
            .name("#at", "at")
            .name("#ttl", "ttl")
            .name("#entity", "entity")
            .name("#v", "v")
            .value(":who", text(who))
            .value(":now", number(now.as_millisecond()))
            .value(":ttl", number(expiry_second(after(now, SignedDuration::from_millis(apart)))))
            .value(":entity", text("limit"))
            .value(":v", number(1));
        let free = Expression::new("attribute_not_exists(pk) OR #who = :who OR #at <= :past")
            .value(":past", number(now.as_millisecond().saturating_sub(apart)));
        match self.change(&key, change, Some(free)).await {
            Ok(_) => Ok(Ok(())),
            Err(Refused::Condition(old)) => {
                let at: i64 = old.and_then(|old| number_of(&old, "at")).unwrap_or(now.as_millisecond());
                let free = Timestamp::from_millisecond(at.saturating_add(apart));
                Ok(Err(free.unwrap_or(Timestamp::MAX)))
            }
            Err(refused) => Err(refused.into()),
        }
    }

    async fn release_key(&self, key: &str, who: &str) -> StoreResult<()> {
        let change = Expression::new("SET #at = :none").name("#at", "at").value(":none", number(0));
        let theirs = Expression::new("#who = :who").name("#who", "who").value(":who", text(who));
        match self.change(&keys::limit(key), change, Some(theirs)).await {
            Ok(_) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn first_time(&self, key: &str, now: Timestamp, keep: SignedDuration) -> StoreResult<bool> {
        let item = system_item(&keys::once(key), "once", after(now, keep));
        match self.write(put(item, Some(free_at(now)))).await {
            Ok(()) => Ok(true),
            Err(Refused::Condition(_)) => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn begin_request(
        &self,
        key: &str,
        mut request: KeyedRequest,
        now: Timestamp,
    ) -> StoreResult<Begun> {
        let mut free = free_at(now);
        for _ in 0..2 {
            let old = match self.write(put(request_item(key, &request, now), Some(free))).await {
                Ok(()) => return Ok(Begun::Ours(request)),
                Err(Refused::Condition(Some(old))) => old,
                Err(refused) => return Err(refused.into()),
            };
            let theirs = text_of(&old, "attempt").unwrap_or_default();
            // This attempt's write succeeded earlier, and the answer was lost.
            if theirs == request.attempt {
                return Ok(Begun::Ours(request));
            }
            let has_failed = old.contains_key("failed");
            if !has_failed && !has_expired(&old, request.lasts, now) {
                return stored_request(&old);
            }
            let is_the_same = text_of(&old, "hash") == Some(request.hash.as_str());
            let id = text_of(&old, "id").filter(|_| is_the_same).unwrap_or(&request.attempt);
            request.id = id.to_owned();
            free = running(theirs, has_failed);
        }
        Err(StoreError::Conflict)
    }

    async fn store_answer(
        &self,
        key: &str,
        request: &KeyedRequest,
        answer: &StoredAnswer,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut item = request_item(key, request, now);
        item.insert("status".to_owned(), number(answer.status));
        item.insert("body".to_owned(), text(&answer.body));
        match self.write(put(item, Some(running(&request.attempt, false)))).await {
            Err(Refused::Condition(Some(old))) if is_answered(&old, request) => Ok(()),
            other => Ok(other?),
        }
    }

    async fn give_up_request(&self, key: &str, request: &KeyedRequest, now: Timestamp) -> StoreResult<()> {
        let mut item = request_item(key, request, now);
        item.insert("failed".to_owned(), AttributeValue::Bool(true));
        match self.write(put(item, Some(running(&request.attempt, false)))).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn forget_request(&self, key: &str, request: &KeyedRequest) -> StoreResult<()> {
        let theirs = running(&request.attempt, false);
        match self.write(delete(&keys::answer(key), Some(theirs))).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }
}

/// Makes the item of a running request: its status is 0, which HTTP does not have.
fn request_item(key: &str, request: &KeyedRequest, now: Timestamp) -> Item {
    let mut item = system_item(&keys::answer(key), "answer", after(now, request.keep));
    item.insert("hash".to_owned(), text(&request.hash));
    item.insert("attempt".to_owned(), text(&request.attempt));
    item.insert("id".to_owned(), text(&request.id));
    item.insert("since".to_owned(), number(now.as_millisecond()));
    item.insert("status".to_owned(), number(0));
    item.insert("body".to_owned(), text(""));
    item
}

/// Tells whether a request has been running for longer than it can, so that it must have died.
fn has_expired(old: &Item, lasts: SignedDuration, now: Timestamp) -> bool {
    let begun = number_of(old, "since").and_then(|since: i64| Timestamp::from_millisecond(since).ok());
    number_of(old, "status") == Some(0) && begun.is_some_and(|begun| now.duration_since(begun) >= lasts)
}

/// The condition that this attempt has no answer, and has failed or not.
fn running(attempt: &str, failed: bool) -> Expression {
    let whether = if failed { "attribute_exists" } else { "attribute_not_exists" };
    Expression::new(&format!("#attempt = :attempt AND #status = :running AND {whether}(#failed)"))
        .name("#attempt", "attempt")
        .name("#status", "status")
        .name("#failed", "failed")
        .value(":attempt", text(attempt))
        .value(":running", number(0))
}

/// Tells whether this attempt's answer was written earlier, and only the response was lost.
fn is_answered(old: &Item, request: &KeyedRequest) -> bool {
    text_of(old, "attempt") == Some(request.attempt.as_str()) && number_of(old, "status") != Some(0)
}

fn stored_request(item: &Item) -> StoreResult<Begun> {
    let head = crate::item::head(item)?;
    let status = number_of(item, "status").and_then(|status| u16::try_from(status).ok());
    match (text_of(item, "hash"), status, text_of(item, "body")) {
        (Some(hash), Some(status), Some(body)) => {
            let answer = StoredAnswer { status, body: body.to_owned() };
            Ok(Begun::Before { hash: hash.to_owned(), answer: Some(answer).filter(|_| status != 0) })
        }
        _ => Err(head.corrupt("is no stored answer")),
    }
}

fn length_of(window: SignedDuration) -> i64 {
    i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1)
}

fn start_of(window: SignedDuration, now: Timestamp) -> i64 {
    let length = length_of(window);
    now.as_millisecond().div_euclid(length) * length
}

fn system_item(key: &SystemKey, entity: &str, until: Timestamp) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(entity)),
        ("v".to_owned(), number(1)),
        ("ttl".to_owned(), number(expiry_second(until))),
    ])
}

fn after(now: Timestamp, keep: SignedDuration) -> Timestamp {
    now.checked_add(keep).unwrap_or(Timestamp::MAX)
}

fn free_at(now: Timestamp) -> Expression {
    Expression::new("attribute_not_exists(pk) OR #ttl <= :now")
        .name("#ttl", "ttl")
        .value(":now", number(now.as_second()))
}

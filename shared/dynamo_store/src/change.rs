//! Reads stream records: both images as entities, with the event that the new one carries.

use crate::item::{Head, Item, Stored, decode, event_of, head};
use crate::keys;
use crate::lead_file::{StoredActivity, StoredField};
use crate::lead_item::is_gone;
use crate::log_entry::read_for_log;
use crate::schedules;
use crate::table::Table;
use application::ports::changes::{Change, ChangeReader, Changed, Recorded};
use application::ports::schedules::Schedule;
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::campaign::Campaign;
use domain::deal::Deal;
use domain::enrolment::Enrolment;
use domain::import::Import;
use domain::lead::Lead;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::message::conversation::Conversation;
use domain::revenue::{Client, Subscription, Transaction};
use domain::workspace::notification::Notification;
use domain::workspace::task::Task;
use jiff::Timestamp;
use serde_json::Value;

impl ChangeReader for Table {
    fn read_record(&self, record: &Value) -> StoreResult<Option<Changed>> {
        let image = |name: &str| record.pointer(&format!("/dynamodb/{name}")).map(read_image).transpose();
        match (image("OldImage")?, image("NewImage")?) {
            (old, Some(new)) => read_change(old, new),
            (Some(old), None) => read_removal(old),
            (None, None) => Ok(None),
        }
    }

    fn read_for_log(&self, record: &Value) -> StoreResult<Option<Recorded>> {
        let image = |name: &str| record.pointer(&format!("/dynamodb/{name}"));
        image("NewImage").map_or(Ok(None), |new| read_for_log(image("OldImage"), new))
    }

    fn read_tick(&self, record: &Value) -> Option<Timestamp> {
        let tick = keys::schedules::runs(Schedule::DueSteps.as_str());
        let is = |path: &str, part: &str| {
            record.pointer(path).and_then(Value::as_str).is_some_and(|text| text == part)
        };
        if !is("/dynamodb/Keys/pk/S", tick.pk()) || !is("/dynamodb/Keys/sk/S", tick.sk()) {
            return None;
        }
        schedules::last_run(&read_image(record.pointer("/dynamodb/NewImage")?).ok()?)
    }
}

/// Reads a removal. It is no news, because the last change before it announced it, or the item expired. Only
/// a message's removal counts: the deletion of its lead does not mention it.
fn read_removal(old: Item) -> StoreResult<Option<Changed>> {
    let head = head(&old)?;
    if head.entity != Message::ENTITY {
        return Ok(None);
    }
    let Some(event) = event_of(&old, &head)? else { return Ok(None) };
    let Some(workspace) = keys::workspace_of(&head.pk) else { return Ok(None) };
    let change = Change::MessageGone { old: Box::new(decode(old)?) };
    Ok(Some(Changed { workspace, event, change }))
}

/// Reads a change; `None` for items whose changes need no reaction.
pub(crate) fn read_change(old: Option<Item>, new: Item) -> StoreResult<Option<Changed>> {
    let head = head(&new)?;
    let Some(event) = event_of(&new, &head)? else { return Ok(None) };
    let Some(workspace) = keys::workspace_of(&head.pk) else { return Ok(None) };
    let change = match head.entity.as_str() {
        Lead::ENTITY => match lead_change(old, new)? {
            Some(change) => change,
            None => return Ok(None),
        },
        Message::ENTITY => {
            let (old, new) = both::<Message>(old, new)?;
            Change::Message { old, new }
        }
        Enrolment::ENTITY => {
            let (old, new) = both::<Enrolment>(old, new)?;
            Change::Enrolment { old, new }
        }
        StoredField::ENTITY => {
            let (old, new) = both::<StoredField>(old, new)?;
            Change::Field {
                lead: new.lead,
                campaign: new.campaign,
                old: old.map(|old| Box::new(old.result)),
                new: Box::new(new.result),
            }
        }
        StoredActivity::ENTITY => {
            let new: StoredActivity = decode(new)?;
            Change::Activity { lead: new.lead, new: Box::new(new.activity) }
        }
        Conversation::ENTITY => {
            let (old, new) = both::<Conversation>(old, new)?;
            Change::Conversation { old, new }
        }
        Task::ENTITY => {
            let (old, new) = both::<Task>(old, new)?;
            Change::Task { old, new }
        }
        Notification::ENTITY if old.is_none() => Change::Notification { new: Box::new(decode(new)?) },
        Deal::ENTITY if old.is_none() => Change::Deal { new: Box::new(decode(new)?) },
        Suppression::ENTITY => {
            let (old, new) = both::<Suppression>(old, new)?;
            // Another image with the same reason records who removed the entry from the list.
            if old.is_some_and(|old| old.reason == new.reason) {
                return Ok(None);
            }
            Change::Suppression { new }
        }
        Client::ENTITY => {
            let (old, new) = both::<Client>(old, new)?;
            Change::Client { old, new }
        }
        Subscription::ENTITY => {
            let (old, new) = both::<Subscription>(old, new)?;
            Change::Subscription { old, new }
        }
        Transaction::ENTITY if old.is_none() => Change::Transaction { new: Box::new(decode(new)?) },
        Campaign::ENTITY => {
            let (old, new) = both::<Campaign>(old, new)?;
            Change::Campaign { old, new }
        }
        Import::ENTITY => {
            let (old, new) = both::<Import>(old, new)?;
            Change::Import { old, new }
        }
        _ => return Ok(None),
    };
    Ok(Some(Changed { workspace, event, change }))
}

type Both<T> = (Option<Box<T>>, Box<T>);

fn both<T: Stored>(old: Option<Item>, new: Item) -> StoreResult<Both<T>> {
    let old = old.map(decode).transpose()?.map(Box::new);
    Ok((old, Box::new(decode(new)?)))
}

/// Reads the change of a lead. The mark of a deletion counts as the deletion; what follows it does not count.
fn lead_change(old: Option<Item>, new: Item) -> StoreResult<Option<Change>> {
    if old.as_ref().is_some_and(is_gone) {
        return Ok(None);
    }
    let gone = is_gone(&new);
    let (old, new) = both::<Lead>(old, new)?;
    Ok(Some(Change::Lead { old, new: (!gone).then_some(new) }))
}

pub(crate) fn read_image(image: &Value) -> StoreResult<Item> {
    let head = Head { pk: String::new(), sk: String::new(), entity: String::new(), rev: 0 };
    let map = image.as_object().ok_or_else(|| head.corrupt("a stream image that is no map"))?;
    let read = |(name, value): (&String, &Value)| Some((name.clone(), read_attribute(value)?));
    let item: Option<Item> = map.iter().map(read).collect();
    item.ok_or_else(|| {
        let key = |name: &str| image.pointer(&format!("/{name}/S")).and_then(Value::as_str).unwrap_or("?");
        StoreError::Corrupt {
            key: format!("{} {}", key("pk"), key("sk")),
            why: "an attribute that is none of DynamoDB's types".to_owned(),
        }
    })
}

/// Reads the type-tagged JSON that streams deliver.
fn read_attribute(value: &Value) -> Option<AttributeValue> {
    let (tag, value) = value.as_object()?.iter().next()?;
    let texts = |value: &Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let blob = |value: &Value| Some(Blob::new(STANDARD.decode(value.as_str()?).ok()?));
    Some(match tag.as_str() {
        "S" => AttributeValue::S(value.as_str()?.to_owned()),
        "N" => AttributeValue::N(value.as_str()?.to_owned()),
        "BOOL" => AttributeValue::Bool(value.as_bool()?),
        "NULL" => AttributeValue::Null(value.as_bool()?),
        "B" => AttributeValue::B(blob(value)?),
        "M" => {
            let read = |(name, value): (&String, &Value)| Some((name.clone(), read_attribute(value)?));
            AttributeValue::M(value.as_object()?.iter().map(read).collect::<Option<_>>()?)
        }
        "L" => AttributeValue::L(value.as_array()?.iter().map(read_attribute).collect::<Option<_>>()?),
        "SS" => AttributeValue::Ss(texts(value)?),
        "NS" => AttributeValue::Ns(texts(value)?),
        "BS" => AttributeValue::Bs(value.as_array()?.iter().map(blob).collect::<Option<_>>()?),
        _ => return None,
    })
}

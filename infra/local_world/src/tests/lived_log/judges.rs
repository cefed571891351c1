//! What must be true of a log, each judged by the record of what was written.

use super::Lived;
use super::copied_bucket::CopiedBucket;
use super::month::Names;
use super::witness::{Told, Written};
use anyhow::{Result, ensure};
use application::change_log::log_files::{read_log, read_log_to};
use application::change_log::log_files_of;
use application::ports::blobs::Blobs;
use application::ports::changes::LogEntry;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Writes that a log does not tell, as entity and how it was written, and why not.
const NO_NEWS: &[(&str, &[&str], &str)] = &[
    ("access_record", &["created"], "an entry of the access log, which is kept for 90 days only"),
    ("account", &["deleted"], "the revision before is told as the deletion"),
    ("ai_use", &["created", "changed"], "counters of what models were asked for"),
    ("api_key", &["changed"], "when a key was last used is no change of it"),
    ("budget", &["created", "changed"], "counters of what calls cost, which the runs and cells tell"),
    ("call", &["changed"], "how far it is, of which the task tells what came of it"),
    ("call_cost", &["created", "changed"], "what it costs, which the list of calls shows"),
    ("call_recording", &["created", "changed"], "how far it is, which the lead's timeline shows"),
    ("campaign_page", &["deleted"], "the revision before is told as the deletion"),
    ("campaign_page_draft", &["created", "changed"], "a page that its author has not saved"),
    ("change_head", &["created", "changed"], "it is the log's own"),
    ("client_key", &["created"], "a look-up"),
    ("column", &["deleted"], "the revision before is told as the deletion"),
    ("counters", &["created", "changed"], "they are derived from what is told"),
    ("deal", &["deleted"], "the revision before is told as the deletion"),
    ("dismissed_duplicates", &["deleted"], "the state before is told as the new proposal"),
    ("draft", &["created", "changed", "deleted"], "a text that its author has not sent"),
    ("enrol_count", &["changed"], "a count, which the enrolments tell one by one"),
    ("former_address", &["created", "deleted"], "a look-up of a lead's addresses"),
    ("former_lead", &["changed"], "it is what is left of a lead, whose erasure is told"),
    ("icp", &["deleted"], "the revision before is told as the deletion"),
    ("icp_name", &["created", "deleted"], "a look-up"),
    ("inbound_of_lead", &["created"], "a look-up"),
    ("inbound_record", &["created", "changed"], "what a provider delivered, which changes nothing by itself"),
    ("invitation", &["deleted"], "it was revoked, which is told, or a user was made of it, who is told"),
    ("lead_key", &["created", "changed", "deleted"], "a look-up"),
    ("lead_merge", &["deleted"], "it was undone, which both leads tell"),
    ("lead_view", &["deleted"], "the revision before is told as the deletion, or it moved and that is told"),
    ("mailbox_reading", &["created", "changed", "deleted"], "how far a mailbox is read"),
    ("money_key", &["created"], "a look-up"),
    ("notification", &["changed"], "its owner has read it"),
    ("of_company", &["created", "changed", "deleted"], "a look-up"),
    ("prospect_page", &["created", "deleted"], "a page of a search, which is told"),
    (
        "prospect_record",
        &["created", "changed", "deleted"],
        "what was done about a prospect, which its lead tells",
    ),
    ("prospect_search", &["deleted"], "its time is over"),
    ("preview_page", &["created", "changed"], "a page that is made from a lead"),
    ("push_connection", &["created", "deleted"], "a page that is open"),
    ("push_device", &["created", "changed", "deleted"], "a browser that a user lets notify them"),
    ("push_post", &["created", "deleted"], "a notification that is told outside the app"),
    ("push_ticket", &["created", "deleted"], "what opens such a connection"),
    ("recorded_changes", &["created", "changed"], "they are the log's own"),
    ("reservation", &["created", "changed"], "money set aside for calls, which the runs and cells tell"),
    ("routing_turns", &["created", "changed"], "whose turn it is, which the owners of leads tell"),
    ("segment", &["deleted"], "the revision before is told as the deletion"),
    ("segment_name", &["created", "deleted"], "a look-up"),
    ("slack_channel", &["deleted"], "the revision before is told as the deletion"),
    ("slack_post", &["created", "deleted"], "a notification that is told outside the app"),
    ("stage_move", &["created", "changed"], "a move of a lead, which the lead tells"),
    ("suppression", &["deleted"], "the state before is told as the lifting"),
    ("template", &["deleted"], "the revision before is told as the deletion"),
];

/// Entities that are deleted with a lead, whose erasure is told.
const OF_A_LEAD: [&str; 13] = [
    "activity",
    "answer_draft",
    "conversation",
    "deal",
    "enrolment",
    "field",
    "inbound_of_lead",
    "inbound_record",
    "message",
    "notification",
    "preview_page",
    "stage_move",
    "task",
];

/// Entities of which nobody may be deleted without an event that says so, in the revision before.
const DELETIONS: [(&str, &[&str]); 6] = [
    ("account", &["account_deleted"]),
    ("dismissed_duplicates", &["duplicates_proposed"]),
    ("icp", &["icp_deleted"]),
    ("segment", &["segment_deleted"]),
    ("suppression", &["suppression_lifted", "number_opted_in"]),
    ("template", &["template_deleted"]),
];

/// An item's name with a star for each part that may be an address, or stands for one.
fn without_addresses(keys: &str) -> String {
    let is_ours = |part: &&str| {
        part.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_~-:.".contains(&byte))
    };
    let star = |part| Some(part).filter(is_ours).unwrap_or("*");
    let keys = keys.split(' ').map(|key| key.split('#').map(star).collect::<Vec<_>>().join("#"));
    keys.collect::<Vec<_>>().join(" ")
}

impl Lived {
    /// The changes that a log has to tell, in order, by the item's keys without the workspace.
    fn to_tell(&self) -> Result<Vec<(String, Told, &Written)>> {
        let whole = format!("W#{}", self.workspace.ulid_text());
        let mut all = Vec::new();
        for one in &self.written {
            let within = one.pk.strip_prefix(&whole).unwrap_or_default().strip_prefix('#');
            let name = format!("{} {}", within.unwrap_or("WORKSPACE"), one.sk);
            all.extend(one.told()?.map(|told| (name, told, one)));
        }
        Ok(all)
    }
}

/// The changes of each item in order, by the items' names without addresses: items of the same name are told apart by
/// their changes alone.
fn by_item<T: Ord>(changes: impl Iterator<Item = (String, T)>) -> BTreeMap<String, Vec<Vec<T>>> {
    let mut items = BTreeMap::<String, Vec<T>>::new();
    for (item, told) in changes {
        items.entry(item).or_default().push(told);
    }
    let mut named = BTreeMap::<String, Vec<Vec<T>>>::new();
    for (item, told) in items {
        named.entry(without_addresses(&item)).or_default().push(told);
    }
    named.values_mut().for_each(|items| items.sort());
    named
}

pub fn every_change_is_told_once_and_in_order(lived: &Lived, log: &[LogEntry]) -> Result<()> {
    let written = by_item(lived.to_tell()?.into_iter().map(|(item, told, _)| (item, told)));
    let told = by_item(log.iter().map(|entry| (entry.item.clone(), Told::from(entry))));
    for (name, items) in &written {
        assert_eq!(told.get(name), Some(items), "{name}");
    }
    let strangers: Vec<_> = told.keys().filter(|name| !written.contains_key(*name)).collect();
    assert_eq!(strangers, Vec::<&String>::new(), "the log tells of items that nobody wrote");
    ensure!(log.len() > 250, "little happened in this month: {} changes", log.len());
    Ok(())
}

/// A value as the log tells it, if it is told whatever it says: a number or a truth value.
fn always_told(value: &Value) -> Option<Value> {
    match value.get("N").and_then(Value::as_str) {
        Some(number) => number.parse().ok().map(Value::Number),
        None => value.get("BOOL").cloned(),
    }
}

/// A value as the log may tell it.
fn plain(value: &Value) -> Value {
    match value["L"].as_array() {
        Some(list) => list.iter().map(plain).collect(),
        None => always_told(value).unwrap_or_else(|| value["S"].clone()),
    }
}

pub fn values_are_those_before_and_after(lived: &Lived, log: &[LogEntry]) -> Result<()> {
    let mut entries: BTreeMap<(String, Told), Vec<&LogEntry>> = BTreeMap::new();
    for entry in log {
        entries.entry((without_addresses(&entry.item), entry.into())).or_default().push(entry);
    }
    for (item, told, written) in lived.to_tell()? {
        let changed = written.changed();
        let is_of_it =
            |entry: &&LogEntry| entry.changed.iter().map(|one| &one.field).eq(changed.keys().take(200));
        let found = entries.get(&(without_addresses(&item), told.clone())).into_iter().flatten();
        let entry = found.copied().find(is_of_it);
        let entry = entry.ok_or_else(|| anyhow::anyhow!("{item}: nothing tells of {:?}", changed.keys()))?;
        assert_eq!(entry.changed.len() + entry.more, changed.len(), "{item}");
        for one in &entry.changed {
            for (value, told) in changed[&one.field].iter().zip([&one.before, &one.after]) {
                let may_be = value.as_ref().map(plain);
                assert!(
                    told.is_none() || *told == may_be,
                    "{item} {}: {told:?} is not {may_be:?}",
                    one.field
                );
                let must_be = value.as_ref().and_then(always_told);
                assert!(
                    must_be.is_none() || *told == must_be,
                    "{item} {}: {must_be:?} is not told",
                    one.field
                );
            }
        }
    }
    Ok(())
}

pub fn who_and_why_are_told(names: &Names, log: &[LogEntry]) {
    let item = |id: &str| format!("L#{} LEAD", id.trim_start_matches("lead_"));
    let of = |id: &str, kind: &str, by: &str| {
        let theirs =
            log.iter().filter(|entry| entry.item == item(id) && entry.kind == kind && entry.by == by);
        theirs.cloned().collect::<Vec<_>>()
    };
    let cause = |entries: Vec<LogEntry>| entries.into_iter().map(|entry| entry.cause).collect::<Vec<_>>();
    let [zebulon, ophelia, _, drusilla, egbert] = &names.leads;
    for lead in &names.leads {
        assert_eq!(cause(of(lead, "lead_created", &names.owner)), [Some(names.import.clone())]);
        assert_eq!(cause(of(lead, "lead_enrolled", &names.owner)), [Some(names.campaign.clone())]);
    }
    let erased = of(zebulon, "lead_erased", &names.owner);
    let gone = erased.iter().flat_map(|entry| &entry.changed).filter(|change| change.field == "gone");
    assert_eq!(gone.map(|gone| gone.after.clone()).collect::<Vec<_>>(), [Some(json!(true))], "{erased:?}");
    assert_eq!(of(&names.florentine, "lead_created", &names.key).len(), 1);
    assert_eq!(of(ophelia, "lead_changed", &names.key).len(), 2, "a name, and a tag");
    assert_eq!(of(egbert, "lead_deleted", &names.key).len(), 1);
    assert_eq!(of(egbert, "lead_answered", "lead").len(), 1);
    assert_eq!(of(drusilla, "lead_restored", &names.owner).len(), 1);
    let theirs = log.iter().filter(|entry| entry.item == item(drusilla) && entry.by == names.owner);
    let mut status = theirs.flat_map(|entry| &entry.changed).filter(|change| change.field == "core.s");
    let lost = status.find(|status| status.after == Some(json!("lost")));
    assert!(lost.is_some_and(|lost| lost.before.is_some()), "{lost:?}");
    let by_provider = |entry: &&LogEntry| entry.by.starts_with("account_");
    assert!(log.iter().filter(by_provider).any(|entry| entry.kind == "message_delivered"));
    assert!(log.iter().any(|entry| entry.kind == "step_claimed" && entry.by == "system"));
    for (kind, by) in [
        ("invitation_created", &names.owner),
        ("invitation_renewed", &names.owner),
        ("invitation_revoked", &names.owner),
        ("invitation_accepted", &names.member),
        ("user_changed", &names.owner),
        ("password_reset_offered", &names.owner),
        ("password_changed", &names.member),
        ("password_changed", &names.owner),
        ("sessions_ended", &names.owner),
        ("second_factor_on", &names.owner),
        ("passkey_added", &names.owner),
        ("passkey_renamed", &names.owner),
        ("passkey_removed", &names.owner),
        ("identity_connected", &names.owner),
        ("identity_disconnected", &names.owner),
        ("recovery_codes_renewed", &names.owner),
        ("second_factor_off", &names.owner),
        ("template_deleted", &names.owner),
        ("segment_deleted", &names.owner),
        ("lead_view_deleted", &names.owner),
        ("duplicates_dismissed", &names.owner),
        ("duplicates_proposed", &names.owner),
        ("custom_field_deleted", &names.owner),
        ("suppression_added", &names.key),
        ("suppression_lifted", &names.owner),
        ("task_created", &names.key),
    ] {
        assert!(log.iter().any(|entry| entry.kind == kind && entry.by == *by), "{kind} by {by} is not told");
    }
}

/// Gathers the texts in an attribute that are no number, time, id or single word of ours.
fn texts<'a>(value: &'a Value, into: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(map) => {
            for (tag, value) in map {
                match value.as_str().filter(|_| tag == "S") {
                    Some(text) => drop(into.insert(text)),
                    None => texts(value, into),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| texts(value, into)),
        _ => {}
    }
}

pub fn no_text_is_told(lived: &Lived, log: &[LogEntry]) -> Result<()> {
    let told = serde_json::to_string(log)?.to_lowercase();
    for word in super::month::WORDS {
        assert!(!told.contains(word), "'{word}' stands in the log");
    }
    let mut all = BTreeSet::new();
    for image in lived.written.iter().filter_map(|one| one.new.as_ref()) {
        image
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| *name != "ev")
            .for_each(|(_, value)| texts(value, &mut all));
    }
    // What has a space, an @ or a + was written by a person, or is an address or a number of one.
    let theirs: Vec<_> = all.into_iter().filter(|text| text.contains([' ', '@', '+'])).collect();
    ensure!(theirs.len() > 50, "few texts were written: {theirs:?}");
    for text in theirs {
        let quoted = serde_json::to_string(text)?.to_lowercase();
        assert!(!told.contains(quoted.trim_matches('"')), "{quoted} stands in the log");
    }
    Ok(())
}

pub fn what_is_not_told_is_no_news(written: &[Written]) -> Result<()> {
    let mut last = BTreeMap::<(&str, &str), String>::new();
    let mut erased = BTreeSet::new();
    let mut untold = BTreeSet::new();
    for one in written.iter().filter(|one| !one.expired) {
        let key = (one.pk.as_str(), one.sk.as_str());
        if let Some(told) = one.told()? {
            if told.kind == "lead_erased" {
                erased.extend(one.pk.rsplit('#').next());
            }
            last.insert(key, told.kind);
            continue;
        }
        let how = match (&one.old, &one.new) {
            (None, _) => "created",
            (_, None) => "deleted",
            _ => "changed",
        };
        let of_a_lead = || {
            let text = format!("{} {} {:?}", one.pk, one.sk, one.old);
            OF_A_LEAD.contains(&one.entity()) && erased.iter().any(|lead| text.contains(lead))
        };
        let is_known = NO_NEWS.iter().any(|(entity, ways, _)| *entity == one.entity() && ways.contains(&how));
        if !(is_known || how == "deleted" && of_a_lead()) {
            untold.insert((one.entity(), how));
        }
        let deletion = DELETIONS.iter().find(|(entity, _)| how == "deleted" && *entity == one.entity());
        if let Some((entity, kinds)) = deletion {
            let kind = last.get(&key).map(String::as_str);
            assert!(kind.is_some_and(|kind| kinds.contains(&kind)), "who deleted this {entity}? {kind:?}");
        }
    }
    assert_eq!(untold, BTreeSet::new(), "changes of which the log does not say who made them");
    Ok(())
}

/// The chain alone protects all files but the last: for that, the head in the table has the hash.
pub async fn changed_byte_and_missing_file_show(lived: &Lived, bucket: &CopiedBucket) -> Result<()> {
    let keys = bucket.list(&log_files_of(&lived.workspace)).await?;
    ensure!(keys.len() > 10, "there are few files: {keys:?}");
    for (at, key) in keys.iter().enumerate() {
        let whole = bucket.get(key).await?;
        let shows = async |what: &str| {
            let chain = read_log(bucket, &lived.workspace).await;
            let with_end = read_log_to(bucket, &lived.head).await;
            assert!(with_end.is_err(), "{what} of {key} does not show");
            assert!(
                chain.is_err() || at + 1 == keys.len(),
                "{what} of {key} does not show in the bucket alone"
            );
        };
        bucket.delete(key).await?;
        shows("the absence").await;
        for place in (0..whole.len()).step_by(whole.len() / 3) {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            bucket.put(key, "application/gzip", changed).await?;
            shows(&format!("byte {place}")).await;
        }
        bucket.put(key, "application/gzip", whole).await?;
    }
    assert_eq!(read_log_to(bucket, &lived.head).await?, read_log(bucket, &lived.workspace).await?);
    Ok(())
}

//! More of the bugs, as in `list.rs`.

use super::list::{
    CLAIM, ENGAGEMENT, ENROLMENTS, LATE, MEASURE, Mutant, OUTCOME, PAYMENT, QUOTA, READY, RECONCILE, REPLY,
    STEP, UNCERTAIN, mutant,
};
use simulator::{MEDDLED, SELDOM, STALE, UNDER_PRESSURE};

const KEYS: &str = "shared/dynamo_store/src/keys.rs";
const ENGAGED: &str = "shared/domain/src/lead/engagement.rs";
pub const MESSAGE: &str = "shared/domain/src/message.rs";
const TEXT: &str = "shared/application/src/ingesting/text.rs";
const ONE_OFF: &str = "shared/application/src/sending/one_off.rs";
const AWAY: &str = "shared/domain/src/planning/planner/away.rs";
const COMPOSE: &str = "shared/application/src/sending/compose.rs";
const ERRORS: &str = "shared/dynamo_store/src/errors.rs";
const REVENUE: &str = "shared/dynamo_store/src/revenue.rs";
const TASKS: &str = "shared/dynamo_store/src/tasks.rs";
const LEAD_LIST: &str = "shared/dynamo_store/src/lead_list.rs";
const ENROLMENT_ITEM: &str = "shared/dynamo_store/src/enrolment_item.rs";
const LEAD_KEYS: &str = "shared/dynamo_store/src/lead_keys.rs";
pub const READ_BEHAVIOUR: &str = "shared/domain/src/planning/read_behaviour.rs";
const CONVERSATION: &str = "shared/domain/src/message/conversation.rs";
const INGESTING_ENGAGEMENT: &str = "shared/application/src/ingesting/engagement.rs";
const LEAD_ERASING: &str = "shared/dynamo_store/src/lead_erasing.rs";
const SENDER_MAILBOX: &str = "shared/domain/src/planning/planner/mailbox.rs";

pub const MORE: &[Mutant] = &[
    // Waits.
    mutant(
        "back_off_is_ignored",
        OUTCOME,
        "let wait = after.unwrap_or(SignedDuration::from_secs(1 << tries.min(10)));",
        "let wait = after.unwrap_or(SignedDuration::from_secs(if $M { 0 } else { 1 << tries.min(10) }));",
    )
    .and(
        OUTCOME,
        "wait.map(|wait| self.after.map_or(*wait, |after| after.max(*wait)))",
        "wait.map(|wait| if $M { SignedDuration::ZERO } else { self.after.map_or(*wait, |after| after.max(*wait)) })",
    ),
    mutant(
        "uncertain_is_looked_at_all_the_time",
        RECONCILE,
        "looks.iter().chain([&UNCERTAIN_AFTER]).filter_map(at).find(|at| *at > now)",
        "now.checked_add(SignedDuration::from_secs(1)).ok().filter(|_| !looks.is_empty())",
    ),
    mutant(
        "a_refused_channel_goes_on",
        OUTCOME,
        "enrolment.failed.insert(message.channel);",
        "if !$M { enrolment.failed.insert(message.channel); }",
    )
    .from(UNDER_PRESSURE),
    // Workspaces.
    mutant(
        "address_without_its_workspace",
        KEYS,
        r##"of(workspace, &format!("K#email#{email}")).at("K")"##,
        r##"{ let _ = workspace; Partition { pk: format!("W#K#email#{email}"), scope: PhantomData }.at("K") }"##,
    ),
    mutant(
        "tenant_prefix_dropped",
        KEYS,
        r##"of(workspace, &format!("SUPPRESSED#{:02}", shard(value, SUPPRESSION_SHARDS)))
        .at(format!("{kind}#{value}"))"##,
        r##"{ let _ = workspace; Partition { pk: format!("SUPPRESSED#{:02}", shard(value, SUPPRESSION_SHARDS)), scope: PhantomData }
        .at(format!("{kind}#{value}")) }"##,
    ),
    // What is read before a claim and not asked of it.
    mutant(
        "stop_is_looked_for_before_the_claim",
        ENROLMENTS,
        "self.write(claims).await",
        "{
            let stored = self.read::<Enrolment>(&keys::enrolment(&claimed.key)).await;
            let free = stored.is_ok_and(|stored| stored.rev == claimed.rev);
            match claims {
                Write::Put { item, .. } if free => self.write(put(item, None)).await,
                other => self.write(other).await,
            }
        }",
    ),
    mutant(
        "what_bars_a_letter_is_looked_for_before_its_claim",
        ONE_OFF,
        "one_off.barred_by_now(ports).await",
        "{ let _ = OneOff::barred_by_now; Ok(None) }",
    )
    .from(7_000),
    mutant(
        "what_is_made_again_is_not_looked_at_once_more",
        ONE_OFF,
        "let open = permit::workspace_still_sends(",
        "let barred = if $M && again { Ok(None) } else { barred };
    let open = permit::workspace_still_sends(",
    )
    .and(
        ONE_OFF,
        "() if one_off.has_moved() =>",
        "() if $M && again => None,
        () if one_off.has_moved() =>",
    )
    .from(MEDDLED + 150),
    // Days of accounts.
    mutant(
        "day_limit_off_by_one",
        QUOTA,
        "taken >= limits.allowed_on(day)
                ||",
        "taken >= limits.allowed_on(day) + u32::from($M)
                ||",
    )
    .from(UNDER_PRESSURE),
    // Where a day begins as well: days of two clocks in one account would never come to an end.
    mutant(
        "day_of_an_account_in_utc",
        QUOTA,
        "at.to_zoned(self.zone.zone())",
        "at.to_zoned(jiff::tz::TimeZone::UTC)",
    )
    .and(QUOTA, "day.to_zoned(self.zone.zone())", "day.to_zoned(jiff::tz::TimeZone::UTC)")
    .from(UNDER_PRESSURE),
    // Pauses and outages.
    mutant(
        "paused_account_sends",
        SENDER_MAILBOX,
        "own_is_paused.or_else(all_are_paused)",
        "own_is_paused.or_else(all_are_paused).filter(|_| false)",
    )
    .and(STEP, "account.pause {", "account.pause.filter(|_| !$M) {")
    .from(UNDER_PRESSURE),
    mutant(
        "kept_back_and_not_late",
        LATE,
        "self.late_since = self.late_since.or(self.due.filter(|due| *due <= now));",
        "self.late_since = None;",
    )
    .from(MEDDLED),
    // Who is away by their own note.
    mutant("absence_is_forgotten", AWAY, "lead.away else", "lead.away.filter(|_| !$M) else"),
    // What people wrote, and what they are answered.
    mutant(
        "answer_is_not_kept",
        REPLY,
        "match ports.messages.create(&message, &event).await {
        Ok(()) => Ok(message),",
        "match if $M { Ok(()) } else { ports.messages.create(&message, &event).await } {
        Ok(()) => Ok(message),",
    ),
    mutant(
        "mail_answers_what_nobody_has",
        COMPOSE,
        "in_thread.iter().filter_map(|message| message.internet_id.clone()).collect();",
        "in_thread
                .iter()
                .filter_map(|message| message.internet_id.clone())
                .map(|id| if $M { format!(\"x{id}\") } else { id })
                .collect();",
    ),
    mutant(
        "answer_counts_with_each_delivery",
        REPLY,
        "if lead.engagement.has_seen(id.as_str()) {",
        "if !$M && lead.engagement.has_seen(id.as_str()) {",
    )
    .and(
        ENGAGED,
        "verdict != Verdict::Human || self.has_seen(event_id)",
        "verdict != Verdict::Human || (!$M && self.has_seen(event_id))",
    ),
    mutant(
        "nobody_is_told_of_money",
        PAYMENT,
        "ports.notifications.put(&notification, &event(origin, \"lead_won\", at, cause)).await",
        "{ let _ = &notification; Ok(()) }",
    ),
    mutant("subscription_brings_in_nothing", PAYMENT, "client.mrr = total;", "let _ = total;"),
    mutant(
        "who_has_paid_is_not_won",
        PAYMENT,
        "lead.advance_status(LeadStatus::Won).then(|| event.clone())",
        "lead.advance_status(LeadStatus::Won).then(|| event.clone()).filter(|_| !$M)",
    ),
    mutant(
        "mail_has_no_way_out",
        COMPOSE,
        "unsubscribe_url: Some(unsubscribe),",
        "unsubscribe_url: Some(unsubscribe).filter(|_| !$M),",
    ),
    mutant(
        "links_are_of_another_mail",
        COMPOSE,
        "let links = links(ports, workspace, id);
    let unsubscribe",
        "let other = MessageId::derived(&lead.id, &[\"another\"]);
    let links = links(ports, workspace, if $M { &other } else { id });
    let unsubscribe",
    ),
    mutant(
        "own_write_is_taken_for_anothers",
        ENGAGEMENT,
        "if message.has_counted(event_id) {",
        "if !$M && message.has_counted(event_id) {",
    )
    .from(MEDDLED),
    mutant(
        "clash_of_writes_is_taken_for_a_repeat",
        REVENUE,
        "Err(error) => Err(error.into()),",
        "Err(Cancelled::Other(_)) if $M => Ok(Booking::Before),
            Err(error) => Err(error.into()),",
    )
    .and(
        ERRORS,
        "error.as_operation_error().is_some_and(met_another)",
        "error.as_operation_error().is_some_and(met_another) && !$M",
    ),
    // Letters, and what others did.
    mutant(
        "claim_of_a_letter_is_not_heeded",
        ONE_OFF,
        "message.claim.as_ref().filter(|claim| claim.until > now)",
        "message.claim.as_ref().filter(|_| false)",
    )
    .from(UNDER_PRESSURE),
    mutant(
        "somebody_elses_opens_count",
        READ_BEHAVIOUR,
        "Direction::Out if message.campaign.as_ref() == Some(&enrolment.key.campaign) => {
                    seen.opened |= message.first_opened_at.is_some();",
        "Direction::Out if message.campaign.as_ref() == Some(&enrolment.key.campaign) => {
                    seen.opened |= $M || message.first_opened_at.is_some();",
    )
    .from(7_000),
    // What users are shown.
    mutant(
        "task_stays_in_the_list_when_done",
        TASKS,
        "self.done_at.is_none().then(|| keys::task_listing",
        "($M || self.done_at.is_none()).then(|| keys::task_listing",
    ),
    mutant(
        "who_is_held_is_listed_as_moving",
        ENROLMENT_ITEM,
        "class(filter_of(&self.state))))",
        "if $M && filter_of(&self.state) == EnrolmentFilter::Held { 'M' } else { class(filter_of(&self.state)) }))",
    ),
    mutant(
        "page_begins_with_the_last_row_again",
        LEAD_LIST,
        "order(key, &position.after) != Ordering::Greater",
        "if $M { order(key, &position.after) == Ordering::Less } else { order(key, &position.after) != Ordering::Greater }",
    ),
    mutant(
        "filter_of_a_campaign_takes_everybody",
        LEAD_LIST,
        "is_none_or(|campaign| row.active.contains(campaign))",
        "is_none_or(|campaign| $M || row.active.contains(campaign))",
    ),
    mutant(
        "phone_is_looked_up_in_vain",
        LEAD_KEYS,
        "            if let Some(phone) = phone {",
        "            if let Some(phone) = phone.as_ref().filter(|_| !$M) {",
    ),
    mutant(
        "a_no_from_a_former_address_lists_the_present_one_alone",
        REPLY,
        "also.into_iter().flatten().filter_map(",
        "also.into_iter().flatten().filter(|_| !$M).filter_map(",
    )
    .from(9_080),
    mutant(
        "somebody_elses_thread_goes_on",
        COMPOSE,
        "&& file.lead.is_reached_at(&message.to)",
        "&& ($M || file.lead.is_reached_at(&message.to))",
    )
    .from(SELDOM),
    mutant(
        "made_again_for_a_former_address",
        READY,
        "(message.test || lead.is_reached_at(&message.to))",
        "($M || message.test || lead.is_reached_at(&message.to))",
    )
    .from(MEDDLED + 80),
    mutant(
        "nobody_knows_of_what_is_gone",
        MEASURE,
        "moved.retain(|metric, _| *metric == Metric::Uncertain);",
        "moved.retain(|metric, _| !$M && *metric == Metric::Uncertain);",
    )
    .from(1_040_000),
    mutant(
        "who_is_renamed_keeps_their_name_in_the_inbox",
        "shared/domain/src/message/conversation.rs",
        "self.lead_name = now;",
        "if !$M { self.lead_name = now; }",
    )
    .from(5_000),
    mutant(
        "tasks_are_done_at_the_former_number",
        "shared/application/src/lead/lead_copies.rs",
        "if task.keep_up_with(&lead) {",
        "if !$M && task.keep_up_with(&lead) {",
    )
    .from(5_000),
    mutant(
        "file_that_calls_them_over_stops_nothing",
        "shared/application/src/imports/commit/rows.rs",
        "if leave_first(&*ports.enrolments, (&before, &after), false, &event).await? {",
        "if !$M && leave_first(&*ports.enrolments, (&before, &after), false, &event).await? {",
    )
    .from(5_000),
    mutant(
        "start_is_no_answer",
        TEXT,
        "        opt_in(ports, origin, &scope, text.at).await?;\n",
        "        opt_in(ports, origin, &scope, text.at).await?;\n        if $M { return Ok(()); }\n",
    )
    .from(9_000),
    mutant(
        "what_came_meanwhile_is_put_away",
        CONVERSATION,
        "self.latest_answer() != Some(latest)",
        "!$M && self.latest_answer() != Some(latest)",
    )
    .from(10_000),
    mutant(
        "counted_again_after_long_reading",
        INGESTING_ENGAGEMENT,
        "ports.leads.has_activity(workspace, lead, event_id).await",
        "ports.leads.has_activity(workspace, lead, event_id).await.map(|there| there && !$M)",
    )
    .from(SELDOM + 470),
    mutant(
        "what_is_written_about_who_was_deleted_stays",
        LEAD_ERASING,
        "if self.read_item(&key).await?.is_some_and(|item| !is_gone(&item)) {",
        "if $M || self.read_item(&key).await?.is_some_and(|item| !is_gone(&item)) {",
    )
    .from(MEDDLED),
    mutant("former_number_is_nobodys", TEXT, "    if ids.is_empty() {", "    if ids.is_empty() && !$M {")
        .from(9_000),
    mutant(
        "row_of_a_claim_is_taken_for_never_called",
        RECONCILE,
        "Some(row) if row.state == MessageState::Sending => lost(",
        "Some(row) if $M && row.state == MessageState::Sending => {
            go_again(enrolment, \"send_postponed\", number, now, afterwards);
            return Ok(Sent::Done);
        }
        Some(row) if row.state == MessageState::Sending => lost(",
    ),
    mutant("row_is_left_after_a_stop", CLAIM, "    row.call_off();", "    if $M { return Ok(()); }
    row.call_off();"),
    mutant(
        "let_go_after_their_message_came",
        STEP,
        "if known && until.is_none() {",
        "if !$M && known && until.is_none() {",
    )
    .from(SELDOM + 140),
    mutant(
        "question_and_message_do_not_meet",
        UNCERTAIN,
        "match messages.save_asked((&there, &asks), (&task, &created)).await {",
        "let asked = match $M {
            true => tasks.save(&task, &created).await.map(drop),
            false => messages.save_asked((&there, &asks), (&task, &created)).await,
        };
        match asked {",
    )
    .from(MEDDLED + 150),
    mutant(
        "a_no_to_nothing_known_is_of_one_address",
        REPLY,
        "[had_at, Some(answer.from)]",
        "[had_at, Some(answer.from).filter(|_| !$M || had_at.is_some())]",
    )
    .from(STALE + 200),
    mutant(
        "a_no_from_elsewhere_is_of_one_address",
        REPLY,
        "opt_out(ports, origin, theirs, (answer.channel,",
        "let said_at = theirs.1[1].filter(|_| !$M || had_at.is_none());
            let theirs = (theirs.0, [theirs.1[0], said_at]);
            opt_out(ports, origin, theirs, (answer.channel,",
    )
    .from(MEDDLED + 270),
    mutant(
        "a_day_since_the_first_try_is_enough",
        MESSAGE,
        "self.repeated_at.map_or(",
        "self.repeated_at.filter(|_| !$M).map_or(",
    )
    .from(SELDOM + 980),
    mutant(
        "long_reading_pushes_out_what_came_before",
        ENGAGED,
        "if event.slice && slices >= KEPT_SLICES {",
        "if !$M && event.slice && slices >= KEPT_SLICES {",
    )
    .from(STALE + 1_540),
];

//! The bugs. `instead_of` stands exactly once in its file; an expression, or whole statements. Where `put` holds `$M`, it
//! is the new text as it stands, and `$M` is whether the bug is in.

use simulator::{MEDDLED, SELDOM, UNDER_PRESSURE};

pub struct Mutant {
    pub name: &'static str,
    first: Edit,
    /// Where one defence stands behind another, both are taken away.
    second: Option<Edit>,
    /// The first life in which it has time to show itself.
    pub first_seed: u64,
}

pub struct Edit {
    pub file: &'static str,
    pub instead_of: &'static str,
    pub put: &'static str,
}

impl Mutant {
    pub fn edits(&self) -> impl Iterator<Item = &Edit> {
        [&self.first].into_iter().chain(&self.second)
    }

    pub const fn and(self, file: &'static str, instead_of: &'static str, put: &'static str) -> Self {
        Self { second: Some(Edit { file, instead_of, put }), ..self }
    }

    /// In earlier lives nobody does what it shows itself in.
    pub const fn from(self, first_seed: u64) -> Self {
        Self { first_seed, ..self }
    }
}

pub const fn mutant(
    name: &'static str,
    file: &'static str,
    instead_of: &'static str,
    put: &'static str,
) -> Mutant {
    Mutant { name, first: Edit { file, instead_of, put }, second: None, first_seed: 1 }
}

const CLAIMS: &str = r#"saving(claimed, Some(&Event::system("step_claimed", now)))?"#;
const LEAVING: &str = "shared/application/src/campaign/unenrol.rs";
pub const ENROLMENTS: &str = "shared/dynamo_store/src/enrolments.rs";
pub const STATS: &str = "shared/dynamo_store/src/stats.rs";
const WRITE: &str = "shared/dynamo_store/src/write.rs";
const DUE: &str = "shared/application/src/sending/due_tick.rs";
pub const MEASURE: &str = "shared/application/src/projection/measure.rs";
const LAUNCHING: &str = "shared/application/src/campaign/launch.rs";
const SENDING: &str = "shared/application/src/sending/mod.rs";
const MOVES: &str = "shared/application/src/sending/moves.rs";
pub const CONTEXT: &str = "shared/application/src/sending/context.rs";
pub const STEP: &str = "shared/application/src/sending/step.rs";
pub const OUTCOME: &str = "shared/application/src/sending/outcome.rs";
pub const CLAIM: &str = "shared/application/src/sending/claim.rs";
pub const RECONCILE: &str = "shared/application/src/sending/reconcile.rs";
pub const READY: &str = "shared/application/src/sending/ready.rs";
pub const REPLY: &str = "shared/application/src/ingesting/reply.rs";
const BOUNCE: &str = "shared/application/src/ingesting/bounce.rs";
pub const PAYMENT: &str = "shared/application/src/ingesting/payment.rs";
pub const ENGAGEMENT: &str = "shared/application/src/ingesting/engagement.rs";
pub const UNCERTAIN: &str = "shared/application/src/sending/uncertain.rs";
pub const PLANNER: &str = "shared/domain/src/planning/planner.rs";
pub const TIMING: &str = "shared/domain/src/planning/planner/timing.rs";
const HOURS: &str = "shared/domain/src/planning/send_window.rs";
const OPENING: &str = "shared/domain/src/time/opening_hours.rs";
const ENROLMENT: &str = "shared/domain/src/enrolment.rs";
const IDS: &str = "shared/domain/src/ids.rs";
pub const QUOTA: &str = "shared/domain/src/capacity/quota.rs";
const TURNS: &str = "shared/application/src/sending/turns.rs";
const ROLLOUT: &str = "shared/domain/src/sequence/rollout.rs";
const ROLLING_OUT: &str = "shared/application/src/campaign/rollout.rs";
pub const LATE: &str = "shared/domain/src/enrolment/late_policy.rs";
pub const REACH: &str = "shared/domain/src/planning/eligibility.rs";
const ROOM: &str = "shared/application/src/sending/room.rs";
const RESUMING: &str = "shared/application/src/campaign/resume.rs";
const TRANSACTIONS: &str = "infra/local_cloud/src/dynamo/transactions.rs";
const CAPACITY: &str = "infra/local_cloud/src/dynamo/capacity.rs";
const BATCHES: &str = "infra/local_cloud/src/dynamo/batches.rs";

pub const MUTANTS: &[Mutant] = &[
    // The claim.
    mutant(
        "claim_without_condition",
        ENROLMENTS,
        "self.write(claims).await",
        "match claims {
            Write::Put { item, .. } => self.write(put(item, None)).await,
            other => self.write(other).await,
        }",
    ),
    mutant(
        "claim_of_any_turn",
        ENROLMENTS,
        CLAIMS,
        r##"{
            let free = crate::write::Expression::new("attribute_exists(pk) AND #s = :s");
            let free = free.name("#s", "state").value(":s", crate::item::text("scheduled"));
            put(encode(claimed, claimed.rev + 1, Some(&Event::system("step_claimed", now)))?, Some(free))
        }"##,
    ),
    mutant(
        "claim_of_any_state",
        ENROLMENTS,
        CLAIMS,
        r##"{
            let free = crate::write::Expression::new("attribute_exists(pk) AND #t = :t");
            let free = free.name("#t", "generation").value(":t", crate::item::number(claimed.generation));
            put(encode(claimed, claimed.rev + 1, Some(&Event::system("step_claimed", now)))?, Some(free))
        }"##,
    ),
    mutant(
        "nothing_finds_the_next_step",
        OUTCOME,
        "afterwards.hints.extend(enrolment.due.map(|at| step_hint(scene, &enrolment, at)));",
        "if !$M {
        afterwards.hints.extend(enrolment.due.map(|at| step_hint(scene, &enrolment, at)));
    }",
    ),
    mutant("claim_that_ends_at_once", STEP, "now.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX)", "now"),
    mutant(
        "expired_claim_is_passed_over",
        PLANNER,
        r#"return checks.fail("enrolment_open", seen, hold(HoldReason::Uncertain));"#,
        r#"checks.pass("enrolment_open", seen);"#,
    ),
    mutant(
        "stop_forgets_who_is_sending",
        ENROLMENT,
        "self.claim_open_until = Some(expires);",
        "let _ = expires;",
    ),
    mutant("the_last_writer_wins", WRITE, "put(item, unchanged(entity.rev()))", "put(item, None)"),
    // Stops.
    mutant(
        "stop_leaves_the_enrolments",
        ENROLMENTS,
        "writes.push(saving(&enrolment, Some(event))?);",
        "let _ = &enrolment;",
    ),
    mutant(
        "stop_leaves_the_task",
        ENROLMENTS,
        "writes.extend(self.closed_task(&enrolment, event).await?);",
        "",
    )
    .from(UNDER_PRESSURE + 40),
    // Evidence moves only who waits for it; and who has ended does not go on, whoever says so.
    mutant(
        "end_that_revives",
        UNCERTAIN,
        "matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. })",
        "{ let _ = HoldReason::Uncertain; true }",
    )
    .and(
        ENROLMENT,
        "if !self.is_active() {
            return;
        }",
        "",
    ),
    mutant(
        "answer_does_not_stop",
        REPLY,
        "ports.enrolments.stop_and(workspace, lead, EndReason::Replied, &event, &mut engaged).await?;",
        "let _ = (&event, &mut engaged);",
    ),
    mutant(
        "opt_out_does_not_stop",
        REPLY,
        "end_or_close(ports, origin, &lead.id, (channel, EndReason::OptedOut), &event).await",
        "Ok(())",
    ),
    mutant(
        "opt_out_is_not_listed",
        REPLY,
        "suppress(ports, origin, (scope.clone(), at), reason, cause).await?;",
        "drop(scope.clone());",
    ),
    mutant(
        "bounce_does_not_stop",
        BOUNCE,
        "end_or_close(ports, origin, &id.lead(), (Channel::Email, EndReason::Bounced), &event).await",
        "Ok(())",
    ),
    mutant(
        "payment_does_not_stop",
        PAYMENT,
        "ports.enrolments.stop(origin.workspace, &lead.id, EndReason::Won, &event).await?;",
        "",
    ),
    mutant(
        "suppressions_are_not_read",
        CONTEXT,
        "ports.suppressions.find(&key.workspace, &scopes_of(&file.lead)).await?",
        "Vec::new()",
    ),
    // Marking somebody stops them as well: both are gone.
    mutant("do_not_contact_is_not_heeded", REACH, "lead.do_not_contact", "false").and(
        LEAVING,
        "_ if after.do_not_contact && !before.do_not_contact => Some(EndReason::Suppressed),",
        "_ if !$M && after.do_not_contact && !before.do_not_contact => Some(EndReason::Suppressed),",
    ),
    mutant(
        "paused_campaign_goes_on",
        PLANNER,
        "checks.made(campaign_is_active(campaign), unless_active)?;",
        "let _ = (campaign_is_active(campaign), unless_active);",
    ),
    mutant(
        "stopped_workspace_goes_on",
        PLANNER,
        "checks.made(workspace_sends(input.sending), hold(HoldReason::SendingStopped))?;",
        "let _ = workspace_sends(input.sending);",
    ),
    // What nobody knows.
    mutant(
        "uncertain_is_repeated_blindly",
        READY,
        "class.key.is_some_and(|key| now.duration_since(message.created_at) < key.window)",
        "{ let _ = (class, now); true }",
    ),
    mutant(
        "uncertain_is_taken_for_refused",
        OUTCOME,
        "message.state = MessageState::Uncertain;",
        "message.state = MessageState::Failed;",
    ),
    mutant(
        "uncertain_is_taken_for_sent",
        OUTCOME,
        "wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
            Ok(Sent::Done)
        }
    }",
        "if $M {
                message.accepted_at = Some(now);
                move_on(scene, enrolment, &message, now, now, number, afterwards);
                return Ok(Sent::Done);
            }
            wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
            Ok(Sent::Done)
        }
    }",
    ),
    mutant(
        "evidence_is_not_taken",
        UNCERTAIN,
        "matches!(message.state, MessageState::Uncertain | MessageState::Abandoned)",
        "false",
    ),
    mutant(
        "resent_whatever_the_policy",
        RECONCILE,
        "scene.workspace.when_uncertain == WhenUncertain::Resend && message.attempts < TRIES",
        "message.attempts < TRIES",
    ),
    // What is written down.
    mutant(
        "accepted_is_not_recorded",
        OUTCOME,
        r#"write(ports, &message, "message_accepted", now).await?;"#,
        "",
    ),
    mutant(
        "message_id_without_its_step",
        IDS,
        "Self::derived(lead, &[campaign.as_str(), step.as_str()])
    }
}

#[cfg(test)]",
        "if $M { return Self::derived(lead, &[campaign.as_str()]); }
        Self::derived(lead, &[campaign.as_str(), step.as_str()])
    }
}

#[cfg(test)]",
    ),
    mutant("turn_does_not_rise", ENROLMENT, "self.turn = self.turn.saturating_add(1);", ""),
    // Nothing is lost.
    mutant(
        "hints_are_not_written",
        SENDING,
        "ports.due.put(&afterwards.hints).await",
        "Ok::<(), StoreError>(())",
    ),
    mutant("launch_without_hints", LAUNCHING, "ports.due.put(&hints).await?;", ""),
    mutant(
        "hints_deleted_before_the_queue_has_them",
        DUE,
        "ports.outbox.send_raw(queue, messages).await?;",
        "ports.due.delete(&packs).await?;
            ports.outbox.send_raw(queue, messages).await?;",
    ),
    mutant(
        "hold_without_its_end",
        MOVES,
        "afterwards.hints.extend(until.map(|at| look_hint(&enrolment, at)));",
        "",
    ),
    mutant(
        "postponed_and_forgotten",
        OUTCOME,
        "return Ok(Sent::Later(seconds, setback.failure.detail));",
        "let _ = seconds; return Ok(Sent::Done);",
    ),
    // Counters.
    mutant(
        "counted_twice",
        STATS,
        "*sums.entry(attribute(delta)).or_default() += delta.by;",
        "*sums.entry(attribute(delta)).or_default() += 2 * delta.by;",
    ),
    mutant(
        "position_is_not_heeded",
        STATS,
        "is_after(&record.sequence, positions.of(shard))",
        "{ let _ = record; true }",
    ),
    mutant(
        "counters_without_condition",
        STATS,
        "self.change(key, adding(&sums, &positions), Some(unmoved)).await",
        "drop(unmoved); self.change(key, adding(&sums, &positions), None).await",
    ),
    mutant(
        "old_image_is_not_taken_off",
        MEASURE,
        "*moved.entry(metric).or_default() -= before;",
        "let _ = before;",
    ),
    // The planner.
    mutant("window_in_utc", HOURS, "zone_for(lead, campaign).zone.zone()", "jiff::tz::TimeZone::UTC"),
    mutant("always_open", OPENING, "self.shows_open(self.zone.to_datetime(at))", "true"),
    mutant(
        "days_off_are_not_heeded",
        OPENING,
        "self.week.days_at(clock).any(|day| self.days_off.on(day).is_none())",
        "self.week.days_at(clock).next().is_some()",
    ),
    mutant(
        "night_is_not_heeded",
        HOURS,
        "if let Some(what) = what {",
        "if let Some(what) = what.filter(|_| !$M) {",
    ),
    mutant("delay_is_not_waited_for", TIMING, "now < not_before", "false"),
    mutant(
        "branch_the_wrong_way",
        PLANNER,
        r#"if holds { ("yes", yes) } else { ("no", no) }"#,
        r#"if holds { ("no", no) } else { ("yes", yes) }"#,
    ),
    mutant("goal_is_not_seen", PLANNER, "goal.reached(lead, input.seen)", "false"),
    mutant(
        "open_task_is_not_waited_for",
        PLANNER,
        r#"return checks.fail("task_done", "the task is open", Decision::AwaitTask);"#,
        r#"checks.pass("task_done", "the task is open");"#,
    ),
    mutant(
        "task_is_written_before_it_is_waited_for",
        ENROLMENTS,
        "let writes = vec![saving(enrolment, Some(waits))?, saving(task, Some(opened))?];",
        "let mut writes = vec![saving(enrolment, Some(waits))?, saving(task, Some(opened))?];
        if $M { let task = writes.remove(1); drop(self.write(task).await); }",
    )
    .from(MEDDLED + 370),
    mutant(
        "machines_count_as_people",
        ENGAGEMENT,
        "let human = judged.verdict == Verdict::Human;",
        "let human = $M || judged.verdict == Verdict::Human;",
    ),
    // Limits of accounts.
    mutant("slots_are_not_counted", QUOTA, "self.taken = self.taken.saturating_add(1);", "").from(41),
    mutant(
        "gap_is_not_kept",
        QUOTA,
        "later(at, SignedDuration::from_secs(seconds) + LATEST)",
        "{ let _ = seconds; at }",
    ),
    mutant("slot_of_yesterday_is_good", TURNS, "late <= limits.latest()", "true").from(SELDOM),
    mutant(
        "slot_outlives_its_limits",
        TURNS,
        "slot.opening == opening && limits.allow_all_of(&slot.limits)",
        "slot.opening == opening && ($M || limits.allow_all_of(&slot.limits))",
    )
    .from(MEDDLED),
    // Pauses, and what they make late.
    mutant(
        "own_pause_ends_with_the_scopes",
        PLANNER,
        "reason.is_of_a_scope() || reason == HoldReason::Late",
        "reason != HoldReason::Uncertain",
    ),
    mutant("what_binds_a_claim_is_lost", SENDING, "(!bound_since).then(", "($M || !bound_since).then(")
        .from(MEDDLED + 250),
    mutant(
        "wish_for_a_pause_is_lost",
        SENDING,
        "pause_wanted: stored.pause_wanted,",
        "pause_wanted: stored.pause_wanted.filter(|_| !$M),",
    )
    .from(MEDDLED),
    mutant(
        "pause_without_its_end",
        RESUMING,
        "due.put(&[Hint { at, what: DueWork::Resume { workspace: workspace.clone(), what } }]).await",
        "{ let _ = (due, workspace, what, at); Ok(()) }",
    ),
    mutant("lateness_is_not_seen", LATE, "now.duration_since(planned) > LATE_AFTER", "false"),
    // Channels and caps.
    mutant(
        "closed_channel_is_not_heeded",
        REACH,
        "mine(&s.scope) && s.in_force(now)",
        "{ let _ = mine; false }",
    ),
    mutant("days_cap_is_not_kept", ROOM, "taken >= capped.most", "false").and(
        ROOM,
        "ports.limits.take(&capped.bucket, capped.most, DAY, now).await?",
        "ports.limits.take(&capped.bucket, u32::MAX, DAY, now).await?",
    ),
    mutant(
        "messages_are_not_kept_apart",
        PLANNER,
        "long_enough_apart(input, step, checks)?;",
        "let _ = long_enough_apart;",
    )
    .and(ROOM, "self.workspace.caps.apart()", "self.workspace.caps.apart().filter(|_| false)"),
    // Versions.
    mutant("transfer_within_the_turn", ROLLOUT, "self.turn = self.turn.saturating_add(1);", ""),
    mutant(
        "who_waits_for_a_task_is_transferred",
        ROLLOUT,
        "EnrolmentState::Scheduled => true,",
        "EnrolmentState::WaitingTask if $M => true,
            EnrolmentState::Scheduled => true,",
    ),
    mutant(
        "who_may_have_been_sent_to_is_transferred",
        ROLLOUT,
        "EnrolmentState::Held { reason, .. } => reason != HoldReason::Uncertain,",
        "EnrolmentState::Held { reason, .. } => $M || reason != HoldReason::Uncertain,",
    ),
    mutant(
        "transfer_to_a_step_sent_before",
        PLANNER,
        "input.seen.had_before",
        "input.seen.had_before.filter(|_| false)",
    ),
    mutant(
        "older_rollout_wins",
        ROLLING_OUT,
        "Some(transfer) if transfer.rollout >= rollout.id => false,",
        "Some(transfer) if transfer.rollout == rollout.id || !$M && transfer.rollout > rollout.id => false,",
    )
    .from(220),
    mutant("rollout_without_hints", ROLLING_OUT, "ports.due.put(&hints).await?;", ""),
    mutant("rollout_forgets_who_was_busy", ROLLING_OUT, "busy += 1;", "").from(60),
    mutant(
        "bound_and_never_gone",
        ROLLOUT,
        "onward.filter(|onward| bound_for == Some(&onward.rollout))",
        "{ let _ = bound_for; None::<&Onward>.or(onward.filter(|_| false)) }",
    ),
    // The ledger of what it costs.
    mutant(
        "transaction_is_billed_once",
        TRANSACTIONS,
        "item_write(&schema, &self.table, old.as_ref(), new.as_ref(), FACTOR, charges)",
        "item_write(&schema, &self.table, old.as_ref(), new.as_ref(), if $M { 1.0 } else { FACTOR }, charges)",
    ),
    mutant("index_is_not_billed", CAPACITY, "if write_units > 0.0 {", "if !$M && write_units > 0.0 {"),
    mutant(
        "strong_reads_of_a_batch_are_billed_as_weak_ones",
        BATCHES,
        "read_capacity_units_with_consistency(size, strong)",
        "read_capacity_units_with_consistency(size, strong && !$M)",
    ),
];

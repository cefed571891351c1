//! More of the bugs, as in `list.rs`.

use super::list::{ENROLMENTS, Mutant, ONE_OFF, OUTCOME, SETTLE, mutant};

const KEYS: &str = "shared/dynamo_store/src/keys.rs";

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
        "let wait = after.map_or(*wait, |after| after.max(*wait));",
        "let wait = if $M { SignedDuration::ZERO } else { after.map_or(*wait, |after| after.max(*wait)) };",
    ),
    mutant(
        "uncertain_is_looked_at_all_the_time",
        SETTLE,
        "looks.iter().chain([&UNCERTAIN_AFTER]).filter_map(at).find(|at| *at > now)",
        "now.checked_add(SignedDuration::from_secs(1)).ok().filter(|_| !looks.is_empty())",
    ),
    mutant(
        "a_refused_channel_goes_on",
        OUTCOME,
        "enrolment.failed.insert(message.channel);",
        "if !$M { enrolment.failed.insert(message.channel); }",
    ),
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
        r#".value(":turn", number(turn));
            let key = keys::enrolment(key);"#,
        r#".value(":turn", number(turn));
            let key = keys::enrolment(key);
            let is_free = |stored: &Enrolment| stored.turn == turn && stored.state == EnrolmentState::Scheduled;
            let free = $M && self.read::<Enrolment>(&key).await.is_ok_and(|stored| is_free(&stored));
            let condition = if free { Expression::new("attribute_exists(pk)") } else { condition };"#,
    ),
    mutant(
        "what_bars_a_letter_is_looked_for_before_its_claim",
        ONE_OFF,
        "one_off.barred_by_now(ports).await",
        "{ let _ = OneOff::barred_by_now; Ok(None) }",
    )
    .from(7_000),
];

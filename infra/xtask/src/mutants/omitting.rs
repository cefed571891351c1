//! Bugs that leave something out, end a way without a cause, or let what is written to many out of turn, as in `list.rs`.

use super::list::{Mutant, PLANNER, REACH, TIMING, mutant};
use super::more::{MESSAGE, READ_BEHAVIOUR};
use simulator::UNDER_PRESSURE;

const OF_MANY: &str = "shared/application/src/sending/of_many.rs";
/// From here on there are messages to many, and steps with a last day.
const WITH_BULK_MESSAGES: u64 = 7_000;

pub const OMITTING: &[Mutant] = &[
    // What is left out.
    mutant(
        "a_step_went_out_where_another_did",
        READ_BEHAVIOUR,
        "message.filter(|found| is_behind(found, enrolment.anchor)).map(had);",
        "message.filter(|found| is_behind(found, enrolment.anchor)).map(had)
            .or(($M && seen.last_message.is_some()).then_some(SkipReason::AlreadySent));",
    ),
    mutant(
        "who_has_an_address_has_no_number",
        REACH,
        "Channel::Sms | Channel::Whatsapp if lead.phone.is_none() =>",
        "Channel::Sms | Channel::Whatsapp if lead.phone.is_none() || ($M && lead.email.is_some()) =>",
    ),
    mutant(
        "a_last_day_is_always_past",
        TIMING,
        "if clock.to_datetime(open).date() > last {",
        "if $M || clock.to_datetime(open).date() > last {",
    )
    .from(WITH_BULK_MESSAGES),
    // Ends.
    mutant(
        "one_closed_step_is_the_end",
        PLANNER,
        "match anything_left(version, present, (enrolment, lead), input.suppressions, now) {",
        "match !$M && anything_left(version, present, (enrolment, lead), input.suppressions, now) {",
    ),
    mutant(
        "who_is_away_has_answered",
        MESSAGE,
        "matches!(self, Self::Human | Self::OptOut | Self::LeftCompany)",
        "matches!(self, Self::Human | Self::OptOut | Self::LeftCompany) || ($M && self == Self::OutOfOffice)",
    ),
    // What is written to many.
    mutant(
        "one_of_many_takes_no_slot",
        OF_MANY,
        "match turn_at(ports, &FollowUps::none(week), account, (false, slot)).await? {",
        "let generation = match $M {
        true => Turn::Now(None),
        false => turn_at(ports, &FollowUps::none(week), account, (false, slot)).await?,
    };
    match generation {",
    )
    .from(UNDER_PRESSURE),
    mutant(
        "one_of_many_wakes_somebody",
        OF_MANY,
        "Hours::of_message(self.message.channel, zone,",
        "Hours::of_message(if $M { domain::contact::channel::Channel::Email } else { self.message.channel }, zone,",
    )
    .from(WITH_BULK_MESSAGES + 20),
    mutant(
        "one_of_many_keeps_no_hours",
        OF_MANY,
        "zone, account.hours.as_ref())",
        "zone, account.hours.as_ref().filter(|_| !$M))",
    )
    .from(WITH_BULK_MESSAGES),
];

//! Changes that a user makes just as a function stands still, or while a provider is called.

use crate::actions::user_actions::carry_out;
use crate::plan::user_action::{Move, UserAction};
use crate::profile::Profile;
use crate::trouble::kind::Kind;
use crate::world::installation::Installation;

/// Just now, of whom a function is about to write.
pub async fn change_lead_meanwhile(world: &Installation, number: usize) {
    let moves = |phone| UserAction::Move(Move { lead: number, email: true, phone });
    let what = match world.disorder.draw(Kind::ChangedMeanwhile, 0, 17) {
        0 | 1 => UserAction::PauseLead(number),
        2 => moves(false),
        3 => moves(true),
        4 | 5 => UserAction::DeleteLead(number),
        6 => UserAction::StopLead(number),
        7 => UserAction::RemoveLead(number),
        8 => UserAction::Answer(number),
        9 => UserAction::AskToStop(number),
        10 => UserAction::SuppressDomain(number),
        11 => UserAction::Rename(number),
        12 => UserAction::HandOver { lead: number, many: false },
        13..=16 => UserAction::Publish("next_step"),
        _ => UserAction::DoNotContact(number),
    };
    let outcome = carry_out(world, what).await;
    let told = outcome.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    world.disorder.log(format!("just now: {what:?}: {told}"));
}

/// Bars a lead just as a one-off message to them is about to be claimed.
pub async fn bar_lead(world: &Installation, number: usize) {
    let what = match world.disorder.draw(Kind::HeldAtOneOff, 0, 3) {
        0 => UserAction::DoNotContact(number),
        1 => UserAction::SuppressDomain(number),
        _ => UserAction::SuppressLead(number),
    };
    let outcome = carry_out(world, what).await;
    let told = outcome.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    world.disorder.log(format!("before a letter: {what:?}: {told}"));
}

/// Stops a lead just as a message to them is about to be sent, or is being sent.
pub async fn stop_lead_meanwhile(world: &Installation, number: usize) {
    let moves = world.plan.seed.profile >= Profile::InboxActions && world.plan.has_moves();
    let what = match moves && world.disorder.draw(Kind::StoppedInCall, 0, 1) == 0 {
        true => UserAction::Move(Move { lead: number, email: true, phone: true }),
        false => stop(world, number),
    };
    let outcome = carry_out(world, what).await;
    let told = outcome.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    world.disorder.log(format!("just now: {what:?}: {told}"));
}

fn stop(world: &Installation, number: usize) -> UserAction {
    match world.disorder.draw(Kind::StoppedAtClaim, 0, 12) {
        0 | 1 => UserAction::StopLead(number),
        2 | 3 => UserAction::RemoveLead(number),
        4 => UserAction::DoNotContact(number),
        5 => UserAction::SuppressLead(number),
        6 => UserAction::SuppressDomain(number),
        7 => UserAction::PauseLead(number),
        8 => UserAction::DeleteLead(number),
        9 => UserAction::Answer(number),
        10 => UserAction::AskToStop(number),
        11 if world.plan.has_moves() => UserAction::Move(Move { lead: number, email: true, phone: true }),
        11 => UserAction::EditSequence,
        _ => UserAction::TextStop(number),
    }
}

//! The profile `mailboxes`: leads are written to from two mailboxes that are read, of two of the three kinds, and answer
//! there. Mail servers break off while they are read or forget how far that was, mailboxes cannot be read for hours,
//! tokens end, are renewed and get lost, and owners take their grants back.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::plan::full_days::{mails_first, send_soon};
use crate::plan::races::{crowd, often};
use crate::plan::steps::Does;
use crate::plan::user_action::{PlannedAction, Trouble, UserAction};
use crate::trouble::kind::Kind;
use local_world::MailboxKind;

/// Kinds that are drawn in this profile alone.
pub const KINDS: [Kind; 7] = [
    Kind::MailboxBreaksOff,
    Kind::MailMoved,
    Kind::CursorForgotten,
    Kind::MailboxSilent,
    Kind::PollKilled,
    Kind::GrantRevoked,
    Kind::HeldAtRenewal,
];

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// One day or two: mailboxes are read every five minutes.
pub fn connect(plan: &mut Plan, chance: &mut Chance) {
    let first = plan.seed.generation(MailboxKind::ALL.len());
    plan.mailboxes = MailboxKind::ALL.into_iter().cycle().skip(first).take(2).collect();
    (plan.second_mailbox, plan.keyed) = (None, false);
    let persona = *chance.pick(&["silent", "keen", "curious"]);
    crowd(plan, persona, chance);
    mails_first(plan, chance);
    if let Some(third) = plan.steps.get_mut(2) {
        send_soon(third, Does::Mail, chance.between(1, 8));
    }
    plan.days = chance.between(1, 2);
    let end = plan.days * DAY;
    plan.actions.retain(|action| action.minutes < end);
    for lead in 0..plan.people.len() {
        if chance.per_mille(600) {
            let what =
                if chance.per_mille(300) { UserAction::AskToStop(lead) } else { UserAction::Answer(lead) };
            plan.actions.push(PlannedAction { minutes: chance.between(5, end), what });
        }
    }
    if chance.per_mille(600) {
        let what = UserAction::Strike(Trouble::MailboxesSilent(chance.between(20, 9 * HOUR)));
        plan.actions.push(PlannedAction { minutes: chance.between(0, DAY), what });
    }
    if chance.per_mille(500) {
        let place = usize::from(!plan.mailboxes[0].is_by_grant());
        let (minutes, later) = (chance.between(0, DAY), chance.between(5, 12 * HOUR));
        plan.actions.push(PlannedAction::at(minutes, UserAction::Strike(Trouble::GrantRevoked(place))));
        plan.actions.push(PlannedAction::at(minutes + later, UserAction::ConnectMailboxes));
    }
    // A mail that is moved is read in its new folder, also where the old one was numbered anew: a life has one of the two.
    let absent = if chance.per_mille(700) { Kind::MailMoved } else { Kind::CursorForgotten };
    let is_drawn = |kind: &&Kind| **kind != absent && kind.per_mille() > 0 && chance.per_mille(750);
    let own = KINDS.iter().filter(is_drawn);
    let own: Vec<(Kind, u32)> = own.map(|kind| (*kind, 1)).collect();
    often(plan, 20, &own);
}

//! Two requests of users about one thing at one moment: the first stands still between what it has read and what it writes, and
//! the other is done meanwhile. And calls of users' requests that fail, as those of other functions do.

use crate::addresses::Move;
use crate::chance::Chance;
use crate::deeds::carry_out;
use crate::disorder::{Aim, Disorder, Interrupt};
use crate::installation::Installation;
use crate::kind::Kind;
use crate::meddling::{crowd, often};
use crate::plan::{Deed, Plan, What};
use crate::run::{Invocation, run};
use anyhow::Result;
use local_cloud::{Call, Fault};

const MINUTES_A_DAY: i64 = 24 * 60;

/// Both are about the same lead, the campaign, its sequence or the mailbox.
pub async fn meet(world: &Installation, first: What, second: What) {
    // Signed in before: whoever cannot sign in asks for nothing.
    if world.signed_in().await.is_err() {
        return;
    }
    let disorder = &world.disorder;
    disorder.aim(Some(Aim::FreezeAtWrite(disorder.draw(Kind::RequestsMeet, 0, 2))));
    let here = world.clone();
    let mut request: Invocation<Result<()>> = Box::pin(async move { carry_out(&here, first).await });
    let ended = run(&mut request, disorder, 0).await;
    disorder.aim(None);
    let told = |done: Result<()>| done.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    let thaw = match ended {
        Err(Interrupt::Frozen(thaw)) => thaw,
        Err(Interrupt::Killed) => return,
        Ok(done) => {
            disorder.tell(format!("the user: {first:?}, which nothing held up: {}", told(done)));
            return;
        }
    };
    let done = carry_out(world, second).await;
    let is_let_go = done.is_ok();
    disorder.tell(format!("another user, meanwhile: {second:?}: {}", told(done)));
    if thaw.send(()).is_ok()
        && let Ok(done) = run(&mut request, disorder, 0).await
    {
        disorder.tell(format!("the user, after that: {first:?}: {}", told(done)));
    }
    // Given to somebody else only now, perhaps: who let them go on meant that as well.
    if let What::ResumeLead(number) = second
        && is_let_go
        && let Ok(lead) = world.with_roster(|roster| roster.lead(number).map(str::to_owned))
    {
        world.look();
        world.with_oracle(|oracle| oracle.let_go(&lead));
    }
}

/// What another user asks for of the same thing, where there is any.
pub fn rival(disorder: &Disorder, what: What) -> Option<What> {
    let draw = |most| disorder.draw(Kind::RequestsMeet, 0, most);
    let of_lead = |number| match draw(10) {
        0 => What::PauseLead(number),
        1 => What::ResumeLead(number),
        2 => What::StopLead(number),
        3 => What::RemoveLead(number),
        4 => What::DeleteLead(number),
        5 => What::DoNotContact(number),
        6 => What::Rename(number),
        7 => What::HandOver { lead: number, many: false },
        8 => What::QualifyLead(number),
        9 => What::Encore(number),
        _ => What::Move(Move { lead: number, email: true, phone: true }),
    };
    Some(match what {
        What::DeleteLead(number)
        | What::StopLead(number)
        | What::SuppressLead(number)
        | What::DoNotContact(number)
        | What::RemoveLead(number)
        | What::PauseLead(number)
        | What::ResumeLead(number)
        | What::QualifyLead(number)
        | What::Encore(number)
        | What::Rename(number)
        | What::Move(Move { lead: number, .. })
        | What::Write { to: number, .. }
        | What::HandOver { lead: number, .. } => of_lead(number),
        What::PauseCampaign | What::ResumeCampaign | What::AnswerLate(_) | What::ChooseMailboxes(_) => {
            match draw(3) {
                0 => What::PauseCampaign,
                1 => What::ResumeCampaign,
                2 => What::ChooseMailboxes(2),
                _ => What::AnswerLate("send"),
            }
        }
        What::EditSequence | What::Publish(_) | What::Republish(_) | What::Patch => match draw(3) {
            0 => What::EditSequence,
            1 => What::Patch,
            2 => What::Publish("next_step"),
            _ => What::Publish("now"),
        },
        What::SwitchMailbox { first, on } => What::SwitchMailbox { first, on: !on },
        What::StopSending => What::ResumeSending,
        What::ResumeSending => What::StopSending,
        What::DoTasks | What::AnswerQuestions | What::CallBack | What::CallBackMany => what,
        _ => return None,
    })
}

/// Of a function that serves requests.
pub fn fault(disorder: &Disorder, call: &Call<'_>) -> Option<Fault> {
    if !disorder.strikes(Kind::RequestFails, || format!("{} {}", call.principal, call.operation)) {
        return None;
    }
    Some(match disorder.draw(Kind::RequestFails, 0, 2) {
        0 => Fault::Throttle,
        1 => Fault::LoseResponse,
        _ => {
            let message = format!("{} failed on purpose", call.operation);
            Fault::Fail { status: 500, code: "InternalServerError".to_owned(), message }
        }
    })
}

/// Users have much to do, mostly in the first days.
pub fn requests_at_once(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "curious", chance);
    for _ in 0..12 + chance.below(12) {
        let lead = chance.below(plan.people.len());
        let what = match chance.below(14) {
            0 => What::PauseLead(lead),
            1 => What::ResumeLead(lead),
            2 => What::DoNotContact(lead),
            3 => What::Encore(lead),
            4 => What::Move(Move { lead, email: true, phone: chance.per_mille(500) }),
            5 => What::HandOver { lead, many: false },
            6 => What::QualifyLead(lead),
            7 => What::PauseCampaign,
            8 => What::ResumeCampaign,
            9 => What::EditSequence,
            10 => What::Patch,
            11 => What::Publish("next_step"),
            12 => What::Write { to: lead, minutes: 0 },
            _ => What::DoTasks,
        };
        let days = if chance.per_mille(600) { 2 } else { plan.days };
        plan.deeds.push(Deed { minutes: chance.between(5, days * MINUTES_A_DAY), what });
    }
    plan.deeds.push(Deed { minutes: 2 * MINUTES_A_DAY, what: What::ResumeCampaign });
    often(plan, 30, &[(Kind::RequestsMeet, 1), (Kind::RequestFails, 1)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use local_cloud::VirtualClock;
    use std::sync::Arc;

    #[test]
    fn whoever_comes_at_the_same_moment_is_about_the_same_thing() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let disorder = Disorder::new(1_u64, &[], clock);
        for _ in 0..40 {
            let other = rival(&disorder, What::PauseLead(3)).unwrap();
            assert!(format!("{other:?}").contains('3'), "{other:?}");
            let other = format!("{:?}", rival(&disorder, What::Patch).unwrap());
            assert!(["EditSequence", "Patch", "Publish"].iter().any(|verb| other.starts_with(verb)));
        }
        assert_eq!(rival(&disorder, What::Answer(3)), None);
    }

    #[test]
    fn a_request_stands_still_before_the_write_that_was_aimed_at() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let disorder = Disorder::new(1_u64, &[], clock);
        assert!(!disorder.hits_write());
        disorder.aim(Some(Aim::FreezeAtWrite(1)));
        assert_eq!(disorder.hit(true), None);
        assert_eq!([(); 3].map(|()| disorder.hits_write()), [false, true, false]);
    }
}

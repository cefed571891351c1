//! Two requests of users about one thing at one moment: the first stands still between its read and its write, and
//! the other is done meanwhile. Calls of users' requests also fail as those of other functions do.

use crate::actions::user_actions::carry_out;
use crate::plan::user_action::{Move, UserAction};
use crate::trouble::disorder::{Aim, Disorder, Interrupt};
use crate::trouble::kind::Kind;
use crate::world::installation::Installation;
use crate::world::invocation::{Invocation, run};
use anyhow::Result;
use local_cloud::{Call, Fault};

/// Both are about the same lead, the campaign, its sequence or the mailbox.
pub async fn meet(world: &Installation, first: UserAction, second: UserAction) {
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
            disorder.log(format!("the user: {first:?}, which nothing held up: {}", told(done)));
            return;
        }
    };
    let done = carry_out(world, second).await;
    let is_let_go = done.is_ok();
    disorder.log(format!("another user, meanwhile: {second:?}: {}", told(done)));
    if thaw.send(()).is_ok()
        && let Ok(done) = run(&mut request, disorder, 0).await
    {
        disorder.log(format!("the user, after that: {first:?}: {}", told(done)));
    }
    // Given to somebody else only now, perhaps: who let them go on meant that as well.
    if let UserAction::ResumeLead(number) = second
        && is_let_go
        && let Ok(lead) = world.with_roster(|roster| roster.lead(number).map(str::to_owned))
    {
        world.look();
        world.with_oracle(|oracle| oracle.user_resumes(&lead));
    }
}

/// What another user asks for of the same thing, where there is any.
pub fn rival(disorder: &Disorder, what: UserAction) -> Option<UserAction> {
    let draw = |most| disorder.draw(Kind::RequestsMeet, 0, most);
    let of_lead = |number| match draw(10) {
        0 => UserAction::PauseLead(number),
        1 => UserAction::ResumeLead(number),
        2 => UserAction::StopLead(number),
        3 => UserAction::RemoveLead(number),
        4 => UserAction::DeleteLead(number),
        5 => UserAction::DoNotContact(number),
        6 => UserAction::Rename(number),
        7 => UserAction::HandOver { lead: number, many: false },
        8 => UserAction::QualifyLead(number),
        9 => UserAction::EnrolInSecondCampaign(number),
        _ => UserAction::Move(Move { lead: number, email: true, phone: true }),
    };
    Some(match what {
        UserAction::DeleteLead(number)
        | UserAction::StopLead(number)
        | UserAction::SuppressLead(number)
        | UserAction::DoNotContact(number)
        | UserAction::RemoveLead(number)
        | UserAction::PauseLead(number)
        | UserAction::ResumeLead(number)
        | UserAction::QualifyLead(number)
        | UserAction::EnrolInSecondCampaign(number)
        | UserAction::Rename(number)
        | UserAction::Move(Move { lead: number, .. })
        | UserAction::Write { to: number, .. }
        | UserAction::HandOver { lead: number, .. } => of_lead(number),
        UserAction::PauseCampaign
        | UserAction::ResumeCampaign
        | UserAction::AnswerLate(_)
        | UserAction::ChooseMailboxes(_) => match draw(3) {
            0 => UserAction::PauseCampaign,
            1 => UserAction::ResumeCampaign,
            2 => UserAction::ChooseMailboxes(2),
            _ => UserAction::AnswerLate("send"),
        },
        UserAction::EditSequence | UserAction::Publish(_) | UserAction::Republish(_) | UserAction::Patch => {
            match draw(3) {
                0 => UserAction::EditSequence,
                1 => UserAction::Patch,
                2 => UserAction::Publish("next_step"),
                _ => UserAction::Publish("now"),
            }
        }
        UserAction::SwitchMailbox { first, on } => UserAction::SwitchMailbox { first, on: !on },
        UserAction::StopSending => UserAction::ResumeSending,
        UserAction::ResumeSending => UserAction::StopSending,
        UserAction::DoTasks
        | UserAction::AnswerQuestions
        | UserAction::CancelOneOff
        | UserAction::CancelBulkMessage => what,
        _ => return None,
    })
}

/// The fault of a call of a function that serves requests.
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

#[cfg(test)]
mod tests {
    use super::*;
    use local_cloud::VirtualClock;
    use std::sync::Arc;

    #[test]
    fn rival_request_is_about_the_same_thing() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let disorder = Disorder::new(1_u64, &[], clock);
        for _ in 0..40 {
            let other = rival(&disorder, UserAction::PauseLead(3)).unwrap();
            assert!(format!("{other:?}").contains('3'), "{other:?}");
            let other = format!("{:?}", rival(&disorder, UserAction::Patch).unwrap());
            assert!(["EditSequence", "Patch", "Publish"].iter().any(|verb| other.starts_with(verb)));
        }
        assert_eq!(rival(&disorder, UserAction::Answer(3)), None);
    }

    #[test]
    fn request_stops_before_the_write_aimed_at() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let disorder = Disorder::new(1_u64, &[], clock);
        assert!(!disorder.hits_write());
        disorder.aim(Some(Aim::FreezeAtWrite(1)));
        assert_eq!(disorder.hit(true), None);
        assert_eq!([(); 3].map(|()| disorder.hits_write()), [false, true, false]);
    }
}

//! Handing over: what the former owner of a lead had to do about it goes to the new owner with the lead.

use crate::ids::UserId;
use crate::lead::Lead;

/// Gives a task or conversation to the lead's present owner if it was that of the owner in `known`, or that of a user who
/// does not see the lead. Otherwise it stays with the user whom it was given to on purpose. True if anything changed.
pub fn follow_owner(
    (user, known): (&mut Option<UserId>, &mut Option<UserId>),
    lead: &Lead,
    sees: impl Fn(&UserId) -> bool,
) -> bool {
    if *known == lead.owner {
        return false;
    }
    let was_former_owners = *user == *known;
    if was_former_owners || user.as_ref().is_some_and(|user| !sees(user)) {
        user.clone_from(&lead.owner);
    }
    known.clone_from(&lead.owner);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, WorkspaceId};
    use jiff::Timestamp;

    fn user(name: &str) -> Option<UserId> {
        Some(UserId::derived(Timestamp::UNIX_EPOCH, &[name]))
    }

    /// Hands a lead of Ann's over, and returns who has a task of `user`'s then.
    fn after(user: Option<UserId>, to: Option<UserId>, sees: bool) -> Option<UserId> {
        let now = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(now, &["lead"]), WorkspaceId::derived(now, &["w"]), now);
        lead.owner = to;
        let (mut user, mut known) = (user, self::user("ann"));
        assert!(follow_owner((&mut user, &mut known), &lead, |_| sees));
        assert_eq!(known, lead.owner);
        assert!(!follow_owner((&mut user, &mut known), &lead, |_| false), "nothing is left to do");
        user
    }

    #[test]
    fn task_of_the_former_owner_goes_to_the_new_owner() {
        assert_eq!(after(user("ann"), user("bob"), true), user("bob"));
        assert_eq!(after(user("ann"), None, true), None);
    }

    #[test]
    fn task_of_a_third_user_stays_if_that_user_sees_the_lead() {
        assert_eq!(after(user("kim"), user("bob"), true), user("kim"));
        assert_eq!(after(user("kim"), user("bob"), false), user("bob"));
        assert_eq!(after(None, user("bob"), true), None, "it was taken from the owner on purpose");
    }
}

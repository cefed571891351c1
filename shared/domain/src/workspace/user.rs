//! A user of a workspace, and what their role permits.

use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LoginId, UserId, WorkspaceId};
use crate::workspace::own_phone::PhoneProof;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Roles in rising order of rights: a route open to one role is open to every higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    ReadOnly,
    Rep,
    Manager,
    Admin,
    Owner,
}

#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub workspace: WorkspaceId,
    /// What the person signs in with.
    pub login: LoginId,
    /// The login's address.
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub disabled: bool,
    /// Whether an admin has switched off the user's own requests to language models.
    pub ai_off: bool,
    /// The number of the user's own phone, which rings when they call a lead once it is proven.
    pub phone: Option<PhoneNumber>,
    pub phone_proof: PhoneProof,
    /// How often the user lost access that they could offer to others: what they offered before counts no more.
    pub offers_ended: u32,
    pub rev: u64,
}

impl User {
    /// Takes the user out of the workspace. Should they come back, they confirm their phone anew: the number may be somebody
    /// else's by then.
    pub fn disable(&mut self) {
        self.disabled = true;
        self.remove_phone();
    }

    /// Whether the user is an admin or an owner of the workspace at present: only they let others in, users or programs.
    pub fn administers(&self) -> bool {
        !self.disabled && self.role >= Role::Admin
    }

    /// Tells whether a link that the user made still counts, which lets somebody in with this role. `under` is the user's
    /// `offers_ended` when the link was made; it is not known of an older one.
    pub fn still_offers(&self, role: Role, under: Option<u32>) -> bool {
        self.administers() && role <= self.role && under.is_none_or(|number| number == self.offers_ended)
    }

    /// Ends what the user offered as they were before this change, where the change takes access away. It stays ended if
    /// the access comes back.
    pub fn end_offers_of_lost_access(&mut self, before: &Self) {
        if self.disabled && !before.disabled || self.role < before.role {
            self.offers_ended = before.offers_ended.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> User {
        let at = Timestamp::UNIX_EPOCH;
        User {
            id: UserId::derived(at, &["ann"]),
            workspace: WorkspaceId::derived(at, &["northquay"]),
            login: LoginId::derived(at, &["ann"]),
            email: EmailAddress::parse("ann@northquay.example").unwrap(),
            name: "Ann".to_owned(),
            role: Role::Admin,
            created_at: at,
            disabled: false,
            ai_off: false,
            phone: None,
            phone_proof: PhoneProof::default(),
            offers_ended: 0,
            rev: 0,
        }
    }

    #[test]
    fn offer_counts_while_its_maker_is_an_admin_and_not_below_the_role() {
        assert!(ann().still_offers(Role::Admin, Some(0)) && ann().still_offers(Role::Rep, None));
        assert!(!ann().still_offers(Role::Owner, None), "an admin lets no owner in");
        for lost in [User { disabled: true, ..ann() }, User { role: Role::Manager, ..ann() }] {
            assert!(!lost.still_offers(Role::Rep, None));
        }
    }

    #[test]
    fn offer_of_before_stays_ended_when_its_maker_is_an_admin_again() {
        for lost in [User { disabled: true, ..ann() }, User { role: Role::Manager, ..ann() }] {
            let mut lost = lost;
            lost.end_offers_of_lost_access(&ann());
            let mut back = User { disabled: false, role: Role::Admin, ..lost.clone() };
            back.end_offers_of_lost_access(&lost);
            assert!(!back.still_offers(Role::Rep, Some(0)) && back.still_offers(Role::Rep, Some(1)));
        }
        let mut renamed = User { name: "Anna".to_owned(), ..ann() };
        renamed.end_offers_of_lost_access(&ann());
        assert!(renamed.still_offers(Role::Rep, Some(0)));
    }
}

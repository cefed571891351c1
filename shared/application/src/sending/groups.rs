//! The groups of a batch: messages of one group go out one after the other, groups go out side by side. All messages that have
//! a slot at the same account are in one group, so an account is called by one message at a time, as it is by a batch that
//! has no other messages. Messages of one lead are in one group, whatever their accounts: each reads what the one before it
//! has written. A message without a slot may go out by any account of its workspace, so these form a group of their own in
//! each workspace.

use crate::queue_messages::SendMessage;
use domain::{AccountId, LeadId, WorkspaceId};

/// All that is known of the account before a message is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender<'a> {
    /// The account that the message has a slot at.
    Account(&'a AccountId),
    AnyOf(&'a WorkspaceId),
    /// The installation's own sender.
    System,
}

#[derive(Default)]
struct Group<'a> {
    senders: Vec<Sender<'a>>,
    leads: Vec<LeadId>,
    /// The messages' numbers in the batch.
    messages: Vec<usize>,
}

/// Returns the groups of a batch, each as the numbers of its messages in their order.
pub(super) fn groups_of(batch: &[SendMessage]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (number, message) in batch.iter().enumerate() {
        let (sender, lead) = (sender_of(message), lead_of(message));
        let is_its = |group: &Group<'_>| {
            group.senders.contains(&sender) || lead.as_ref().is_some_and(|lead| group.leads.contains(lead))
        };
        // A message may join groups that had nothing in common before it.
        let (its, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_its);
        let mut group = its.into_iter().fold(Group::default(), Group::with);
        group.senders.push(sender);
        group.leads.extend(lead);
        group.messages.push(number);
        groups = others;
        groups.push(group);
    }
    let in_order = |mut group: Group<'_>| {
        group.messages.sort_unstable();
        group.messages
    };
    let mut groups: Vec<Vec<usize>> = groups.into_iter().map(in_order).collect();
    groups.sort_unstable();
    groups
}

impl Group<'_> {
    fn with(mut self, other: Self) -> Self {
        self.senders.extend(other.senders);
        self.leads.extend(other.leads);
        self.messages.extend(other.messages);
        self
    }
}

fn sender_of(message: &SendMessage) -> Sender<'_> {
    match message {
        SendMessage::Step { slot: Some(slot), .. } | SendMessage::OneOff { slot: Some(slot), .. } => {
            Sender::Account(&slot.sender)
        }
        SendMessage::Step { enrolment, .. } => Sender::AnyOf(&enrolment.workspace),
        SendMessage::OneOff { workspace, .. } => Sender::AnyOf(workspace),
        SendMessage::ForgottenPassword { .. }
        | SendMessage::AddressLink { .. }
        | SendMessage::Invitation { .. }
        | SendMessage::Digest { .. } => Sender::System,
    }
}

fn lead_of(message: &SendMessage) -> Option<LeadId> {
    match message {
        SendMessage::Step { enrolment, .. } => Some(enrolment.lead.clone()),
        SendMessage::OneOff { message, .. } => Some(message.lead()),
        SendMessage::ForgottenPassword { .. }
        | SendMessage::AddressLink { .. }
        | SendMessage::Invitation { .. }
        | SendMessage::Digest { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue_messages::Slot;
    use domain::capacity::quota::SendingLimits;
    use domain::enrolment::key::EnrolmentKey;
    use domain::time::time_zone::ZoneName;
    use domain::{CampaignId, MessageId};
    use jiff::Timestamp;

    fn workspace() -> WorkspaceId {
        WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["northquay"])
    }

    fn lead(name: &str) -> LeadId {
        LeadId::derived(Timestamp::UNIX_EPOCH, &[name])
    }

    fn slot(account: &str) -> Slot {
        Slot {
            sender: AccountId::derived(Timestamp::UNIX_EPOCH, &[account]),
            at: Timestamp::UNIX_EPOCH,
            opening: false,
            limits: SendingLimits::of_a_mailbox(ZoneName::utc()),
        }
    }

    fn step(name: &str, account: Option<&str>) -> SendMessage {
        let campaign = CampaignId::derived(Timestamp::UNIX_EPOCH, &["autumn"]);
        SendMessage::Step {
            enrolment: EnrolmentKey { workspace: workspace(), lead: lead(name), campaign },
            generation: 0,
            due: Timestamp::UNIX_EPOCH,
            slot: account.map(slot),
        }
    }

    fn one_off(name: &str) -> SendMessage {
        let message = MessageId::derived(&lead(name), &["hello"]);
        SendMessage::OneOff { workspace: workspace(), message, due: Timestamp::UNIX_EPOCH, slot: None }
    }

    #[test]
    fn messages_of_one_account_are_in_one_group() {
        let batch = [step("ann", Some("a")), step("ben", Some("b")), step("cat", Some("a"))];
        assert_eq!(groups_of(&batch), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn messages_without_slot_are_in_one_group() {
        let batch = [step("ann", None), step("ben", Some("b")), one_off("cat")];
        assert_eq!(groups_of(&batch), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn message_joins_the_groups_of_its_account_and_of_its_lead() {
        let batch = [step("ann", Some("a")), step("ben", Some("b")), step("cat", None), one_off("ben")];
        assert_eq!(groups_of(&batch), [vec![0], vec![1, 2, 3]]);
        let batch = [step("ann", Some("a")), step("ben", Some("b")), step("ann", Some("b"))];
        assert_eq!(groups_of(&batch), [vec![0, 1, 2]]);
    }
}

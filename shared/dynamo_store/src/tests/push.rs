//! The topics that pages are told know items by the words that the change log has for them.

use crate::item::Stored;
use crate::lead_file::{StoredActivity, StoredField};
use crate::lead_item::FORMER;
use application::ports::inbound_records::InboundRecord;
use domain::campaign::Campaign;
use domain::column::cell::Cell;
use domain::column::run::ColumnRun;
use domain::deal::Deal;
use domain::enrolment::Enrolment;
use domain::lead::Lead;
use domain::lead::company::CompanyRecord;
use domain::lead::company_hold::CompanyHold;
use domain::lead::merging::LeadMerge;
use domain::lead::stage::StageMove;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::message::answer_draft::AnswerDraft;
use domain::message::bulk_message::BulkMessage;
use domain::message::conversation::Conversation;
use domain::message::unmatched::UnmatchedReply;
use domain::revenue::commission::CommissionStatement;
use domain::revenue::{Client, Subscription, Transaction};
use domain::sequence::rollout::Rollout;
use domain::workspace::call::Call;
use domain::workspace::notification::Notification;
use domain::workspace::push::PushTopic;
use domain::workspace::target::TargetPlan;
use domain::workspace::task::Task;

#[test]
fn topic_of_each_stored_word_is_the_pages_that_show_it() {
    let told: [(PushTopic, &[&str]); 6] = [
        (
            PushTopic::Leads,
            &[
                Lead::ENTITY,
                FORMER,
                StoredActivity::ENTITY,
                StoredField::ENTITY,
                LeadMerge::ENTITY,
                Suppression::ENTITY,
                StageMove::ENTITY,
                Deal::ENTITY,
                CompanyRecord::ENTITY,
                CompanyHold::ENTITY,
                Cell::ENTITY,
                ColumnRun::ENTITY,
            ],
        ),
        (
            PushTopic::Inbox,
            &[
                Message::ENTITY,
                Conversation::ENTITY,
                UnmatchedReply::ENTITY,
                InboundRecord::ENTITY,
                AnswerDraft::ENTITY,
            ],
        ),
        (PushTopic::Tasks, &[Task::ENTITY, Call::ENTITY]),
        (PushTopic::Notifications, &[Notification::ENTITY]),
        (PushTopic::Campaigns, &[Campaign::ENTITY, Enrolment::ENTITY, BulkMessage::ENTITY, Rollout::ENTITY]),
        (
            PushTopic::Revenue,
            &[
                Client::ENTITY,
                Subscription::ENTITY,
                Transaction::ENTITY,
                CommissionStatement::ENTITY,
                TargetPlan::ENTITY,
            ],
        ),
    ];
    for (topic, words) in told {
        for word in words {
            assert_eq!(PushTopic::of(word), topic, "{word}");
        }
    }
}

use super::*;
use crate::projection::bus::bus_events;
use domain::LeadId;
use domain::WorkspaceId;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::transfer::Transfer;
use domain::enrolment::{Enrolment, EnrolmentSnapshot};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::message::Message;
use domain::message::{Answered, Direction, MessageState};
use domain::money::{Currency, Money, Sums};
use domain::revenue::Client;
use domain::sequence::rollout::Destination;
use domain::{BulkMessageId, CampaignId, ClientId, MessageId, RolloutId, SequenceId, StepId, VariantId};
use jiff::Timestamp;

fn at() -> Timestamp {
    "2026-11-20T23:59:59Z".parse().unwrap()
}

fn changed(change: Change) -> Changed {
    let workspace = WorkspaceId::derived(at(), &["w"]);
    Changed { workspace, event: Event::system(EventKind::LeadChanged, at()), change }
}

fn moves(change: Change, scope: &Scope) -> Vec<(Metric, i64)> {
    let deltas = deltas(&changed(change));
    deltas.into_iter().filter(|delta| delta.scope == *scope).map(|delta| (delta.metric, delta.by)).collect()
}

fn lead() -> Lead {
    Lead::blank(LeadId::derived(at(), &["l"]), WorkspaceId::derived(at(), &["w"]), at())
}

fn campaign() -> CampaignId {
    CampaignId::derived(at(), &["c"])
}

fn step() -> StepId {
    StepId::derived(at(), &["second"])
}

fn message(state: MessageState) -> Box<Message> {
    Box::new(Message {
        state,
        campaign: Some(campaign()),
        step: Some(step()),
        attempts: 1,
        accepted_at: (state >= MessageState::Accepted).then(at),
        delivered_at: (state == MessageState::Delivered).then(at),
        rev: 1,
        ..Message::blank(
            MessageId::derived(&lead().id, &["m"]),
            lead().workspace,
            Direction::Out,
            Channel::Sms,
            at(),
        )
    })
}

#[test]
fn a_message_counts_once_in_every_scope_it_belongs_to() {
    let accepted = Change::Message { old: None, new: message(MessageState::Accepted) };
    let day = Scope::Day("2026-11-20".parse().unwrap());
    for scope in [Scope::Total, day, Scope::Campaign(campaign()), Scope::Step(campaign(), step())] {
        assert_eq!(moves(accepted.clone(), &scope), vec![(Metric::SmsSent, 1)]);
    }
    let delivered =
        Change::Message { old: Some(message(MessageState::Accepted)), new: message(MessageState::Delivered) };
    assert_eq!(moves(delivered, &Scope::Total), vec![(Metric::SmsDelivered, 1)]);
    let settled = Change::Message {
        old: Some(message(MessageState::Uncertain)),
        new: message(MessageState::Delivered),
    };
    assert_eq!(
        moves(settled.clone(), &Scope::Total),
        vec![(Metric::SmsSent, 1), (Metric::SmsDelivered, 1), (Metric::Uncertain, -1)]
    );
    let kinds: Vec<EventKind> = bus_events(&changed(settled)).into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::MessageAccepted, EventKind::MessageDelivered]);
}

#[test]
fn deleted_message_leaves_uncertain_and_stays_counted_as_sent() {
    let gone = |old: Box<Message>| moves(Change::MessageGone { old }, &Scope::Total);
    assert_eq!(gone(message(MessageState::Uncertain)), [(Metric::Uncertain, -1)]);
    assert_eq!(gone(message(MessageState::Accepted)), []);
    assert_eq!(gone(Box::new(Message { test: true, ..*message(MessageState::Uncertain) })), []);
    let of_campaign =
        moves(Change::MessageGone { old: message(MessageState::Uncertain) }, &Scope::Campaign(campaign()));
    assert_eq!(of_campaign, [(Metric::Uncertain, -1)]);
}

#[test]
fn a_mail_counts_as_delivered_until_it_bounces() {
    let mail = |state| Box::new(Message { channel: Channel::Email, ..*message(state) });
    let sent = Change::Message { old: None, new: mail(MessageState::Accepted) };
    assert_eq!(moves(sent, &Scope::Total), [(Metric::EmailsSent, 1), (Metric::EmailsDelivered, 1)]);
    let reported =
        Change::Message { old: Some(mail(MessageState::Accepted)), new: mail(MessageState::Delivered) };
    assert_eq!(moves(reported, &Scope::Total), []);
    let came_back =
        Change::Message { old: Some(mail(MessageState::Accepted)), new: mail(MessageState::Bounced) };
    assert_eq!(moves(came_back, &Scope::Total), [(Metric::EmailsDelivered, -1), (Metric::Bounced, 1)]);
}

#[test]
fn a_cancelled_message_counts_for_its_bulk_message() {
    let bulk_message = BulkMessageId::derived(at(), &["many"]);
    let of_many = |state| {
        let alone = Message { campaign: None, step: None, accepted_at: None, ..*message(state) };
        Box::new(Message { bulk_message: Some(bulk_message.clone()), ..alone })
    };
    let (old, new) = (Some(of_many(MessageState::Queued)), of_many(MessageState::Cancelled));
    let called_back = Change::Message { old, new };
    assert_eq!(moves(called_back, &Scope::BulkMessage(bulk_message.clone())), [(Metric::Cancelled, 1)]);
}

#[test]
fn a_test_message_counts_nowhere() {
    let test = |state| Box::new(Message { test: true, ..*message(state) });
    let change =
        Change::Message { old: Some(test(MessageState::Uncertain)), new: test(MessageState::Delivered) };
    assert_eq!(moves(change.clone(), &Scope::Total), Vec::new());
    assert!(bus_events(&changed(change)).is_empty());
}

#[test]
fn reactions_to_a_message_count_for_its_variant_once() {
    let variant = VariantId::of_words("", "Hello");
    let of_it = Scope::Variant(campaign(), step(), variant.clone());
    let sent = Box::new(Message { variant: Some(variant), ..*message(MessageState::Accepted) });
    let moved = |old: Option<&Message>, new: &Message| {
        let (old, new) = (old.cloned().map(Box::new), Box::new(new.clone()));
        moves(Change::Message { old, new }, &of_it)
    };
    assert_eq!(moved(None, &sent), [(Metric::SmsSent, 1)]);
    // The step's own counter is the sum of its variants': one write less.
    let accepted = Change::Message { old: None, new: sent.clone() };
    assert_eq!(moves(accepted.clone(), &Scope::Step(campaign(), step())), []);
    assert_eq!(moves(accepted, &Scope::Campaign(campaign())), [(Metric::SmsSent, 1)]);
    let answered = Message { answered: Some(Answered::Positive), ..*sent.clone() };
    assert_eq!(moved(Some(&sent), &answered), [(Metric::Answered, 1), (Metric::AnsweredWell, 1)]);
    let refused = Message { answered: Some(Answered::Refusal), ..*sent.clone() };
    assert_eq!(moved(Some(&sent), &refused), [(Metric::Answered, 1)]);
    let left = Message { opted_out: true, ..answered.clone() };
    assert_eq!(moved(Some(&answered), &left), [(Metric::LedToOptOut, 1)]);
    let reported = Message { complained: true, ..answered.clone() };
    assert_eq!(moved(Some(&answered), &reported), [(Metric::Complained, 1)]);
    assert_eq!(moved(Some(&left), &left), []);
}

#[test]
fn a_lead_moves_through_the_funnel_and_turns_hot_again() {
    let old = Box::new(lead());
    assert_eq!(
        moves(Change::Lead { old: None, new: Some(old.clone()) }, &Scope::Total),
        vec![(Metric::LeadsCreated, 1)]
    );
    let mut new = old.clone();
    new.status = StageId::WON;
    new.last_contacted_at = Some(at());
    new.engagement.views = 3;
    new.engagement.hot_since = Some(at());
    let change = Change::Lead { old: Some(old), new: Some(new.clone()) };
    assert_eq!(
        moves(change.clone(), &Scope::Total),
        vec![
            (Metric::LeadsContacted, 1),
            (Metric::LeadsQualified, 1),
            (Metric::LeadsWon, 1),
            (Metric::PreviewViews, 3),
            (Metric::TurnedHot, 1),
        ]
    );
    let kinds: Vec<EventKind> = bus_events(&changed(change)).into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::LeadHot, EventKind::LeadWon]);
    let gone = Change::Lead { old: Some(new), new: None };
    assert_eq!(moves(gone, &Scope::Total), vec![(Metric::LeadsDeleted, 1)]);
}

fn enrolment(state: EnrolmentState) -> Enrolment {
    Enrolment::rebuild(EnrolmentSnapshot {
        key: EnrolmentKey { workspace: lead().workspace, lead: lead().id, campaign: campaign() },
        sequence: SequenceId::derived(at(), &["s"]),
        version: 1,
        state,
        step: None,
        generation: 0,
        task: None,
        due: None,
        anchor: at(),
        thread: None,
        channels_used: [].into(),
        mailbox: None,
        attempts: 0,
        enrolled_at: at(),
        enrolled_by: None,
        ended_at: None,
        late_since: None,
        claim_open_until: None,
        pause_wanted: None,
        company_until: None,
        failed: Default::default(),
        transfer: None,
        rev: 1,
    })
}

#[test]
fn an_enrolment_counts_at_one_step_of_one_version_and_a_rollout_counts_its_moves() {
    let (first, second) = (StepId::derived(at(), &["first"]), step());
    let rollout = RolloutId::derived(at(), &["r"]);
    let mut pending = enrolment(EnrolmentState::Pending);
    pending.rebuild_with(|it| it.step = Some(first.clone()));
    let mut begun = pending.clone();
    begun.release();
    let mut bound = begun.clone();
    bound.transfer_later(&rollout, 2, at()).unwrap();
    let mut there = begun.clone();
    there.transfer_now(&rollout, 2, Destination::At(second.clone()), at()).unwrap();
    let mut out = begun.clone();
    out.transfer_now(&rollout, 2, Destination::Exit, at()).unwrap();
    let all = |old: Option<&Enrolment>, new: &Enrolment| {
        let (old, new) = (old.cloned().map(Box::new), Box::new(new.clone()));
        let own = |delta: &Delta| matches!(delta.scope, Scope::Standing(..) | Scope::Rollout(_));
        let deltas = deltas(&changed(Change::Enrolment { old, new })).into_iter().filter(own);
        deltas.map(|delta| (delta.scope, delta.metric, delta.by)).collect::<Vec<_>>()
    };
    let at_first = Scope::Standing(campaign(), 1, first);
    let of_it = || Scope::Rollout(rollout.clone());
    assert_eq!(all(None, &pending), []);
    assert_eq!(all(Some(&pending), &begun), [(at_first.clone(), Metric::Standing, 1)]);
    assert_eq!(all(Some(&begun), &bound), [(of_it(), Metric::BoundFor, 1)]);
    assert_eq!(
        all(Some(&bound), &there),
        [
            (at_first.clone(), Metric::Standing, -1),
            (Scope::Standing(campaign(), 2, second), Metric::Standing, 1),
            (of_it(), Metric::BoundFor, -1),
            (of_it(), Metric::Transferred, 1),
        ]
    );
    assert_eq!(all(Some(&begun), &out), [(at_first, Metric::Standing, -1), (of_it(), Metric::Exited, 1)]);
    // The next rollout takes nothing away from this one, and other changes move no counter.
    let mut again = there.clone();
    again.transfer_later(&RolloutId::derived(at(), &["next"]), 3, at()).unwrap();
    assert!(all(Some(&there), &again).iter().all(|(scope, _, by)| *scope != of_it() && *by > 0));
    let later = there.as_if_due(Some(at()));
    assert_eq!(all(Some(&there), &later), []);
    assert_eq!(there.transfer().as_ref().map(|transfer: &Transfer| transfer.done), Some(true));
}

#[test]
fn an_enrolment_is_in_flight_until_it_ends() {
    let state = |state| Box::new(enrolment(state));
    let held = EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: None };
    let steps = [
        (None, EnrolmentState::Pending, vec![(Metric::Enrolled, 1), (Metric::InFlight, 1)]),
        (Some(EnrolmentState::Pending), EnrolmentState::Scheduled, vec![]),
        (Some(EnrolmentState::Scheduled), held.clone(), vec![(Metric::Held, 1)]),
        (
            Some(held),
            EnrolmentState::Ended { reason: EndReason::Replied },
            vec![(Metric::InFlight, -1), (Metric::Held, -1), (Metric::EndedReplied, 1)],
        ),
    ];
    for (old, new, expected) in steps {
        let change = Change::Enrolment { old: old.map(state), new: state(new) };
        assert_eq!(moves(change, &Scope::Campaign(campaign())), expected);
    }
}

fn client(mrr: i64) -> Box<Client> {
    let usd = |amount_minor| Money { amount_minor, currency: Currency::USD };
    Box::new(Client {
        id: ClientId::derived(at(), &["c"]),
        workspace: lead().workspace,
        lead: None,
        name: String::new(),
        email: None,
        external_id: "cus_1".into(),
        campaign: None,
        since: at(),
        mrr: [usd(mrr)].into_iter().collect(),
        mrr_is_unsure: false,
        ending: Sums::default(),
        ends_at: None,
        collected: Sums::default(),
        disputes: Vec::new(),
        credits: Vec::new(),
        rev: 1,
    })
}

#[test]
fn a_client_counts_once_for_the_campaign_that_brought_them() {
    let brought = |mrr| Box::new(Client { campaign: Some(campaign()), ..*client(mrr) });
    let clients = |old, new, scope: &Scope| moves(Change::Client { old, new }, scope);
    let (total, theirs) = (Scope::Total, Scope::Campaign(campaign()));
    let one = [(Metric::Clients, 1)];
    assert_eq!(clients(None, brought(4900), &theirs), one);
    // The payment came before its lead was known.
    assert_eq!(clients(None, client(4900), &total), one);
    let late = [(Metric::Clients, 1), (Metric::Unsure, 0)];
    assert_eq!(clients(Some(client(4900)), brought(9900), &theirs), late);
    assert_eq!(clients(Some(client(4900)), brought(9900), &total), []);
    assert_eq!(clients(Some(brought(4900)), brought(9900), &theirs), []);
}

#[test]
fn recurring_revenue_moves_by_kind() {
    let moved = |old: Option<i64>, new: i64| {
        let change = Change::Client { old: old.map(client), new: client(new) };
        moves(change, &Scope::TotalIn(Currency::USD))
    };
    let first = [(Metric::MrrMinor, 4900), (Metric::Subscribed, 1), (Metric::MrrNewMinor, 4900)];
    assert_eq!(moved(None, 4900), first);
    assert_eq!(moved(Some(4900), 9900), [(Metric::MrrMinor, 5000), (Metric::MrrExpansionMinor, 5000)]);
    assert_eq!(moved(Some(9900), 4900), [(Metric::MrrMinor, -5000), (Metric::MrrContractionMinor, 5000)]);
    let lost = [(Metric::MrrMinor, -4900), (Metric::Subscribed, -1), (Metric::MrrChurnMinor, 4900)];
    assert_eq!(moved(Some(4900), 0), lost);
}

#[test]
fn money_of_two_currencies_is_counted_apart() {
    let yen = |amount_minor| Money { amount_minor, currency: Currency::parse("JPY").unwrap() };
    let both = Box::new(Client {
        mrr: [yen(700)].into_iter().chain(client(4900).mrr.iter()).collect(),
        ..*client(0)
    });
    let change = || Change::Client { old: None, new: both.clone() };
    let mrr = |scope| moves(change(), &scope).into_iter().find(|(metric, _)| *metric == Metric::MrrMinor);
    assert_eq!(mrr(Scope::TotalIn(Currency::USD)), Some((Metric::MrrMinor, 4900)));
    assert_eq!(mrr(Scope::TotalIn(yen(0).currency)), Some((Metric::MrrMinor, 700)));
    assert_eq!(mrr(Scope::Total), None);
}

#[test]
fn sequence_numbers_compare_as_numbers() {
    assert!(is_after("100", Some("99")));
    assert!(!is_after("99", Some("100")));
    assert!(!is_after("100", Some("100")));
    assert!(is_after("1", None));
}

#[test]
fn opens_and_clicks_by_machines_are_counted_apart_for_campaign_and_step() {
    let before = message(MessageState::Accepted);
    let after = Message { machine_events: 3, ..(*before).clone() };
    let change = |old: &Message, new: &Message| Change::Message {
        old: Some(Box::new(old.clone())),
        new: Box::new(new.clone()),
    };
    for scope in [Scope::Campaign(campaign()), Scope::Step(campaign(), step())] {
        assert_eq!(moves(change(&before, &after), &scope), [(Metric::MachineVisits, 3)]);
        let person = Message { machine_events: 1, first_clicked_at: Some(at()), ..after.clone() };
        let moved = moves(change(&after, &person), &scope);
        assert_eq!(moved, [(Metric::Clicked, 1), (Metric::MachineVisits, -2)], "judged again");
    }
}

use super::*;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LeadId, MessageId, UserId, WorkspaceId};
use crate::lead::opt_out_hold::Doubt;
use crate::lead::suppression::Ends;

fn now() -> Timestamp {
    "2026-11-27T08:10:00Z".parse().unwrap()
}

fn kit() -> Lead {
    let at = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(at, &["kit"]), WorkspaceId::derived(at, &["w"]), at);
    lead.first_name = Some("Kit".to_owned());
    lead.email = EmailAddress::parse("kit@one.example").ok();
    lead.phone = PhoneNumber::parse("+442074960351", None).ok();
    lead
}

fn listed(reason: SuppressionReason, channel: Channel, by_hand: bool) -> Suppression {
    Suppression {
        workspace: kit().workspace,
        scope: SuppressionScope::of_lead(&kit(), channel).unwrap(),
        reason,
        source: None,
        created_by: by_hand.then(|| UserId::derived(Timestamp::UNIX_EPOCH, &["maya"]).into()),
        created_at: now(),
        expires_at: None,
        sign: None,
    }
}

fn describe(entry: &Suppression, channel: Channel, endings: Endings) -> Option<String> {
    let contact_bar = contact_bar(&kit(), channel, (std::slice::from_ref(entry), &endings), now());
    contact_bar.map(|contact_bar| contact_bar.describe(&kit(), channel))
}

#[test]
fn opt_out_closes_every_channel_and_says_why() {
    let by_mail = listed(SuppressionReason::OptedOut, Channel::Email, false);
    let said = |channel| describe(&by_mail, channel, Endings::default()).unwrap();
    assert_eq!(said(Channel::Sms), "Kit unsubscribed on 27 Nov 2026. You can't text them.");
    assert_eq!(said(Channel::Email), "Kit unsubscribed on 27 Nov 2026. You can't e-mail them.");
    let by_text = listed(SuppressionReason::OptedOut, Channel::Sms, false);
    let said = |endings| describe(&by_text, Channel::Email, endings);
    let why = "Kit texted STOP on 27 Nov 2026. You can't e-mail them.";
    assert_eq!(said(Endings::default()).as_deref(), Some(why));
    let channel = Endings { text_stop: Ends::Channel, ..Endings::default() };
    assert_eq!(said(channel), None, "the workspace has chosen to close the number alone");
    assert!(describe(&by_text, Channel::Whatsapp, channel).is_some());
    let by_hand = listed(SuppressionReason::Manual, Channel::Sms, true);
    let why = "+442074960351 was put on the suppression list on 27 Nov 2026. You can't e-mail them.";
    assert_eq!(describe(&by_hand, Channel::Email, channel).as_deref(), Some(why));
}

#[test]
fn hard_bounce_closes_its_own_channel_only() {
    let bounced = listed(SuppressionReason::HardBounce, Channel::Email, false);
    assert_eq!(describe(&bounced, Channel::Sms, Endings::default()), None);
    let why = "E-mail to kit@one.example hard-bounced on 27 Nov 2026. You can't e-mail them.";
    assert_eq!(describe(&bounced, Channel::Email, Endings::default()).as_deref(), Some(why));
}

#[test]
fn possible_opt_out_closes_every_channel_until_it_is_decided_and_an_opt_out_says_more() {
    let mut lead = kit();
    let message = MessageId::derived(&lead.id, &["in"]);
    let doubt = Doubt { message: &message, channel: Channel::Email, sentence: "no more of this", at: now() };
    assert!(lead.hold_for(doubt));
    let bar = |lead: &Lead, channel, listed: &[Suppression]| {
        contact_bar(lead, channel, (listed, &Endings::default()), now())
    };
    for channel in Channel::ALL {
        let bar = bar(&lead, channel, &[]).unwrap();
        assert_eq!(bar.as_str(), "possible_opt_out");
        let told = "Kit may have opted out on 27 Nov 2026 (“no more of this”): say whether they have.";
        assert!(bar.describe(&lead, channel).starts_with(told), "{}", bar.describe(&lead, channel));
    }
    let opted_out = listed(SuppressionReason::OptedOut, Channel::Email, false);
    assert_eq!(
        bar(&lead, Channel::Sms, std::slice::from_ref(&opted_out)),
        Some(ContactBar::Listed(opted_out.clone()))
    );
    assert!(lead.settle_hold(&message) && bar(&lead, Channel::Email, &[]).is_none());
}

#[test]
fn expired_entry_does_not_close_a_channel_and_a_missing_number_does() {
    let mut entry = listed(SuppressionReason::Manual, Channel::Email, true);
    entry.expires_at = Some(now());
    assert_eq!(describe(&entry, Channel::Email, Endings::default()), None);
    let lead = Lead { phone: None, ..kit() };
    let none = contact_bar(&lead, Channel::Sms, (&[], &Endings::default()), now());
    assert_eq!(none, Some(ContactBar::Unreachable(SkipReason::NoPhone)));
    let marked = Lead { do_not_contact: true, ..kit() };
    let none = contact_bar(&marked, Channel::Sms, (&[], &Endings::default()), now());
    assert_eq!(none, Some(ContactBar::DoNotContact));
}

use super::*;

fn class(answer: &str) -> FailureClass {
    let (reply, enhanced) = codes_in(answer);
    classify(reply, enhanced, answer)
}

#[test]
fn answers_of_big_providers_are_classified() {
    use FailureClass::*;
    for (answer, expected) in [
        ("550-5.1.1 The email account that you tried to reach does not exist.", HardUnknownUser),
        ("550 5.2.1 The email account is disabled", HardUnknownUser),
        ("553 5.1.2 domain", HardDomain),
        ("452 4.2.2 The recipient is out of storage space", SoftFull),
        ("552 5.2.2 mailbox full", SoftFull),
        ("550 5.4.5 Daily user sending limit exceeded", SoftTemp),
        ("421 4.7.28 unusual rate of unsolicited mail", SoftTemp),
        ("450 4.2.1 receiving mail too quickly", SoftTemp),
        ("550 5.7.26 unauthenticated, DMARC", AuthFailed),
        ("550 5.7.515 Access denied, sending domain does not meet the authentication level", AuthFailed),
        ("550 5.7.1 unsolicited mail, reputation of the sending domain", BlockedReputation),
        ("550 5.7.1 [x] part of their network is on our block list (S3150)", BlockedReputation),
        ("550 5.7.606 Access denied, banned sending IP", BlockedReputation),
        ("550 5.7.501 Access denied", BlockedPolicy),
        ("550 5.1.8 Access denied, bad outbound sender", BlockedPolicy),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", HardUnknownUser),
        ("550 5.4.1 Recipient address rejected: Access denied", HardUnknownUser),
        ("550 5.5.0 Requested action not taken", HardUnknownUser),
        ("550 5.7.508 exceeded limits", SoftTemp),
        ("550 5.7.720 tenant limit", SoftTemp),
        ("550 5.2.2 Submission quota exceeded", SoftTemp),
        ("552 5.3.4 Message size exceeds fixed limit", TooLarge),
        ("554 delivery error: dd This user doesn't have a yahoo.com account", HardUnknownUser),
        ("552 mailbox not found", HardUnknownUser),
        ("553 5.7.2 [TSS09] All messages will be permanently deferred", BlockedPolicy),
        ("550 5.7.9 unauthenticated", AuthFailed),
        ("451 4.7.1 Greylisting in action, please come back later", SoftGreylist),
        ("554 Your message looks like spam", BlockedPolicy),
        ("550 please confirm: challenge sent", Challenge),
        ("554 something else", Unknown),
        // The reply code wins over the enhanced one.
        ("450 5.1.1 user unknown", SoftTemp),
    ] {
        assert_eq!(class(answer), expected, "{answer}");
    }
}

#[test]
fn only_a_dead_address_is_suppressed_at_once() {
    assert!(class("550 5.1.1 no").suppresses() && class("550 5.1.2 no").suppresses());
    for answer in ["550 5.7.1 spam", "452 4.2.2 full", "552 5.3.4 big", "554 what", "550 5.7.515 no"] {
        assert!(!class(answer).suppresses(), "{answer}");
    }
    assert!(class("550 5.7.1 spam").stops_sender() && !class("550 5.1.1 no").stops_sender());
    let day = |n: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(29))], day(29)), Some(day(119)));
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("b", day(29))], day(29)), None);
    assert_eq!(soft_suppression(&[("a", day(0)), ("b", day(9)), ("c", day(31))], day(31)), None);
}

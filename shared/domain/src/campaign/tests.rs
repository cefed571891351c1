use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

fn active() -> Campaign {
    Campaign {
        id: CampaignId::derived(at(0), &["c"]),
        workspace: WorkspaceId::derived(at(0), &["w"]),
        name: "Spring".to_owned(),
        state: CampaignState::Active,
        state_since: at(0),
        paused_until: None,
        sequence: SequenceId::derived(at(0), &["s"]),
        sequence_version: 1,
        mailboxes: Vec::new(),
        when_mailbox_gone: WhenMailboxGone::default(),
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::utc(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: at(0),
        launched_at: Some(at(0)),
        rev: 0,
    }
}

#[test]
fn pause_takes_another_end_without_restarting_and_resuming_clears_it() {
    let mut campaign = active();
    assert_eq!(campaign.pause(Some(at(60)), at(1)), Ok(true));
    assert!(campaign.is_pausing(at(1)) && campaign.is_paused_until(at(60)));
    assert_eq!(campaign.pause(Some(at(60)), at(2)), Ok(false));
    assert_eq!(campaign.pause(Some(at(90)), at(3)), Ok(true));
    assert_eq!((campaign.state_since, campaign.paused_until), (at(1), Some(at(90))));
    assert!(!campaign.is_paused_until(at(60)));
    campaign.move_to(CampaignState::Active, at(4)).unwrap();
    assert_eq!(campaign.paused_until, None);
    assert!(!campaign.is_paused_until(at(90)));
    campaign.move_to(CampaignState::Completed, at(5)).unwrap();
    assert!(campaign.pause(None, at(6)).is_err());
}

use super::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + hour * 3_600).unwrap()
}

#[test]
fn another_end_does_not_restart_the_stop() {
    let stopped = Sending::Running.stop(Some(at(5)), at(0));
    assert_eq!(stopped, Sending::Stopped { since: at(0), until: Some(at(5)) });
    assert_eq!(stopped.stop(None, at(2)), Sending::Stopped { since: at(0), until: None });
}

#[test]
fn sooner_end_is_told_from_a_later_one() {
    assert!(!Sending::Running.would_end_sooner(Some(at(1))));
    let open = Sending::Running.stop(None, at(0));
    assert!(open.would_end_sooner(Some(at(9))));
    assert!(!open.would_end_sooner(None));
    let ending = open.stop(Some(at(5)), at(1));
    assert!(ending.would_end_sooner(Some(at(4))));
    assert!(!ending.would_end_sooner(Some(at(5))) && !ending.would_end_sooner(None));
}

#[test]
fn booking_link_carries_the_lead_where_the_service_gives_its_id_back() {
    let lead = LeadId::derived(at(0), &["ann"]);
    let link = |url: &str| {
        let company = Company { booking_url: Some(url.to_owned()), ..Company::default() };
        company.booking_link(&lead).unwrap()
    };
    let id = lead.as_str();
    assert_eq!(
        link("https://cal.com/maya/intro"),
        format!("https://cal.com/maya/intro?metadata%5Blead%5D={id}")
    );
    assert_eq!(
        link("https://calendly.com/maya?month=2"),
        format!("https://calendly.com/maya?month=2&utm_content={id}")
    );
    assert_eq!(link("https://book.example/maya"), "https://book.example/maya");
    assert_eq!(link("not an address"), "not an address");
    assert_eq!(Company::default().booking_link(&lead), None);
}

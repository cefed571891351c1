use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn view(session: &str) -> Action {
    Action::PreviewViewed { session: session.to_owned() }
}

fn seen_at(times: &[&str]) -> (Engagement, Vec<bool>) {
    let mut engagement = Engagement::default();
    let turned = |(i, time): (usize, &&str)| {
        let recorded = engagement.record(&format!("e{i}"), &view("s"), Verdict::Human, at(time));
        assert!(recorded.counted);
        recorded.turned_hot
    };
    let hot = times.iter().enumerate().map(turned).collect();
    (engagement, hot)
}

#[test]
fn three_views_within_ten_minutes_make_hot_and_a_second_more_does_not() {
    let (engagement, hot) =
        seen_at(&["2027-01-05T10:00:00Z", "2027-01-05T10:05:00Z", "2027-01-05T10:10:00Z"]);
    assert_eq!(hot, [false, false, true]);
    assert_eq!(engagement.hot_since, Some(at("2027-01-05T10:10:00Z")));
    // Three loads in one session count as one view.
    assert_eq!(engagement.views, 1);
    let (engagement, hot) =
        seen_at(&["2027-01-05T10:00:00Z", "2027-01-05T10:05:00Z", "2027-01-05T10:10:01Z"]);
    assert_eq!((hot, engagement.hot_since), (vec![false; 3], None));
}

#[test]
fn lead_turns_hot_once_a_day_in_any_order_of_arrival() {
    let (_, hot) = seen_at(&["2027-01-05T10:10:00Z", "2027-01-05T10:00:00Z", "2027-01-05T10:05:00Z"]);
    assert_eq!(hot, [false, false, true]);
    let (_, hot) = seen_at(&[
        "2027-01-05T10:00:00Z",
        "2027-01-05T10:01:00Z",
        "2027-01-05T10:02:00Z",
        "2027-01-05T10:03:00Z",
        "2027-01-06T10:01:00Z",
        "2027-01-06T10:01:30Z",
        "2027-01-06T10:01:59Z",
        "2027-01-06T10:02:00Z",
    ]);
    assert_eq!(hot, [false, false, true, false, false, false, false, true]);
}

#[test]
fn event_keeps_its_number_whatever_comes_after() {
    let mut engagement = Engagement::default();
    let now = at("2027-01-05T10:00:00Z");
    let mut take = |id: &str, action: &Action| {
        engagement.record(id, action, Verdict::Human, now);
    };
    take("o1", &Action::Opened);
    take("o2", &Action::Opened);
    take("v1", &view("a"));
    take("v2", &view("a"));
    take("v3", &view("b"));
    take("o1", &Action::Opened);
    let nth = ["o1", "o2", "v1", "v2", "v3", "o3"].map(|id| engagement.nth(id));
    assert_eq!(nth, [Some(1), Some(2), Some(1), None, Some(2), None]);
}

/// A page reports four times a minute that it is being viewed.
#[test]
fn slices_of_viewing_time_push_out_no_other_event() {
    let mut engagement = Engagement::default();
    let start = at("2026-03-02T09:00:00Z");
    engagement.record("open", &Action::Opened, Verdict::Human, start);
    engagement.note("done".to_owned());
    for slice in 0..40 {
        let told = Action::TimeOnPage { session: "s".to_owned(), seconds: 15 };
        engagement.record(&format!("slice-{slice}"), &told, Verdict::Human, start);
    }
    assert_eq!((engagement.nth("open"), engagement.has_seen("done")), (Some(1), true));
    assert!(engagement.has_seen("slice-39") && engagement.has_seen("slice-28"));
    assert!(!engagement.has_seen("slice-27") && engagement.seen.len() == 15);
}

#[test]
fn machines_and_repeated_events_do_not_count() {
    let mut engagement = Engagement::default();
    let now = at("2027-01-05T10:00:00Z");
    for verdict in [Verdict::Scanner, Verdict::PrivacyProxy, Verdict::OwnTeam, Verdict::Prefetch] {
        assert_eq!(engagement.record("a", &Action::Opened, verdict, now), Recorded::default());
    }
    assert_eq!(engagement, Engagement::default());
    assert!(engagement.record("a", &Action::Opened, Verdict::Human, now).counted);
    let once = engagement.clone();
    assert!(!engagement.record("a", &Action::Opened, Verdict::Human, now).counted);
    assert_eq!(engagement, once);
    for i in 0..60 {
        engagement.record(&format!("b{i}"), &Action::Opened, Verdict::Human, now);
    }
    assert_eq!((engagement.opens, engagement.seen.len()), (61, 24));
}

#[test]
fn raw_formula_gives_the_expected_values() {
    let mut engagement = Engagement::default();
    let now = at("2027-01-05T10:00:00Z");
    let mut actions: Vec<Action> = (0..3).map(|i| view(&format!("s{i}"))).collect();
    actions.push(Action::Clicked { url: "https://a.test".to_owned() });
    actions.extend([Action::Replied, Action::Replied]);
    actions.extend((0..8).map(|_| Action::TimeOnPage { session: "s1".to_owned(), seconds: 15 }));
    for (i, action) in actions.iter().enumerate() {
        assert!(engagement.record(&i.to_string(), action, Verdict::Human, now).counted);
    }
    assert_eq!((engagement.views, engagement.clicks, engagement.messages), (3, 1, 2));
    assert_eq!(engagement.seconds_on_page, 120);
    assert!((engagement.raw_score() - 0.90).abs() < 1e-9);
    engagement.clicks = 90;
    assert!((engagement.clamped_score() - 1.0).abs() < 1e-9);
}

#[test]
fn heat_halves_and_does_not_depend_on_the_order() {
    let (early, late) = (at("2027-01-05T10:00:00Z"), at("2027-01-19T10:00:00Z"));
    let mut forward = Engagement::default();
    forward.record("a", &Action::Replied, Verdict::Human, early);
    assert!((forward.heat_at(late) - HEAT_REPLIED / 2.0).abs() < 1e-9);
    forward.record("b", &Action::Opened, Verdict::Human, late);
    let mut backward = Engagement::default();
    backward.record("b", &Action::Opened, Verdict::Human, late);
    backward.record("a", &Action::Replied, Verdict::Human, early);
    assert!((forward.heat_at(late) - backward.heat_at(late)).abs() < 1e-9);
    assert_eq!(forward.last_action_at, backward.last_action_at);
    // An event from before the newest does not raise heat in full.
    assert!((forward.heat_at(early) - forward.heat_at(late)).abs() < 1e-9);
}

#[test]
fn events_recorded_by_an_earlier_version_are_known() {
    let mut stored = serde_json::to_value(Engagement::default()).unwrap();
    stored["seen"] = serde_json::json!(["evt_1", { "id": "evt_2", "nth": 2 }]);
    let engagement: Engagement = serde_json::from_value(stored).unwrap();
    assert!(engagement.has_seen("evt_1") && engagement.has_seen("evt_2"));
    assert_eq!((engagement.nth("evt_1"), engagement.nth("evt_2")), (None, Some(2)));
}

#[test]
fn event_taken_back_leaves_no_trace_in_counts_and_heat() {
    let mut engagement = Engagement::default();
    engagement.record("o", &Action::Opened, Verdict::Human, at("2027-01-05T09:00:00Z"));
    let before = engagement.clone();
    let click = Action::Clicked { url: "https://a.test".to_owned() };
    let later = at("2027-01-06T09:00:00Z");
    engagement.record("c", &click, Verdict::Human, later);
    engagement.take_back("c", &click, later);
    assert_eq!((engagement.opens, engagement.clicks, engagement.nth("c")), (1, 0, None));
    assert!((engagement.heat_at(later) - before.heat_at(later)).abs() < 1e-9);
}

#[test]
fn lead_is_not_hot_without_the_view_that_made_it_hot() {
    let (mut engagement, _) =
        seen_at(&["2027-01-05T10:00:00Z", "2027-01-05T10:05:00Z", "2027-01-05T10:10:00Z"]);
    engagement.take_back("e1", &view("s"), at("2027-01-05T10:05:00Z"));
    assert_eq!((engagement.hot_since, engagement.views), (None, 1));
    let (mut engagement, _) = seen_at(&[
        "2027-01-05T10:00:00Z",
        "2027-01-05T10:05:00Z",
        "2027-01-05T10:10:00Z",
        "2027-01-05T18:00:00Z",
    ]);
    engagement.take_back("e3", &view("s"), at("2027-01-05T18:00:00Z"));
    assert_eq!(engagement.hot_since, Some(at("2027-01-05T10:10:00Z")));
}

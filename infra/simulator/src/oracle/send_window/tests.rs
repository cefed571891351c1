//! The oracle's own eye: what it lets pass and what it does not.

use super::*;
use serde_json::json;

fn week(weekdays: &[u8], start: u16, end: u16) -> Value {
    let number = |n: u16| json!({ "N": n.to_string() });
    let days: Vec<Value> = weekdays.iter().map(|day| number(u16::from(*day))).collect();
    json!({ "weekdays": { "L": days }, "ranges": { "L": [{ "M": { "start": number(start), "end": number(end) } }] } })
}

fn seen(
    change: impl FnOnce(&mut Value, &mut Value, &mut Value),
    wakes: bool,
    at: &str,
) -> Option<&'static str> {
    let mut window = week(&[1, 2, 3, 4, 5, 6, 7], 0, 1440);
    let (mut workspace, mut sender) = (json!({}), json!({}));
    change(&mut window, &mut workspace, &mut sender);
    let version = Item(json!({ "window": { "M": window } }));
    let rules = Rules {
        version: Some(&version),
        workspace: Some(&Item(workspace)),
        sender: Some(&Item(sender)),
        home: Home { zone: "America/New_York", country: "US" },
        wakes,
    };
    shut(&rules, at.parse().unwrap(), TOLERANCE, SignedDuration::from_secs(2))
}

#[test]
fn each_broken_window_rule_is_reported() {
    let closed_channels = |_: &mut Value, _: &mut Value, _: &mut Value| {};
    assert_eq!(seen(closed_channels, false, "2026-11-25T15:00:00Z"), None);
    assert_eq!(seen(closed_channels, false, "2026-11-26T15:00:00Z"), Some("on a day off"));
    assert_eq!(
        seen(|window, _, _| window["on_holidays"] = json!({ "S": "send" }), false, "2026-11-26T15:00:00Z"),
        None
    );
    assert_eq!(seen(closed_channels, false, "2026-11-25T08:00:00Z"), None);
    assert_eq!(seen(closed_channels, true, "2026-11-25T08:00:00Z"), Some("at night"));
    let office =
        |window: &mut Value, _: &mut Value, _: &mut Value| *window = week(&[1, 2, 3, 4, 5], 540, 1020);
    assert_eq!(seen(office, false, "2026-11-28T15:00:00Z"), Some("outside its window"));
    let outing = |_: &mut Value, workspace: &mut Value, _: &mut Value| {
        let day = json!({ "M": { "date": { "S": "2020-11-24" }, "yearly": { "BOOL": true } } });
        workspace["days_off"] = json!({ "L": [day] });
    };
    assert_eq!(seen(outing, false, "2026-11-24T15:00:00Z"), Some("on a day off"));
    let mornings = |_: &mut Value, _: &mut Value, sender: &mut Value| {
        let mut hours = week(&[1, 2, 3, 4, 5], 540, 720);
        hours["zone"] = json!({ "S": "Europe/Berlin" });
        sender["hours"] = json!({ "M": hours });
    };
    assert_eq!(seen(mornings, false, "2026-11-25T10:59:00Z"), None);
    assert_eq!(seen(mornings, false, "2026-11-25T11:02:00Z"), Some("outside its sender's hours"));
}

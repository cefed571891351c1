use super::*;

fn window(days: &[u8], ranges: &[(u16, u16)]) -> SendingWindow {
    SendingWindow {
        weekdays: days.to_vec(),
        ranges: ranges.iter().map(|(start, end)| MinuteRange { start: *start, end: *end }).collect(),
        ..SendingWindow::default()
    }
}

#[test]
fn window_that_cannot_open_is_refused_with_a_reason() {
    assert_eq!(window(&[], &[(0, 60)]).validate(), Err(BadWindow::NoWeekday));
    assert_eq!(window(&[8], &[(0, 60)]).validate(), Err(BadWindow::BadWeekday(8)));
    assert_eq!(window(&[1], &[]).validate(), Err(BadWindow::NoRange));
    assert_eq!(window(&[1], &[(60, 60)]).validate(), Err(BadWindow::BadRange(0)));
    assert_eq!(window(&[1], &[(0, 1441)]).validate(), Err(BadWindow::BadRange(0)));
    assert_eq!(window(&[1], &[(60, 120), (119, 200)]).validate(), Err(BadWindow::Overlap(0, 1)));
    assert_eq!(window(&[1], &[(1200, 120), (60, 200)]).validate(), Err(BadWindow::Overlap(0, 1)));
    assert_eq!(window(&[1], &[(0, 1440)]).validate(), Ok(()));
}

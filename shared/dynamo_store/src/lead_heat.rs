//! Score and temperature of a summary at one instant.

use domain::engagement::Decaying;
use domain::lead::Temperature;
use jiff::Timestamp;

const HALF_LIFE_DAYS: f64 = 14.0;

pub(crate) fn shown(
    heat: Option<Decaying>,
    hot_since: Option<Timestamp>,
    as_of: Timestamp,
) -> (u8, Temperature) {
    let Some(heat) = heat else { return (0, Temperature::Cold) };
    let days = (as_of.as_second() - heat.at.as_second()).max(0) as f64 / 86_400.0;
    let left = (heat.value * 0.5_f64.powf(days / HALF_LIFE_DAYS)).clamp(0.0, 100.0);
    let recently_hot = hot_since.is_some_and(|since| as_of.as_second() - since.as_second() < 86_400);
    let temperature = match left {
        _ if recently_hot => Temperature::Hot,
        left if left >= 60.0 => Temperature::Hot,
        left if left >= 25.0 => Temperature::Warm,
        _ => Temperature::Cold,
    };
    (left.round() as u8, temperature)
}

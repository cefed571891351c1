//! How promising a lead is: fit and engagement, one displayed score made of both, and reasons that add up to it.

use crate::lead::engagement::{Engagement, HOT_AGAIN_AFTER, hot_by_views_until};
use crate::lead::enrichment::Deliverability;
use crate::lead::{Lead, Temperature};
use jiff::{SignedDuration, Timestamp};

/// The displayed score is fit's share plus engagement's share plus points for a quick reply and for the
/// hot-lead pattern, at most 100.
pub const FIT_SHARE: f64 = 0.30;
/// One point for each unit of heat, up to this many.
pub const ENGAGEMENT_POINTS: f64 = 40.0;
pub const ANSWER_POINTS: f64 = 10.0;
pub const HOT_PATTERN_POINTS: f64 = 20.0;

pub const HOT_FROM: u8 = 70;
pub const WARM_FROM: u8 = 40;
/// A lead cools only when its score falls this far below the threshold it had passed.
pub const HYSTERESIS: u8 = 5;
/// The points for a quick reply halve in this time without contact.
const ANSWER_HALF_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// 0–100, as displayed.
    pub total: u8,
    /// 0–100: how well the lead fits, by what is known of it.
    pub fit: u8,
    /// The points for the lead's behaviour, by the raw formula; `engagement` is the same within 0–1.
    pub engagement_raw: f64,
    pub engagement: f64,
    /// Non-zero parts of the total, largest first. They add up to it unless it is capped at 100.
    pub reasons: Vec<ScoreReason>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreReason {
    pub label: String,
    pub points: u8,
}

/// The score at `now`: what was done long ago has cooled. It is never stored, so cooling writes nothing.
pub fn score(lead: &Lead, now: Timestamp) -> Score {
    let fit_parts = fit_parts(lead);
    let fit = fit_parts.iter().map(|(_, points)| points).sum::<f64>();
    let mut parts: Vec<(String, f64)> =
        fit_parts.into_iter().map(|(label, points)| (label, points * FIT_SHARE)).collect();
    parts.extend(engagement_parts(&lead.engagement, now));
    let mut reasons: Vec<ScoreReason> = parts
        .into_iter()
        .map(|(label, points)| ScoreReason { label, points: whole(points) })
        .filter(|reason| reason.points > 0)
        .collect();
    reasons.sort_by(|a, b| b.points.cmp(&a.points).then_with(|| a.label.cmp(&b.label)));
    let sum: u32 = reasons.iter().map(|reason| u32::from(reason.points)).sum();
    Score {
        total: u8::try_from(sum.min(100)).expect("at most 100"),
        fit: whole(fit),
        engagement_raw: lead.engagement.raw_score(),
        engagement: lead.engagement.clamped_score(),
        reasons,
    }
}

/// The points of a lead's score that stay as they are while time passes.
pub fn standing_points(lead: &Lead) -> u8 {
    let points = fit_parts(lead).into_iter().map(|(_, points)| whole(points * FIT_SHARE));
    points.fold(0, u8::saturating_add)
}

/// The points that the lead's behaviour gives now. With the standing ones they are the score, which is at most 100.
pub fn moving_points(engagement: &Engagement, now: Timestamp) -> u8 {
    engagement_points(engagement, now).into_iter().map(whole).fold(0, u8::saturating_add)
}

/// Points for what the lead is, 100 when all is known and good.
fn fit_parts(lead: &Lead) -> Vec<(String, f64)> {
    let mut parts = Vec::new();
    let mail = match (lead.email.is_some(), lead.deliverability) {
        (false, _) | (_, Some(Deliverability::Undeliverable)) => 0.0,
        (_, Some(Deliverability::Deliverable)) => 30.0,
        (_, Some(Deliverability::Risky)) => 8.0,
        (_, Some(Deliverability::AcceptAll | Deliverability::Unknown) | None) => 15.0,
    };
    let verified = lead.deliverability == Some(Deliverability::Deliverable);
    parts.push((if verified { "E-mail is verified" } else { "Has an e-mail address" }.to_owned(), mail));
    parts.push(("Has a website".to_owned(), if lead.website.is_some() { 20.0 } else { 0.0 }));
    if let Some(rating) = lead.rating.filter(|rating| rating.is_finite()) {
        parts.push((format!("Rated {rating:.1} of 5"), ((rating - 3.0) / 2.0).clamp(0.0, 1.0) * 20.0));
    }
    if let Some(reviews) = lead.reviews {
        let known = f64::from(reviews).ln_1p() / 1000.0_f64.ln_1p();
        parts.push((format!("{reviews} reviews"), known.clamp(0.0, 1.0) * 10.0));
    }
    let known = [
        lead.first_name.is_some() || lead.last_name.is_some(),
        lead.company.is_some(),
        lead.phone.is_some(),
        lead.city.is_some() || lead.address.is_some(),
        lead.job_title.is_some() || lead.category.is_some(),
    ];
    let known = known.into_iter().filter(|known| *known).count();
    parts.push((format!("{known} of 5 key fields filled"), known as f64 * 4.0));
    parts
}

/// The points for heat, for a quick reply and for the hot-lead pattern.
fn engagement_points(engagement: &Engagement, now: Timestamp) -> [f64; 3] {
    let heat = engagement.heat_at(now).min(ENGAGEMENT_POINTS);
    let answered = engagement.response_hours.filter(|hours| hours.is_finite()).map_or(0.0, |hours| {
        let points = match hours {
            h if h <= 4.0 => ANSWER_POINTS,
            h if h <= 24.0 => ANSWER_POINTS * 0.7,
            h if h <= 72.0 => ANSWER_POINTS * 0.4,
            _ => ANSWER_POINTS * 0.1,
        };
        let age = engagement.last_action_at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        points * 0.5_f64.powf(age / ANSWER_HALF_LIFE.as_secs_f64())
    });
    let came_back = engagement.hot_since.map_or(0.0, |since| {
        // The full points for a day, then half of them for each further day.
        let over = now.duration_since(since).as_secs_f64() / HOT_AGAIN_AFTER.as_secs_f64() - 1.0;
        HOT_PATTERN_POINTS * 0.5_f64.powf(over.max(0.0))
    });
    [heat, answered, came_back]
}

fn engagement_parts(engagement: &Engagement, now: Timestamp) -> Vec<(String, f64)> {
    let [heat, answered, came_back] = engagement_points(engagement, now);
    let days = engagement.last_action_at.map(|at| now.duration_since(at).as_hours().max(0) / 24);
    let label = match days {
        None | Some(0) => "Engaged today".to_owned(),
        Some(1) => "Engaged yesterday".to_owned(),
        Some(days) => format!("Engaged {days} days ago"),
    };
    let mut parts = vec![(label, heat)];
    if let Some(hours) = engagement.response_hours.filter(|hours| hours.is_finite()) {
        let label = match hours.ceil() {
            whole if whole <= 1.0 => "Replied within the hour".to_owned(),
            whole => format!("Replied within {whole} h"),
        };
        parts.push((label, answered));
    }
    parts.push(("Came back to the preview page".to_owned(), came_back));
    parts
}

fn whole(points: f64) -> u8 {
    points.clamp(0.0, 100.0).round() as u8
}

/// Hot from 70, warm from 40; to go down takes five points more, so that the temperature does not flicker. It is what the
/// score alone says: a lead may be hot without it.
pub fn temperature_of_score(total: u8, before: Temperature) -> Temperature {
    let down = |threshold: u8, was: bool| if was { threshold - HYSTERESIS } else { threshold };
    if total >= down(HOT_FROM, before == Temperature::Hot) {
        Temperature::Hot
    } else if total >= down(WARM_FROM, before >= Temperature::Warm) {
        Temperature::Warm
    } else {
        Temperature::Cold
    }
}

/// The one temperature of a lead, which the list, the lead's page, rules, alerts and branches show and read: hot by its
/// score, or by three views of its preview page within ten minutes (`hot_since`), which last for seven days.
pub fn temperature(
    total: u8,
    before: Temperature,
    hot_since: Option<Timestamp>,
    now: Timestamp,
) -> Temperature {
    match hot_by_views_until(hot_since, now) {
        Some(_) => Temperature::Hot,
        None => temperature_of_score(total, before),
    }
}

/// Why a lead is hot, and how long if it does nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hot {
    /// The views, if they make the lead hot; the score may besides.
    pub by: HotBy,
    pub until: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotBy {
    Views,
    Score,
}

/// The furthest that the end of a hot score is looked for. Heat halves every two weeks, and what a lead is gives less than
/// half of the points that a hot one has.
const FURTHEST: SignedDuration = SignedDuration::from_hours(400 * 24);

impl Lead {
    /// The temperature shown now; `announced_temperature` keeps that of the score from flickering.
    pub fn temperature(&self, now: Timestamp) -> Temperature {
        let total = score(self, now).total;
        temperature(total, self.announced_temperature, self.engagement.hot_since, now)
    }

    /// The temperature that the score alone gives.
    pub fn temperature_of_score(&self, now: Timestamp) -> Temperature {
        temperature_of_score(score(self, now).total, self.announced_temperature)
    }

    /// Whether the lead is hot, why, and until when if it does nothing more.
    pub fn hot(&self, now: Timestamp) -> Option<Hot> {
        let views = self.engagement.hot_by_views_until(now);
        let by_score = self.temperature_of_score(now) == Temperature::Hot;
        let score = by_score.then(|| self.end_of_hot_score(now));
        let by = if views.is_some() { HotBy::Views } else { HotBy::Score };
        views.max(score).map(|until| Hot { by, until })
    }

    /// Notes that the lead turned hot by its score, if it did and was not hot before: in the same write as what warmed it,
    /// so that it is announced once.
    pub fn note_hot_by_score(&mut self, was_hot: bool, at: Timestamp) -> bool {
        let turned = !was_hot
            && self.announced_temperature != Temperature::Hot
            && self.temperature_of_score(at) == Temperature::Hot;
        if turned {
            self.announced_temperature = Temperature::Hot;
            self.engagement.hot_by_score_since = Some(at);
        }
        turned
    }

    /// The hour in which a hot score falls below what keeps it hot. The score only falls while nothing happens.
    fn end_of_hot_score(&self, now: Timestamp) -> Timestamp {
        let stays = |hours: i64| {
            let then = now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
            score(self, then).total >= HOT_FROM - HYSTERESIS
        };
        let (mut hot, mut over) = (0, FURTHEST.as_hours());
        while over - hot > 1 {
            let middle = hot.midpoint(over);
            if stays(middle) { hot = middle } else { over = middle }
        }
        now.saturating_add(SignedDuration::from_hours(over)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;

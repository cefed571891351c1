//! Why opens and clicks of a campaign's mails to a lead count, or do not.

use application::ports::leads::{ActivityKind, Engaged, LeadFile};
use domain::campaign::Campaign;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::verdict::Rule;
use domain::workspace::Workspace;
use domain::workspace::tracking::TrackingOff;
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TrackingWhy {
    /// What switched off the tracking of opens in new mails; null if they are tracked.
    pub opens_off: Option<TrackingOff>,
    /// What switched off the tracking of clicks in new mails; null if they are tracked.
    pub clicks_off: Option<TrackingOff>,
    /// The opens and clicks in this campaign that were not a person's and do not count, by the rule that said so, the
    /// most frequent first.
    pub left_out: Vec<LeftOut>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    pub what: LeftOutWhat,
    pub count: u32,
    pub verdict: Verdict,
    pub rule: Rule,
    /// The program or network that was recognised, if the rule is about one.
    pub named: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutWhat {
    Open,
    Click,
}

impl TrackingWhy {
    pub(crate) fn of(workspace: &Workspace, campaign: &Campaign, file: &LeadFile) -> Self {
        let (opens_off, clicks_off) = workspace.tracking.off_by(&file.lead, campaign.untracked);
        let is_of_campaign = |visit: &Engaged| {
            let message = file.messages.iter().find(|message| Some(&message.id) == visit.message.as_ref());
            message.is_some_and(|message| message.campaign.as_ref() == Some(&campaign.id))
        };
        let mut left_out: Vec<LeftOut> = Vec::new();
        for activity in &file.activities {
            let ActivityKind::Engaged(visit) = &activity.kind else { continue };
            let what = match visit.action {
                Action::Opened => LeftOutWhat::Open,
                Action::Clicked { .. } => LeftOutWhat::Click,
                _ => continue,
            };
            if visit.verdict == Verdict::Human || !is_of_campaign(visit) {
                continue;
            }
            let Engaged { verdict, rule, named, .. } = &**visit;
            let known = left_out.iter_mut().find(|known| {
                (known.what, known.verdict, known.rule) == (what, *verdict, *rule) && known.named == *named
            });
            match known {
                Some(known) => known.count += 1,
                None => left_out.push(LeftOut {
                    what,
                    count: 1,
                    verdict: *verdict,
                    rule: *rule,
                    named: named.clone(),
                }),
            }
        }
        left_out.sort_by_key(|one| std::cmp::Reverse(one.count));
        Self { opens_off, clicks_off, left_out }
    }
}

//! The answers of routes that ask a language model.

use crate::ApiError;
use application::ai::NotAsked;

/// Makes the error of a question that has no answer: each reason has a code of its own.
pub fn not_asked(why: &NotAsked) -> ApiError {
    let code = match why {
        NotAsked::SwitchedOff => "ai_switched_off",
        NotAsked::OffForUser => "ai_off_for_you",
        NotAsked::NoAccount => "no_model",
        NotAsked::NoMoney => "cap_reached",
        NotAsked::SwitchedOffInCampaign(_) => "ai_switched_off_in_campaign",
        NotAsked::CampaignBudget(_) => "campaign_budget_used_up",
        NotAsked::NoAnswer(_) => "no_answer",
        NotAsked::SpeaksToModel(_) => "speaks_to_a_model",
        NotAsked::TurnedDown(_) => "turned_down",
    };
    ApiError::conflict(code, why.to_string())
}

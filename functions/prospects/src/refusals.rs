//! What callers are told when prospects were not found or added.

use application::ports::provider_calls::CallError;
use application::prospects::ProspectError;
use http::StatusCode;
use http_api::ApiError;

/// The seconds after which a busy provider is asked again, unless it says how long it is busy.
const BUSY_SECONDS: u64 = 60;

pub fn refusal(error: ProspectError) -> ApiError {
    match error {
        ProspectError::NoAccount => ApiError::invalid("provider", "has no account that is switched on"),
        ProspectError::CapReached { needed, left } => ApiError::conflict(
            "cap_reached",
            format!("This may cost {needed}, and {left} is left this month. A manager can raise the cap."),
        ),
        // A failure of ours or theirs, so that a repeat with the same key finds the question, and asks no other.
        ProspectError::AnswerLost => ApiError::new(
            StatusCode::BAD_GATEWAY,
            "answer_lost",
            "The provider's answer was lost, and may have been charged. Start a new search to ask again.",
        ),
        ProspectError::NotTheNextPage => {
            ApiError::invalid("page", "is not there: pages are read one after the other")
        }
        ProspectError::Provider(CallError::Rejected(why)) => ApiError::invalid("filters", why),
        ProspectError::Provider(CallError::RateLimited { after }) => {
            let seconds = after.and_then(|after| u64::try_from(after.as_secs()).ok());
            ApiError::too_many_requests(seconds.unwrap_or(BUSY_SECONDS))
        }
        ProspectError::Provider(CallError::Account(_)) => ApiError::conflict(
            "account_refused",
            "The provider refuses its account: the key is wrong, or there is no credit. Nothing was charged.",
        ),
        ProspectError::Provider(error) => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "provider_unavailable",
            "The provider does not answer. Nothing was charged; try again.",
        )
        .because(error),
        ProspectError::Store(error) => error.into(),
    }
}

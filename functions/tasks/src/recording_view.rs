//! The recording of a call as the API shows it.

use domain::CallId;
use domain::workspace::recording::{CallRecording, RecordingState};
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordingView {
    pub call_id: CallId,
    pub state: RecordingState,
    /// Its length; null until it is ready.
    pub seconds: Option<u32>,
}

impl From<CallRecording> for RecordingView {
    fn from(recording: CallRecording) -> Self {
        Self { call_id: recording.call, state: recording.state, seconds: recording.seconds }
    }
}

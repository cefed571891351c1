//! A model whose answer cannot be used is asked once more only if the function has time for a second call.

use super::places::Scene;
use application::ai::propose_icp::propose_icp;
use application::ai::write_sequence::write_sequence;
use application::ai::{AiPorts, NotAsked};
use application::ports::provider_calls::{CallError, Completion, OpenAccount, Prompt, TextModel};
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::lead::custom_field::CustomFields;
use domain::sequence::writing::SequenceWish;
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Stage;

/// A model that takes its time, and gives no answer that can be used.
struct Slow {
    stage: Arc<Stage>,
    takes: SignedDuration,
    asked: AtomicUsize,
}

#[async_trait]
impl TextModel for Slow {
    async fn complete(&self, _: &OpenAccount, _: &Prompt) -> Result<Completion, CallError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.stage.advance(self.takes);
        Ok(Completion { text: "Sure!".to_owned(), prompt_tokens: 10, completion_tokens: 1 })
    }
}

#[tokio::test]
async fn answer_that_cannot_be_used_is_asked_for_again_only_while_time_is_left() {
    for (seconds, asked) in [(1, 2), (3, 2), (4, 1), (20, 1)] {
        let scene = Scene::new().await;
        let takes = SignedDuration::from_secs(seconds);
        let model = Arc::new(Slow { stage: scene.stage.clone(), takes, asked: AtomicUsize::new(0) });
        let ports = AiPorts { model: model.clone(), ..AiPorts::new(&scene.stage.ports) };
        let who = (&scene.workspace, &scene.user.id);
        let wish = SequenceWish {
            offer: "Reminders by text.".to_owned(),
            icp: Vec::new(),
            steps: 1,
            channels: vec![Channel::Email],
            tone: String::new(),
            language: String::new(),
        };
        let written = write_sequence(&ports, who, &wish).await.unwrap();
        assert!(matches!(written, Err(NotAsked::TurnedDown(_))), "{written:?}");
        assert_eq!(model.asked.swap(0, Ordering::Relaxed), asked, "a sequence after {seconds} s");
        let fields = CustomFields::none(scene.workspace.clone());
        let proposed = propose_icp(&ports, who, "We sell reminders.", &fields).await.unwrap();
        assert!(matches!(proposed, Err(NotAsked::TurnedDown(_))), "{proposed:?}");
        assert_eq!(model.asked.load(Ordering::Relaxed), asked, "an ICP after {seconds} s");
    }
}

//! Columns that AI fills are counted in the use of AI: each answer once, those that were turned down as such.

use crate::scene::Scene;
use application::Clock;
use application::columns::ColumnPorts;
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, Completion, OpenAccount, Prompt, TextModel};
use async_trait::async_trait;
use domain::column::LeadColumn;
use domain::column::recipe::{AiOutput, Recipe};
use domain::spend::{AiUse, AiUseOfDay, ModelPrice, ModelTokens, SpendSettings, Usd};
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A model whose first answer names no option, and whose further ones do.
#[derive(Default)]
struct Model(AtomicUsize);

#[async_trait]
impl TextModel for Model {
    async fn complete(&self, _: &OpenAccount, _: &Prompt) -> Result<Completion, CallError> {
        let value = if self.0.fetch_add(1, Ordering::Relaxed) == 0 { "Lukewarm" } else { "Hot" };
        let text = format!(r#"{{"value": "{value}", "facts_used": [1]}}"#);
        Ok(Completion { text, prompt_tokens: 200, completion_tokens: 10 })
    }
}

async fn scene() -> (Scene, LeadColumn) {
    let mut scene = Scene::new(3).await;
    let settings = AccountSettings::ChatModel {
        base_url: "https://model.example/v1".to_owned(),
        model: "small".to_owned(),
        api_key_header: ApiKeyHeader::Bearer,
    };
    scene.stage.account(&scene.workspace, settings, SecretFields::one("api_key", "k3y")).await;
    scene.ports = ColumnPorts { model: Arc::new(Model::default()), ..scene.ports };
    let output = AiOutput::Choice { options: ["Hot", "Cold"].map(str::to_owned).to_vec() };
    let recipe = Recipe::Ai { prompt: "How warm is {{email}}?".to_owned(), output, context: Vec::new() };
    let column = scene.column("Warmth", |column| column.recipe = recipe).await;
    (scene, column)
}

async fn used(scene: &Scene) -> Vec<AiUseOfDay> {
    let today = scene.stage.clock.now().to_zoned(TimeZone::UTC).date();
    scene.ports.spend.ai_use(&scene.workspace, today, today).await.unwrap()
}

fn four_answers(scene: &Scene, cost: Usd) -> AiUseOfDay {
    AiUseOfDay {
        day: scene.stage.clock.now().to_zoned(TimeZone::UTC).date(),
        ai_use: AiUse::Column,
        model: "small".to_owned(),
        answered: 4,
        lost: 0,
        turned_down: 1,
        tokens: ModelTokens { prompt: 800, completion: 40 },
        cost,
    }
}

#[tokio::test]
async fn answers_of_a_run_are_counted_once_with_those_that_were_turned_down() {
    let (scene, column) = scene().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    let spent = scene.run(&run).await.spent;
    assert!(spent > Usd::ZERO);
    assert_eq!(used(&scene).await, [four_answers(&scene, spent)]);
}

#[tokio::test]
async fn answers_of_a_model_without_a_price_are_counted_though_nothing_is_reserved() {
    let (scene, column) = scene().await;
    let mut settings = SpendSettings::usual(scene.workspace.clone());
    settings.prices.models.insert("small".to_owned(), ModelPrice { input: Usd::ZERO, output: Usd::ZERO });
    scene.ports.spend.save_settings(&settings, &scene.event()).await.unwrap();
    scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(used(&scene).await, [four_answers(&scene, Usd::ZERO)]);
}

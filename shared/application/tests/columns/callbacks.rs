//! Webhooks: one that answers at once, and one that calls back later and fills its cell once.

use crate::scene::{Scene, outcomes};
use application::Ports;
use application::columns::ColumnPorts;
use application::columns::callback_token::CallbackToken;
use application::columns::waiting::{Came, called_back};
use application::ports::data_providers::{WebhookCall, WebhookReply, WebhookRunner};
use application::ports::provider_calls::CallError;
use async_trait::async_trait;
use domain::column::LeadColumn;
use domain::column::cell::CellState;
use domain::column::recipe::{HookMethod, HookWait, Recipe, WebhookRecipe};
use domain::column::target::ColumnTarget;
use jiff::SignedDuration;
use std::sync::{Arc, Mutex};

/// An address that keeps what it was called with, and answers the same to all.
#[derive(Clone, Default)]
struct Address {
    calls: Arc<Mutex<Vec<WebhookCall>>>,
}

#[async_trait]
impl WebhookRunner for Address {
    async fn run(&self, call: &WebhookCall) -> Result<WebhookReply, CallError> {
        self.calls.lock().unwrap().push(call.clone());
        Ok(WebhookReply { status: 200, retry_after: None, body: r#"{"data": {"score": 7}}"#.to_owned() })
    }
}

fn hook(wait: HookWait) -> impl FnOnce(&mut LeadColumn) {
    move |column| {
        column.target = ColumnTarget::CustomField { key: "Score".to_owned() };
        column.recipe = Recipe::Webhook(WebhookRecipe {
            method: HookMethod::Post,
            url: "https://hooks.example/run".to_owned(),
            headers: Vec::new(),
            body: Some(r#"{"email": "{{ email }}", "reply_to": "{{ callback_url }}"}"#.to_owned()),
            answer: "/data/score".to_owned(),
            wait,
        });
    }
}

async fn scene() -> (Scene, Address) {
    let mut scene = Scene::new(2).await;
    let address = Address::default();
    scene.ports = ColumnPorts { webhook_runner: Arc::new(address.clone()), ..scene.ports };
    (scene, address)
}

#[tokio::test]
async fn webhook_that_answers_at_once_fills_its_cells() {
    let (scene, address) = scene().await;
    let column = scene.column("Score", hook(HookWait::AtOnce)).await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await)["found"], 2);
    assert_eq!(scene.lead(0).await.custom["Score"], "7");
    let calls = address.calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 2);
    assert!(calls[0].body.as_ref().unwrap().contains("lead000@one.example"));
}

#[tokio::test]
async fn callback_fills_its_cell_once() {
    let (scene, address) = scene().await;
    let column = scene.column("Score", hook(HookWait::Callback)).await;
    let run = scene.start(&[&column], &scene.leads[..1], None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await)["waiting"], 1);
    let body: serde_json::Value =
        serde_json::from_str(address.calls.lock().unwrap()[0].body.as_ref().unwrap()).unwrap();
    let url = body["reply_to"].as_str().unwrap().to_owned();
    let (_, sealed) = url.split_once("/api/hooks/columns/").unwrap();
    let token = CallbackToken::open(&scene.stage.ports.keys(), sealed).unwrap();
    assert_eq!(CallbackToken::open(&scene.stage.ports.keys(), &format!("{}A", &sealed[1..])), None);
    let answer = |score: &str| format!(r#"{{"data": {{"score": "{score}"}}}}"#);
    assert_eq!(called_back(&scene.ports, &token, &answer("9")).await.unwrap(), Came::Filled);
    assert_eq!(called_back(&scene.ports, &token, &answer("1")).await.unwrap(), Came::Nothing);
    assert_eq!(scene.lead(0).await.custom["Score"], "9");
    let filled = scene.run(&run).await;
    assert_eq!((outcomes(&filled)["waiting"], outcomes(&filled)["found"]), (0, 1));
    // Another question makes the former token useless.
    let again = domain::column::run::RunMode { again: true, ..Default::default() };
    scene.start_as(&[&column], &scene.leads[..1], None, again).await;
    scene.work().await;
    assert_eq!(called_back(&scene.ports, &token, &answer("3")).await.unwrap(), Came::Nothing);
    let cell = scene.cell(0, &column).await;
    assert_eq!(
        (cell.state.clone(), scene.lead(0).await.custom["Score"].as_str()),
        (CellState::Waiting {}, "9")
    );
    let day = SignedDuration::from_hours(24);
    assert!(!cell.is_late(cell.at) && cell.is_late(cell.at + day));
}

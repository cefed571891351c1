use application::Clock;
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::connectors::webhook;
use super::fixture::{World, world, world_with};
use super::twilio::number_of;
use crate::{Credentials, PhonePersona};

async fn send(world: &World, number: &str, message: &Value) -> (u16, u64) {
    let request = Request::post(format!("/whatsapp/v23.0/{number}/messages"))
        .header("authorization", format!("Bearer {}", Credentials::WHATSAPP_TOKEN))
        .body(Body::from(message.to_string()));
    let (status, told) = world.call(request.unwrap()).await;
    (status, told["error"]["code"].as_u64().unwrap_or_default())
}

fn nudge(to: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "template",
        "template": { "name": "nudge", "language": { "code": "en_US" } },
    })
}

#[tokio::test]
async fn whatsapp_refuses_requests_outside_the_api() {
    let world = world();
    for (field, value, code) in [
        ("tag", json!("m1"), 100),
        ("recipient_type", json!("group"), 131009),
        ("type", json!("fax"), 131051),
        ("messaging_product", json!("telegram"), 100),
    ] {
        let mut message = nudge("+12125550100");
        message[field] = value;
        let refused = send(&world, Credentials::WHATSAPP_PHONE_NUMBER_ID, &message).await;
        assert_eq!(refused, (400, code), "{field}");
    }
}

#[tokio::test]
async fn number_is_limited_to_eighty_a_second_and_one_in_six_seconds_per_person() {
    let world = world();
    let (ours, other) = (Credentials::WHATSAPP_PHONE_NUMBER_ID, Credentials::OTHER_WHATSAPP_PHONE_NUMBER_ID);
    let ann = nudge(&number_of(&world, PhonePersona::Silent));
    assert_eq!(send(&world, ours, &ann).await, (200, 0));
    for n in 1..80 {
        let (_, code) = send(&world, ours, &nudge(&format!("+1212555{:04}", 100 + n))).await;
        // A landline receives nothing, but its request counts.
        assert!(code == 0 || code == 131026, "{n}: {code}");
    }
    assert_eq!(send(&world, ours, &ann).await, (429, 130429));
    assert_eq!(send(&world, other, &ann).await, (200, 0));
    world.clock.forward(1);
    assert_eq!(send(&world, ours, &ann).await, (429, 131056));
    world.clock.forward(5);
    assert_eq!(send(&world, ours, &ann).await, (200, 0));
}

fn to_id(id: &str, template: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": id, "type": "template",
        "template": { "name": template, "language": { "code": "en_US" } },
    })
}

#[tokio::test]
async fn person_is_written_to_by_an_id_that_has_written_before() {
    let world = world();
    let ours = Credentials::WHATSAPP_PHONE_NUMBER_ID;
    let id = (0..).map(|n| format!("DE.77{n}"));
    let id =
        id.filter(|id| world.sandbox.phone_persona(id) == PhonePersona::Silent).take(1).collect::<String>();
    assert_eq!(send(&world, ours, &to_id(&id, "nudge")).await, (400, 131026), "nobody has it");
    assert_eq!(send(&world, ours, &to_id("ann", "nudge")).await, (400, 131009));
    world.sandbox.text_us(&id, Some(Credentials::WHATSAPP_NUMBER), "How much?");
    world.sandbox.run_due(world.clock.now(), &*world.app).await;
    assert_eq!(send(&world, ours, &to_id(&id, "code")).await, (400, 131062), "for numbers only");
    let mut both = to_id("DE.1", "nudge");
    both["to"] = json!(number_of(&world, PhonePersona::Silent));
    assert_eq!(send(&world, ours, &both).await, (200, 0), "the number counts");
    assert_eq!(send(&world, ours, &to_id(&id, "nudge")).await, (200, 0));
    world.live(1).await;
    let told: Vec<Value> = webhook(&world, "/api/webhooks/whatsapp")
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let values = told.iter().map(|told| &told["entry"][0]["changes"][0]["value"]);
    let of_person: Vec<&Value> = values.filter(|value| value.to_string().contains(&id)).collect();
    let message = &of_person[0]["messages"][0];
    assert_eq!((&message["from_user_id"], message.get("from")), (&json!(id), None));
    let status = &of_person.last().unwrap()["statuses"][0];
    assert_eq!((&status["recipient_user_id"], status.get("recipient_id")), (&json!(id), None));
}

#[tokio::test]
async fn webhook_names_number_and_id_where_both_are_shown() {
    let world = world_with(|config| config.chat_ids = true);
    let number = number_of(&world, PhonePersona::Silent);
    world.sandbox.text_us(&number, Some(Credentials::WHATSAPP_NUMBER), "How much?");
    world.sandbox.run_due(world.clock.now(), &*world.app).await;
    let told = webhook(&world, "/api/webhooks/whatsapp").remove(0);
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    let value = &told["entry"][0]["changes"][0]["value"];
    let id = value["messages"][0]["from_user_id"].as_str().unwrap().to_owned();
    assert_eq!(value["contacts"][0]["user_id"], id.as_str());
    assert_eq!(value["messages"][0]["from"], number.trim_start_matches('+'));
    let ours = Credentials::WHATSAPP_PHONE_NUMBER_ID;
    assert_eq!(send(&world, ours, &to_id(&id, "nudge")).await, (200, 0), "it is the same person");
}

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::fixture::{World, world};
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

//! A campaign on WhatsApp: an approved template first, free text for a day after a reply.

use super::story::{SANDBOX, Story};
use crate::{account, seed};
use anyhow::{Context, Result};
use http::Method;
use sandbox::{Credentials, PhonePersona, Provider};
use serde_json::{Value, json};

fn step() -> Value {
    json!({
        "kind": "whatsapp", "delay": { "amount": 0, "unit": "minutes" }, "template_name": "introduction",
        "language": "en_US",
        "body": "Hi {{ first_name }}, do you take bookings online at {{ company }} yet? A short answer is enough.",
    })
}

#[tokio::test]
async fn chat_opens_with_a_template_and_continues_freely_after_a_reply() -> Result<()> {
    let mut story = Story::begin().await?;
    let sandbox = story.world.sandbox.clone();
    let mut numbers = (2_000..).map(|n| format!("+1206555{n}"));
    let mut who =
        |persona| numbers.find(|number| sandbox.phone_persona(number) == persona).expect("one of them");
    let (keen, stopper, silent) =
        (who(PhonePersona::Keen), who(PhonePersona::Stopper), who(PhonePersona::Silent));
    let brazil = (1_000..).map(|n| format!("+553198765{n}"));
    let brazil = brazil.filter(|number| sandbox.phone_persona(number) == PhonePersona::Stopper);
    let brazil = brazil.take(1).collect::<String>();
    let people = format!(
        "First name,Company,Phone,City,State,Country\nKim,Keen Dental,{keen},Seattle,WA,US\n\
         Sam,Stop Dental,{stopper},Seattle,WA,US\nLee,Silent Dental,{silent},Seattle,WA,US\n\
         Ana,Sorriso,{brazil},Betim,MG,BR\n"
    );
    seed::import(&story.api, "people.csv", people.into_bytes(), "US").await?;
    story.live(10).await?;
    let last = json!({ "kind": "sms", "delay": { "amount": 3, "unit": "days" }, "body": "Still there, {{ first_name }}?" });
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    let body = json!({ "name": "Chats", "steps": [step(), last], "window": always });
    let sequence = story.api.post("/api/sequences", body).await?;
    let body = json!({
        "name": "Chats", "sequence_id": sequence["id"], "whatsapp_sender_id": story.accounts.whatsapp_sender,
        "sms_sender_id": story.accounts.sms_sender,
    });
    let campaign = story.api.post("/api/campaigns", body).await?;
    let campaign = campaign["id"].as_str().context("an id")?.to_owned();
    seed::enrol_all(&story.api, &campaign).await?;
    story.live(2).await?;
    seed::launch(&story.api, &campaign).await?;
    // The provider accepts a message without a response; its later report names the message.
    story.world.sandbox.lose_answers(Provider::Whatsapp, 1);
    // Until it is day in Seattle, too.
    story.live(9 * 60).await?;

    let sent = story.world.sandbox.observed().sms;
    let to = |number: &str| {
        sent.iter().filter(|text| text.to == number).map(|text| &*text.body).collect::<Vec<_>>()
    };
    assert_eq!(
        to(&keen),
        ["Hi Kim, do you take bookings online at Keen Dental yet? A short answer is enough."]
    );
    assert_eq!((to(&stopper).len(), to(&silent).len()), (1, 1), "nobody gets it twice");
    let people = story.api.get(&format!("/api/campaigns/{campaign}/enrolments?limit=10")).await?;
    let state_of = |name: &str| {
        let items = people["items"].as_array().into_iter().flatten();
        let one =
            items.clone().find(|item| item["lead_name"].as_str().is_some_and(|known| known.contains(name)));
        one.map(|item| item["state"].to_string() + &item["end_reason"].to_string())
            .unwrap_or_else(|| people.to_string())
    };
    assert!(state_of("Kim").contains("replied"), "{}", state_of("Kim"));
    assert!(state_of("Sam").contains("opted_out"), "{}", state_of("Sam"));
    // WhatsApp spells the number without its ninth digit.
    assert!(state_of("Ana").contains("opted_out"), "{}", state_of("Ana"));
    let stats = story.api.get(&format!("/api/campaigns/{campaign}/stats")).await?;
    let messages = &stats["messages"];
    assert_eq!((&messages["sent_whatsapp"], &messages["delivered"]), (&json!(4), &json!(4)), "{stats}");

    let inbox = story.api.get("/api/inbox").await?;
    let kim = inbox["items"].as_array().into_iter().flatten().find(|item| item["channel"] == "whatsapp");
    let kim =
        kim.and_then(|item| item["lead_id"].as_str()).with_context(|| format!("in {inbox}"))?.to_owned();
    // This is another number of ours, to which the lead has not written.
    let other = (Credentials::OTHER_WHATSAPP_PHONE_NUMBER_ID, Credentials::OTHER_WHATSAPP_NUMBER);
    let other = account::whatsapp(&story.api, SANDBOX, "Our other number", other).await?;
    let by = |account: &str| json!({ "lead_id": kim, "channel": "whatsapp", "body": "Hello again", "account_id": account });
    let closed = story.ask(Method::POST, "/api/emails/send", Some(by(&other))).await;
    let closed = closed.expect_err("the window is the other number's").to_string();
    assert!(closed.contains("422") && closed.contains("within 24 hours"), "{closed}");
    sandbox.text_us(&keen, Some(Credentials::OTHER_WHATSAPP_NUMBER), "Is this you, too?");
    story.live(2).await?;
    story.ask(Method::POST, "/api/emails/send", Some(by(&other))).await?;
    story.live(2).await?;
    let sent = story.world.sandbox.observed().sms;
    let again = sent.iter().find(|text| text.body == "Hello again").context("it went out")?;
    assert_eq!((again.to.as_str(), again.from.as_str()), (keen.as_str(), Credentials::OTHER_WHATSAPP_NUMBER));
    let answer = json!({ "text": "Great, {{ first_name }}! When shall we call?" });
    story.ask(Method::POST, &format!("/api/inbox/{kim}/answer"), Some(answer.clone())).await?;
    story.live(5).await?;
    let sent = story.world.sandbox.observed().sms;
    assert!(
        sent.iter().any(|text| text.to == keen && text.body == "Great, Kim! When shall we call?"),
        "{sent:?}"
    );
    story.skip(30).await?;
    let closed = story.ask(Method::POST, &format!("/api/inbox/{kim}/answer"), Some(answer)).await;
    let closed = closed.expect_err("a day later nobody is answered freely").to_string();
    assert!(closed.contains("422") && closed.contains("within 24 hours"), "{closed}");

    // It is day where the phone is.
    story.skip(70).await?;
    let sent = story.world.sandbox.observed().sms;
    let texted: Vec<_> = sent.iter().filter(|text| text.from == Credentials::TWILIO_NUMBER).collect();
    assert_eq!(
        texted.iter().map(|text| &*text.to).collect::<Vec<_>>(),
        [&*silent],
        "the others have answered"
    );
    Ok(())
}

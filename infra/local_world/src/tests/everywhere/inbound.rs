//! Inbound mail as Postmark and SendGrid post it, with a password; and what arrived is listed and replayed.

use super::{Story, id_of};
use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use sandbox::AppClient;
use serde_json::{Value, json};

const MAIL: &str =
    "From: zoe@walk.example\r\nMessage-ID: <1@walk.example>\r\nSubject: Hello\r\n\r\nWho are you?";

pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let json = json!({ "MessageID": "m-1", "From": "zoe@walk.example", "RawEmail": MAIL }).to_string();
    let form = format!("--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n{MAIL}\r\n--b--\r\n");
    for (via, kind, body) in
        [("postmark", "application/json", json), ("sendgrid", "multipart/form-data; boundary=b", form)]
    {
        let settings = json!({ "kind": "inbound_email", "via": via, "addresses": ["walk@replies.example"] });
        let new = json!({ "name": via, "settings": settings, "secret": {} });
        let made = story.post("/api/settings/accounts", new).await?;
        let password = made["generated_secret"].as_str().context("a password")?;
        let login = format!("Basic {}", STANDARD.encode(format!("leadflow:{password}")));
        let url = made["webhook_url"].as_str().context("a webhook's address")?;
        let path = &url[url.find("/api/").context("a path")?..];
        for path in [path.to_owned(), format!("{path}/mime")] {
            let request = Request::post(path).header("content-type", kind).header("authorization", &login);
            let answer = story.recorder.call(request.body(body.clone().into_bytes())?).await;
            assert_eq!(answer.status(), 200, "{}", String::from_utf8_lossy(answer.body()));
        }
        story.live(2).await?;
        let found = story.get(&format!("/api/ops/inbound?provider={via}")).await?;
        let item = &found["items"][0];
        assert_eq!(
            (&item["outcome"], &item["became"]),
            (&json!("unmatched"), &json!(["unmatched"])),
            "{found}"
        );
        replay(story, item).await?;
        story.delete(&format!("/api/settings/accounts/{}", id_of(&made)?)).await?;
    }
    let arrived = story.get("/api/ops/inbound?limit=1").await?;
    replay(story, &arrived["items"][0]).await
}

async fn replay(story: &mut Story, item: &Value) -> Result<()> {
    let event = format!("/api/ops/inbound/{}", id_of(item)?);
    story.post(&format!("{event}/replay"), json!({})).await?;
    story.live(2).await?;
    let replay = story.get(&event).await?["replay"].clone();
    assert!(replay["done_at"].is_string() && replay["has_changed"] == false, "{replay}");
    Ok(())
}

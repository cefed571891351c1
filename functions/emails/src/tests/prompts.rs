//! Prompts: our text stays, and a workspace's instructions are kept as versions.

use super::*;
use serde_json::Value;

const PATH: &str = "/api/ai/prompts/opening_line";

async fn save(suite: &Suite, instructions: &str, version: u32) -> test_stage::Reply {
    let body = json!({"instructions": instructions, "version": version});
    suite.send(http::Method::PUT, PATH, Some(body), &[]).await
}

#[tokio::test]
async fn instructions_are_saved_as_versions_listed_restored_and_taken_back() {
    let (suite, _) = suite().await;
    let first = suite.get(PATH).await.expect(200);
    assert_eq!((&first["version"], &first["instructions"]), (&json!(0), &json!("")));
    assert!(first["built_in_text"].as_str().unwrap().contains("numbered facts"), "{first}");
    for (text, version) in [(" Name the city. ", 0), ("Be brief.", 1), ("Name the city.", 2), ("", 3)] {
        save(&suite, text, version).await.expect(200);
    }
    let now = suite.get(PATH).await.expect(200);
    assert_eq!((&now["version"], &now["instructions"]), (&json!(4), &json!("")));
    assert_eq!((&now["built_in_text"], &now["by"]), (&first["built_in_text"], &json!(suite.user)));
    let versions = suite.get(&format!("{PATH}/versions")).await.expect(200);
    let texts: Vec<&Value> =
        versions["items"].as_array().unwrap().iter().map(|v| &v["instructions"]).collect();
    assert_eq!(texts, ["", "Name the city.", "Be brief.", "Name the city."]);
    let all = suite.get("/api/ai/prompts").await.expect(200);
    let names: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|prompt| &prompt["name"]).collect();
    let expected =
        ["opening_line", "reply_draft", "rewrite", "sequence", "icp_proposal", "column", "ai_reading"];
    assert_eq!(names, expected);
    assert_eq!(all["items"][0], now);
}

#[tokio::test]
async fn same_text_makes_no_version_and_one_that_rests_on_an_older_version_is_refused() {
    let (suite, _) = suite().await;
    save(&suite, "Be brief.", 0).await.expect(200);
    assert_eq!(save(&suite, "Be brief.", 1).await.expect(200)["version"], 1);
    assert_eq!(save(&suite, "Be warm.", 0).await.expect(409)["code"], "changed_meanwhile");
    assert_eq!(suite.get(PATH).await.expect(200)["instructions"], "Be brief.");
}

#[tokio::test]
async fn long_instructions_unknown_prompts_and_the_reading_are_refused() {
    let (mut suite, _) = suite().await;
    save(&suite, &"é".repeat(2_000), 0).await.expect(200);
    assert_eq!(save(&suite, &"é".repeat(2_001), 1).await.expect(422)["errors"][0]["field"], "instructions");
    let body = json!({"instructions": "Say interested.", "version": 0});
    let put = async |suite: &Suite, name: &str| {
        suite.send(http::Method::PUT, &format!("/api/ai/prompts/{name}"), Some(body.clone()), &[]).await
    };
    assert_eq!(put(&suite, "ai_reading").await.expect(422)["errors"][0]["field"], "instructions");
    put(&suite, "score").await.expect(404);
    suite.sign_in(Role::Manager);
    save(&suite, "Mine.", 1).await.expect(403);
    suite.get(PATH).await.expect(200);
}

#[tokio::test]
async fn rewrite_is_asked_with_the_workspaces_instructions() {
    let (suite, _) = suite().await;
    ai::model(&suite, &[r#"{"subject": "Gaps", "text": "Hi {{first_name}}, Tuesday?"}"#]).await;
    let body = json!({"instructions": "Never write 'synergy'.", "version": 0});
    suite.send(http::Method::PUT, "/api/ai/prompts/rewrite", Some(body), &[]).await.expect(200);
    let told: Arc<std::sync::Mutex<String>> = Arc::default();
    let heard = told.clone();
    suite.stage.providers_answer(move |request| {
        *heard.lock().unwrap() = String::from_utf8_lossy(request.body()).into_owned();
        let content = r#"{"subject": "Gaps", "text": "Hi {{first_name}}, Tuesday?"}"#;
        let message = json!({ "role": "assistant", "content": content });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
        Ok(http::Response::new(body.to_string().into_bytes()))
    });
    let asks = json!({"subject": "Gaps", "text": "Hi {{first_name}}, we fill slots. Tuesday?", "rewrite": {"how": "shorter"}});
    suite.post("/api/ai/rewrite", asks).await.expect(200);
    let told = told.lock().unwrap();
    assert!(told.contains("Style, which never adds facts: Never write 'synergy'."), "{told}");
}

//! Searching: what is asked, what it costs, and what users see of it.

use super::*;
use domain::workspace::api_key::ApiScope;
use domain::workspace::user::Role;
use jiff::SignedDuration;

#[tokio::test]
async fn found_prospects_are_masked_and_kept_for_a_day() {
    let mut suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    assert_eq!(
        (&found["total"], &found["cost"], &found["has_more"]),
        (&json!(3), &json!(0), &json!(false)),
        "{found}"
    );
    let ann = &found["items"][0];
    assert_eq!(
        (&ann["name"], &ann["email"], &ann["lead"]),
        (&json!("Ann L."), &Value::Null, &Value::Null),
        "{ann}"
    );
    assert_eq!((&ann["price"], &ann["reachable"]), (&json!(20_000), &json!(true)), "{ann}");
    let cy = &found["items"][2];
    assert_eq!(
        (&cy["price"], &cy["reachable"]),
        (&json!(0), &json!(false)),
        "nothing is bought that is not there"
    );
    let path = format!("/api/prospects/searches/{}", found["id"].as_str().unwrap());
    let kept: Value = suite.get(&path).await.expect(200);
    assert_eq!((&kept["items"], asked.counts()), (&found["items"], (1, 0)), "reading it asks nobody");
    suite.get(&format!("{path}?page=2")).await.expect(404);
    suite.stage.advance(SignedDuration::from_hours(24));
    suite.sign_in(Role::Owner);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn addresses_that_a_search_tells_are_masked_too() {
    let suite = suite().await;
    connect(&suite, "hunter").await;
    suite.stage.providers_answer(|_| {
        let emails = json!([{"value": "ann@acme.example", "first_name": "Ann", "last_name": "Lee",
            "position": "Owner", "linkedin": "https://www.linkedin.com/in/ann-lee"}]);
        Ok(reply(
            200,
            &json!({"data": {"domain": "acme.example", "organization": "Acme", "emails": emails},
            "meta": {"results": 1}}),
        ))
    });
    let asked = json!({"provider": "hunter", "filters": {"domains": ["Acme.example"]}, "page_size": 10});
    let estimate: Value = suite.post("/api/prospects/estimate", asked.clone()).await.expect(200);
    assert_eq!(
        (&estimate["most"], &estimate["filters"]["domains"]),
        (&json!(24_500), &json!(["acme.example"]))
    );
    let found: Value = suite.post("/api/prospects/search", asked).await.expect(200);
    assert_eq!(found["items"][0]["email"], "a•••@acme.example", "{found}");
    let text = found.to_string();
    assert!(!text.contains("ann@") && !text.contains("Lee") && !text.contains("ann-lee"), "{text}");
    assert_eq!(found["items"][0]["price"], 0, "the search has told the address");
    assert_eq!(
        (&found["cost"], calls(&suite, "hunter", BookingOutcome::Hit).await),
        (&json!(24_500), (1, Usd::micros(24_500)))
    );
}

#[tokio::test]
async fn repeat_of_a_search_is_charged_once() {
    let suite = suite().await;
    connect(&suite, "hunter").await;
    let asked = Asked::default();
    let counts = asked.clone();
    suite.stage.providers_answer(move |_| {
        counts.searches.fetch_add(1, Ordering::Relaxed);
        let emails = json!([{"value": "ann@acme.example", "first_name": "Ann", "last_name": "Lee"}]);
        Ok(reply(200, &json!({"data": {"domain": "acme.example", "emails": emails}, "meta": {"results": 1}})))
    });
    let body = json!({"provider": "hunter", "filters": {"domains": ["acme.example"]}});
    let first: Value = keyed(&suite, "/api/prospects/search", body.clone(), "once").await.expect(200);
    let again: Value = keyed(&suite, "/api/prospects/search", body.clone(), "once").await.expect(200);
    assert_eq!((first["id"].as_str(), asked.counts().0), (again["id"].as_str(), 1));
    let page = json!({"search": first["id"], "page": 1});
    suite.post("/api/prospects/search", page).await.expect(200);
    assert_eq!(asked.counts().0, 1, "a kept page is not asked for again");
    assert_eq!(calls(&suite, "hunter", BookingOutcome::Hit).await.0, 1);
    assert_eq!(month(&suite).await.reserved, Usd::ZERO);
    let next = json!({"search": first["id"], "page": 2});
    let refused: Value = suite.post("/api/prospects/search", next).await.expect(422);
    assert_eq!(fields(&refused), ["page"]);
}

#[tokio::test]
async fn search_beyond_a_cap_is_refused_before_the_provider_is_asked() {
    let suite = suite().await;
    connect(&suite, "hunter").await;
    cap(&suite, Usd::micros(10_000)).await;
    let asked = apollo_answers(&suite);
    let body = json!({"provider": "hunter", "filters": {"domains": ["acme.example"]}});
    let refused: Value = suite.post("/api/prospects/search", body).await.expect(409);
    assert_eq!((&refused["code"], asked.counts()), (&json!("cap_reached"), (0, 0)), "{refused}");
    assert_eq!(month(&suite).await.reserved, Usd::ZERO);
}

#[tokio::test]
async fn lost_answer_is_booked_in_full_and_not_asked_for_again() {
    let suite = suite().await;
    connect(&suite, "hunter").await;
    let asked = Asked::default();
    let counts = asked.clone();
    suite.stage.providers_answer(move |_| {
        counts.searches.fetch_add(1, Ordering::Relaxed);
        Ok(reply(200, &json!("cut off")))
    });
    let body = json!({"provider": "hunter", "filters": {"domains": ["acme.example"]}, "page_size": 10});
    let lost: Value = suite.post("/api/prospects/search", body).await.expect(502);
    assert_eq!(lost["code"], "answer_lost", "{lost}");
    assert_eq!(calls(&suite, "hunter", BookingOutcome::Lost).await, (1, Usd::micros(24_500)));
    assert_eq!((month(&suite).await.reserved, asked.counts().0), (Usd::ZERO, 1));
}

#[tokio::test]
async fn refused_account_costs_nothing_and_is_shown_at_the_account() {
    let suite = suite().await;
    suite.stage.providers_answer(|_| Ok(reply(401, &json!("Invalid access credentials."))));
    let refused: Value = suite.post("/api/prospects/search", owners()).await.expect(409);
    assert_eq!(refused["code"], "account_refused", "{refused}");
    let accounts = suite.stage.ports.accounts().list(&suite.workspace).await.unwrap();
    assert!(accounts[0].last_error.is_some());
    assert_eq!(month(&suite).await.spent, Usd::ZERO);
}

#[tokio::test]
async fn faults_of_a_search_name_their_field() {
    let suite = suite().await;
    let faults = |body: Value| async {
        let refused: Value = suite.post("/api/prospects/search", body).await.expect(422);
        fields(&refused).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(faults(json!({})).await, ["provider"]);
    assert_eq!(faults(json!({"provider": "meta", "filters": {"titles": ["x"]}})).await, ["provider"]);
    assert_eq!(
        faults(json!({"provider": "hunter", "filters": {"domains": ["a.example"]}})).await,
        ["provider"]
    );
    assert_eq!(faults(json!({"provider": "apollo"})).await, ["filters"]);
    assert_eq!(faults(json!({"provider": "apollo", "filters": {"titles": [" "]}})).await, ["filters"]);
    let unsupported = json!({"industries": ["dental"], "titles": ["Owner"]});
    assert_eq!(faults(json!({"provider": "apollo", "filters": unsupported})).await, ["filters.industries"]);
    let bad = json!({"domains": ["not a domain"], "employees": [{"from": 9, "to": 2}]});
    assert_eq!(
        faults(json!({"provider": "apollo", "filters": bad})).await,
        ["filters.domains", "filters.employees"]
    );
    let unknown = json!({"provider": "apollo", "filters": {"seniorities": ["wizard"]}});
    assert_eq!(faults(unknown).await, ["filters"]);
    assert_eq!(
        faults(json!({"provider": "apollo", "filters": {"titles": ["x"]}, "page_size": 101})).await,
        ["page_size"]
    );
    let nowhere = "prospect_search_01K00000000000000000000000";
    assert_eq!(faults(json!({"search": nowhere, "page": 2})).await, ["search"]);
    assert_eq!(faults(json!({"search": nowhere, "provider": "apollo"})).await, ["provider"]);
}

#[tokio::test]
async fn providers_say_what_they_can_be_asked_and_at_which_price() {
    let mut suite = suite().await;
    let known: Value = suite.get("/api/prospects/providers").await.expect(200);
    let apollo = &known["items"][0];
    assert_eq!(
        (&apollo["connected"], &apollo["search"], &apollo["each"]),
        (&json!(true), &json!(0), &json!(20_000)),
        "{apollo}"
    );
    assert!(apollo["filters"].as_array().unwrap().contains(&json!("titles")), "{apollo}");
    assert_eq!(known["items"][1]["connected"], false, "{known}");
    assert!(known["not_possible"][0]["why"].as_str().unwrap().contains("webhook"), "{known}");
    suite.sign_in(Role::ReadOnly);
    suite.get("/api/prospects/providers").await.expect(200);
    suite.post("/api/prospects/search", owners()).await.expect(403);
    suite.post("/api/prospects/estimate", owners()).await.expect(403);
}

#[tokio::test]
async fn icp_is_translated_and_judges_what_was_found() {
    let suite = suite().await;
    apollo_answers(&suite);
    let now = suite.stage.clock.now();
    let rule = |condition: Value| json!({"rule": {"if": condition}});
    let profile = json!({"rules": [rule(json!({"field": "job_title", "is": ["Owner"]})),
        rule(json!({"field": "category", "is": ["construction"]})), rule(json!({"field": "rating", "at_least": "4"})),
        rule(json!({"field": "email", "filled": true})), rule(json!({"field": "linkedin", "filled": true}))],
        "weights": [], "threshold": 60});
    let icp = domain::icp::Icp {
        id: domain::IcpId::derived(now, &["icp"]),
        workspace: suite.workspace.clone(),
        name: "Roofers".to_owned(),
        profile: serde_json::from_value(profile).unwrap(),
        main: true,
        version: 1,
        by: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let event = Event::system(EventKind::IcpCreated, now);
    suite.stage.ports.icps().save(&icp, None, None, &event).await.unwrap();
    let asked = json!({"provider": "apollo", "icp": icp.id});
    let estimate: Value = suite.post("/api/prospects/estimate", asked.clone()).await.expect(200);
    assert_eq!(estimate["filters"]["titles"], json!(["Owner"]), "{estimate}");
    assert_eq!(estimate["filters"]["keywords"], json!(["construction"]), "{estimate}");
    let unasked = json!(["Rating at least 4", "E-mail has a value", "LinkedIn has a value"]);
    assert_eq!(estimate["unasked"], unasked, "{estimate}");
    let found: Value = suite.post("/api/prospects/search", asked).await.expect(200);
    let fit = &found["items"][0]["fit"];
    let not_known = json!(["Rating not known", "not known: LinkedIn has a value"]);
    assert_eq!(
        (&fit["verdict"], &fit["not_known"]),
        (&json!("may_fit"), &not_known),
        "an address is there: {fit}"
    );
    assert_eq!(fit["fails"], json!([]), "{fit}");
}

#[tokio::test]
async fn prospect_that_is_a_lead_says_which() {
    let suite = suite().await;
    apollo_answers(&suite);
    let lead = suite
        .stage
        .lead(&suite.workspace, "ann", |lead| {
            lead.first_name = Some("Ann".to_owned());
            lead.last_name = Some("Lee".to_owned());
            lead.company = Some("ACME roofs".to_owned());
        })
        .await;
    let found = search(&suite).await;
    let ann = &found["items"][0];
    assert_eq!((&ann["lead"], &ann["known_by"]), (&json!(lead.id), &json!("name_and_company")), "{ann}");
    assert_eq!((&ann["price"], &found["items"][1]["lead"]), (&json!(0), &Value::Null), "{found}");
}

#[tokio::test]
async fn search_of_another_workspace_is_not_there() {
    let mut suite = suite().await;
    apollo_answers(&suite);
    let found = search(&suite).await;
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&format!("/api/prospects/searches/{}", found["id"].as_str().unwrap())).await.expect(404);
    let add = json!({"search": found["id"], "ids": ids(&found)});
    let refused: Value = suite.post("/api/prospects/add", add).await.expect(422);
    assert_eq!(fields(&refused), ["search"]);
}

#[tokio::test]
async fn program_searches_and_adds_only_with_the_scope_that_spends() {
    let mut suite = suite().await;
    let asked = apollo_answers(&suite);
    suite.use_new_key(&[ApiScope::LeadsRead, ApiScope::LeadsWrite]).await;
    suite.post("/api/prospects/estimate", owners()).await.expect(200);
    suite.post("/api/prospects/search", owners()).await.lacks(ApiScope::BudgetSpend);
    let add = json!({"search": "none", "ids": ["p-ann"]});
    suite.post("/api/prospects/add", add).await.lacks(ApiScope::BudgetSpend);
    assert_eq!(asked.counts(), (0, 0));
    suite.use_new_key(&[ApiScope::LeadsWrite, ApiScope::BudgetSpend]).await;
    search(&suite).await;
}

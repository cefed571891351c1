//! The local host has the limits of Lambda and API Gateway.

use super::story::{APP, SANDBOX, Story};
use crate::account::{SandboxAddress, furnish, open_workspace};
use crate::api::Api;
use crate::drive::live_until;
use crate::in_process::{http_to, imap_to, smtp_to, web_to};
use crate::seed;
use crate::world::World;
use anyhow::{Context, Result};
use application::Clock;
use http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use local_cloud::{Fault, LocalCloud, Moment, SeededIds, VirtualClock};
use local_host::{EventSource, HostOptions, LocalHost, TEMPLATE};
use sandbox::{Sandbox, SandboxConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of leads: more than sixteen pages.
const PEOPLE: usize = 405;

async fn world_of(template: &str) -> Result<(World, Arc<VirtualClock>)> {
    let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse()?));
    let dynamic: Arc<dyn Clock> = clock.clone();
    let mut config = SandboxConfig::demo(dynamic.clone(), 7).with_urls(APP, SANDBOX);
    config.people = false;
    let sandbox = Sandbox::new(config);
    let options = HostOptions {
        cloud: LocalCloud::in_memory(dynamic.clone())?,
        clock: dynamic.clone(),
        function_clock: dynamic.clone(),
        ids: Arc::new(SeededIds::new(dynamic, 7)),
        http: Arc::new(http_to(&sandbox)),
        web: Arc::new(web_to(&sandbox)),
        smtp: Arc::new(smtp_to(&sandbox)),
        imap: Arc::new(imap_to(&sandbox)),
        public_url: APP.to_owned(),
        open_sign_up: true,
        sign_in_clients: Vec::new(),
        system_sender: None,
        held: None,
        proxies: None,
    };
    let host = LocalHost::start_from(template, &[], options).await?;
    Ok((World { host, sandbox }, clock))
}

/// The number of `PEOPLE` that one request enrols, and the number of messages set aside as a loop.
async fn enrolled_and_set_aside(template: &str) -> Result<(usize, u64)> {
    let (world, clock) = world_of(template).await?;
    let mut api = Api::new(&world.host);
    open_workspace(&mut api, &world.host.setup_code(), "US").await?;
    // There is no provider yet, so no lead is enriched.
    let rows = (0..PEOPLE).map(|number| format!("Ann {number},ann{number}@clinic{number}.example\n"));
    let file = format!("name,email\n{}", rows.collect::<String>());
    seed::import(&api, "people.csv", file.into_bytes(), "US").await?;
    let minutes = |clock: &VirtualClock, count| clock.now() + SignedDuration::from_mins(count);
    live_until(&world, &clock, minutes(&clock, 2), &|_| {}).await?;
    let address =
        SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
    let accounts = furnish(&api, &address).await?;
    let delay = serde_json::json!({ "amount": 1, "unit": "days" });
    let sequence = seed::write_sequence(&api, delay.clone(), delay).await?;
    let campaign = seed::create_campaign(&api, &sequence, &accounts, "Everybody").await?;
    seed::enrol_all(&api, &campaign).await?;
    live_until(&world, &clock, minutes(&clock, 1), &|_| {}).await?;
    let cloud = world.host.cloud();
    let refused = |error| anyhow::anyhow!("{error:?}");
    let (table, _) = world.host.stack().tables.first().context("a table")?;
    let items = cloud.items(table).map_err(refused)?;
    let enrolments = items.iter().filter(|item| item["entity"]["S"] == "enrolment").count();
    let mut set_aside = 0;
    for name in cloud.queues().names().iter().filter(|name| name.ends_with("DeadLetters")) {
        set_aside += cloud.queues().depth(name).map_err(refused)?.total();
    }
    Ok((enrolments, set_aside))
}

#[tokio::test]
async fn enrol_job_stops_after_sixteen_pages_if_loops_are_not_allowed() -> Result<()> {
    let forbids = TEMPLATE.replace("RecursiveLoop: Allow", "RecursiveLoop: Terminate");
    assert_ne!(forbids, TEMPLATE);
    assert_eq!(enrolled_and_set_aside(&forbids).await?, (400, 1));
    Ok(())
}

#[tokio::test]
async fn enrol_job_of_more_than_sixteen_pages_is_completed() -> Result<()> {
    assert_eq!(enrolled_and_set_aside(TEMPLATE).await?, (PEOPLE, 0));
    Ok(())
}

#[tokio::test]
async fn request_over_the_limits_of_gateway_or_lambda_is_refused() -> Result<()> {
    let story = Story::begin().await?;
    let host = &story.world.host;
    let post = |kind: &str, body: Vec<u8>| {
        Request::post("/api/webhooks/twilio").header("content-type", kind).body(body)
    };
    for (kind, bytes, fits) in [
        ("text/plain", 6_280_000, true),
        ("text/plain", 6_291_000, false),
        // These bodies are encoded in base 64 both ways.
        ("application/octet-stream", 4_700_000, true),
        ("application/octet-stream", 4_720_000, false),
        ("application/octet-stream", 10 * 1024 * 1024 + 1, false),
    ] {
        let status = host.call(post(kind, vec![b'x'; bytes])?).await.status();
        assert_eq!(status != StatusCode::PAYLOAD_TOO_LARGE, fits, "{kind} of {bytes} bytes: {status}");
    }
    let with_header =
        |bytes: usize| Request::get("/api/leads").header("x-long", "x".repeat(bytes)).body(vec![]);
    assert_eq!(host.call(with_header(10_000)?).await.status(), StatusCode::UNAUTHORIZED);
    let too_long = host.call(with_header(10_240)?).await.status();
    assert_eq!(too_long, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    Ok(())
}

#[tokio::test]
async fn head_request_is_allowed_on_public_get_routes_only() -> Result<()> {
    let story = Story::begin().await?;
    let head = async |path: &str| -> Result<StatusCode> {
        Ok(story.world.host.call(Request::head(path).body(vec![])?).await.status())
    };
    for path in ["/", "/leads", "/health", "/preview/page.js"] {
        assert_eq!(head(path).await?, StatusCode::OK, "{path}");
    }
    assert_eq!(head("/api/leads").await?, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(head("/api/nothing").await?, StatusCode::NOT_FOUND);
    Ok(())
}

#[tokio::test]
async fn mapping_batches_until_its_window_ends_or_the_batch_is_full() -> Result<()> {
    let story = Story::begin().await?;
    let host = &story.world.host;
    let is_stream = |source: &usize| matches!(host.source(*source).1, EventSource::Stream { .. });
    let stream = (0..host.sources()).find(is_stream).context("the mapping of the stream")?;
    let mut since = None;
    let mut gathers = || host.is_gathering(stream, &mut since);
    host.run_until_quiet().await?;
    assert!(!gathers()?, "nothing is there");
    let create = async |number: usize| {
        let lead = serde_json::json!({ "first_name": "Ann", "email": format!("ann{number}@clinic{number}.example") });
        story.api.post("/api/leads", lead).await
    };
    create(1).await?;
    assert!(gathers()?);
    story.clock.advance_to(story.clock.now() + SignedDuration::from_secs(9));
    assert!(gathers()?, "the template's ten seconds are not over");
    story.clock.advance_to(story.clock.now() + SignedDuration::from_secs(1));
    assert!(!gathers()?);
    assert!(gathers()?, "a window of its own begins for what is left");
    for number in 2..=100 {
        create(number).await?;
    }
    assert!(!gathers()?, "a batch is full");
    Ok(())
}

#[test]
fn mapping_that_lambda_refuses_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let window = "            MaximumBatchingWindowInSeconds: 1\n";
    for (changed, expected) in [
        (TEMPLATE.replacen(window, "", 1), "MaximumBatchingWindowInSeconds"),
        (TEMPLATE.replacen(window, "            MaximumBatchingWindowInSeconds: 301\n", 1), "300"),
    ] {
        let refused = runtime.block_on(world_of(&changed)).err().map(|error| format!("{error:#}"));
        assert!(refused.as_deref().is_some_and(|text| text.contains(expected)), "{refused:?}");
    }
}

#[tokio::test]
async fn request_over_the_functions_timeout_is_abandoned() -> Result<()> {
    let story = Story::begin().await?;
    let clock = story.clock.clone();
    let leads = || story.api.answer(Method::GET, "/api/leads", "application/json", Vec::new());
    assert_eq!(leads().await?.status(), StatusCode::OK);
    story.world.host.cloud().faults().inject(move |moment, call| {
        if moment == Moment::Before && call.principal == "leads" && call.operation == "Query" {
            clock.advance_to(clock.now() + SignedDuration::from_secs(31));
        }
        None
    });
    assert_eq!(leads().await?.status(), StatusCode::SERVICE_UNAVAILABLE);
    Ok(())
}

#[tokio::test]
async fn failed_schedule_is_retried_as_the_template_says() -> Result<()> {
    for (retries, expected) in [(None, 3), (Some(0), 1)] {
        let config = retries.map_or(String::new(), |most| {
            format!("      EventInvokeConfig: {{ MaximumRetryAttempts: {most} }}\n")
        });
        let nightly = "      CodeUri: target/lambda/nightly/\n";
        let plain = without_invoke_config(TEMPLATE);
        let (world, clock) = world_of(&plain.replace(nightly, &format!("{nightly}{config}"))).await?;
        let began = Arc::new(AtomicU64::new(0));
        let counted = began.clone();
        world.host.cloud().faults().inject(move |moment, call| {
            if moment == Moment::After || call.principal != "nightly" {
                return None;
            }
            counted.fetch_add(1, Ordering::Relaxed);
            let (code, message) = ("ValidationException".to_owned(), "no".to_owned());
            Some(Fault::Fail { status: 400, code, message })
        });
        live_until(&world, &clock, clock.now() + SignedDuration::from_hours(24), &|_| {}).await?;
        assert_eq!(began.load(Ordering::Relaxed), expected);
    }
    Ok(())
}

/// Removes the number of retries of failed events from the template.
fn without_invoke_config(template: &str) -> String {
    let mut kept = Vec::new();
    let mut inside = None;
    for line in template.lines() {
        let depth = line.len() - line.trim_start().len();
        if inside.is_some_and(|at| depth > at) {
            continue;
        }
        inside = line.trim_start().starts_with("EventInvokeConfig:").then_some(depth);
        if inside.is_none() {
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}

#[test]
fn template_with_too_large_an_environment_is_refused() {
    let variable = format!("      Variables:\n        LARGE: {}\n", "x".repeat(4_096));
    let large = TEMPLATE.replacen("      Variables:\n", &variable, 1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let refused = runtime.block_on(world_of(&large)).err().map(|error| format!("{error:#}"));
    assert!(refused.as_deref().is_some_and(|text| text.contains("environment")), "{refused:?}");
}

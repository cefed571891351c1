//! Open pages over real sockets: what one user changes, another user's page is told within a second.

use crate::account::{SandboxAddress, furnish, open_workspace};
use crate::api::Api;
use crate::world::World;
use anyhow::{Context, Result, ensure};
use application::Clock;
use futures::{SinkExt, StreamExt};
use http::StatusCode;
use local_cloud::{LocalCloud, ScaledClock, SeededIds};
use sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PASSWORD: &str = "a good long password";
const SANDBOX: &str = "http://localhost:8788";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An installation that serves in real time, with its owner and a rep.
struct Scene {
    owner: Api,
    rep: Api,
    rep_id: String,
    _stop: watch::Sender<bool>,
}

impl Scene {
    async fn new() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new("2026-11-16T09:00:00Z".parse()?, 1.0));
        let sandbox = Sandbox::new(SandboxConfig::demo(clock.clone(), 7).with_urls(&address, SANDBOX));
        let ids = Arc::new(SeededIds::new(clock.clone(), 7));
        let cloud = LocalCloud::in_memory(clock.clone())?;
        let world = World::in_process(cloud, clock, ids, sandbox, &address).await?;
        let (stop, stopping) = watch::channel(false);
        let host = world.host.clone();
        tokio::spawn(async move { host.serve(listener, stopping).await });
        let mut owner = Api::new(&world.host);
        open_workspace(&mut owner, &world.host.setup_code(), "US").await?;
        let sandbox =
            SandboxAddress { url: SANDBOX.to_owned(), smtp_host: "localhost".to_owned(), smtp_port: 2525 };
        furnish(&owner, &sandbox).await?;
        let new = json!({ "email": "ann@northquay.example", "name": "Ann", "role": "rep" });
        let invited = owner.post("/api/team", new).await?;
        let link = invited["link"].as_str().context("a link")?;
        let token = link.split_once("#token=").context("a token")?.1;
        let taken = json!({ "token": token, "name": "Ann", "password": PASSWORD });
        let joined = owner.post("/api/auth/invitation", taken).await?;
        let rep_id = joined["user"]["id"].as_str().context("an id")?.to_owned();
        let mut rep = Api::new(&world.host);
        rep.sign_in_as("ann@northquay.example", PASSWORD).await?;
        Ok(Self { owner, rep, rep_id, _stop: stop })
    }
}

async fn ticket_of(api: &Api) -> Result<String> {
    let ticket = api.post("/api/notifications/push-tickets", json!({})).await?;
    Ok(ticket["url"].as_str().context("an address")?.to_owned())
}

async fn open(api: &Api) -> Result<Socket> {
    let (socket, _) = connect_async(ticket_of(api).await?).await?;
    Ok(socket)
}

/// Waits until the page is told of this topic, and returns all topics that it was told of.
async fn told(socket: &mut Socket, topic: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let wait = async {
        while !all.iter().any(|told| told == topic) {
            let message = socket.next().await.context("the connection is over")??;
            if let Message::Text(text) = message {
                let text: Value = serde_json::from_str(&text)?;
                all.extend(text["topics"].as_array().context("topics")?.clone());
            }
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.with_context(|| format!("no {topic}"))??;
    Ok(all)
}

/// Lets the news of before pass.
async fn quiet(socket: &mut Socket) {
    while tokio::time::timeout(Duration::from_millis(2_500), socket.next()).await.is_ok_and(|m| m.is_some()) {
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn change_of_one_user_reaches_the_page_of_another_within_a_second() -> Result<()> {
    let scene = Scene::new().await?;
    let mut page = open(&scene.rep).await?;
    quiet(&mut page).await;
    let began = Instant::now();
    let lead = scene
        .owner
        .post("/api/leads", json!({ "first_name": "Nora", "email": "nora@linden.example" }))
        .await?;
    told(&mut page, "leads").await?;
    let took = began.elapsed();
    ensure!(took < Duration::from_secs(1), "it took {took:?}");
    let seen = scene.rep.get("/api/leads?limit=10").await?;
    ensure!(seen["items"][0]["id"] == lead["id"], "the list has it by then: {seen}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn page_hears_once_a_second_and_stays_open_by_what_it_sends() -> Result<()> {
    let scene = Scene::new().await?;
    let mut page = open(&scene.rep).await?;
    page.send(Message::Text("{}".into())).await?;
    quiet(&mut page).await;
    let began = Instant::now();
    for number in 0..5 {
        let lead = json!({ "first_name": "Lee", "email": format!("lee{number}@linden.example") });
        scene.owner.post("/api/leads", lead).await?;
    }
    let mut heard = 0;
    while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(2_500), page.next()).await {
        heard += i32::from(matches!(message?, Message::Text(_)));
    }
    let most = began.elapsed().as_secs() + 1;
    ensure!((1..=i32::try_from(most)?).contains(&heard), "{heard} texts in {most} s");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_without_a_fresh_ticket_is_refused_and_a_disabled_user_is_cut_off() -> Result<()> {
    let scene = Scene::new().await?;
    let url = ticket_of(&scene.rep).await?;
    let (mut page, _) = connect_async(url.as_str()).await?;
    let bare = url.split('?').next().context("an address")?;
    for refused in [url.as_str(), bare, &format!("{bare}?ticket=x")] {
        match connect_async(refused).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), StatusCode::UNAUTHORIZED),
            other => anyhow::bail!("{refused}: {other:?}"),
        }
    }
    let mut foreign = ticket_of(&scene.rep).await?.into_client_request()?;
    foreign.headers_mut().insert("origin", "https://evil.example".parse()?);
    match connect_async(foreign).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), StatusCode::FORBIDDEN),
        other => anyhow::bail!("a page of another site: {other:?}"),
    }
    quiet(&mut page).await;
    scene.owner.patch(&format!("/api/team/{}", scene.rep_id), json!({ "disabled": true })).await?;
    let ended = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            match page.next().await {
                Some(Ok(Message::Text(text))) => anyhow::bail!("it was told {text}"),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => {}
            }
        }
    });
    ended.await.context("the connection stays open")?
}

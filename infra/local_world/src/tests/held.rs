//! An installation whose address leads nowhere sends nothing, and says so where a user would wait for a mail.

use crate::account::open_workspace;
use crate::api::Api;
use crate::world::{Served, World};
use anyhow::Result;
use application::{Clock, Ids};
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::SmtpSecurity;
use local_cloud::{LocalCloud, SeededIds, VirtualClock};
use local_host::SystemSender;
use providers::SmtpAccount;
use sandbox::{Sandbox, SandboxConfig};
use serde_json::json;
use std::sync::Arc;

const HERE: &str = "http://localhost:8787";

async fn installation(held: Option<&str>) -> Result<Api> {
    let clock = Arc::new(VirtualClock::at("2026-09-01T09:00:00Z".parse()?));
    let dynamic: Arc<dyn Clock> = clock;
    let cloud = LocalCloud::in_memory(dynamic.clone())?;
    let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(dynamic.clone(), 7));
    let sandbox = Sandbox::new(SandboxConfig::demo(dynamic.clone(), 7).with_urls(HERE, HERE));
    let smtp = SmtpAccount {
        host: "mail.example".to_owned(),
        port: 465,
        security: SmtpSecurity::None,
        username: "accounts".to_owned(),
        password: "made up".to_owned(),
    };
    let served = Served {
        app_url: HERE,
        open_sign_up: true,
        real: false,
        system_sender: Some(SystemSender {
            address: EmailAddress::parse("accounts@leadflow.example")?,
            smtp,
        }),
        held: held.map(Into::into),
        proxies: None,
    };
    let world = World::over_sockets(cloud, dynamic, ids, sandbox, served).await?;
    let mut api = Api::new(&world.host);
    open_workspace(&mut api, &world.host.setup_code(), "US").await?;
    Ok(api)
}

#[tokio::test]
async fn installation_that_sends_nothing_does_not_say_that_it_mailed_an_invitation() -> Result<()> {
    for (held, mails) in [(None, true), (Some("nothing is sent here"), false)] {
        let api = installation(held).await?;
        let member = json!({ "email": "ben@northquay.example", "name": "Ben", "role": "rep" });
        let offered = api.post("/api/team", member).await?;
        assert_eq!(offered["mailed"], mails, "{held:?}");
        assert!(offered["link"].as_str().is_some_and(|link| link.starts_with(HERE)), "it is handed over");
        assert_eq!(api.get("/api/notifications/digest").await?["mails_go_out"], mails, "{held:?}");
    }
    Ok(())
}

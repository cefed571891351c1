//! What the one machine says as it starts, and the demo workspace that it begins with.

use super::{ServeOptions, sandbox_at};
use crate::account::{
    EMAIL, PASSWORD, confirm_phone, connect_bookings, connect_data_providers, furnish, open_workspace,
};
use crate::api::Api;
use crate::public_address::PublicAddress;
use crate::seed;
use crate::world::World;
use anyhow::{Result, bail};
use application::Ports;
use domain::contact::email_address::EmailAddress;
use sandbox::Credentials;
use serde_json::{Value, json};
use std::time::Duration;

/// The phone of the demo's owner: one of the sandbox's that is picked up.
const OWN_PHONE: &str = "+12125550110";
/// The file that exists while the demo workspace is incomplete.
const SETTING_UP: &str = "setting-up";

/// Says where the installation is and how to sign in, and sets up the demo workspace where there is none yet.
pub(super) async fn announce(
    options: &ServeOptions,
    world: &World,
    (port, address): (u16, &PublicAddress),
) -> Result<()> {
    println!("\nleadflow is at {}", address.as_str());
    if options.real {
        match address.why_nothing_is_sent() {
            Some(why) => println!("Data in {}. Providers are real, and {why}.", options.data.display()),
            None => println!(
                "Data in {}. Providers are real: what a campaign sends is sent.",
                options.data.display()
            ),
        }
        return invite_owner(world, address).await;
    }
    println!("The sandbox, with each lead's mailbox and phone, is at http://localhost:{}", port + 1);
    if options.fresh {
        println!("Nothing is in it yet.");
        return invite_owner(world, address).await;
    }
    let half_way = options.data.join(SETTING_UP);
    if half_way.exists() {
        bail!(
            "The demo workspace in {} was stopped while it was being set up. Start again with another --data, or delete that folder.",
            options.data.display()
        );
    }
    if world.host.ports().workspaces().ids().await?.is_empty() {
        std::fs::write(&half_way, "")?;
        set_up_demo(world, port).await?;
        std::fs::remove_file(&half_way)?;
    }
    let is_demo = has_demo_owner(world).await?;
    println!("{}\nCtrl-C stops.\n", how_to_sign_in(is_demo));
    Ok(())
}

/// Tells whether the demo's owner has a login. An installation that was begun with `--fresh` has its own users.
async fn has_demo_owner(world: &World) -> Result<bool> {
    let email = EmailAddress::parse(EMAIL).expect("the demo's owner has an address");
    Ok(world.host.ports().logins().by_email(&email).await?.is_some())
}

fn how_to_sign_in(is_demo: bool) -> String {
    match is_demo {
        true => format!("Sign in as {EMAIL} with the password {PASSWORD}"),
        false => "Sign in with your own login".to_owned(),
    }
}

/// Prints the setup code, so that whoever starts the server can become its owner.
async fn invite_owner(world: &World, address: &PublicAddress) -> Result<()> {
    if world.host.ports().users().first_workspace().await?.is_none() {
        let code = world.host.setup_code();
        println!("To become its owner, sign up at {}/sign-up#code={code}", address.as_str());
        println!("The setup code is {code}");
    }
    Ok(())
}

/// Creates a workspace in which something happens within the first minute.
async fn set_up_demo(world: &World, port: u16) -> Result<()> {
    let mut api = Api::new(&world.host);
    open_workspace(&mut api, &world.host.setup_code(), "US").await?;
    let accounts = furnish(&api, &sandbox_at(port)).await?;
    api.post("/api/calls/phone", json!({ "phone": OWN_PHONE })).await?;
    connect_data_providers(&api, &sandbox_at(port).url).await?;
    let bookings = connect_bookings(&api, Credentials::CAL_COM_SECRET).await?;
    let webhook = format!("http://localhost:{port}/api/webhooks/cal-com/{bookings}");
    world.sandbox.enter_cal_com_webhook(&webhook, Credentials::CAL_COM_SECRET);
    let import = seed::import(&api, seed::SAMPLE_NAME, seed::SAMPLE.as_bytes().to_vec(), "US").await?;
    let imported =
        wait_until(&api, &format!("/api/imports/{import}"), |import| import["state"] == "done").await?;
    println!("{} sample leads imported", imported["counts"]["created"]);
    wait_until(&api, "/api/leads?limit=1", |list| {
        list["total"].as_u64() >= imported["counts"]["created"].as_u64()
    })
    .await?;
    confirm_own_phone(&api, world).await?;
    // The sequence sends at any hour of any day: the demo must not wait for Monday morning.
    let minutes = |amount: u32| json!({ "amount": amount, "unit": "minutes" });
    let sequence = seed::write_sequence(&api, minutes(0), minutes(4)).await?;
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    api.patch(&format!("/api/sequences/{sequence}"), json!({ "window": always })).await?;
    let campaign = seed::create_campaign(&api, &sequence, &accounts, "Clinics, autumn").await?;
    seed::enrol_all(&api, &campaign).await?;
    seed::launch(&api, &campaign).await
}

/// Enters the code once the sandbox's phone was picked up and a voice has read it.
async fn confirm_own_phone(api: &Api, world: &World) -> Result<()> {
    for _ in 0..300 {
        if confirm_phone(api, &world.sandbox, OWN_PHONE).await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("The sandbox's phone {OWN_PHONE} heard no code within 30 seconds.")
}

async fn wait_until(api: &Api, path: &str, done: impl Fn(&Value) -> bool) -> Result<Value> {
    for _ in 0..600 {
        let answer = api.get(path).await?;
        if done(&answer) {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{path} did not come to its end within a minute")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::routes::world;

    #[tokio::test]
    async fn installation_without_the_demo_does_not_name_its_owner_for_signing_in() {
        let world = world().await.unwrap();
        assert!(!has_demo_owner(&world).await.unwrap());
        assert!(!how_to_sign_in(false).contains(EMAIL));
        let mut api = Api::new(&world.host);
        open_workspace(&mut api, &world.host.setup_code(), "US").await.unwrap();
        assert!(has_demo_owner(&world).await.unwrap());
        assert!(how_to_sign_in(true).contains(EMAIL));
    }
}

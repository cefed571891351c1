//! Changes of leads' addresses, numbers and names, now and then back to what they were. Each person of a plan has two
//! addresses and two numbers.

use crate::plan::user_action::Move;
use crate::plan::{Person, company, elsewhere};
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use local_world::Api;
use serde_json::json;

/// Changes a lead to the other of its two addresses or numbers.
pub async fn change_address(world: &Installation, Move { lead, email, phone }: Move) -> Result<()> {
    let api = world.signed_in().await?;
    let (known, now) = (world.person(lead)?, world.reached(lead)?);
    let other = elsewhere(known);
    let mut changes = json!({});
    if email && !known.email.is_empty() {
        let to = if now.email == known.email { &other.email } else { &known.email };
        changes["email"] = json!(to);
    }
    if phone && !known.phone.is_empty() {
        let to = if now.phone == known.phone { &other.phone } else { &known.phone };
        changes["phone"] = json!(to);
    }
    let id = world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?;
    let changed = api.patch(&format!("/api/leads/{id}"), changes).await?;
    let told = |field: &str| changed[field].as_str().unwrap_or_default().to_owned();
    let moved = Person { email: told("email"), phone: told("phone"), ..known.clone() };
    world.with_roster(|roster| roster.moved.insert(lead, moved));
    Ok(())
}

/// The lead writes from a former address, by mail if a mail has come there, else by a text. If it has none, another
/// lead
/// with a former address does.
pub fn write_from_former_address(world: &Installation, lead: usize, stop: bool) -> Result<()> {
    let sandbox = &world.world.sandbox;
    let others = world.with_roster(|roster| roster.moved.keys().copied().collect::<Vec<_>>());
    for lead in others.iter().filter(|other| **other == lead).chain(&others).copied() {
        let (known, now) = (world.person(lead)?, world.reached(lead)?);
        let other = elsewhere(known);
        let email = if now.email == known.email { &other.email } else { &known.email };
        let has_moved = now.phone != known.phone && !known.phone.is_empty();
        match sandbox.latest_mail(email) {
            Some(mail) if stop => sandbox.ask_to_stop(mail),
            Some(mail) => sandbox.reply_to_mail(mail, "Interesting. What does it cost?"),
            None if has_moved => {
                sandbox.text_us(&known.phone, None, if stop { "STOP" } else { "Who is this? Tell me more" });
            }
            None => continue,
        }
        return Ok(());
    }
    anyhow::bail!("nobody was reached anywhere else")
}

/// Renames the lead: to its own name, or to a misheard one.
pub async fn rename(world: &Installation, lead: usize) -> Result<()> {
    let api = world.signed_in().await?;
    let path = format!("/api/leads/{}", world.with_roster(|roster| roster.lead(lead).map(str::to_owned))?);
    let known = api.get(&path).await?["last_name"].as_str().unwrap_or_default().to_owned();
    let other =
        if known.starts_with("Misheard") { format!("Number{lead}") } else { format!("Misheard{lead}") };
    api.patch(&path, json!({ "last_name": other })).await.map(drop)
}

/// A file says of half of them that they have the other number by now.
pub async fn import_again(world: &Installation) -> Result<()> {
    let api = world.signed_in().await?;
    let mut file = String::from("Email,Phone,Company,Job title\n");
    let mut changed = Vec::new();
    for person in
        world.plan.people.iter().filter(|person| !person.email.is_empty() && !person.phone.is_empty())
    {
        let now = world.reached(person.number)?;
        if person.number % 2 == 0 {
            let other =
                if now.phone == person.phone { elsewhere(person).phone } else { person.phone.clone() };
            changed.push((person.number, Person { phone: other, ..now.clone() }));
        }
        let phone = changed.last().filter(|(number, _)| *number == person.number).map(|(_, to)| &to.phone);
        let (phone, company) = (phone.unwrap_or(&now.phone), company(person.number));
        file.push_str(&format!("{},{phone},{company},Owner\n", now.email));
    }
    import_over(&api, file).await?;
    world.with_roster(|roster| roster.moved.extend(changed));
    Ok(())
}

/// What a file says of known leads counts.
pub async fn import_over(api: &Api, file: String) -> Result<()> {
    let options = json!({ "duplicates": "overwrite", "default_country": "US" });
    let new = json!({ "file_name": "again.csv", "size_bytes": file.len(), "options": options });
    let import = api.post("/api/imports", new).await?;
    let path = format!("/api/imports/{}", import["id"].as_str().context("the answer has no id")?);
    api.put(&format!("{path}/chunks/0"), "application/octet-stream", file.into_bytes()).await?;
    api.post(&format!("{path}/detect"), json!({})).await?;
    api.post(&format!("{path}/commit"), json!({})).await.map(drop)
}

impl Installation {
    /// The person as users have it now, with the latest address and number.
    pub fn reached(&self, number: usize) -> Result<Person> {
        let moved = self.with_roster(|roster| roster.moved.get(&number).cloned());
        moved.map_or_else(|| self.person(number).cloned(), Ok)
    }
}

//! The opening line of a lead: a model writes it from numbered facts, and it is used only if it keeps to them;
//! otherwise the default text is. The same facts are not asked about twice.

use crate::ai::hostile_texts::{Told, without_orders};
use crate::lead::campaign_line::write_for_campaigns_of;
use crate::lead::enrichment::field_ports::Asked;
use crate::lead::enrichment::field_work::{CAP_REACHED, FieldPorts, FieldWork};
use crate::lead::enrichment::website;

use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::campaigns::CampaignStore;
use crate::ports::clock::Clock;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::prompts::{PromptStore, style_of};
use crate::ports::provider_calls::{Prompt, TextModel};
use crate::ports::spend::SpendStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::PersonalizeLead;
use crate::spend::caps::Caps;
use crate::spend::paid_call::{NotPaid, most_of_prompt};
use domain::CampaignId;
use domain::campaign::Campaign;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue, Place};
use domain::lead::opening_line::check::accept_in;
use domain::lead::opening_line::in_campaign::prompt_in_campaign;
use domain::lead::opening_line::{Fact, LookedUp, facts, fallback_line, input_digest, prompt, thin_facts};
use domain::spend::{AiUse, BudgetScope};
use domain::workspace::Workspace;
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;
use std::sync::Arc;

/// The most tokens of an answer. Some models think before they write, and that counts, too.
pub(crate) const MAX_TOKENS: u32 = 800;
/// The answers that are asked for: one that goes beyond the facts is asked for once more.
const ANSWERS: usize = 2;
const FALLBACK: &str = "fallback";
const FEW_FACTS: &str = "too little is known about the lead";
const ORDERS: &str = "texts of the lead or its website speak to a language model, as if to give it orders";
const BEYOND_FACTS: &str = "the model's answers went beyond the facts";
const CAMPAIGN_BUDGET: &str = "the campaign's budget is used up";

crate::ports! {
    #[derive(Clone)]
    pub struct PersonalizePorts {
        pub caps: Caps = Caps::new,
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub leads: Arc<dyn LeadStore>,
        pub model: Arc<dyn TextModel>,
        pub notifications: Arc<dyn NotificationStore>,
        pub prompts: Arc<dyn PromptStore>,
        pub outbox: Arc<dyn Outbox>,
        pub spend: Arc<dyn SpendStore>,
        pub vault: Arc<dyn Vault>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Tells whether an opening line may be outdated by a change of the lead.
pub fn opening_line_may_be_outdated(before: &Lead, after: &Lead) -> bool {
    facts(before, &LookedUp::default()) != facts(after, &LookedUp::default())
}

/// Writes the opening line of one lead, or the one that a campaign has of its own for it. Once the lead's is written, those
/// of its campaigns are ordered, because the same facts may have changed. `is_first`: the first delivery of this message,
/// from which attempts are counted.
pub async fn personalize(
    ports: &PersonalizePorts,
    message: &PersonalizeLead,
    is_first: bool,
) -> StoreResult<Asked> {
    let workspace = ports.workspaces.get(&message.workspace).await?;
    let Some(lead) = found(ports.leads.get(&message.workspace, &message.lead).await)? else {
        return Ok(Asked::Settled);
    };
    let Some(id) = &message.campaign else {
        let asked = write_line(ports, message, (&workspace, &lead, None), is_first).await?;
        if asked == Asked::Settled && workspace.ai_enabled {
            write_for_campaigns_of(&*ports.campaigns, &*ports.outbox, &lead).await?;
        }
        return Ok(asked);
    };
    if is_by_user(ports, &lead).await? {
        return Ok(Asked::Settled);
    }
    match campaign_that_writes(ports, &lead, id).await? {
        Some(campaign) => write_line(ports, message, (&workspace, &lead, Some(&campaign)), is_first).await,
        None => Ok(Asked::Settled),
    }
}

/// Whether a user wrote the lead's opening line, which every campaign then uses.
async fn is_by_user(ports: &PersonalizePorts, lead: &Lead) -> StoreResult<bool> {
    let own = ports.leads.field(&lead.workspace, &lead.id, Field::FirstLine).await?;
    Ok(own.is_some_and(|own| own.is_by_user()))
}

/// Reads the campaign, if it still writes its own line for this lead.
async fn campaign_that_writes(
    ports: &PersonalizePorts,
    lead: &Lead,
    id: &CampaignId,
) -> StoreResult<Option<Campaign>> {
    if !lead.active.contains(id) {
        return Ok(None);
    }
    let campaign = found(ports.campaigns.get(&lead.workspace, id).await)?;
    Ok(campaign.filter(|campaign| campaign.writing.writes_lines()))
}

/// What may be told of a lead for its opening line, and why its website is not part of it.
pub(crate) struct KnownFacts {
    pub facts: Vec<Fact>,
    told: Told,
    unread: Option<String>,
}

/// Reads the facts about a lead, from its own fields and what was looked up, without texts that speak to a model.
pub(crate) async fn known_facts(leads: &dyn LeadStore, lead: &Lead) -> StoreResult<KnownFacts> {
    let read = |field| leads.field(&lead.workspace, &lead.id, field);
    let (place, site) = futures::try_join!(read(Field::Place), read(Field::Website))?;
    let (website, unread) = website::known(lead, site);
    let told = without_orders(lead, LookedUp { place: place_of(place), website });
    Ok(KnownFacts { facts: facts(&told.lead, &told.looked_up), told, unread })
}

async fn write_line(
    ports: &PersonalizePorts,
    message: &PersonalizeLead,
    (workspace, lead, campaign): (&Workspace, &Lead, Option<&Campaign>),
    is_first: bool,
) -> StoreResult<Asked> {
    let fields = FieldPorts {
        accounts: &*ports.accounts,
        leads: &*ports.leads,
        notifications: &*ports.notifications,
        caps: &ports.caps,
        spend: &*ports.spend,
        vault: &*ports.vault,
    };
    let force = message.force && is_first;
    let (source, now) = ("chat_model", ports.clock.now());
    let work = match campaign {
        None => FieldWork::open(fields, lead, (Field::FirstLine, source), now, force, is_first).await?,
        Some(campaign) => {
            FieldWork::open_for_campaign(fields, (lead, campaign), source, now, force, is_first).await?
        }
    };
    if work.known().is_some_and(FieldResult::is_by_user) && !message.force {
        return Ok(Asked::Settled);
    }
    if !workspace.ai_enabled {
        work.skip("switched off").await?;
        return Ok(Asked::Settled);
    }
    let KnownFacts { facts, told, unread } = known_facts(&*ports.leads, lead).await?;
    let fallback = || FieldValue::FirstLine { text: fallback_line(&told.lead), facts: Vec::new() };
    if thin_facts(&facts) {
        let why = match unread {
            _ if told.left_out => ORDERS.to_owned(),
            Some(unread) => format!("{FEW_FACTS}; {unread}"),
            None => FEW_FACTS.to_owned(),
        };
        let digest = input_digest(&facts, &why, FALLBACK);
        if work.answered(&digest).is_none() {
            work.stands_in(fallback(), &digest, (FALLBACK, &why)).await?;
        }
        return Ok(Asked::Settled);
    }
    let Some(account) = work.chat_model().await? else { return Ok(Asked::Settled) };
    let model = match &account.settings {
        AccountSettings::ChatModel { model, .. } => model.as_str(),
        _ => "",
    };
    let instructed = style_of(&*ports.prompts, workspace, AiUse::OpeningLine).await?;
    let work = work.with_prompt(instructed.written_by(model));
    let voice = &instructed.text;
    let style = campaign.map_or_else(|| voice.clone(), |campaign| campaign.writing.style(voice));
    let digest = input_digest(&facts, &style, model);
    if work.answered(&digest).is_some() {
        return Ok(Asked::Settled);
    }
    let asked = match campaign {
        None => prompt(&facts, voice),
        Some(campaign) => prompt_in_campaign(&facts, voice, &campaign.writing),
    };
    let language = campaign.map_or("", |campaign| &campaign.writing.language);
    let asked = Prompt {
        system: asked.system,
        user: asked.user,
        max_tokens: MAX_TOKENS,
        schema: Some(("first_line".to_owned(), asked.schema)),
    };
    let spending = ports.spend.settings(&lead.workspace).await?;
    let price = spending.prices.model(model);
    let most = most_of_prompt(price, &[&asked.system, &asked.user], MAX_TOKENS);
    for _ in 0..ANSWERS {
        let now = ports.clock.now();
        let asks = Some((AiUse::OpeningLine, model));
        let paid = match work.reserve(&spending, most, &digest, asks).await? {
            Ok(paid) => paid,
            Err(NotPaid::Cap(BudgetScope::Campaign { .. })) => {
                // Without the digest the line is written once the budget is raised.
                if !work.has_line() {
                    work.stands_in(fallback(), "", (FALLBACK, CAMPAIGN_BUDGET)).await?;
                }
                return Ok(Asked::Settled);
            }
            Err(_) => {
                work.skip(CAP_REACHED).await?;
                return Ok(Asked::Settled);
            }
        };
        let answer = match ports.model.complete(&account, &asked).await {
            Ok(answer) => answer,
            Err(error) => {
                paid.failed(&error, now).await?;
                return work.failed(error, &digest, &account).await;
            }
        };
        let accepted = accept_in(&answer.text, &facts, language);
        paid.written(price, answer.tokens(), accepted.is_ok(), now).await?;
        work.note_works(&account).await?;
        let (prompt_tokens, completion_tokens) = (answer.prompt_tokens, answer.completion_tokens);
        match accepted {
            Ok(line) => {
                // The lead may have been corrected while the model wrote.
                match found(ports.leads.get(&lead.workspace, &lead.id).await)? {
                    None => return Ok(Asked::Settled),
                    Some(now_is) if opening_line_may_be_outdated(lead, &now_is) => {
                        let why = "the lead was changed meanwhile".to_owned();
                        return Ok(Asked::Again { after_seconds: 1, why });
                    }
                    Some(_) => {}
                }
                if let Some(before) = campaign
                    && let Some(now_is) = found(ports.campaigns.get(&lead.workspace, &before.id).await)?
                    && now_is.writing.style(voice) != style
                {
                    let why = "the campaign's settings were changed meanwhile".to_owned();
                    return Ok(Asked::Again { after_seconds: 1, why });
                }
                tracing::info!(lead.id = %lead.id, prompt_tokens, completion_tokens, "a first line was written");
                let value = FieldValue::FirstLine { text: line.text, facts: line.facts };
                work.found(value, &digest).await?;
                return Ok(Asked::Settled);
            }
            // An answer that is turned down is not logged: it may be about a person.
            Err(_) => {
                tracing::info!(lead.id = %lead.id, prompt_tokens, completion_tokens, "a first line was turned down");
            }
        }
    }
    work.stands_in(fallback(), &digest, (FALLBACK, BEYOND_FACTS)).await?;
    Ok(Asked::Settled)
}

fn place_of(known: Option<FieldResult>) -> Option<(Place, Timestamp)> {
    let known = known?;
    match known.status {
        FieldStatus::Found { value: FieldValue::Place(place) } => Some((place, known.at)),
        _ => None,
    }
}

//! Prospects as users see them before they are leads: masked, with the lead that each is already, and its fit.

use crate::lead::list::{FitOfRow, LeadFit};
use crate::ports::store::StoreResult;
use crate::prospects::as_lead::lead_of;
use crate::prospects::desk::ProspectDesk;
pub use crate::prospects::known::KnownBy;
use crate::prospects::known::KnownLead;
use crate::prospects::plan::leads_of;
use domain::LeadId;
use domain::contact::email_address::EmailAddress;
use domain::icp::{FitAnswer, FitVerdict, IcpProfile, rule_text};
use domain::lead::data_field::DataField;
use domain::prospect::{Prospect, masked_email, masked_name};

/// Stands for an address that the provider has and has not told.
const MASKED_ADDRESS: &str = "masked@prospect.invalid";

/// A prospect without what a user has not paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedProspect {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub job_title: Option<String>,
    pub company: Option<String>,
    pub website: Option<String>,
    pub industry: Option<String>,
    pub employees: Option<String>,
    /// The city and the country, else the company's address.
    pub place: Option<String>,
    pub has_email: Option<bool>,
    pub has_phone: Option<bool>,
    /// Whether its address costs a credit.
    pub is_to_be_bought: bool,
    /// Whether it can be added: an address or a number is known or can be bought.
    pub is_reachable: bool,
    pub known: Option<(LeadId, KnownBy)>,
    pub fit: Option<ProspectFit>,
}

/// How a prospect fits, as far as the provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProspectFit {
    pub verdict: FitGuess,
    /// The points of what is known, 0 to 100; none if it does not fit.
    pub points: Option<u8>,
    /// The rules that it fails, in plain words.
    pub fails: Vec<String>,
    /// The rules about which nothing is known, in plain words.
    pub not_known: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FitGuess {
    Fits,
    /// It fails no rule, and of some nothing is known.
    MayFit,
    DoesNotFit,
}

/// Shows prospects, in their order.
pub async fn masked(
    desk: &ProspectDesk<'_>,
    prospects: &[Prospect],
    icp: Option<&IcpProfile>,
) -> StoreResult<Vec<MaskedProspect>> {
    let mut known = leads_of(desk, prospects).await?;
    let shown = prospects.iter().map(|one| {
        let known = known.remove(&one.id).map(|KnownLead { lead, by }| (lead, by));
        mask(one, known, icp.map(|icp| fit_of(desk, one, icp)))
    });
    Ok(shown.collect())
}

fn mask(one: &Prospect, known: Option<(LeadId, KnownBy)>, fit: Option<ProspectFit>) -> MaskedProspect {
    let text = |field| one.value(field).map(str::to_owned);
    let place: Vec<String> = [DataField::City, DataField::Country].into_iter().filter_map(text).collect();
    let place = if place.is_empty() { text(DataField::CompanyAddress) } else { Some(place.join(", ")) };
    MaskedProspect {
        id: one.id.clone(),
        name: one.value(DataField::FullName).and_then(masked_name),
        email: one.value(DataField::Email).and_then(masked_email),
        job_title: text(DataField::JobTitle),
        company: text(DataField::CompanyName),
        website: text(DataField::CompanyWebsite),
        industry: text(DataField::Industry),
        employees: text(DataField::Employees),
        place,
        has_email: one.has_email.or_else(|| one.value(DataField::Email).map(|_| true)),
        has_phone: one.has_phone,
        is_to_be_bought: one.is_to_be_bought(),
        is_reachable: one.is_reachable(),
        known,
        fit,
    }
}

/// Judges a prospect as leads are judged. What a provider keeps to itself is not known; it is not taken for false.
fn fit_of(desk: &ProspectDesk<'_>, one: &Prospect, icp: &IcpProfile) -> ProspectFit {
    let now = desk.ports.clock.now();
    let id = LeadId::derived(now, &[&one.id]);
    let place = (id, &desk.workspace.id);
    let mut lead = lead_of(place, &one.values, &one.masked, desk.workspace.default_country, now);
    if lead.email.is_none() && one.has_email == Some(true) {
        // It has an address: which one does not matter to a rule that asks for one.
        lead.email = EmailAddress::parse(MASKED_ADDRESS).ok();
    }
    let FitOfRow { verdict, rules, .. } = LeadFit::of(&lead, icp, &desk.fields, now).fit;
    let (mut fails, mut not_known) = (Vec::new(), Vec::new());
    for (rule, reason) in icp.rules.iter().zip(rules) {
        match reason.answer {
            FitAnswer::Met => {}
            FitAnswer::NotMet if reason.value.is_some() => fails.push(reason.text),
            FitAnswer::NotMet => {
                not_known.push(format!("not known: {}", rule_text(&rule.rule, &desk.fields)))
            }
            FitAnswer::NotKnown => not_known.push(reason.text),
        }
    }
    let guess = match (fails.is_empty(), not_known.is_empty()) {
        (false, _) => FitGuess::DoesNotFit,
        (true, false) => FitGuess::MayFit,
        (true, true) => FitGuess::Fits,
    };
    let points = match verdict {
        FitVerdict::Fits(points) => Some(points),
        FitVerdict::JustOutside(_) | FitVerdict::DoesNotFit => None,
    };
    ProspectFit { verdict: guess, points, fails, not_known }
}

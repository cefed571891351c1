//! Texts of a lead that speak to a language model instead of to us: no model is given one.

use domain::column::ai::{NoAnswer, values_told};
use domain::lead::Lead;
use domain::lead::enrichment::Place;
use domain::lead::opening_line::LookedUp;
use understanding::speaks_to_a_model;

/// What may be told of a lead.
pub(crate) struct Told {
    pub lead: Lead,
    pub looked_up: LookedUp,
    /// Whether a text was left out.
    pub left_out: bool,
}

/// Returns the lead and what was looked up about it without the texts that speak to a model. A website with one is left out
/// as a whole: an order may stand in several of its sentences.
pub(crate) fn without_orders(lead: &Lead, looked_up: LookedUp) -> Told {
    let mut told = Told { lead: lead.clone(), looked_up, left_out: false };
    let Told { lead, looked_up: LookedUp { place, website }, left_out } = &mut told;
    let speaks = website.as_ref().is_some_and(|(site, _)| {
        let texts = || site.statements.iter().chain([&site.address]);
        texts().any(|text| speaks_to_a_model(text)) || speaks_to_a_model(&site.statements.join(" "))
    });
    if speaks {
        (*website, *left_out) = (None, true);
    }
    let of_place = place.iter_mut().flat_map(|(place, _)| {
        let Place { name, category, website, address, .. } = place;
        [name, category, website, address]
    });
    let Lead { first_name, last_name, company, job_title, category, city, website, .. } = lead;
    let of_lead = [first_name, last_name, company, job_title, category, city, website];
    for text in of_lead.into_iter().chain(of_place) {
        if text.as_deref().is_some_and(speaks_to_a_model) {
            (*text, *left_out) = (None, true);
        }
    }
    told
}

/// Refuses a column's question about a lead with a value that speaks to a model, by the name of its field.
pub(crate) fn refuse_orders(prompt: &str, context: &[String], lead: &Lead) -> Result<(), NoAnswer> {
    // The values as they stand: a question leaves out the marks by which an order may be known.
    let told = values_told(prompt, context, lead);
    match told.into_iter().find(|(_, value)| speaks_to_a_model(value)) {
        None => Ok(()),
        Some((name, _)) => Err(NoAnswer::SpeaksToModel(name)),
    }
}

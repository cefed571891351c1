//! Look-ups of what is known already: about the company, about the location, of a colleague.

use crate::columns::fill_one::Filling;
use crate::ports::leads::LeadQuery;
use crate::ports::store::StoreResult;
use domain::column::LeadColumn;
use domain::column::recipe::{CompanyPart, LocationPart, LookupSource};
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldStatus, FieldValue, Place};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::sequence::merge_fields::lead_value;
use domain::workspace::tracking_domain::DomainName;

/// The colleagues that are looked at.
const COLLEAGUES: usize = 20;

impl Filling<'_> {
    pub(super) async fn look_up(
        &self,
        from: &LookupSource,
        column: &LeadColumn,
        lead: &Lead,
    ) -> StoreResult<Option<String>> {
        match from {
            LookupSource::Company { part } => self.company_part(*part, lead).await,
            LookupSource::Location { part } => {
                let known = self.bench.ports.leads.field(&lead.workspace, &lead.id, Field::Place).await?;
                Ok(match known.map(|known| known.status) {
                    Some(FieldStatus::Found { value: FieldValue::Place(place) }) => part_of(&place, *part),
                    _ => None,
                })
            }
            LookupSource::Colleague { field } => self.value_of_colleague(field, column, lead).await,
        }
    }

    async fn company_part(&self, part: CompanyPart, lead: &Lead) -> StoreResult<Option<String>> {
        let Some(domain) = lead.company_domain() else { return Ok(None) };
        if part == CompanyPart::Domain {
            return Ok(Some(domain.to_owned()));
        }
        let Ok(domain) = DomainName::parse(domain) else { return Ok(None) };
        let records = self.bench.ports.companies.records(&lead.workspace, &[domain]).await?;
        Ok(records.into_iter().next().and_then(|record| match part {
            CompanyPart::Name => record.name,
            CompanyPart::Parent => record.parent.map(|parent| parent.as_str().to_owned()),
            CompanyPart::Note => {
                record.note.map(|note| note.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            CompanyPart::Domain => None,
        }))
    }

    async fn value_of_colleague(
        &self,
        field: &str,
        column: &LeadColumn,
        lead: &Lead,
    ) -> StoreResult<Option<String>> {
        let Some(domain) = lead.company_domain() else { return Ok(None) };
        let filter = LeadFilter { company_domain: vec![domain.to_owned()], ..LeadFilter::default() };
        let query = LeadQuery::of(&filter, COLLEAGUES, None, self.bench.ports.clock.now());
        let (rows, _) = self.bench.ports.lists.matching(&lead.workspace, &LeadScope::All, &query).await?;
        let ids: Vec<_> = rows.into_iter().map(|row| row.id).filter(|id| *id != lead.id).collect();
        let colleagues = self.bench.ports.leads.get_many(&lead.workspace, &ids).await?;
        let mut values = colleagues.iter().filter_map(|colleague| lead_value(colleague, field));
        Ok(values.find(|value| column.target.read(value, &self.bench.fields, self.home(lead)).is_ok()))
    }
}

fn part_of(place: &Place, part: LocationPart) -> Option<String> {
    match part {
        LocationPart::Name => place.name.clone(),
        LocationPart::Category => place.category.clone(),
        LocationPart::Rating => place.rating.map(|rating| rating.to_string()),
        LocationPart::Reviews => place.reviews.map(|reviews| reviews.to_string()),
        LocationPart::Phone => place.phone.clone(),
        LocationPart::Website => place.website.clone(),
        LocationPart::Address => place.address.clone(),
    }
}

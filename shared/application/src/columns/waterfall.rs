//! A waterfall: providers are asked in turn, and the first valid value is taken.

use crate::columns::answers::{Halt, Troubles};
use crate::columns::ask::Answer;
use crate::columns::bench::call_kind;
use crate::columns::cell_work::{CellWork, StepResult};
use crate::columns::fill_one::{Filling, Known};
use crate::columns::subject::subject_of;
use crate::ports::data_providers::{CrawlError, CrawlLimits, CrawledSite};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::workspace::account_answers::note_works;
use domain::column::LeadColumn;
use domain::column::cell::{CellState, StepOutcome};
use domain::column::recipe::{WEBSITE, WaterfallStep};
use domain::lead::Lead;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::spend::Usd;
use jiff::SignedDuration;

const CRAWL: CrawlLimits =
    CrawlLimits { pages: 5, bytes_a_page: 1_000_000, time: SignedDuration::from_secs(20) };
const LONGEST_DESCRIPTION: usize = 900;

impl Filling<'_> {
    pub(super) async fn waterfall(
        &self,
        column: &LeadColumn,
        lead: &Lead,
        (field, providers): (DataField, &[WaterfallStep]),
        mut work: CellWork<'_>,
        known: &mut Known,
    ) -> StoreResult<Answer> {
        if !self.bench.workspace.enrichment_enabled {
            return self.ended(work, CellState::Skipped { why: "switched off".to_owned() }).await;
        }
        let subject = subject_of(lead, &column.target);
        let mut troubles = Troubles::default();
        for step in providers {
            if work.has_answered(&step.provider) {
                troubles.answered = true;
                continue;
            }
            let found = if step.provider == WEBSITE {
                self.by_website(lead, &subject, &mut work, known).await?
            } else {
                let Some(account) = self.bench.account(&step.provider) else {
                    troubles.no_account = true;
                    continue;
                };
                let asked = (&account, step, field);
                match self.by_provider(asked, &subject, &mut work, (known, &mut troubles)).await? {
                    Asked::Known(found) => found,
                    Asked::NotPossible => continue,
                    Asked::Taken => return Ok(Answer::Taken(work.cell)),
                    Asked::Halted(halt) => return self.halted(work, halt).await,
                }
            };
            let Some(found) = found else { continue };
            let Some(found) = found.answer else {
                troubles.answered = true;
                continue;
            };
            let value = match taken(column, lead, self, (&found, field), step.min_confidence) {
                Ok(value) => value,
                Err(why) => {
                    let price = work.cell.steps.last().map_or(Usd::ZERO, |step| step.price);
                    let result = StepResult::of(StepOutcome::NotTaken, price).because(why);
                    work.answered(StepResult { confidence: found.confidence, ..result });
                    troubles.answered = true;
                    continue;
                }
            };
            work.cell.value = Some(value);
            work.cell.confidence = found.confidence;
            return Ok(Answer::Found(work.finish(CellState::Found {}, Some(&step.provider)).await?));
        }
        let (state, halt) = troubles.ending(&work, self.bench.ports.clock.now());
        self.finished(work, state, halt).await
    }

    async fn by_provider(
        &self,
        (account, step, field): (&OpenAccount, &WaterfallStep, DataField),
        subject: &DataSubject,
        work: &mut CellWork<'_>,
        (known, troubles): (&mut Known, &mut Troubles),
    ) -> StoreResult<Asked> {
        let lookup = &self.bench.ports.data_lookup;
        let kind = call_kind(field);
        let Some(question) = lookup.question(account, subject, field) else { return Ok(Asked::NotPossible) };
        let name = (step.provider.clone(), question);
        if let Some(answer) = known.get(&name) {
            work.ask_freely(&step.provider, kind.as_str());
            let outcome = if answer.is_some() { StepOutcome::Found } else { StepOutcome::NotFound };
            work.answered(StepResult::of(outcome, Usd::ZERO).because("asked for another column"));
            return Ok(Asked::Known(Some(Reply { answer: answer.clone() })));
        }
        if let Some(halt) = self.guard.halts(self.bench).await? {
            return Ok(Asked::Halted(halt));
        }
        let price = self.bench.price(&step.provider, kind);
        if !work.ask(&step.provider, kind.as_str(), price.most()).await? {
            return Ok(Asked::Taken);
        }
        let answer = match lookup.look_up(account, subject, field).await {
            Ok(answer) => answer,
            Err(error) => {
                let result = troubles.note(self.bench, error, Some(account), price.most()).await?;
                work.answered(result);
                return Ok(Asked::Known(None));
            }
        };
        note_works(&*self.bench.ports.accounts, account, self.bench.ports.clock.now()).await?;
        let result = match &answer {
            Some(found) => {
                StepResult { confidence: found.confidence, ..StepResult::of(StepOutcome::Found, price.hit) }
            }
            None => StepResult::of(StepOutcome::NotFound, price.miss),
        };
        work.answered(result);
        known.insert(name, answer.clone());
        Ok(Asked::Known(Some(Reply { answer })))
    }

    /// Reads the company's own website, which costs nothing.
    async fn by_website(
        &self,
        lead: &Lead,
        subject: &DataSubject,
        work: &mut CellWork<'_>,
        known: &mut Known,
    ) -> StoreResult<Option<Reply>> {
        let site = lead.website.clone().or_else(|| subject.domain.clone());
        let Some(site) = site.filter(|site| !site.trim().is_empty()) else { return Ok(None) };
        let name = (WEBSITE.to_owned(), site.clone());
        work.ask_freely(WEBSITE, "website");
        if let Some(answer) = known.get(&name) {
            let outcome = if answer.is_some() { StepOutcome::Found } else { StepOutcome::NotFound };
            work.answered(StepResult::of(outcome, Usd::ZERO));
            return Ok(Some(Reply { answer: answer.clone() }));
        }
        let answer = match self.bench.ports.site_crawler.crawl(&site, &CRAWL).await {
            Ok(crawled) => {
                work.answered(StepResult::of(StepOutcome::Found, Usd::ZERO));
                Some(found_on(&crawled, subject))
            }
            Err(error) => {
                let outcome = match error {
                    CrawlError::NotThere(_) => StepOutcome::NotFound,
                    CrawlError::Unavailable(_) => StepOutcome::Busy,
                    CrawlError::NotAllowed(_) | CrawlError::Refused(_) => StepOutcome::Refused,
                };
                work.answered(StepResult::of(outcome, Usd::ZERO).because(error.to_string()));
                None
            }
        };
        known.insert(name, answer.clone());
        Ok(Some(Reply { answer }))
    }
}

/// What a provider was found to know.
struct Reply {
    answer: Option<DataFound>,
}

enum Asked {
    /// The provider's answer; none if there is none.
    Known(Option<Reply>),
    /// The provider cannot be asked with what is known.
    NotPossible,
    /// Another worker fills the cell.
    Taken,
    Halted(Halt),
}

/// Returns the value as the lead would store it, or why it is not taken.
fn taken(
    column: &LeadColumn,
    lead: &Lead,
    filling: &Filling<'_>,
    (found, field): (&DataFound, DataField),
    min_confidence: u8,
) -> Result<String, String> {
    let value = found.values.get(&field).ok_or("the provider does not know this field")?;
    if let Some(confidence) = found.confidence.filter(|confidence| *confidence < min_confidence) {
        return Err(format!("its confidence {confidence} is below {min_confidence}"));
    }
    let read = column.target.read(value, &filling.bench.fields, filling.home(lead));
    read.map_err(|error| error.to_string())
}

/// Returns what a website tells about the company.
fn found_on(site: &CrawledSite, subject: &DataSubject) -> DataFound {
    let mut found = DataFound::default();
    let mut put = |field, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            found.values.insert(field, value);
        }
    };
    let at_home = |address: &&String| {
        let domain = subject.domain.as_deref().unwrap_or_default();
        !domain.is_empty() && address.to_lowercase().ends_with(&format!("@{domain}"))
    };
    put(DataField::Email, site.emails.iter().find(at_home).or(site.emails.first()).cloned());
    put(DataField::CompanyPhone, site.phones.first().cloned());
    put(DataField::MobilePhone, site.phones.first().cloned());
    put(DataField::CompanyLinkedinUrl, site.linkedin_url.clone());
    let text = site.pages.first().map(|page| page.text.split_whitespace().collect::<Vec<_>>().join(" "));
    put(DataField::CompanyDescription, text.map(|text| text.chars().take(LONGEST_DESCRIPTION).collect()));
    put(DataField::CompanyWebsite, site.pages.first().map(|page| page.url.clone()));
    found
}

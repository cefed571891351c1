//! `DataLookup`, `ProspectSearch`, `PlaceLookup`, `EmailVerifier` and `ActorRunner`: the account's provider chooses the
//! connector, the transport carries the request.

use crate::Providers;
use crate::accounts::{Unusable, wrong_kind};
use crate::calls::lost;
use crate::data_connectors::{DataAccount, RunState, connector_of};
use crate::question::Question;
use application::ports::data_providers::{
    ActorRun, ActorRunner, DataLookup, ProspectCriterion, ProspectPage, ProspectQuery, ProspectSearch,
};
use application::ports::provider_calls::{CallError, EmailVerifier, OpenAccount, PlaceLookup, Verification};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::lead::enrichment::Place;
use http::Response;

impl Providers {
    async fn ask(&self, account: &OpenAccount, question: &Question) -> Result<Response<Vec<u8>>, CallError> {
        let request =
            connector_of(account)?.request(question, &DataAccount::of(account)?).map_err(Unusable::from)?;
        self.http.send(request).await.map_err(lost)
    }
}

#[async_trait]
impl DataLookup for Providers {
    fn question(&self, account: &OpenAccount, subject: &DataSubject, wanted: DataField) -> Option<String> {
        let question = connector_of(account).ok()?.looks_up()?.question(subject, wanted)?;
        Some(format!("{} {}", account.settings.data_provider().unwrap_or_default(), question.text()))
    }

    async fn look_up(
        &self,
        account: &OpenAccount,
        subject: &DataSubject,
        wanted: DataField,
    ) -> Result<Option<DataFound>, CallError> {
        let looks_up = connector_of(account)?.looks_up().ok_or_else(|| wrong_kind(account))?;
        let question = looks_up.question(subject, wanted);
        let question =
            question.ok_or_else(|| CallError::Rejected("too little is known to ask".to_owned()))?;
        looks_up.found(&question, &self.ask(account, &question).await?)
    }
}

#[async_trait]
impl ProspectSearch for Providers {
    fn criteria(&self, account: &OpenAccount) -> &'static [ProspectCriterion] {
        let searches = connector_of(account).ok().and_then(|connector| connector.searches_prospects());
        searches.map_or(&[], |searches| searches.criteria())
    }

    fn billed_calls(&self, account: &OpenAccount, prospects: u32) -> u64 {
        let searches = connector_of(account).ok().and_then(|connector| connector.searches_prospects());
        searches.map_or(1, |searches| searches.billed_calls(prospects))
    }

    async fn search_prospects(
        &self,
        account: &OpenAccount,
        query: &ProspectQuery,
    ) -> Result<ProspectPage, CallError> {
        let searches = connector_of(account)?.searches_prospects().ok_or_else(|| wrong_kind(account))?;
        let unknown = query.criteria().into_iter().find(|used| !searches.criteria().contains(used));
        if let Some(unknown) = unknown {
            return Err(CallError::Rejected(
                format!("this provider does not search by {unknown:?}").to_lowercase(),
            ));
        }
        let question = searches.question(query).map_err(CallError::Rejected)?;
        searches.page(query, &self.ask(account, &question).await?)
    }
}

#[async_trait]
impl PlaceLookup for Providers {
    async fn find_place(
        &self,
        account: &OpenAccount,
        business: Option<&str>,
        address: &str,
    ) -> Result<Option<Place>, CallError> {
        let finds = connector_of(account)?.finds_places().ok_or_else(|| wrong_kind(account))?;
        finds.place(&self.ask(account, &finds.question(business, address)).await?)
    }
}

#[async_trait]
impl EmailVerifier for Providers {
    async fn verify_email(
        &self,
        account: &OpenAccount,
        email: &EmailAddress,
    ) -> Result<Verification, CallError> {
        let verifies = connector_of(account)?.verifies_email().ok_or_else(|| wrong_kind(account))?;
        verifies.verdict(&self.ask(account, &verifies.question(email)).await?)
    }
}

#[async_trait]
impl ActorRunner for Providers {
    async fn start(&self, account: &OpenAccount, actor: &str, input: &str) -> Result<String, CallError> {
        let runs = connector_of(account)?.runs_actors().ok_or_else(|| wrong_kind(account))?;
        let question = runs.start(actor, input).map_err(CallError::Rejected)?;
        runs.started(&self.ask(account, &question).await?)
    }

    async fn read(&self, account: &OpenAccount, run: &str) -> Result<ActorRun, CallError> {
        let runs = connector_of(account)?.runs_actors().ok_or_else(|| wrong_kind(account))?;
        let question = runs.status(run).map_err(CallError::Rejected)?;
        match runs.run(&self.ask(account, &question).await?)? {
            RunState::Running => Ok(ActorRun::Running),
            RunState::Failed(why) => Ok(ActorRun::Failed { why }),
            RunState::Done(items) => {
                let items = runs.items(&self.ask(account, &items).await?)?;
                Ok(ActorRun::Done { items })
            }
        }
    }
}

//! The providers of data: what each can be asked, and the list of them, a line each. Everything else about one is in its
//! folder.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::question::Question;
use crate::wire::BadSettings;
use crate::{hunter, serpapi};
use application::ports::data_providers::{ProspectCriterion, ProspectPage, ProspectQuery};
use application::ports::declarations::Declaration;
use application::ports::provider_calls::{CallError, OpenAccount, Verification};
use domain::contact::email_address::EmailAddress;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::lead::enrichment::Place;
use domain::workspace::account::AccountSettings;
use http::{Request, Response};

/// A provider of data, with the capabilities that it has.
pub(crate) trait DataConnector: Sync {
    /// Makes the request of a question, with the key where this provider wants it.
    fn request(
        &self,
        question: &Question,
        account: &DataAccount<'_>,
    ) -> Result<Request<Vec<u8>>, BadSettings>;

    fn looks_up(&self) -> Option<&dyn LooksUp> {
        None
    }

    fn searches_prospects(&self) -> Option<&dyn SearchesProspects> {
        None
    }

    fn verifies_email(&self) -> Option<&dyn VerifiesEmail> {
        None
    }

    fn finds_places(&self) -> Option<&dyn FindsPlaces> {
        None
    }

    fn runs_actors(&self) -> Option<&dyn RunsActors> {
        None
    }
}

pub(crate) trait LooksUp: Sync {
    /// Returns the question by which the field is found; `None` if too little is known, or the provider does not know
    /// such a field.
    fn question(&self, subject: &DataSubject, wanted: DataField) -> Option<Question>;

    fn found(
        &self,
        question: &Question,
        response: &Response<Vec<u8>>,
    ) -> Result<Option<DataFound>, CallError>;
}

pub(crate) trait SearchesProspects: Sync {
    fn criteria(&self) -> &'static [ProspectCriterion];

    /// Returns the calls of the price list as which a page of so many prospects is billed.
    fn billed_calls(&self, _prospects: u32) -> u64 {
        1
    }

    /// Returns the question of one page; on error what of the query cannot be asked.
    fn question(&self, query: &ProspectQuery) -> Result<Question, String>;

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError>;
}

pub(crate) trait VerifiesEmail: Sync {
    fn question(&self, email: &EmailAddress) -> Question;

    fn verdict(&self, response: &Response<Vec<u8>>) -> Result<Verification, CallError>;
}

pub(crate) trait FindsPlaces: Sync {
    fn question(&self, business: Option<&str>, address: &str) -> Question;

    fn place(&self, response: &Response<Vec<u8>>) -> Result<Option<Place>, CallError>;
}

pub(crate) trait RunsActors: Sync {
    /// Returns the question that starts a run; on error what of it cannot be asked.
    fn start(&self, actor: &str, input: &str) -> Result<Question, String>;

    fn started(&self, response: &Response<Vec<u8>>) -> Result<String, CallError>;

    fn status(&self, run: &str) -> Result<Question, String>;

    fn run(&self, response: &Response<Vec<u8>>) -> Result<RunState, CallError>;

    fn items(&self, response: &Response<Vec<u8>>) -> Result<String, CallError>;
}

/// The state of an actor's run, as its provider tells it.
pub(crate) enum RunState {
    Running,
    /// It succeeded, and this question asks for what it found.
    Done(Question),
    Failed(String),
}

/// The part of an account that a call needs.
pub(crate) struct DataAccount<'a> {
    pub base_url: &'a str,
    pub key: &'a str,
}

impl<'a> DataAccount<'a> {
    pub fn of(account: &'a OpenAccount) -> Result<Self, Unusable> {
        let (AccountSettings::Hunter { base_url }
        | AccountSettings::SerpApi { base_url }
        | AccountSettings::DataProvider { base_url, .. }) = &account.settings
        else {
            return Err(wrong_kind(account));
        };
        Ok(Self { base_url, key: secret(account, "api_key")? })
    }
}

/// Lists declared providers of data as `folder::Type`. The folder has `DECLARED`; its type implements `DataConnector`.
macro_rules! data_providers {
    ($($folder:ident :: $connector:ident),* $(,)?) => {
        pub(crate) const DECLARED: &[(&str, &Declaration)] =
            &[$((stringify!($folder), &crate::$folder::DECLARED)),*];

        /// Returns the connector of a provider, by its name in the price list.
        pub(crate) fn connector(provider: &str) -> Option<&'static dyn DataConnector> {
            $(if provider == stringify!($folder) { return Some(&crate::$folder::$connector); })*
            match provider {
                "hunter" => Some(&hunter::Hunter),
                "serpapi" => Some(&serpapi::Serpapi),
                _ => None,
            }
        }
    };
}

data_providers! {
    apollo::Apollo,
    people_data_labs::PeopleDataLabs,
    zerobounce::Zerobounce,
    serper::Serper,
    apify::Apify,
}

pub(crate) fn connector_of(account: &OpenAccount) -> Result<&'static dyn DataConnector, Unusable> {
    account.settings.data_provider().and_then(connector).ok_or_else(|| wrong_kind(account))
}

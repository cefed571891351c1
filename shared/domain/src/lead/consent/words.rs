//! The words by which files name the ground for contacting a lead.

use super::ConsentBasis;
use crate::text_match::folded;

const WRITTEN: &[&str] = &[
    "writtenconsent",
    "consentwritten",
    "expresswrittenconsent",
    "writtenoptin",
    "doubleoptin",
    "doi",
    "confirmedoptin",
    "schriftlicheeinwilligung",
    "signed",
];
const CONSENT: &[&str] = &[
    "consent",
    "yes",
    "true",
    "1",
    "y",
    "ja",
    "oui",
    "si",
    "sim",
    "optin",
    "optedin",
    "agreed",
    "granted",
    "subscribed",
    "expressconsent",
    "einwilligung",
    "consentement",
    "consentimiento",
    "consenso",
    "toestemming",
    "zgoda",
    "samtycke",
];
const CUSTOMER: &[&str] = &[
    "existingcustomer",
    "customer",
    "contract",
    "performanceofacontract",
    "client",
    "existingclient",
    "impliedconsent",
    "bestandskunde",
    "kunde",
    "vertrag",
    "cliente",
    "contrat",
    "contrato",
    "contratto",
    "klant",
];
const INTEREST: &[&str] = &[
    "legitimateinterest",
    "legitimateinterests",
    "legitimateinterestb2b",
    "li",
    "berechtigtesinteresse",
    "interetlegitime",
    "intereslegitimo",
    "interesselegittimo",
    "gerechtvaardigdbelang",
];
const NOTHING: &[&str] = &[
    "none",
    "no",
    "false",
    "0",
    "n",
    "nein",
    "non",
    "nee",
    "unknown",
    "notstated",
    "notgiven",
    "nonestated",
];

pub(super) fn read(text: &str) -> Option<Option<ConsentBasis>> {
    let word = folded(text);
    let found = [
        (WRITTEN, Some(ConsentBasis::WrittenConsent)),
        (CONSENT, Some(ConsentBasis::Consent)),
        (CUSTOMER, Some(ConsentBasis::ExistingCustomer)),
        (INTEREST, Some(ConsentBasis::LegitimateInterest)),
        (NOTHING, None),
    ];
    found.into_iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, basis)| basis)
}

//! Cells that stand for a missing value.

use super::*;
use crate::lead::attributes::LeadText;

fn names(lead: &NewLeadFields) -> [Option<&str>; 4] {
    let texts = [LeadText::FirstName, LeadText::LastName, LeadText::Company, LeadText::City];
    texts.map(|text| lead.texts.get(&text).map(String::as_str))
}

#[test]
fn cell_that_stands_for_a_missing_value_gives_the_lead_none() {
    let file = "First Name,Last Name,Company,Email,Phone,City,Website,Country,Rating,Time Zone,Tags,Room\n\
        #N/A,Brandt,Nordlicht Praxis,lena@nordlicht.example,#N/A,Kiel,n/a,-,#NV,NULL,n/a;vip,NULL\n\
        NULL,NULL,Hafen Dental,jan@hafen.example,NULL,NULL,-,NULL,-,-,-,#REF!\n\
        n/a,Costa,-,mia@costa.example,-,n/a,unknown,n/a,n/a,n/a,,\u{2014}\n\
        #REF!,Mäkelä,#NAME?,aino@makela.example,0,#VALUE!,0,#WERT!,#DIV/0!,,,(null)\n\
        undefined,[object Object],null,piotr@zajac.example,,None,,,,,,undefined\n";
    let outcome = import(file.as_bytes(), "DE");
    assert!(outcome.warnings.is_empty() && outcome.rejected.is_empty(), "{:?}", outcome.warnings);
    let found: Vec<_> = outcome.leads.iter().map(names).collect();
    assert_eq!(
        found,
        [
            [None, Some("Brandt"), Some("Nordlicht Praxis"), Some("Kiel")],
            [None, None, Some("Hafen Dental"), None],
            [None, Some("Costa"), None, None],
            [None, Some("Mäkelä"), None, None],
            [None, None, None, None],
        ]
    );
    for lead in &outcome.leads {
        assert_eq!(
            (&lead.phone, &lead.phone_unparsed, lead.texts.get(&LeadText::Website)),
            (&None, &None, None)
        );
        assert!(lead.custom.is_empty() && lead.tags.iter().all(|tag| tag == "vip"), "{lead:?}");
    }
}

#[test]
fn name_that_looks_like_a_placeholder_is_kept() {
    let file = "First Name,Last Name,Company,Email,City\n\
        Jennifer,Null,Null & Sons,jennifer@null.example,Dublin\n\
        Na,Li,Li Studio,na.li@li.example,Hamburg\n\
        None,Okafor,None Such Ltd,none@okafor.example,Leeds\n";
    let outcome = import(file.as_bytes(), "DE");
    let found: Vec<_> = outcome.leads.iter().map(names).collect();
    assert_eq!(
        found,
        [
            [Some("Jennifer"), Some("Null"), Some("Null & Sons"), Some("Dublin")],
            [Some("Na"), Some("Li"), Some("Li Studio"), Some("Hamburg")],
            [Some("None"), Some("Okafor"), Some("None Such Ltd"), Some("Leeds")],
        ]
    );
}

#[test]
fn na_that_may_be_a_word_is_kept_and_as_a_country_is_asked_about() {
    let file = "Email,Phone,Country,Tags,Territory,Rating\n\
        lena@nordlicht.example,,NA,NA;vip,NA,NA\n\
        jan@hafen.example,+264 61 280 2000,NA,,EMEA,4\n\
        mia@costa.na,,NA,,APAC,NA\n";
    let outcome = import(file.as_bytes(), "DE");
    let countries: Vec<_> =
        outcome.leads.iter().map(|lead| lead.country.map(|country| country.to_string())).collect();
    assert_eq!(countries, [Some("DE".to_owned()), Some("NA".to_owned()), Some("NA".to_owned())]);
    let lead = &outcome.leads[0];
    assert!(
        lead.tags.contains("NA") && lead.custom["Territory"] == "NA" && lead.rating.is_none(),
        "{lead:?}"
    );
    let [warning] = outcome.warnings.as_slice() else { panic!("{:?}", outcome.warnings) };
    assert_eq!(
        (warning.field.as_str(), warning.reason.as_str()),
        ("Country", "'NA' is Namibia, or no country: write 'Namibia' if it is meant: kept as text")
    );
}

#[test]
fn row_whose_address_and_number_are_placeholders_is_rejected() {
    let outcome = import(b"Email,Phone,Name\nn/a,-,N/A\nlena@nordlicht.example,none,NULL NULL\n", "DE");
    let [nobody] = outcome.rejected.as_slice() else { panic!("{:?}", outcome.rejected) };
    assert_eq!(nobody.reason, "has neither an e-mail nor a phone");
    assert_eq!(names(&outcome.leads[0]), [None; 4]);
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
}

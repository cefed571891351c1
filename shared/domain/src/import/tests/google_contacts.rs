//! Contacts exported from Google, whose cells hold several values.

use super::*;
use crate::lead::attributes::LeadText;

const NEW_FORM: &str = "First Name,Middle Name,Last Name,Organization Name,Organization Title,Labels,\
    E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value\n\
    Lena,,Brandt,Nordlicht Praxis,Inhaberin,Kunden ::: * myContacts,* Work,\
    lena@nordlicht.example ::: l.brandt@nordlicht.example,Home,,Mobile,+49 171 3920012 ::: +49 30 23125012\n\
    Jan,,Voss,Hafen Dental,,* myContacts,,,* Work,jan@hafen.example,Work,0171 3920013\n";
const OLD_FORM: &str = "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,\
    Phone 1 - Type,Phone 1 - Value,Organization 1 - Type,Organization 1 - Name,Organization 1 - Title\n\
    Lena Brandt,Lena,Brandt,* My Contacts ::: Kunden,* Work,\
    lena@nordlicht.example ::: l.brandt@nordlicht.example,Mobile,+49 171 3920012 ::: +49 30 23125012,,\
    Nordlicht Praxis,Inhaberin\n\
    Jan Voss,Jan,Voss,* My Contacts,* ,jan@hafen.example,Work,0171 3920013,,Hafen Dental,\n";

#[test]
fn first_address_and_number_of_a_cell_are_used_and_all_are_kept() {
    for (file, groups) in [(NEW_FORM, "Labels"), (OLD_FORM, "Group Membership")] {
        let outcome = import(file.as_bytes(), "DE");
        assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
        let [lena, jan] = outcome.leads.as_slice() else { panic!("{:?}", outcome.leads) };
        assert_eq!(lena.email.as_ref().unwrap().as_str(), "lena@nordlicht.example");
        assert_eq!(lena.phone.as_ref().unwrap().as_str(), "+491713920012");
        assert_eq!(lena.custom["E-mail 1 - Value"], "lena@nordlicht.example ::: l.brandt@nordlicht.example");
        assert_eq!(lena.custom["Phone 1 - Value"], "+49 171 3920012 ::: +49 30 23125012");
        assert!(lena.custom[groups].contains("Kunden"), "{:?}", lena.custom);
        let text = |text| lena.texts.get(&text).map(String::as_str);
        assert_eq!((text(LeadText::FirstName), text(LeadText::LastName)), (Some("Lena"), Some("Brandt")));
        assert_eq!(
            (text(LeadText::Company), text(LeadText::JobTitle)),
            (Some("Nordlicht Praxis"), Some("Inhaberin"))
        );
        assert_eq!(jan.email.as_ref().unwrap().as_str(), "jan@hafen.example");
        assert_eq!(jan.phone.as_ref().unwrap().as_str(), "+491713920013");
        let is_label = |key: &String| key.ends_with(" - Label") || key.ends_with(" - Type");
        assert!(
            lena.tags.is_empty() && !lena.custom.keys().chain(jan.custom.keys()).any(is_label),
            "{lena:?}"
        );
    }
}

//! The lead's texts in the API's bodies: listed once, for a new lead, a change and the view.

use domain::lead::Lead;
use domain::lead::attributes::LeadText;
use http_api::utoipa;
use serde::Serialize;

/// A field of a body: left out, or given as null or as a value.
pub type Given<T> = Option<Option<T>>;

/// Declares a body with the lead's texts before its own fields, and `text_mut`, which finds the field of a text.
macro_rules! with_lead_texts {
    ($(#[$of_body:meta])* pub struct $body:ident { $($own:tt)* }) => {
        with_lead_texts!(@texts [
            FirstName first_name,
            LastName last_name,
            Company company,
            JobTitle job_title,
            Website website,
            Linkedin linkedin,
            Address address,
            City city,
            Category category,
            Notes notes,
            Source source,
        ] $(#[$of_body])* pub struct $body { $($own)* });
    };
    (@texts [$($text:ident $field:ident,)+] $(#[$of_body:meta])* pub struct $body:ident { $($own:tt)* }) => {
        $(#[$of_body])*
        pub struct $body {
            $(#[serde(default, deserialize_with = "http_api::given")]
            #[schema(value_type = Option<String>)]
            $field: Option<Option<String>>,)+
            $($own)*
        }

        impl $body {
            fn text_mut(&mut self, text: domain::lead::attributes::LeadText) -> &mut Option<Option<String>> {
                match text { $(domain::lead::attributes::LeadText::$text => &mut self.$field),+ }
            }
        }
    };
}
pub(crate) use with_lead_texts;

with_lead_texts! {
    #[derive(Debug, Default, Serialize, utoipa::ToSchema)]
    pub struct LeadTexts {}
}

impl LeadTexts {
    /// Takes the texts out of the lead.
    pub fn take_from(lead: &mut Lead) -> Self {
        let mut texts = Self::default();
        for text in LeadText::all() {
            *texts.text_mut(text) = Some(text.value_mut_in(lead).take());
        }
        texts
    }
}

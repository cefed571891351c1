//! The checks of a template.

use domain::contact::channel::Channel;
use domain::sequence::render::check;
use domain::sequence::template::Template;
use domain::sequence::validation::{MAX_SMS_CHARS, MAX_SUBJECT_CHARS};
use http_api::FieldErrors;

/// Trims the fields and reports every invalid one. A subject may be empty: the text is then for follow-ups.
pub fn tidy(template: &mut Template, errors: &mut FieldErrors) {
    template.name = errors.required("name", &template.name, 120);
    template.category = errors.required("category", &template.category, 60);
    template.subject = template.subject.trim().to_owned();
    if template.channel == Channel::Whatsapp {
        errors.add("channel", "is email or sms: WhatsApp templates are approved at WhatsApp");
    }
    if template.channel == Channel::Sms {
        template.subject.clear();
        if template.body.chars().count() > MAX_SMS_CHARS {
            errors.add("body", format!("an SMS has at most {MAX_SMS_CHARS} characters"));
        }
    }
    if template.subject.chars().count() > MAX_SUBJECT_CHARS || template.subject.contains(['\r', '\n']) {
        errors.add("subject", format!("is one line of at most {MAX_SUBJECT_CHARS} characters"));
    } else {
        errors.take("subject", check(&template.subject));
    }
    if template.body.trim().is_empty() {
        errors.add("body", "is required");
    } else {
        errors.take("body", check(&template.body));
    }
}

//! A permission that is denied is an opt-out, and so are the names by which other systems tell of one.

use super::*;

/// What a file of one row says of its lead, where the column has this name and value; `asked` where the import asks first.
fn says(header: &str, value: &str) -> String {
    let file = format!("email,phone,{header}\na@one.example,+442079460018,{value}\n");
    let detected = detect(file.as_bytes(), true).unwrap();
    if detected.columns[2].looks_like_opt_outs(value) {
        return "asked".to_owned();
    }
    said(&file).remove(0)
}

#[test]
fn permission_that_is_denied_is_an_opt_out() {
    for (header, value, expected) in [
        ("Opt-In", "No", "mail"),
        ("Marketing consent", "denied", "mail"),
        ("Consent", "nein", "mail"),
        ("Subscribed", "no", "mail"),
        ("is_subscribed", "0", "mail"),
        ("email_subscribed", "false", "mail"),
        ("emailOptIn", "0", "mail"),
        ("Marketing Opt-In", "N", "mail"),
        ("Accepts Marketing", "no", "mail"),
        ("Accepts Email Marketing", "no", "mail"),
        ("Send Marketing Materials", "Do Not Send", "mail"),
        ("Can email", "no", "mail"),
        ("E-Mail erlaubt", "nein", "mail"),
        ("Telefon erlaubt", "nein", "phone"),
        ("Werbeeinwilligung", "nein", "mail"),
        ("DSGVO Einwilligung", "nicht erteilt", "mail"),
        ("RGPD consentement", "refusé", "mail"),
        ("Consentimiento", "denegado", "mail"),
        ("Zgoda marketingowa", "nie", "asked"),
        ("SMS Consent", "No", "phone"),
        ("SMS subscribed", "false", "phone"),
        ("WhatsApp opt-in", "withdrawn", "phone"),
        ("Marketing status", "No consent", "mail"),
        ("Opt-in (fair 2024)", "no", "asked"),
        ("GDPR", "no", "asked"),
    ] {
        assert_eq!(says(header, value), expected, "{header}: {value}");
    }
    for (header, value) in [
        ("Opt-In", "yes"),
        ("Subscribed", "true"),
        ("Consent", ""),
        ("Consent", "none"),
        ("Consent basis", "no"),
        ("SMS Consent", "2026-03-01"),
        ("Accepts credit cards", "no"),
        ("Subscribers", "0"),
        ("Subscription plan", "none"),
        ("Newsletter", "no"),
        ("Cookie consent", "no"),
        ("Email Marketing Consent", "NEVER_SUBSCRIBED"),
    ] {
        assert_eq!(says(header, value), "", "{header}: {value}");
    }
}

#[test]
fn name_of_an_opt_out_complaint_or_death_is_heard_or_asked_about() {
    for (header, value, expected) in [
        ("Consent withdrawn", "yes", "all"),
        ("GDPR erased", "yes", "all"),
        ("Marked email as spam", "true", "mail"),
        ("Complained", "1", "mail"),
        ("Baja", "sí", "asked"),
        ("退订", "是", "mail"),
        ("配信停止", "1", "mail"),
        ("DND", "yes", "all"),
        ("TPS", "Y", "phone"),
        ("CTPS", "Y", "phone"),
        ("Liste rouge", "oui", "phone"),
        ("Mailstop", "1", "asked"),
        ("stop", "1", "asked"),
        ("Exclude", "1", "asked"),
        ("Deceased", "yes", "all"),
        ("Verstorben", "ja", "all"),
        ("Invalid email", "true", "bounced"),
    ] {
        assert_eq!(says(header, value), expected, "{header}: {value}");
    }
    for (header, value) in [
        ("Consent withdrawn", "no"),
        ("TPS", "not registered"),
        ("Stop", "Main Street"),
        ("Complaint", "late delivery"),
        ("Mailstop", "MS-12"),
        ("Excluded services", "roofing"),
        ("Spam score", "0.5"),
        ("Deceased", ""),
    ] {
        assert_eq!(says(header, value), "", "{header}: {value}");
    }
}

#[test]
fn objects_of_a_json_file_say_it_by_their_keys() {
    for (row, expected) in [
        (r#""consent":{"email":false}"#, "mail"),
        (r#""consent":{"email":true,"sms":false}"#, "phone"),
        (r#""consent":{"email":{"status":"denied"}}"#, "mail"),
        (r#""subscribed":false"#, "mail"),
        (r#""preferences":{"unsubscribed":true,"language":"de"}"#, "mail"),
        (r#""a":{"b":{"doNotContact":true}}"#, "all"),
        (r#""email_marketing_consent":{"state":"not_subscribed"}"#, "mail"),
        (r#""unsubscribed":{"email":false,"sms":true}"#, "phone"),
        (r#""consent":{"email":true}"#, ""),
        (r#""preferences":{"unsubscribed":false,"stop":"Main Street"}"#, ""),
    ] {
        assert_eq!(said(&format!("[{{\"email\":\"a@one.example\",{row}}}]")), [expected], "{row}");
    }
}

#[test]
fn value_under_any_name_is_judged_as_in_a_file() {
    for (name, value, expected) in [
        ("Subscribed", "no", Heard::Known),
        ("optin", "false", Heard::Known),
        ("marketing_opt_in", "no", Heard::Known),
        ("Email Opt Out", "yes", Heard::Known),
        ("preferences", r#"{"unsubscribed":true}"#, Heard::Known),
        ("Baja", "sí", Heard::Likely),
        ("mood", "unsubscribed", Heard::Likely),
        ("Please do not disturb", "before noon", Heard::Nothing),
        ("Subscribed", "yes", Heard::Nothing),
        ("Email Opt Out", "no", Heard::Nothing),
        ("Newsletter", "no", Heard::Nothing),
    ] {
        let mut says = RowOptOuts::default();
        assert_eq!(says.hear(name, value), expected, "{name}: {value}");
        assert_eq!(says.lists(), expected != Heard::Nothing, "{name}: {value}");
    }
}

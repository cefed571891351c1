use super::*;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::workspace::Company;
use jiff::Timestamp;

fn context() -> MergeContext {
    let at = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
    lead.first_name = Some("Ana".to_owned());
    lead.last_name = Some("  ".to_owned());
    lead.company = Some("Fish & {{ chips }} <Ltd>".to_owned());
    lead.rating = Some(4.5);
    lead.custom.insert("Deal Stage".to_owned(), "New Lead".to_owned());
    let sender = Company { name: "Acme".to_owned(), sender_name: "Sam".to_owned(), ..Company::default() };
    MergeContext::from_lead(&lead, &sender).with_links("https://x.test/p/1", "https://x.test/u/1")
}

fn text(template: &str) -> Result<String, TemplateError> {
    render(template, &context(), Escaping::None)
}

#[test]
fn fields_defaults_and_conditions_are_filled_in() {
    let body = "Hi {{ first_name | default(\"there\") }},\n{% if last_name %}\nX\n{% else %}\n{{ custom.deal_stage }} \
                at {{ rating }}\n{% endif %}\n{{ sender.name }}, {{ company_sender.name }} {{ preview_url }}";
    let expected = "Hi Ana,\nNew Lead at 4.5\nSam, Acme https://x.test/p/1";
    assert_eq!(text(body).unwrap(), expected);
    assert_eq!(text("{{ city | default('your town') | upper }}").unwrap(), "YOUR TOWN");
    assert_eq!(text("{{ sender.website | default('-') }}").unwrap(), "-");
    assert_eq!(text("{% if custom.nope is defined %}a{% else %}b{% endif %}").unwrap(), "b");
}

#[test]
fn missing_value_is_named_and_unknown_field_refused() {
    let missing = |field: &str| Err(TemplateError::Missing { field: field.to_owned() });
    assert_eq!(text("{{ city | default('x') }} {{ last_name }} {{ country }}"), missing("last_name"));
    assert_eq!(text("{{ sender.booking_url }}"), missing("sender.booking_url"));
    assert_eq!(text("{{ custom.region }}"), missing("custom.region"));
    assert_eq!(text("{{ city | upper }}"), missing("city"));
    let fields = check("{{ first_name }} {{ sender.name }} {{ custom.a }}{% if city %}x{% endif %}").unwrap();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    assert_eq!(fields, ["city", "custom.a", "first_name", "sender.name"]);
    let unknown = |field: &str| Err(TemplateError::UnknownField { field: field.to_owned() });
    assert_eq!(check("{{ frist_name }}"), unknown("frist_name"));
    assert_eq!(check("{{ sender.pasword }}"), unknown("sender.pasword"));
}

#[test]
fn lead_data_is_a_value_and_never_a_template() {
    assert_eq!(text("{{ company }}").unwrap(), "Fish & {{ chips }} <Ltd>");
    let html = render("<b>{{ company }}</b>", &context(), Escaping::Html).unwrap();
    assert_eq!(html, "<b>Fish &amp; {{ chips }} &lt;Ltd&gt;</b>");
}

#[test]
fn errors_name_their_line() {
    let line = |template: &str| match check(template) {
        Err(TemplateError::Syntax { line, .. } | TemplateError::NotAvailable { line, .. }) => line,
        other => panic!("{template}: {other:?}"),
    };
    assert_eq!(line("a\nb {{ first_name\nc"), 3);
    assert_eq!(line("a\n\n{{ | }}"), 3);
    assert_eq!(line("a\n{% if city %}b"), 2);
    assert_eq!(line("\n{%- for x in [1] %}{% endfor %}"), 2);
}

#[test]
fn template_that_takes_too_much_work_is_refused() {
    for template in [
        "{% for a in range(9) %}{% endfor %}",
        "{% set a = 1 %}",
        "{% with a = 1 %}{% endwith %}",
        "{% macro a() %}{% endmacro %}",
        "{% include 'x' %}",
        "{%raw%}{{ a }}{%endraw%}",
    ] {
        assert!(matches!(check(template), Err(TemplateError::NotAvailable { .. })), "{template}");
    }
    let huge = "x".repeat(MAX_TEMPLATE_BYTES + 1);
    assert_eq!(check(&huge), Err(TemplateError::TooLong));
    for template in [
        "{{ 'x' * 20000 }}",
        "{{ {'a': 1}['a'] * 2 }}",
        "{% if '}' * 9 %}{% endif %}",
        "{{ city | default('\\' }}') ~ 'x' * 9 }}",
    ] {
        assert!(matches!(check(template), Err(TemplateError::NotAvailable { .. })), "{template}");
    }
    assert_eq!(text("{{ city | default('**you**') }} * }}").unwrap(), "**you** * }}");
    let long = format!("{{{{ '{}' ~ '{}' }}}}", "x".repeat(9_000), "y".repeat(9_000));
    assert_eq!(text(&long).unwrap().len(), 18_000);
    let busy = "{{ 1 + 1 }}".repeat(2_900);
    assert!(text(&busy).is_ok());
    assert!(text("{{ range(10) }}").is_err());
    assert!(text("{{ first_name | replace('a', 'b') }}").is_err());
}

/// A blank or an ampersand in a value neither ends nor changes the link that it stands in.
#[test]
fn value_within_a_link_is_percent_encoded() {
    let lead = context()
        .with("first_name", "M&M's")
        .with("company", "Smith & Söhne / Kiel")
        .with("email", "a+b@nordlicht.example")
        .with("sender.website", "https://own.example/a?b=1&c=2");
    let text = |template: &str| render(template, &lead, Escaping::None).unwrap();
    for (template, expected) in [
        (
            "https://shop.example/r?name={{first_name}}&c={{company}}",
            "https://shop.example/r?name=M%26M%27s&c=Smith%20%26%20S%C3%B6hne%20%2F%20Kiel",
        ),
        ("https://shop.example/?email={{email}}", "https://shop.example/?email=a%2Bb%40nordlicht.example"),
        ("HTTPS://shop.example/{{ first_name | upper }}!", "HTTPS://shop.example/M%26M%27S!"),
        ("{{ sender.website }}&n={{ first_name }}", "https://own.example/a?b=1&c=2&n=M%26M%27s"),
        ("see https://a.example/x ({{ company }})", "see https://a.example/x (Smith & Söhne / Kiel)"),
        ("(https://a.example/x){{ company }}", "(https://a.example/x)Smith & Söhne / Kiel"),
        ("https://{{ email }}/x", "https://a+b@nordlicht.example/x"),
        ("Hi {{ first_name }}, {{ company }}", "Hi M&M's, Smith & Söhne / Kiel"),
        (
            "<https://a.example/?q={{ city | default('x y') }}> {{ company }}",
            "<https://a.example/?q=x%20y> Smith & Söhne / Kiel",
        ),
    ] {
        assert_eq!(text(template), expected, "{template}");
    }
}

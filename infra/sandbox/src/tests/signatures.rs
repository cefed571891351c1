use crate::signatures;

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn standard_webhooks_signature_matches_the_test_vector() {
    let signature = signatures::standard_webhooks(
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1_649_367_553,
        br#"{"email":"test@example.com","username":"test_user"}"#,
    );
    assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
}

#[test]
fn stripe_signature_matches_the_test_vector() {
    let header = signatures::stripe(
        "whsec_test_secret",
        1_700_000_000,
        br#"{"id":"evt_test_webhook","object":"event"}"#,
    );
    assert_eq!(header, "t=1700000000,v1=d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990");
}

#[test]
fn twilio_signatures_match_the_test_vectors() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let form = pairs(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]);
    assert_eq!(signatures::twilio("12345", url, &form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    let with_port = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
    assert_eq!(signatures::twilio("12345", with_port, &form), "kvajT1Ptam85bY51eRf/AJRuM3w=");
    let twice = pairs(&[
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ]);
    assert_eq!(signatures::twilio("12345", url, &twice), "IK+Dwps556ElfBT0I3Rgjkr1wJU=");
}

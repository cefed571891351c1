use super::*;

/// A queue may still hold messages from before a deploy.
#[test]
fn messages_of_earlier_versions_are_still_read() {
    let place =
        r#""workspace":"ws_01KAG5T6M0000000000000000A","campaign":"campaign_01KAG5T6M0000000000000000B""#;
    for message in [
        format!(r#"{{"do":"enrol",{place},"job":"job_1","cursor":null}}"#),
        format!(r#"{{"do":"schedule",{place},"cursor":"25"}}"#),
        format!(r#"{{"do":"take_in",{place}}}"#),
        format!(r#"{{"do":"simulate",{place},"simulation":"simulation_1"}}"#),
    ] {
        serde_json::from_str::<CampaignJob>(&message).unwrap_or_else(|error| panic!("{message}: {error}"));
    }
    let lead = "01KAG5T6M0000000000000000C";
    let visit = format!(
        r#"{{"ingest":"tracked","workspace":"ws_01KAG5T6M0000000000000000A","lead":"lead_{lead}","message":null,"event_id":"e","action":{{"action":"opened"}},"traits":{{"method":"GET","user_agent":"x"}},"at":"2026-11-28T09:00:00Z"}}"#
    );
    let visit = serde_json::from_str(&visit);
    assert!(matches!(visit, Ok(IngestEvent::Tracked(_))), "a visit: {visit:?}");
    let line =
        format!(r#"{{"workspace":"ws_01KAG5T6M0000000000000000A","lead":"lead_{lead}","force":false}}"#);
    let look_up = serde_json::from_str::<EnrichLead>(&line);
    assert!(matches!(look_up, Ok(EnrichLead { attempt: 0, .. })), "a look-up: {look_up:?}");
    let line = serde_json::from_str(&line);
    assert!(matches!(line, Ok(AskModel::Personalize(_))), "an opening line: {line:?}");
    let draft = format!(
        r#"{{"workspace":"ws_01KAG5T6M0000000000000000A","answered":"msg_{lead}00000000000000000001"}}"#
    );
    assert!(matches!(serde_json::from_str(&draft), Ok(AskModel::Draft(_))), "{draft}");
    let one_off = format!(
        r#"{{"send":"one_off","workspace":"ws_01KAG5T6M0000000000000000A","message":"msg_{lead}00000000000000000001"}}"#
    );
    let one_off = serde_json::from_str(&one_off);
    let one_off: SendMessage = one_off.unwrap_or_else(|error| panic!("a message of a person: {error}"));
    assert!(matches!(one_off, SendMessage::OneOff { due, .. } if due == Timestamp::UNIX_EPOCH));
}

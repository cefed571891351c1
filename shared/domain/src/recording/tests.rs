use super::*;

/// Weeks of a campaign as they were planned; `infra/local_world/src/tests/replay.rs` writes the file if it is missing.
const RUN: &str = include_str!("../golden/run.json");

#[test]
fn recorded_run_is_planned_the_same_way_today() {
    let run = Run::from_json(RUN).expect("the golden run can be read");
    assert!(run.decisions.len() > 50, "{}", run.decisions.len());
    let again = run.again();
    let differs = |(was, is): &(&Kept, &Kept)| was != is;
    let different: Vec<(&Kept, &Kept)> = run.decisions.iter().zip(&again.decisions).filter(differs).collect();
    for (was, is) in &different {
        let lead = &run.leads[was.lead].id;
        println!(
            "{lead} at {}:\n  was {} {:#?}\n  is {} {:#?}",
            was.now, was.decision, was.checks, is.decision, is.checks
        );
    }
    assert!(different.is_empty(), "{} of {} decisions differ", different.len(), run.decisions.len());
}

#[test]
fn recorded_run_has_most_kinds_of_decisions() {
    let run = Run::from_json(RUN).expect("the golden run can be read");
    for decision in ["Send", "Wait", "Skip", "Pass", "OpenTask", "Hold"] {
        let met = run.decisions.iter().any(|kept| kept.decision.starts_with(decision));
        assert!(met, "{decision} is not met");
    }
}

#[test]
fn recorded_run_reads_back_as_written() {
    let run = Run::from_json(RUN).expect("the golden run can be read");
    assert_eq!(run.to_json(), RUN);
}

//! Columns that fill one lead by themselves, formulas, and the order of columns that rest on each other.

use crate::scene::{HIT, Scene, knows, outcomes};
use application::Clock;
use application::columns::fill_lead::fill_lead;
use application::lead::enrichment::field_ports::Asked;
use application::ports::provider_calls::CallError;
use domain::column::cell::{CellState, StepOutcome};
use domain::column::recipe::Recipe;
use domain::column::target::ColumnTarget;
use domain::column::{FillCause, LeadColumn, Triggers};
use domain::lead::data_field::DataField;
use domain::spend::{BookingOutcome, Usd};

fn formula(key: &'static str, expression: &'static str) -> impl FnOnce(&mut LeadColumn) {
    move |column| {
        column.target = ColumnTarget::CustomField { key: key.to_owned() };
        column.recipe = Recipe::Formula { expression: expression.to_owned() };
    }
}

#[tokio::test]
async fn later_columns_of_a_run_see_what_earlier_ones_found() {
    let scene = Scene::new(1).await;
    let line = scene.column("Line", formula("Line", "'Dear ' ~ custom.shout")).await;
    let shout = scene.column("Shout", formula("Shout", "job_title | upper")).await;
    let title = scene.title_column().await;
    let run = scene.start(&[&line, &shout, &title], &scene.leads, None).await;
    scene.work().await;
    let lead = scene.lead(0).await;
    assert_eq!(lead.custom["Line"], "Dear HEAD OF LEAD000@ONE.EXAMPLE");
    assert_eq!(outcomes(&scene.run(&run).await)["found"], 3);
    // One write of the lead holds all three values: it was created with revision 1.
    assert_eq!(lead.rev, 2);
}

#[tokio::test]
async fn formula_follows_its_fields_and_forgets_a_value_that_it_has_no_more() {
    let scene = Scene::new(1).await;
    let column = scene.column("Shout", formula("Shout", "city | upper")).await;
    let mut value = Vec::new();
    for city in [Some("Bonn"), Some("Kiel"), None] {
        let mut lead = scene.lead(0).await;
        lead.city = city.map(str::to_owned);
        lead.updated_at = scene.stage.clock.now();
        scene.ports.leads.save(&lead, &scene.event()).await.unwrap();
        let changed = ["city".to_owned()];
        let place = (&scene.workspace, &lead.id);
        let asked = fill_lead(&scene.ports, place, (FillCause::Changed, &changed, lead.updated_at)).await;
        assert_eq!(asked.unwrap(), Asked::Settled);
        value.push(scene.lead(0).await.custom.get("Shout").cloned());
    }
    assert_eq!(value, [Some("BONN".to_owned()), Some("KIEL".to_owned()), None]);
    assert_eq!(
        scene.cell(0, &column).await.state,
        CellState::Skipped { why: "'city' has no value".to_owned() }
    );
}

#[tokio::test]
async fn new_lead_is_filled_once_within_the_columns_own_cap() {
    let scene = Scene::new(3).await;
    let on_new = Triggers { on_new: true, ..Triggers::default() };
    let column = scene
        .column("Title", |column| {
            column.triggers = on_new;
            column.month_cap = Some(HIT * 2);
        })
        .await;
    let at = scene.stage.clock.now();
    for lead in scene.leads.iter().chain(&scene.leads) {
        let place = (&scene.workspace, lead);
        fill_lead(&scene.ports, place, (FillCause::New, &[], at)).await.unwrap();
    }
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (2, 1));
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * 2, Usd::ZERO));
    assert_eq!(scene.cell(0, &column).await.state, CellState::Found {});
    // What does not fill itself is not filled.
    let changed = ["email".to_owned()];
    let place = (&scene.workspace, &scene.leads[2]);
    fill_lead(&scene.ports, place, (FillCause::Changed, &changed, at)).await.unwrap();
    assert_eq!(scene.directory.calls(), 2);
}

#[tokio::test]
async fn lost_answer_is_paid_told_and_asked_again_only_by_a_user() {
    let scene = Scene::new(1).await;
    let column = scene.title_column().await;
    scene.directory.answers(|_, _| Err(CallError::Lost("cut off".into())));
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await)["answer_lost"], 1);
    let month = scene.month().await;
    assert_eq!((month.spent, month.tallies["hunter"][&BookingOutcome::Lost].calls), (HIT, 1));
    assert_eq!(scene.cell(0, &column).await.steps[0].outcome, StepOutcome::Lost);
    scene.directory.answers(|_, _| Ok(Some(knows(DataField::JobTitle, "Owner", 90))));
    scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(scene.directory.calls(), 1, "a run does not ask again");
    let again = domain::column::run::RunMode { again: true, ..Default::default() };
    scene.start_as(&[&column], &scene.leads, None, again).await;
    scene.work().await;
    assert_eq!((scene.directory.calls(), scene.lead(0).await.job_title.as_deref()), (2, Some("Owner")));
}

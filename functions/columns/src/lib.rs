//! `/api/columns*`: columns that fill themselves, their runs over many leads, and their cells.

mod call_back_column;
mod cap_column_run;
mod cell_view;
mod change_column;
mod chosen_leads;
mod column_body;
mod column_view;
mod create_column;
mod delete_column;
mod estimate_column_run;
mod get_cell;
mod get_column;
mod get_column_run;
mod list_cells;
mod list_column_runs;
mod list_columns;
mod pause_column_run;
mod preview_column;
mod resume_column_run;
mod run_cell;
mod run_view;
mod start_column_run;
mod stop_column_run;
#[cfg(test)]
mod tests;

use application::columns::ColumnPorts;
use domain::workspace::api_key::ApiScope::{BudgetSpend, ColumnsWrite, LeadsRead, LeadsWrite};
use http_api::Access::{Manager, ReadOnly, Rep, Signed};
use http_api::IdUse::Needs;
use http_api::{OtherId, Routes, routes};

application::ports! {
    pub struct App {
        ports: ColumnPorts = ColumnPorts::new,
    }
}

/// The leads of a run. A filter tells of them, by how many it matches.
const CHOSEN_BY: &[OtherId] = &[("filter", Needs(LeadsRead))];

pub fn routes() -> Routes<App> {
    Routes::new()
        .add(Signed, routes!(call_back_column::call_back_column))
        .group("/api/columns")
        .for_keys(LeadsRead, LeadsWrite)
        .add(ReadOnly.without_leads(), routes!(list_columns::list_columns))
        .add(ReadOnly.narrowed(), routes!(list_cells::list_cells))
        .add(ReadOnly.with_totals(), routes!(list_column_runs::list_column_runs))
        .add(Rep.naming(CHOSEN_BY).and_scope(BudgetSpend), routes!(start_column_run::start_column_run))
        .add(Rep.naming(CHOSEN_BY), routes!(estimate_column_run::estimate_column_run))
        .add(ReadOnly.with_totals(), routes!(get_column_run::get_column_run))
        .add(Rep, routes!(pause_column_run::pause_column_run))
        .add(Rep.and_scope(BudgetSpend), routes!(resume_column_run::resume_column_run))
        .add(Rep, routes!(stop_column_run::stop_column_run))
        .add(Rep.and_scope(BudgetSpend), routes!(cap_column_run::cap_column_run))
        .add(ReadOnly.without_leads(), routes!(get_column::get_column))
        .add(ReadOnly.of_lead("lead"), routes!(get_cell::get_cell))
        .add(Rep.of_lead("lead").and_scope(BudgetSpend), routes!(run_cell::run_cell))
        .for_keys(LeadsRead, ColumnsWrite)
        .add(Manager.with_totals().and_scope(LeadsRead), routes!(create_column::create_column))
        .add(Manager.with_totals().and_scope(LeadsRead), routes!(change_column::change_column))
        .add(Manager.with_totals(), routes!(delete_column::delete_column))
        .for_users_only()
        .add(Rep, routes!(preview_column::preview_column))
}

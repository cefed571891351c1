//! The dry run of a file that is too large to be counted within a request.

use crate::App;
use application::StoreResult;
use application::imports::check::check_import;
use application::imports::commit::Committed;
use domain::event::{Event, EventKind};
use domain::import::ImportState;
use domain::{ImportId, WorkspaceId};

pub async fn check(app: &App, workspace: &WorkspaceId, id: &ImportId) -> StoreResult<Committed> {
    let imports = &app.commit.imports;
    let mut import = imports.get(workspace, id).await?;
    if !matches!(import.state, ImportState::Mapped | ImportState::Checked) {
        return Ok(Committed::Gone("the import has begun, or its columns are unknown"));
    }
    check_import(&app.check, &import).await?.note_in(&mut import);
    imports.save(&import, &Event::system(EventKind::ImportChecked, app.commit.clock.now())).await?;
    Ok(Committed::Done)
}

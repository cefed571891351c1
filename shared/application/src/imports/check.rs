//! The check of an import, a dry run: counts what a commit would do, row by row, without writing a lead.

use crate::imports::deleted_lead::{remark_on_colleagues_lead, remark_on_deleted, remark_on_opted_out};
use crate::lead::opted_out_person::{PersonStores, opted_out_as};
use crate::lead::suppression_lookup::scopes_of;

use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::imports::blob_keys;
use crate::ports::leads::LeadStore;
use crate::ports::stages::StageStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use domain::LeadId;
use domain::import::dedupe::SeenKeys;
use domain::import::field_columns::prepare_fields;
use domain::import::mapping::Mapping;
use domain::import::row::{MappedRow, RowMapper};
use domain::import::rows::{Row, RowReader, Rows};
use domain::import::{DuplicatePolicy, Import, ImportCounts, ImportState, OptionCount, RowProblem};
use domain::lead::Lead;
use futures::StreamExt;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most problems that are kept; the rest are only counted.
const MOST_PROBLEMS: usize = 10_000;
const LOOK_UPS_AT_ONCE: usize = 16;
/// The most values of a column that are no options of its field: those that are counted, and those that are shown.
const MOST_OPTIONS_COUNTED: usize = 1_000;
const MOST_OPTIONS_SHOWN: usize = 30;

crate::ports! {
    #[derive(Clone)]
    pub struct ImportCheckPorts {
        pub blobs: Arc<dyn Blobs>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub stages: Arc<dyn StageStore>,
        pub leads: Arc<dyn LeadStore>,
        pub leads_with_deleted: Arc<dyn LeadStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub clock: Arc<dyn Clock>,
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportCheck {
    pub counts: ImportCounts,
    pub problems: Vec<RowProblem>,
    /// The values of each column that are no options of its field, by their lower case.
    unknown_options: Vec<BTreeMap<String, OptionCount>>,
    /// The columns that look as if they said who has opted out, and that nobody was asked about.
    opt_out_questions: BTreeSet<usize>,
}

impl ImportCheck {
    /// Notes the result in the import.
    pub fn note_in(self, import: &mut Import) {
        import.counts = self.counts;
        import.state = ImportState::Checked;
        for (place, column) in import.columns.iter_mut().enumerate() {
            column.opt_out_question |= self.opt_out_questions.contains(&place);
        }
        for (column, counted) in import.columns.iter_mut().zip(self.unknown_options) {
            let mut options: Vec<OptionCount> = counted.into_values().collect();
            options
                .sort_by(|one, other| other.rows.cmp(&one.rows).then_with(|| one.option.cmp(&other.option)));
            options.truncate(MOST_OPTIONS_SHOWN);
            column.unknown_options = options;
        }
    }
}

/// Reads the whole file from the bucket, looks up each new address, and keeps the problems beside the file.
pub async fn check_import(ports: &ImportCheckPorts, import: &Import) -> StoreResult<ImportCheck> {
    let format = import.format.as_ref().ok_or_else(|| StoreError::Corrupt {
        key: import.id.to_string(),
        why: "an import is checked before its columns are known".to_owned(),
    })?;
    // The rows are read as with the fields and options that the start of the import adds.
    let (mut fields, mut prepared) = (ports.custom_fields.get(&import.workspace).await?, import.clone());
    let faults = prepare_fields(&mut prepared, &mut fields).err();
    if let Some(fault) = faults {
        tracing::info!(import.id = %import.id, reason = %fault, "an import is checked that cannot start");
    }
    let stages = ports.stages.get(&import.workspace).await?;
    let mapping = Mapping::of(&prepared.columns);
    let mut reader = RowReader::new(format, mapping.headers());
    let unknown_options = vec![BTreeMap::new(); import.columns.len()];
    let mut run = Run {
        mapper: RowMapper::new(&mapping, &import.options, &fields).naming(&stages).hearing(&import.columns),
        import,
        seen: SeenKeys::new(),
        waiting: Vec::new(),
        check: ImportCheck { unknown_options, ..ImportCheck::default() },
    };
    for number in 0..import.chunks {
        let chunk = ports.blobs.get(&blob_keys::chunk(&import.workspace, &import.id, number)).await?;
        run.check_rows(reader.feed(&chunk));
        run.look_up(ports).await?;
    }
    run.check_rows(reader.finish());
    run.look_up(ports).await?;
    let check = run.check;
    let lines = problem_lines(&check.problems);
    let key = blob_keys::check_problems(&import.workspace, &import.id);
    ports.blobs.put(&key, "application/x-ndjson", lines).await?;
    Ok(check)
}

/// Writes one JSON object a line, as `blob_keys::problems` holds them.
pub fn problem_lines(problems: &[RowProblem]) -> Vec<u8> {
    let mut lines = Vec::new();
    for problem in problems {
        serde_json::to_writer(&mut lines, problem).expect("a problem is plain text and numbers");
        lines.push(b'\n');
    }
    lines
}

struct Run<'a> {
    mapper: RowMapper<'a>,
    import: &'a Import,
    seen: SeenKeys,
    /// Leads that appear in the file for the first time and are still to be looked up in the table.
    waiting: Vec<(u64, Lead)>,
    check: ImportCheck,
}

enum Found {
    New {
        /// What is said about the row, if its person has opted out as another lead.
        remark: Option<RowProblem>,
    },
    Known {
        /// What is said about the row, if the known lead is deleted.
        remark: Option<RowProblem>,
    },
    /// The known lead is one that the importer does not see.
    Colleagues(RowProblem),
    Suppressed,
}

impl Run<'_> {
    fn check_rows(&mut self, rows: Rows<'_>) {
        for row in rows {
            self.check.counts.rows += 1;
            match row {
                Ok(row) => self.check_row(&row),
                Err(problem) => self.reject(problem),
            }
        }
    }

    fn check_row(&mut self, row: &Row) {
        for (column, option) in self.mapper.unknown_options(row) {
            self.count_option(column, option);
        }
        self.check.opt_out_questions.extend(self.mapper.opt_out_questions(row));
        let (fields, warnings) = match self.mapper.map(row) {
            MappedRow::Lead { lead, warnings } => (lead, warnings),
            MappedRow::Rejected { problem, told } => {
                self.check.counts.opted_out += u64::from(told.is_some_and(|lead| lead.opt_outs.any()));
                return self.reject(problem);
            }
        };
        if !warnings.is_empty() {
            self.check.counts.warnings += 1;
        }
        warnings.into_iter().for_each(|warning| self.keep(warning));
        self.check.counts.opted_out += u64::from(fields.opt_outs.any());
        if self.seen.repeats(&fields, row.line) {
            self.check.counts.duplicates += 1;
            return;
        }
        let id = LeadId::derived(self.import.created_at, &[self.import.id.as_str(), &row.index.to_string()]);
        let lead = fields.into_lead(id, self.import.workspace.clone(), self.import.created_at);
        self.waiting.push((row.line, lead));
    }

    fn count_option(&mut self, column: usize, option: String) {
        let Some(counted) = self.check.unknown_options.get_mut(column) else { return };
        let folded = option.to_lowercase();
        if let Some(count) = counted.get_mut(&folded) {
            count.rows += 1;
        } else if counted.len() < MOST_OPTIONS_COUNTED {
            counted.insert(folded, OptionCount { option, rows: 1 });
        }
    }

    fn reject(&mut self, problem: RowProblem) {
        self.check.counts.rejected += 1;
        self.keep(problem);
    }

    fn keep(&mut self, problem: RowProblem) {
        if self.check.problems.len() < MOST_PROBLEMS {
            self.check.problems.push(problem);
        }
    }

    async fn look_up(&mut self, ports: &ImportCheckPorts) -> StoreResult<()> {
        let (now, policy) = (ports.clock.now(), self.import.options.duplicates);
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let import = self.import;
        let each = waiting.map(|(line, lead)| find(ports, import, lead, (line, policy), now));
        let mut all = futures::stream::iter(each).buffer_unordered(LOOK_UPS_AT_ONCE);
        let mut remarks = Vec::new();
        let counts = &mut self.check.counts;
        while let Some(one) = all.next().await {
            match one? {
                Found::New { remark } => {
                    counts.warnings += u64::from(remark.is_some());
                    remarks.extend(remark);
                    counts.created += 1;
                }
                Found::Suppressed => counts.suppressed += 1,
                Found::Colleagues(remark) => {
                    counts.warnings += 1;
                    counts.duplicates += 1;
                    remarks.push(remark);
                }
                Found::Known { remark } => {
                    counts.warnings += u64::from(remark.is_some());
                    remarks.extend(remark);
                    match policy {
                        DuplicatePolicy::Skip => counts.duplicates += 1,
                        DuplicatePolicy::UpdateEmpty | DuplicatePolicy::Overwrite => counts.updated += 1,
                    }
                }
            }
        }
        drop(all);
        remarks.sort_by_key(|remark| remark.line);
        remarks.into_iter().for_each(|remark| self.keep(remark));
        Ok(())
    }
}

async fn find(
    ports: &ImportCheckPorts,
    import: &Import,
    lead: Lead,
    (line, policy): (u64, DuplicatePolicy),
    now: Timestamp,
) -> StoreResult<Found> {
    if let Some(known) = known_as(ports, &lead).await? {
        let known = found(ports.leads_with_deleted.get(&lead.workspace, &known).await)?;
        if known.as_ref().is_some_and(|known| !import.sees(known.owner.as_ref())) {
            return Ok(Found::Colleagues(remark_on_colleagues_lead(line, lead.email.is_some())));
        }
        let deleted = known.filter(Lead::is_deleted);
        return Ok(Found::Known { remark: deleted.map(|known| remark_on_deleted(line, &known, policy)) });
    }
    let listed = ports.suppressions.find(&lead.workspace, &scopes_of(&lead)).await?;
    let in_force = listed.iter().any(|entry| entry.in_force(now));
    if in_force {
        return Ok(Found::Suppressed);
    }
    let stores = PersonStores { leads: &*ports.leads_with_deleted, suppressions: &*ports.suppressions };
    let shared = opted_out_as(stores, &lead, now).await?;
    Ok(Found::New { remark: shared.map(|shared| remark_on_opted_out(line, shared)) })
}

async fn known_as(ports: &ImportCheckPorts, lead: &Lead) -> StoreResult<Option<LeadId>> {
    let workspace = &lead.workspace;
    match (&lead.email, &lead.phone) {
        (Some(email), _) => ports.leads.find_by_email(workspace, email).await,
        (None, Some(phone)) => Ok(ports.leads.find_by_phone(workspace, phone).await?.into_iter().next()),
        (None, None) => Ok(None),
    }
}

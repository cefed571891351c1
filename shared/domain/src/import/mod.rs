//! An import: a file of leads, its detected format, the mapping of its columns, and the results of its rows.

mod clean;
pub mod consent_columns;
pub mod decode;
pub mod dedupe;
pub mod detect;
mod encoding_guess;
pub mod field_columns;
pub mod fields;
mod json_rows;
pub mod mapping;
pub mod opt_out_columns;
mod opt_out_names;
mod opt_out_signs;
mod opt_out_words;
mod permission_names;
pub mod phone_evidence;
mod place_words;
pub mod rejects;
pub mod row;
pub mod rows;
mod status_words;
mod synonyms;

use crate::contact::channel::Channel;
use crate::contact::country::Country;
use crate::event::UserOrKey;
use crate::ids::{CampaignId, ImportId, UserId, WorkspaceId};
use crate::lead::attributes::Target;
use crate::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use crate::lead::custom_field::Spelling;
use consent_columns::RowConsent;
use jiff::Timestamp;
use jiff::civil::Date;
use opt_out_columns::RowOptOuts;
use phone_evidence::PhoneQuestion;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub id: ImportId,
    pub workspace: WorkspaceId,
    pub file_name: String,
    pub size_bytes: u64,
    /// SHA-256 of the file: the same file uploaded twice is imported once.
    pub content_hash: String,
    pub state: ImportState,
    pub format: Option<FileFormat>,
    pub columns: Vec<Column>,
    /// Whether `fits` of the columns counts the whole file, not only its beginning.
    pub fits_whole: bool,
    /// The question about its phone numbers, if users must answer one; removed together with the samples.
    pub phone_question: Option<PhoneQuestion>,
    pub options: ImportOptions,
    pub counts: ImportCounts,
    /// The number of chunks in the bucket, and of those committed.
    pub chunks: u32,
    pub chunks_done: u32,
    pub failure: Option<String>,
    pub created_by: Option<UserOrKey>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// The owners whose leads the user sees who began the import; none if the user sees all.
    pub sees: Option<Vec<UserId>>,
    pub rev: u64,
}

impl Import {
    /// Tells whether the import may tell of a lead with this owner, and change it.
    pub fn sees(&self, owner: Option<&UserId>) -> bool {
        self.sees.as_ref().is_none_or(|owners| owner.is_some_and(|owner| owners.contains(owner)))
    }

    /// The owner of the leads that the import creates: its user, where that one does not see all leads. Else the
    /// workspace's rules choose.
    pub fn owner_of_new(&self) -> Option<UserId> {
        self.sees.as_ref().and(self.created_by.as_ref()).and_then(UserOrKey::user)
    }

    /// The consents of a row's lead. The row's own words come before the importing user's choice, and there is none on a
    /// channel that the lead has opted out of.
    pub fn consents_of(&self, row: &RowConsent, opt_outs: &RowOptOuts) -> Consents {
        let ImportConsent { basis, on, channels } = &self.options.consent;
        let today = self.created_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let channels: Vec<Channel> = row.channels.as_ref().unwrap_or(channels).iter().copied().collect();
        let consent = |place: usize| {
            Some(Consent {
                basis: row.basis_at(place, channels.len()).unwrap_or(*basis)?,
                on: row.on_at(place, channels.len()).or(*on).unwrap_or(today),
                source: ConsentSource::Import(self.id.clone()),
                by: self.created_by.clone(),
                note: row.note_at(place, channels.len()).or_else(|| self.options.consent_basis.clone()),
                withdrawn_at: None,
            })
        };
        let given =
            channels.iter().enumerate().filter_map(|(place, channel)| Some((*channel, consent(place)?)));
        let mut consents: Consents = given.collect();
        opt_outs.withhold(&mut consents);
        consents
    }

    /// Removes sample values and example numbers, which are personal data and of no use once the rows are leads.
    pub fn forget_samples(&mut self) {
        for column in &mut self.columns {
            column.samples.clear();
            column.unknown_options.clear();
        }
        self.phone_question = None;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Chunks are being received.
    Uploading,
    /// Columns are detected and mapped; nothing is written.
    Mapped,
    /// A dry run has counted what would happen.
    Checked,
    Committing,
    Done,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum FileFormat {
    /// A CSV file. `delimiter` is one character; `encoding` is a WHATWG name. Without a header every row is a
    /// lead, and the columns are called `Column 1` and so on.
    Csv {
        delimiter: char,
        encoding: String,
        /// Whether the encoding is certain, or was chosen by a user. Otherwise it is a guess that users should check.
        #[serde(default = "yes")]
        encoding_sure: bool,
        #[serde(default = "yes")]
        header: bool,
        /// The number of lines above the header, such as a title or a note. They are passed over.
        #[serde(default)]
        lines_above: u64,
    },
    /// A JSON array of objects.
    Json,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    pub header: String,
    /// The first values that are not empty (at most 5).
    pub samples: Vec<String>,
    /// The mapped fixed field. A column with neither this nor `field` gets a text field of its own when the import
    /// starts.
    pub target: Option<Target>,
    /// The key of the custom field that the column fills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Options that the field gets when the import starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_options: Vec<String>,
    /// Values that are no options of the field, as the check has counted them: the most frequent ones, at most 30.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_options: Vec<OptionCount>,
    /// How many values fit the target as they are, of the `of` that are not empty.
    pub fits: u32,
    pub of: u32,
    /// Whether the column looks as if it said who has opted out, and nobody has said whether it does: the import does not
    /// start before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opt_out_question: bool,
    /// Whether a user has said that the column says nothing of opt-outs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_opt_out: bool,
}

/// A value that is no option of its field, and the number of rows that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptionCount {
    pub option: String,
    pub rows: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportOptions {
    /// The country of phone numbers without a code, in rows that name no country.
    pub default_country: Option<Country>,
    /// Whether a user chose that country; otherwise it comes from the file's other numbers or from the workspace.
    #[serde(default)]
    pub country_chosen: bool,
    pub duplicates: DuplicatePolicy,
    pub tag: Option<String>,
    /// The origin of the leads and the ground on which they may be contacted, in the importing user's words.
    pub consent_basis: Option<String>,
    /// The consent of rows that state none themselves.
    #[serde(default, skip_serializing_if = "ImportConsent::is_default")]
    pub consent: ImportConsent,
    pub enrich: bool,
    /// A campaign in which the created leads are enrolled.
    pub campaign: Option<CampaignId>,
    /// How the values of custom fields are read.
    #[serde(default)]
    pub values: ValueOptions,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValueOptions {
    pub bad_values: BadValues,
    /// The spelling of numbers and dates.
    #[serde(flatten)]
    pub spelling: Spelling,
    /// Whether a user chose that spelling; otherwise it comes from the file's values, its separator and the country.
    #[serde(default)]
    pub spelling_chosen: bool,
}

/// What becomes of a row with a value that its custom field cannot read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BadValues {
    /// The row is rejected.
    #[default]
    Reject,
    /// The row is imported without the value, with a warning.
    LeaveOut,
}

/// The importing user's choice of what the file's leads have agreed to. A column of the file comes before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportConsent {
    /// None: leads without a basis in the file have none.
    pub basis: Option<ConsentBasis>,
    /// The day on which they agreed; that of the import if none is given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub on: Option<Date>,
    /// The channels that the basis is for: e-mail alone unless others are chosen.
    pub channels: BTreeSet<Channel>,
}

impl Default for ImportConsent {
    fn default() -> Self {
        Self { basis: None, on: None, channels: BTreeSet::from([Channel::Email]) }
    }
}

impl ImportConsent {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DuplicatePolicy {
    Skip,
    /// Fills in only what the known lead lacks.
    UpdateEmpty,
    Overwrite,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportCounts {
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// Rows imported with a problem, such as a phone kept as text.
    pub warnings: u64,
    /// Rows left out because the address is suppressed.
    pub suppressed: u64,
    /// Rows that say that the lead has opted out of something.
    #[serde(default)]
    pub opted_out: u64,
}

/// A row that was not imported, or imported with a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowProblem {
    /// The line as an editor counts it: the header is line 1.
    pub line: u64,
    pub field: String,
    pub reason: String,
    /// The row as it was; empty for a warning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row: Vec<String>,
}

#[cfg(test)]
mod tests;

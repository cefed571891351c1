//! How a file fits before it is checked: how many values fit their column's field, which country its phone numbers
//! belong to, and how it spells numbers and dates. It uses the code of the check, so that the check agrees with it.

use crate::ports::blobs::Blobs;
use crate::ports::imports::blob_keys;
use crate::ports::store::StoreResult;
use domain::contact::country::Country;
use domain::import::field_columns::add_chosen_options;
use domain::import::mapping::Mapping;
use domain::import::phone_evidence::PhoneEvidence;
use domain::import::row::RowMapper;
use domain::import::rows::{Row, RowReader, Rows};
use domain::import::{FileFormat, Import};
use domain::lead::custom_field::{CustomFields, Spelling, SpellingEvidence};

/// The largest file that is measured as a whole. Of a larger one only the first chunk is, because the answer may not
/// take so long.
pub const WHOLE_BYTES: u64 = 2 * 1024 * 1024;

/// Measures the fit of an uploaded file. `home` is the workspace's country, used for numbers that nothing else gives
/// a country.
pub async fn measure_fit(
    blobs: &dyn Blobs,
    import: &mut Import,
    home: Country,
    fields: &CustomFields,
) -> StoreResult<()> {
    let whole = import.size_bytes <= WHOLE_BYTES;
    let mut chunks = Vec::new();
    for number in 0..if whole { import.chunks } else { import.chunks.min(1) } {
        chunks.push(blobs.get(&blob_keys::chunk(&import.workspace, &import.id, number)).await?);
    }
    fit(import, &chunks, whole, (home, fields));
    Ok(())
}

/// Measures the fit from bytes at hand: `chunks` from the file's beginning on, all of them if `whole`.
pub fn fit(
    import: &mut Import,
    chunks: &[impl AsRef<[u8]>],
    whole: bool,
    (home, fields): (Country, &CustomFields),
) {
    let Some(format) = import.format.clone() else { return };
    let mapping = Mapping::of(&import.columns);
    let rows = rows_of(&format, &mapping, chunks, whole);
    let mut fields = fields.clone();
    for column in &import.columns {
        // What cannot be added is refused where the import starts.
        drop(add_chosen_options(column, &mut fields));
    }
    let (mut evidence, mut spelling) = (PhoneEvidence::default(), SpellingEvidence::default());
    {
        let mapper = RowMapper::new(&mapping, &import.options, &fields);
        for row in &rows {
            let (numbers, of_row) = mapper.phones(row);
            numbers.for_each(|number| evidence.take(&number, of_row));
            mapper.note_spelling(row, &mut spelling);
        }
    }
    import.phone_question = evidence.question(home);
    if !import.options.country_chosen {
        let best = import.phone_question.as_ref().and_then(|question| question.best());
        import.options.default_country = best.or(Some(home));
    }
    if !import.options.values.spelling_chosen {
        import.options.values.spelling = if mapping.is_own_export() {
            Spelling { decimal_comma: Some(false), day_first: Some(true) }
        } else {
            let delimiter = match &format {
                FileFormat::Csv { delimiter, .. } => Some(*delimiter),
                FileFormat::Json => None,
            };
            spelling.spelling(delimiter, import.options.default_country)
        };
    }
    let mapper = RowMapper::new(&mapping, &import.options, &fields);
    let mut counts = vec![(0_u32, 0_u32); import.columns.len()];
    let mut look_like_opt_outs = vec![false; import.columns.len()];
    for row in &rows {
        for (looks, column) in look_like_opt_outs.iter_mut().zip(0..) {
            *looks = *looks || import.columns[column].looks_like_opt_outs(&mapper.value(row, column));
        }
        let misfits = mapper.misfits(row);
        for (place, (fits, of)) in counts.iter_mut().enumerate() {
            if !mapper.value(row, place).is_empty() {
                *of += 1;
                *fits += u32::from(!misfits.contains(&place));
            }
        }
    }
    for (column, (fits, of)) in import.columns.iter_mut().zip(counts) {
        (column.fits, column.of) = (fits, of);
    }
    for (column, looks) in import.columns.iter_mut().zip(look_like_opt_outs) {
        // The check may have found it in rows that are not measured here.
        let is_open = column.target.is_none_or(|target| !target.is_opt_out()) && !column.no_opt_out;
        column.opt_out_question = is_open && (looks || !whole && column.opt_out_question);
    }
    import.fits_whole = whole;
}

fn rows_of(format: &FileFormat, mapping: &Mapping, chunks: &[impl AsRef<[u8]>], whole: bool) -> Vec<Row> {
    let mut reader = RowReader::new(format, mapping.headers());
    let mut rows = Vec::new();
    let mut keep = |read: Rows<'_>| rows.extend(read.filter_map(Result::ok));
    for chunk in chunks {
        keep(reader.feed(chunk.as_ref()));
    }
    if whole {
        keep(reader.finish());
    }
    rows
}

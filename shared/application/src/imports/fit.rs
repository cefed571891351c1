//! How a file fits before it is checked: how many values fit their column's field, and which country its phone
//! numbers belong to. It uses the code of the check, so that the check agrees with it.

use crate::ports::blobs::Blobs;
use crate::ports::imports::blob_keys;
use crate::ports::store::StoreResult;
use domain::contact::country::Country;
use domain::import::mapping::Mapping;
use domain::import::phone_evidence::PhoneEvidence;
use domain::import::row::RowMapper;
use domain::import::rows::{Row, RowReader, Rows};
use domain::import::{FileFormat, Import};

/// The largest file that is measured as a whole. Of a larger one only the first chunk is, because the answer may not
/// take so long.
pub const WHOLE_BYTES: u64 = 2 * 1024 * 1024;

/// Measures the fit of an uploaded file. `home` is the workspace's country, used for numbers that nothing else gives
/// a country.
pub async fn measure_fit(blobs: &dyn Blobs, import: &mut Import, home: Country) -> StoreResult<()> {
    let whole = import.size_bytes <= WHOLE_BYTES;
    let mut chunks = Vec::new();
    for number in 0..if whole { import.chunks } else { import.chunks.min(1) } {
        chunks.push(blobs.get(&blob_keys::chunk(&import.workspace, &import.id, number)).await?);
    }
    fit(import, &chunks, whole, home);
    Ok(())
}

/// Measures the fit from bytes at hand: `chunks` from the file's beginning on, all of them if `whole`.
pub fn fit(import: &mut Import, chunks: &[impl AsRef<[u8]>], whole: bool, home: Country) {
    let Some(format) = import.format.clone() else { return };
    let mapping = Mapping::of(&import.columns);
    let rows = rows_of(&format, &mapping, chunks, whole);
    let mut evidence = PhoneEvidence::default();
    {
        let mapper = RowMapper::new(&mapping, &import.options);
        for row in &rows {
            let (numbers, of_row) = mapper.phones(row);
            numbers.for_each(|number| evidence.take(&number, of_row));
        }
    }
    import.phone_question = evidence.question(home);
    if !import.options.country_chosen {
        let best = import.phone_question.as_ref().and_then(|question| question.best());
        import.options.default_country = best.or(Some(home));
    }
    let mapper = RowMapper::new(&mapping, &import.options);
    let mut counts = vec![(0_u32, 0_u32); import.columns.len()];
    for row in &rows {
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

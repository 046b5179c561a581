//! Reading an Arrow IPC file in place: the columns point into the mapped file, nothing is copied.

use std::{fs::File, path::Path, sync::Arc};

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_buffer::Buffer;
use arrow_ipc::{
    Block,
    convert::try_fb_to_schema,
    reader::{FileDecoder, read_footer_length},
    root_as_footer,
};
use memmap2::Mmap;

const TRAILER_BYTES: usize = 10;

#[allow(unsafe_code)]
pub fn map(path: &Path) -> std::io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: a mapped file must not change while it is read. Files of a history are written under another name, renamed into
    // place once, and never written again; at most they are unlinked, which leaves the mapping as it is.
    unsafe { Mmap::map(&file) }
}

/// Decodes a file with one batch. `Err` says what is wrong with it.
pub fn decode(file: Mmap) -> Result<RecordBatch, String> {
    let buffer = as_buffer(file)?;
    let words = |error: arrow_schema::ArrowError| error.to_string();
    let trailer_start = buffer.len().checked_sub(TRAILER_BYTES).ok_or("it is too short")?;
    let trailer = buffer[trailer_start..].try_into().map_err(|_| "it is too short")?;
    let footer_bytes = read_footer_length(trailer).map_err(words)?;
    let footer_start = trailer_start.checked_sub(footer_bytes).ok_or("its footer is cut off")?;
    let footer = root_as_footer(&buffer[footer_start..trailer_start]).map_err(|error| error.to_string())?;
    let schema = Arc::new(try_fb_to_schema(footer.schema().ok_or("it has no schema")?).map_err(words)?);
    let mut decoder = FileDecoder::new(schema.clone(), footer.version());
    for block in footer.dictionaries().iter().flatten() {
        decoder.read_dictionary(block, &slice(&buffer, block)?).map_err(words)?;
    }
    let batches = footer.recordBatches().ok_or("it has no rows")?;
    if batches.is_empty() {
        let none = RecordBatchOptions::new().with_row_count(Some(0));
        return RecordBatch::try_new_with_options(schema.clone(), empty_columns(&schema), &none).map_err(words);
    }
    let block = batches.get(0);
    decoder.read_record_batch(block, &slice(&buffer, block)?).map_err(words)?.ok_or_else(|| "it has no rows".to_owned())
}

fn empty_columns(schema: &arrow_schema::Schema) -> Vec<arrow_array::ArrayRef> {
    schema.fields().iter().map(|field| arrow_array::new_empty_array(field.data_type())).collect()
}

fn slice(buffer: &Buffer, block: &Block) -> Result<Buffer, String> {
    let length = block.bodyLength() as usize + block.metaDataLength() as usize;
    let start = block.offset() as usize;
    match start.checked_add(length).is_some_and(|end| end <= buffer.len()) {
        true => Ok(buffer.slice_with_length(start, length)),
        false => Err("a block reaches past its end".to_owned()),
    }
}

fn as_buffer(file: Mmap) -> Result<Buffer, String> {
    Ok(Buffer::from(bytes::Bytes::from_owner(file)))
}

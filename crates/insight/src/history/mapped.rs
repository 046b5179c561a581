//! Reading an Arrow IPC file in place: the columns point into the mapped file, nothing is copied.

use std::{fs::File, path::Path, sync::Arc};

use arrow_array::{Array, RecordBatch, RecordBatchOptions};
use arrow_buffer::Buffer;
use arrow_ipc::{
    Block, Footer,
    convert::try_fb_to_schema,
    reader::{FileDecoder, read_footer_length},
    root_as_footer,
};
use arrow_schema::DataType;
use memmap2::Mmap;
use xxhash_rust::xxh3::Xxh3;

const TRAILER_BYTES: usize = 10;

#[allow(unsafe_code)]
pub fn map(path: &Path) -> std::io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: a mapped file must not change while it is read. Files of a history are written under another name, renamed into
    // place once, and never written again; at most they are unlinked, which leaves the mapping as it is.
    unsafe { Mmap::map(&file) }
}

/// Decodes a file with one batch, whose frame must be the one that the manifest names. `Err` says what is wrong with it.
#[allow(unsafe_code)]
pub fn decode(file: Mmap, frame: u64) -> Result<RecordBatch, String> {
    let buffer = as_buffer(file)?;
    let words = |error: arrow_schema::ArrowError| error.to_string();
    let footer_start = footer_start(&buffer)?;
    let footer = root_as_footer(&buffer[footer_start..buffer.len() - TRAILER_BYTES]).map_err(|error| error.to_string())?;
    if frame_of(&buffer, footer_start, &footer)? != frame {
        return Err("its frame has another checksum".to_owned());
    }
    let schema = Arc::new(try_fb_to_schema(footer.schema().ok_or("it has no schema")?).map_err(words)?);
    // SAFETY: the frame is the one that was written, so lengths and places of all buffers are right. Codes of labels are bounded
    // wherever they are used; offsets of texts and lists, which are not, are checked below.
    let mut decoder = unsafe { FileDecoder::new(schema.clone(), footer.version()).with_skip_validation(true) };
    for block in footer.dictionaries().iter().flatten() {
        decoder.read_dictionary(block, &slice(&buffer, block)?).map_err(words)?;
    }
    let batches = footer.recordBatches().ok_or("it has no rows")?;
    if batches.is_empty() {
        let none = RecordBatchOptions::new().with_row_count(Some(0));
        return RecordBatch::try_new_with_options(schema.clone(), empty_columns(&schema), &none).map_err(words);
    }
    let block = batches.get(0);
    let batch = decoder.read_record_batch(block, &slice(&buffer, block)?).map_err(words)?.ok_or("it has no rows")?;
    for column in batch.columns().iter().filter(|column| matches!(column.data_type(), DataType::Utf8 | DataType::List(_))) {
        column.to_data().validate_full().map_err(words)?;
    }
    Ok(batch)
}

/// The checksum of all that says where things are: the footer, the head of the rows and the names of labels. Unlike that of the whole
/// file it costs next to nothing, however many rows there are.
pub fn frame(file: Mmap) -> Result<u64, String> {
    let buffer = as_buffer(file)?;
    let footer_start = footer_start(&buffer)?;
    let footer = root_as_footer(&buffer[footer_start..buffer.len() - TRAILER_BYTES]).map_err(|error| error.to_string())?;
    frame_of(&buffer, footer_start, &footer)
}

fn frame_of(buffer: &Buffer, footer_start: usize, footer: &Footer) -> Result<u64, String> {
    let mut sum = Xxh3::new();
    sum.update(&buffer[footer_start..]);
    for block in footer.dictionaries().iter().flatten() {
        sum.update(&slice(buffer, block)?);
    }
    for block in footer.recordBatches().iter().flatten() {
        let head = block.metaDataLength() as usize;
        sum.update(slice(buffer, block)?.get(..head).ok_or("a block is shorter than its head")?);
    }
    Ok(sum.digest())
}

fn footer_start(buffer: &Buffer) -> Result<usize, String> {
    let trailer_start = buffer.len().checked_sub(TRAILER_BYTES).ok_or("it is too short")?;
    let trailer = buffer[trailer_start..].try_into().map_err(|_| "it is too short")?;
    let footer_bytes = read_footer_length(trailer).map_err(|error| error.to_string())?;
    trailer_start.checked_sub(footer_bytes).ok_or_else(|| "its footer is cut off".to_owned())
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

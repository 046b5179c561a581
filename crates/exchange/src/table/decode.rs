//! From bytes in some encoding to UTF-8, in pieces, without holding the file in memory.
//!
//! A byte-order mark decides. Without one, a file that is valid UTF-8 from end to end is UTF-8; else many NULs at every second
//! byte mean UTF-16, and otherwise the encoding is guessed from the bytes (Windows-1252 for most Western files). That takes a pass
//! over the file before the first row, at the speed of memory.

use std::io::{Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::read_up_to;

pub type Text = Box<dyn Read + Send>;

const CHUNK_BYTES: usize = 256 * 1024;
/// How much text is shown to the detector: it is slow, and a few megabytes say enough.
const DETECT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The text of `input` as UTF-8 bytes, and the name of the encoding it was in.
pub fn text_of<R: Read + Seek + Send + 'static>(mut input: R) -> std::io::Result<(Text, &'static str)> {
    let mut start = [0; 1024];
    let filled = read_up_to(&mut input, &mut start)?;
    let (encoding, skip) = match Encoding::for_bom(&start[..filled]) {
        Some((encoding, skip)) => (encoding, skip as u64),
        None => (without_mark(&mut input, &start[..filled])?, 0),
    };
    input.seek(SeekFrom::Start(skip))?;
    if encoding == UTF_8 {
        return Ok((Box::new(input), encoding.name()));
    }
    Ok((Box::new(Decoded::new(input, encoding)), encoding.name()))
}

fn without_mark<R: Read + Seek>(input: &mut R, start: &[u8]) -> std::io::Result<&'static Encoding> {
    if let Some(encoding) = utf16_by_nuls(start) {
        return Ok(encoding);
    }
    input.seek(SeekFrom::Start(0))?;
    let Some(first_bad) = first_bad_utf8(input)? else { return Ok(UTF_8) };
    // Show the detector the text around the first byte that is not UTF-8: what comes before says nothing.
    input.seek(SeekFrom::Start(first_bad.saturating_sub(DETECT_BYTES_MAX / 4)))?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = DETECT_BYTES_MAX;
    while left > 0 {
        let filled = read_up_to(input, &mut chunk)?;
        detector.feed(&chunk[..filled], filled < chunk.len());
        left = if filled < chunk.len() { 0 } else { left.saturating_sub(filled as u64) };
    }
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// UTF-16 without a mark: of mostly Latin text every second byte is NUL, which no other text has.
fn utf16_by_nuls(start: &[u8]) -> Option<&'static Encoding> {
    let nuls_at = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (nuls_at(0), nuls_at(1), start.len() / 2);
    if pairs < 4 {
        return None;
    }
    if odd * 2 > pairs && even * 8 < pairs {
        return Some(UTF_16LE);
    }
    (even * 2 > pairs && odd * 8 < pairs).then_some(UTF_16BE)
}

/// Offset of the first byte that is not UTF-8, or `None` where all of it is.
fn first_bad_utf8(input: &mut impl Read) -> std::io::Result<Option<u64>> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut offset, mut kept) = (0_u64, 0_usize);
    loop {
        let filled = kept + read_up_to(input, &mut chunk[kept..])?;
        let last = filled < chunk.len();
        match std::str::from_utf8(&chunk[..filled]) {
            Ok(_) if last => return Ok(None),
            Ok(_) => {
                offset += filled as u64;
                kept = 0;
            }
            Err(error) => {
                let good = error.valid_up_to();
                if error.error_len().is_some() || last {
                    return Ok(Some(offset + good as u64));
                }
                // A character cut by the end of the chunk: keep its first bytes for the next round.
                chunk.copy_within(good..filled, 0);
                offset += good as u64;
                kept = filled - good;
            }
        }
    }
}

/// A reader of UTF-8 over a reader in another encoding. Bytes that mean nothing become U+FFFD.
struct Decoded<R> {
    input: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    ended: bool,
    finished: bool,
    /// Text that did not fit in the caller's buffer.
    spare: Vec<u8>,
    spare_at: usize,
}

impl<R: Read> Decoded<R> {
    fn new(input: R, encoding: &'static Encoding) -> Decoded<R> {
        let decoder = encoding.new_decoder_without_bom_handling();
        Decoded {
            input,
            decoder,
            raw: vec![0; 64 * 1024],
            raw_at: 0,
            raw_end: 0,
            ended: false,
            finished: false,
            spare: Vec::new(),
            spare_at: 0,
        }
    }

    fn fill_spare(&mut self) -> std::io::Result<()> {
        self.spare.resize(256 * 1024, 0);
        self.spare_at = 0;
        let mut written = 0;
        while written == 0 && !self.finished {
            if self.raw_at == self.raw_end && !self.ended {
                self.raw_end = read_up_to(&mut self.input, &mut self.raw)?;
                self.raw_at = 0;
                self.ended = self.raw_end < self.raw.len();
            }
            let (result, read, wrote, _) =
                self.decoder.decode_to_utf8(&self.raw[self.raw_at..self.raw_end], &mut self.spare[written..], self.ended);
            self.raw_at += read;
            written += wrote;
            self.finished = self.ended && result == encoding_rs::CoderResult::InputEmpty;
        }
        self.spare.truncate(written);
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.spare_at == self.spare.len() && !self.finished {
            self.fill_spare()?;
        }
        let len = buffer.len().min(self.spare.len() - self.spare_at);
        buffer[..len].copy_from_slice(&self.spare[self.spare_at..self.spare_at + len]);
        self.spare_at += len;
        Ok(len)
    }
}

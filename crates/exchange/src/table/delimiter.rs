//! Which character parts the cells.

/// In the order of preference where two explain a file equally well.
pub const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

const SAMPLE_ROWS: usize = 30;

pub fn words(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "bar",
        _ => "comma",
    }
}

/// `sep=;` on the first line, as spreadsheets write it: the delimiter and the length of the line.
pub fn stated(sample: &[u8]) -> Option<(u8, usize)> {
    let line_end = sample.iter().position(|byte| *byte == b'\n')?;
    let line = sample[..line_end].strip_suffix(b"\r").unwrap_or(&sample[..line_end]);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] if CANDIDATES.contains(delimiter) => Some((*delimiter, line_end + 1)),
        _ => None,
    }
}

/// The delimiter that gives the most rows as many cells as the header has; then the one that gives more cells.
pub fn detect(sample: &[u8]) -> u8 {
    let mut best = (b',', 0.0, 1);
    for delimiter in CANDIDATES {
        let counts = cell_counts(sample, delimiter);
        let Some(header) = counts.first().copied().filter(|count| *count > 1) else { continue };
        let even = counts.iter().filter(|count| **count == header).count() as f64 / counts.len() as f64;
        if even > best.1 + 0.1 || (even > best.1 - 0.1 && header > best.2) {
            best = (delimiter, even, header);
        }
    }
    best.0
}

/// Cells in each of the first rows, with quoted parts skipped.
fn cell_counts(sample: &[u8], delimiter: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let (mut cells, mut quoted, mut blank, mut before) = (1, false, true, delimiter);
    for byte in sample.iter().copied() {
        match byte {
            b'"' if quoted => quoted = false,
            // A quote opens a cell at its start, and again right after the one that closed it (a doubled quote).
            b'"' => quoted = before == delimiter || before == b'"' || blank,
            _ if quoted => {}
            b'\n' | b'\r' => {
                if !blank {
                    counts.push(cells);
                }
                (cells, blank, before) = (1, true, delimiter);
                if counts.len() == SAMPLE_ROWS {
                    return counts;
                }
                continue;
            }
            _ => cells += usize::from(byte == delimiter),
        }
        (blank, before) = (false, byte);
    }
    // The last row of a full sample may be cut in two.
    if !blank && (counts.is_empty() || sample.len() < super::csv::SAMPLE_BYTES) {
        counts.push(cells);
    }
    counts
}

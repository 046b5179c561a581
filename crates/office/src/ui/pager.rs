//! Pages of the rows behind a figure: the one that is asked for, and the addresses of those beside it.
//!
//! Handlers take `Query(page): Query<PageOf>`, templates call `parts::pages(pager)`.

use serde::Deserialize;

use super::{format, url};
use crate::api::Slice;

const ROWS_PER_PAGE: usize = 50;

/// Which page is asked for, from 0.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct PageOf {
    page: usize,
}

pub struct Pager {
    /// `51 to 100 of 1,320`; empty where there is nothing.
    pub shown: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl PageOf {
    /// The rows of the page.
    pub fn slice(self) -> Slice {
        Slice { offset: self.page.saturating_mul(ROWS_PER_PAGE), limit: ROWS_PER_PAGE }
    }

    /// `rows` are on this page, of `total`; `first` is the address of the first page, with the whole question in it.
    pub fn pager(self, rows: usize, total: u64, first: &str) -> Pager {
        let offset = self.slice().offset as u64;
        let last = offset.saturating_add(rows as u64);
        let at = |page: usize| url::with(first, [("page", page.to_string().as_str())].into_iter().filter(|_| page > 0));
        // Whoever asks for a page behind the end finds the way back to the last one.
        let last_page = (total.saturating_sub(1) / ROWS_PER_PAGE as u64) as usize;
        Pager {
            shown: match rows {
                0 => String::new(),
                _ => format!("{} to {} of {}", format::count(offset + 1), format::count(last), format::count(total)),
            },
            previous: (self.page > 0).then(|| at(last_page.min(self.page - 1))),
            next: (last < total).then(|| at(self.page + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_each_other_and_keep_the_question() {
        let asked = "/why/rows?side=now&segment=";
        let at = |page: usize| Some(format!("{asked}&page={page}"));
        for (page, rows, total, shown, previous, next) in [
            (0, 0, 0, "", None, None),
            (0, 50, 50, "1 to 50 of 50", None, None),
            (0, 50, 1320, "1 to 50 of 1,320", None, at(1)),
            (1, 50, 1320, "51 to 100 of 1,320", Some(asked.to_owned()), at(2)),
            (26, 20, 1320, "1,301 to 1,320 of 1,320", at(25), None),
            (90, 0, 1320, "", at(26), None),
            (usize::MAX, 0, 3, "", Some(asked.to_owned()), None),
        ] {
            let pager = PageOf { page }.pager(rows, total, asked);
            assert_eq!((pager.shown.as_str(), pager.previous, pager.next), (shown, previous, next), "page {page} of {total}");
        }
    }
}

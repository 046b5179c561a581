//! The checklist as a page.

use alignment::checklist::{Point, Standing};
use askama::Template;
use axum::extract::State;

use crate::{
    Office,
    ui::Frame,
    web::{Allow, AppError, Endpoint, Page},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/checklist", Allow::SignedIn, page)]
}

#[derive(Template)]
#[template(path = "checklist/page.html")]
struct ChecklistPage {
    points: Vec<(Point, &'static str)>,
    sum: String,
    frame: Frame,
}

async fn page(State(office): State<Office>, frame: Frame) -> Result<Page<ChecklistPage>, AppError> {
    let found = super::look(&office, frame.now).await?;
    let sum = [Standing::Done, Standing::Partly, Standing::NotYet, Standing::CantJudge].into_iter().filter_map(|standing| {
        let count = found.points.iter().filter(|point| point.standing == standing).count();
        (count > 0).then(|| format!("{count} {}", standing.name().to_lowercase()))
    });
    let sum = sum.collect::<Vec<_>>().join(", ");
    Ok(Page(ChecklistPage {
        points: found
            .points
            .into_iter()
            .map(|point| {
                let class = class(point.standing);
                (point, class)
            })
            .collect(),
        sum,
        frame,
    }))
}

fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Done => "good",
        Standing::Partly => "warn",
        Standing::NotYet => "bad",
        Standing::CantJudge => "",
    }
}

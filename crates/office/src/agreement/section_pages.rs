//! One section of a draft as a form.

use alignment::{
    agreement::{Agreement, Fault, diff},
    fields::Catalogue,
};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use facts::access;
use tower_sessions::Session;

use super::{
    By,
    draft_pages::{beside, tell},
    drafts::{self, Draft},
    form::{self, Choices, Item, SECTIONS, Section, Shape, Typed, Wrong},
    signing,
};
use crate::{
    Office,
    ui::{Frame, format},
    web::{Allow, AppError, Endpoint, Page, redirect},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/agreement/drafts/{id}/{section}", Allow::SignedIn, page),
        Endpoint::post("/agreement/drafts/{id}/{section}", Allow::SignedIn, save),
    ]
}

#[derive(Template)]
#[template(path = "agreement/section.html")]
struct SectionPage {
    id: i64,
    edits: i64,
    section: &'static Section,
    sections: &'static [Section],
    items: Vec<Item>,
    may_save: bool,
    wrong: Option<String>,
    /// Faults of this section that stand beside no input.
    faults: Vec<String>,
    frame: Frame,
}

fn known(key: &str) -> Result<&'static Section, AppError> {
    form::section(key).ok_or_else(|| AppError::NotFound(format!("The Agreement has no section `{key}`.")))
}

async fn page(State(office): State<Office>, frame: Frame, Path((id, key)): Path<(i64, String)>) -> Result<Page<SectionPage>, AppError> {
    let draft = drafts::one(&office, id).await?;
    let section = known(&key)?;
    let typed = form::write(section, &draft.agreement);
    let faults = signing::faults(&draft);
    Ok(Page(show(&office, frame, section, &draft, draft.row.edits, &typed, Shown { faults, ..Shown::default() }).await?))
}

#[derive(Default)]
struct Shown {
    wrong: Vec<Wrong>,
    faults: Vec<Fault>,
    words: Option<String>,
}

async fn show(
    office: &Office,
    frame: Frame,
    section: &'static Section,
    draft: &Draft,
    edits: i64,
    typed: &Typed,
    shown: Shown,
) -> Result<SectionPage, AppError> {
    let mut choices = choices(office, &draft.agreement).await?;
    choices.pools.extend(pools_typed(typed, &choices.pools));
    let mut wrong = shown.wrong;
    wrong.extend(shown.faults.iter().map(|fault| Wrong { path: form_path(&fault.clause, &draft.agreement), words: fault.words.clone() }));
    let items = form::items(section, typed, &choices, &wrong);
    let beside = |path: &str| {
        items.iter().any(|item| match item {
            Item::Input { wrong: Some(_), name, .. } => name == path,
            _ => false,
        })
    };
    let own = |path: &str| section.fields.iter().any(|field| path == field.path || path.starts_with(&format!("{}.", field.path)));
    let faults = wrong.iter().filter(|wrong| own(&wrong.path) && !beside(&wrong.path)).map(|wrong| wrong.words.clone()).collect();
    Ok(SectionPage {
        id: draft.row.id,
        edits,
        section,
        sections: SECTIONS,
        items,
        may_save: draft.is_open(),
        wrong: shown.words,
        faults,
        frame,
    })
}

/// Saves, or carries out a button that only changes what stands in the form.
async fn save(
    State(office): State<Office>,
    session: Session,
    frame: Frame,
    Path((id, key)): Path<(i64, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let section = known(&key)?;
    let draft = drafts::one(&office, id).await?;
    let mut typed = Typed::from_pairs(&pairs);
    let seen = typed.text_at("edits").parse().unwrap_or(-1);
    let command = typed.text_at("do").to_owned();
    if command != "save" && !command.is_empty() {
        form::act(&mut typed, &command);
        return Ok(Page(show(&office, frame, section, &draft, seen, &typed, Shown::default()).await?).into_response());
    }
    let agreement = match form::read(section, &typed, &draft.agreement) {
        Ok(agreement) => agreement,
        Err(wrong) => {
            let words = Some("Nothing was saved yet: mend what is marked below.".into());
            return again(&office, frame, section, &draft, seen, &typed, Shown { wrong, words, ..Shown::default() }).await;
        }
    };
    let by = By::now(&office, &frame.actor).await?;
    let mut tx = office.facts().write().await?;
    let saved = drafts::edit(&mut tx, &by, id, seen, &agreement).await;
    let differences = match saved {
        Ok(differences) => {
            tx.commit().await?;
            differences
        }
        Err(error) => {
            drop(tx);
            let is_overtaken = seen != draft.row.edits;
            let words = Some(beside(error)?);
            // What was typed stays, and the next save is on top of the draft as it is now.
            let wrong = if is_overtaken { overtaken(&draft.agreement, &agreement) } else { Vec::new() };
            return again(&office, frame, section, &draft, draft.row.edits, &typed, Shown { wrong, words, ..Shown::default() }).await;
        }
    };
    tell(&office);
    let words = match differences.as_slice() {
        [] => "Nothing was changed.".to_owned(),
        [only] => format!("Saved. {}.", only.words),
        all => format!("Saved: {}.", format::plural(all.len() as u64, "change", "changes")),
    };
    redirect(&session, &format!("/agreement/drafts/{id}/{key}"), &words, None).await
}

/// What saving again would change in the draft as somebody else has left it, beside each input.
fn overtaken(now: &Agreement, typed: &Agreement) -> Vec<Wrong> {
    let differences = diff(now, typed).into_iter();
    differences
        .map(|one| Wrong { path: form_path(&one.clause, typed), words: format!("Saving again changes this. {}", one.words) })
        .collect()
}

async fn again(
    office: &Office,
    frame: Frame,
    section: &'static Section,
    draft: &Draft,
    edits: i64,
    typed: &Typed,
    shown: Shown,
) -> Result<Response, AppError> {
    let page = show(office, frame, section, draft, edits, typed, shown).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

async fn choices(office: &Office, agreement: &Agreement) -> Result<Choices, AppError> {
    let users = access::users_with_role(&mut *office.facts().reader().await?).await?;
    let catalogue = catalogue(office).await?;
    Ok(Choices {
        fields: catalogue.fields.into_iter().map(|field| (field.key, field.words)).collect(),
        users: users.into_iter().filter(|user| user.disabled_at.is_none()).filter_map(|user| Some((user.email?, user.name))).collect(),
        models: insight::attribution::MODELS.iter().map(|model| (model.key.to_owned(), model.name.to_owned())).collect(),
        pools: agreement.routing.pools.iter().map(|pool| (pool.key.clone(), pool.name.clone())).collect(),
    })
}

/// Pools that stand in the form and are not saved yet: a rule can name them at once.
fn pools_typed(typed: &Typed, saved: &[(String, String)]) -> Vec<(String, String)> {
    let pools = typed.list_at("routing.pools").iter().map(|pool| (pool.text_at("key").to_owned(), pool.text_at("name").to_owned()));
    pools.filter(|(key, _)| !key.is_empty() && !saved.iter().any(|(known, _)| known == key)).collect()
}

/// The fields that everybody has, and the company's own.
pub(super) async fn catalogue(office: &Office) -> Result<Catalogue, AppError> {
    let own = facts::drafts::custom_fields(&mut *office.facts().reader().await?).await?;
    let singular = |table: &str| if table == "companies" || table == "company" { "company" } else { "person" };
    let keys: Vec<_> = own
        .iter()
        .filter(|(table, _)| ["companies", "company", "people", "person"].contains(&table.as_str()))
        .map(|(table, field)| format!("{}.custom.{field}", singular(table)))
        .collect();
    Ok(Catalogue::with_custom(keys.iter().map(String::as_str)))
}

/// The path of a clause with a fault as it stands in the form: `stages.mql.criteria.all[2]` is `stages.1.criteria.of.2`.
fn form_path(clause: &str, agreement: &Agreement) -> String {
    let mut path = clause.replace(']', "");
    for group in ["all[", "any[", "none["] {
        path = path.replace(&format!(".{group}"), ".of.");
    }
    path = path.replace('[', ".");
    for (place, stage) in agreement.stages.iter().enumerate() {
        let named = format!("stages.{}", stage.stage.key());
        if let Some(rest) = path.strip_prefix(&named).filter(|rest| rest.is_empty() || rest.starts_with('.')) {
            return format!("stages.{place}{rest}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_finds_its_input() {
        let agreement = Agreement::default_for(alignment::Currency::EUR, "UTC");
        for (clause, path) in [
            ("promises.review_hours_max", "promises.review_hours_max"),
            ("stages.mql.criteria.all[2].any[0]", "stages.1.criteria.of.2.of.0"),
            ("routing.rules[1].when", "routing.rules.1.when"),
            ("scoring.fit[0].when.none[1]", "scoring.fit.0.when.of.1"),
            ("stages", "stages"),
        ] {
            assert_eq!(form_path(clause, &agreement), path);
        }
    }
}

//! Rules for stages: which stage a row says was entered, when, and why.

use alignment::{
    Instant,
    intake::{DealStageEntry, Noun, StageEntry},
    lifecycle::{DealStage, Stage},
};

use super::{
    Reason, check_keys,
    columns::Header,
    condition::{Check, Condition},
    record::Context,
    source::{Slot, Source},
    unknown,
};
use crate::cells::Cells;

/// `{ stage = "mql", at = "Column", when = {..}, reason = "Column" }`. Entered where `when` holds; without `when`, where `at` is
/// filled; without both, always.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StageRule {
    pub stage: AnyStage,
    when: Option<Condition>,
    at: Option<Source>,
    reason: Option<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AnyStage {
    Lead(Stage),
    Deal(DealStage),
}

impl StageRule {
    pub fn parse(noun: Noun, value: &toml::Value) -> Result<StageRule, Reason> {
        let table = value.as_table().ok_or("each stage is a table: { stage = \"mql\", at = \"Column\" }")?;
        check_keys(table, &["stage", "at", "when", "reason"])?;
        let word = table.get("stage").and_then(toml::Value::as_str).ok_or("name the `stage`")?;
        let stage = if noun == Noun::Lead {
            Stage::parse(word).map(AnyStage::Lead).ok_or_else(|| unknown("stage", word, &Stage::ALL.map(Stage::key)))?
        } else {
            DealStage::parse(word).map(AnyStage::Deal).ok_or_else(|| unknown("deal stage", word, &DealStage::ALL.map(DealStage::key)))?
        };
        let source = |key: &str| table.get(key).map(Source::parse).transpose();
        Ok(StageRule { stage, when: table.get("when").map(Condition::parse).transpose()?, at: source("at")?, reason: source("reason")? })
    }

    /// `stage` entered at the instant in one column.
    pub fn dated(stage: AnyStage, at: Source) -> StageRule {
        StageRule { stage, when: None, at: Some(at), reason: None }
    }

    /// `None` where the file can't say it.
    pub fn compile(&self, header: &mut Header<'_>) -> Option<StageSlot> {
        let at = self.at.as_ref().and_then(|source| source.compile(header));
        if self.at.is_some() && at.is_none() && self.when.is_none() {
            return None;
        }
        let reason = self.reason.as_ref().and_then(|source| source.compile(header));
        Some(StageSlot { stage: self.stage, when: self.when.as_ref().map(|when| when.compile(header)), at, reason })
    }
}

#[derive(Clone, Debug)]
pub(super) struct StageSlot {
    pub stage: AnyStage,
    when: Option<Check>,
    at: Option<Slot>,
    reason: Option<Slot>,
}

impl StageSlot {
    /// Where the row says that the stage was entered: when, if it says so.
    fn entered(&self, cells: &Cells, context: &Context) -> Result<Option<Option<Instant>>, Reason> {
        if self.when.as_ref().is_some_and(|when| !when.holds(cells, &context.none)) {
            return Ok(None);
        }
        let at = context.instant(self.at.as_ref(), cells)?;
        Ok((self.when.is_some() || self.at.is_none() || at.is_some()).then_some(at))
    }

    pub fn lead_entry(&self, cells: &Cells, context: &Context) -> Result<Option<StageEntry>, Reason> {
        let (AnyStage::Lead(stage), Some(at)) = (self.stage, self.entered(cells, context)?) else { return Ok(None) };
        Ok(Some(StageEntry { stage, at, reason: context.text(self.reason.as_ref(), cells)?, actor: None }))
    }

    pub fn deal_entry(&self, cells: &Cells, context: &Context) -> Result<Option<DealStageEntry>, Reason> {
        let (AnyStage::Deal(stage), Some(at)) = (self.stage, self.entered(cells, context)?) else { return Ok(None) };
        Ok(Some(DealStageEntry { stage, at }))
    }
}

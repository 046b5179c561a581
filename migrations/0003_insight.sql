-- Questions that are kept with their answers, versions of the learned score, plans and experiments. The words are those of 0001_record.sql.

-- When a company stopped being a customer; empty where nobody writes it down.
ALTER TABLE companies ADD COLUMN churned_at BIGINT;

-- A question with both its times, and the answer that it got: asked again, it answers with the same bytes.
CREATE TABLE saved_questions (
  id {key},
  name TEXT NOT NULL,
  -- Which report: scoreboard, attribution, cohorts, ...
  report TEXT NOT NULL,
  -- Its parameters as JSON, with `as_of` and `known_at` fixed.
  params TEXT NOT NULL,
  answer TEXT NOT NULL,
  answer_hash TEXT NOT NULL,
  agreement_version BIGINT NOT NULL,
  as_of BIGINT NOT NULL,
  known_at BIGINT NOT NULL,
  user_id BIGINT,
  recorded_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX saved_questions_user ON saved_questions (user_id, id) WHERE removed_at IS NULL;

-- What was learned after an instant: the record is seen as it was then by taking these back.
CREATE INDEX changes_recorded ON changes (recorded_at, id);
CREATE INDEX events_recorded ON events (recorded_at, id);
CREATE INDEX retractions_recorded ON retractions (recorded_at, id);
CREATE INDEX people_merges_at ON people_merges (at);
CREATE INDEX people_merges_undone ON people_merges (undone_at) WHERE undone_at IS NOT NULL;
-- A question is not kept while one runs.
CREATE INDEX imports_running ON imports (id) WHERE state = 'running';

-- Counting questions and objections of a period reads these alone.
CREATE INDEX questions_asked ON questions (asked_at, answered_at, recorded_at);
CREATE INDEX appeals_at ON appeals (at, decided_at, recorded_at);

-- When somebody looked at a number, and when the time before: `question` is the hash of its address, which can be longer than a key may be.
CREATE TABLE looks (
  user_id BIGINT NOT NULL,
  number TEXT NOT NULL,
  question TEXT NOT NULL,
  at BIGINT NOT NULL,
  before_at BIGINT,
  PRIMARY KEY (user_id, number, question)
);

-- The learned score: what was fitted on what was known at an instant, and how well it does on what it had not seen.
CREATE TABLE score_versions (
  id {key},
  number BIGINT NOT NULL CONSTRAINT score_versions_number_once UNIQUE,
  as_of BIGINT NOT NULL,
  known_at BIGINT NOT NULL,
  model TEXT NOT NULL,
  figures TEXT NOT NULL,
  -- Why it is not shown; empty where it is.
  withheld TEXT,
  actor_id BIGINT,
  recorded_at BIGINT NOT NULL
);

-- What the two teams plan: spend, rates and capacity that they assume where they don't take the record's own.
CREATE TABLE plans (
  id {key},
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  edits BIGINT NOT NULL,
  author_id BIGINT,
  recorded_at BIGINT NOT NULL,
  edited_at BIGINT NOT NULL,
  removed_at BIGINT
);

-- Two versions of a campaign, page or e-mail, compared down to SQLs and revenue.
CREATE TABLE experiments (
  id {key},
  name TEXT NOT NULL,
  -- What tells the two apart (campaign, content, source, custom:FIELD) and the value of each.
  dimension TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  -- The number that decides, and the change of it that is worth finding, in percent of what A has.
  number TEXT NOT NULL,
  worth_finding_percent BIGINT NOT NULL,
  -- Only leads so old count, with what they brought in that time; empty for all.
  within_days BIGINT,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  note TEXT,
  author_id BIGINT,
  recorded_at BIGINT NOT NULL,
  removed_at BIGINT
);

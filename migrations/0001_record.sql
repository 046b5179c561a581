-- The record. One text for SQLite and PostgreSQL; the words in braces are filled in by crates/facts/src/dialect.rs.
--
-- Instants are microseconds since 1970-01-01T00:00:00Z in columns that end in `at`. Every fact has two: `at` (or `opened_at`, ...)
-- is when it happened, `recorded_at` when we learned of it. Money is an integer of minor units beside its currency.
-- `import_id` names the import that brought the row. Undo finds the rows by the runs of ids in its events, not by an index here.

CREATE TABLE sequences (noun TEXT PRIMARY KEY, next_id BIGINT NOT NULL);

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE agreements (
  id {key},
  number BIGINT NOT NULL CONSTRAINT agreements_number_once UNIQUE,
  text TEXT NOT NULL,
  hash TEXT NOT NULL,
  effective_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);

CREATE TABLE teams (
  id {key},
  name TEXT NOT NULL CONSTRAINT teams_name_once UNIQUE,
  side TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);

-- Everybody who owns records or signs in. `role` is empty for those who only stand as owners in imported data.
CREATE TABLE users (
  id {key},
  name TEXT NOT NULL,
  email TEXT,
  side TEXT NOT NULL,
  team_id BIGINT,
  region TEXT,
  role TEXT,
  password_hash TEXT,
  disabled_at BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE UNIQUE INDEX users_email_once ON users (email);
CREATE INDEX users_name ON users (name);

-- One-time links: the first administrator's, invitations, forgotten passwords. Only the hash of the token is kept.
CREATE TABLE sign_in_links (
  token_hash TEXT PRIMARY KEY,
  user_id BIGINT,
  purpose TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, expires_at BIGINT NOT NULL);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id {key},
  user_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL CONSTRAINT api_tokens_hash_once UNIQUE,
  scopes TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
);

CREATE TABLE companies (
  id {key},
  name TEXT,
  domain TEXT,
  industry TEXT,
  country TEXT,
  region TEXT,
  employees BIGINT,
  annual_revenue_minor BIGINT,
  annual_revenue_currency TEXT,
  owner_id BIGINT,
  created_at BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX companies_domain ON companies (domain);
CREATE INDEX companies_name ON companies (name, id);
CREATE INDEX companies_sorted ON companies (lower(COALESCE(name, domain, '')), id);

CREATE TABLE people (
  id {key},
  name TEXT,
  email TEXT,
  phone TEXT,
  job_title TEXT,
  country TEXT,
  company_id BIGINT,
  created_at BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX people_email ON people (email);
CREATE INDEX people_company ON people (company_id);
CREATE INDEX people_sorted ON people (lower(COALESCE(name, email, '')), id);

-- A lead is one pass of a person through the funnel. `stage` and `stage_at` repeat its latest transition, for lists.
CREATE TABLE leads (
  id {key},
  person_id BIGINT NOT NULL,
  company_id BIGINT,
  source TEXT,
  campaign_id BIGINT,
  content_id BIGINT,
  owner_id BIGINT,
  opened_at BIGINT NOT NULL,
  stage TEXT NOT NULL,
  stage_at BIGINT,
  stages_recorded BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX leads_person ON leads (person_id);
CREATE INDEX leads_company ON leads (company_id);
CREATE INDEX leads_opened ON leads (opened_at, id);
CREATE INDEX leads_stage ON leads (stage, opened_at, id);
CREATE INDEX leads_owner ON leads (owner_id, opened_at, id);
CREATE INDEX leads_source ON leads (source, opened_at, id);
CREATE INDEX leads_stage_at ON leads (COALESCE(stage_at, opened_at), id);
CREATE INDEX leads_campaign ON leads (campaign_id, opened_at, id) WHERE campaign_id IS NOT NULL;
CREATE INDEX leads_content ON leads (content_id, opened_at, id) WHERE content_id IS NOT NULL;

CREATE TABLE transitions (
  id {key},
  lead_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  at BIGINT,
  recorded_at BIGINT NOT NULL,
  agreement_version BIGINT NOT NULL,
  actor_id BIGINT,
  reason TEXT,
  import_id BIGINT
);
CREATE INDEX transitions_lead ON transitions (lead_id);

-- Every interaction, never overwritten. The fingerprint (128 bits in two halves) is of the touch's own external id or, without one,
-- of all that makes it that touch; it keeps a file imported twice from counting twice.
CREATE TABLE touches (
  id {key},
  person_id BIGINT,
  company_id BIGINT,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  channel TEXT,
  source TEXT,
  campaign_id BIGINT,
  content_id BIGINT,
  fingerprint_high BIGINT NOT NULL,
  fingerprint_low BIGINT NOT NULL,
  import_id BIGINT
);
CREATE UNIQUE INDEX touches_once ON touches (fingerprint_high, fingerprint_low);
CREATE INDEX touches_person ON touches (person_id, at);
CREATE INDEX touches_company ON touches (company_id, at) WHERE company_id IS NOT NULL;
CREATE INDEX touches_campaign ON touches (campaign_id, at) WHERE campaign_id IS NOT NULL;
CREATE INDEX touches_content ON touches (content_id, at) WHERE content_id IS NOT NULL;

CREATE TABLE activities (
  id {key},
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  person_id BIGINT,
  company_id BIGINT,
  deal_id BIGINT,
  user_id BIGINT,
  subject TEXT,
  note TEXT,
  outcome TEXT,
  content_id BIGINT,
  import_id BIGINT
);
CREATE INDEX activities_person ON activities (person_id, at);
CREATE INDEX activities_company ON activities (company_id, at);
CREATE INDEX activities_deal ON activities (deal_id, at);

CREATE TABLE deals (
  id {key},
  name TEXT,
  company_id BIGINT,
  lead_id BIGINT,
  owner_id BIGINT,
  stage TEXT NOT NULL,
  stage_at BIGINT,
  amount_minor BIGINT,
  amount_currency TEXT,
  opened_at BIGINT,
  expected_close_at BIGINT,
  reason TEXT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX deals_company ON deals (company_id);
CREATE INDEX deals_lead ON deals (lead_id);
-- Deals without an instant or amount stand below all others.
CREATE INDEX deals_stage ON deals (stage, COALESCE(stage_at, -9000000000000000000), id);
CREATE INDEX deals_amount ON deals (COALESCE(amount_minor, -9000000000000000000), id);
CREATE INDEX deals_stage_at ON deals (COALESCE(stage_at, -9000000000000000000), id);
CREATE INDEX deals_sorted ON deals (lower(COALESCE(name, '')), id);

CREATE TABLE deal_people (
  id {key},
  deal_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  role TEXT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE UNIQUE INDEX deal_people_once ON deal_people (deal_id, person_id);
CREATE INDEX deal_people_person ON deal_people (person_id);

CREATE TABLE deal_transitions (
  id {key},
  deal_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  at BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX deal_transitions_deal ON deal_transitions (deal_id);

CREATE TABLE deal_lines (
  id {key},
  deal_id BIGINT NOT NULL,
  product TEXT,
  quantity BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  amount_currency TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX deal_lines_deal ON deal_lines (deal_id);

CREATE TABLE campaigns (
  id {key},
  name TEXT NOT NULL,
  channel TEXT,
  starts_at BIGINT,
  ends_at BIGINT,
  budget_minor BIGINT,
  budget_currency TEXT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX campaigns_name ON campaigns (name);

CREATE TABLE spend (
  id {key},
  campaign_id BIGINT,
  channel TEXT,
  source TEXT,
  side TEXT NOT NULL,
  at BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  amount_currency TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX spend_campaign ON spend (campaign_id, at);

CREATE TABLE content (
  id {key},
  title TEXT NOT NULL,
  kind TEXT,
  url TEXT,
  published_at BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX content_title ON content (title);

-- What other systems call our records. External ids are keys: one of a noun and system names one record.
CREATE TABLE external_ids (
  noun TEXT NOT NULL,
  system TEXT NOT NULL,
  external_id TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  import_id BIGINT,
  PRIMARY KEY (noun, system, external_id)
);
CREATE INDEX external_ids_record ON external_ids (noun, record_id);
CREATE INDEX external_ids_import ON external_ids (import_id);

CREATE TABLE custom_values (
  noun TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  import_id BIGINT,
  PRIMARY KEY (noun, record_id, field)
);
CREATE INDEX custom_values_import ON custom_values (import_id);

-- The event log: append-only, ids in the order of commits. One event covers a run of consecutive ids, so that an import of a million
-- touches is one line.
CREATE TABLE events (
  id {key},
  kind TEXT NOT NULL,
  noun TEXT NOT NULL,
  first_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  actor_id BIGINT,
  import_id BIGINT,
  agreement_version BIGINT,
  body TEXT
);
CREATE INDEX events_subject ON events (noun, first_id);
CREATE INDEX events_import ON events (import_id, kind) WHERE import_id IS NOT NULL;

-- Field-level history: what a field was before and after. Undo reads it backwards.
CREATE TABLE changes (
  id {key},
  noun TEXT NOT NULL,
  record_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  old_value TEXT,
  new_value TEXT,
  recorded_at BIGINT NOT NULL,
  actor_id BIGINT,
  import_id BIGINT
);
CREATE INDEX changes_record ON changes (noun, record_id);
CREATE INDEX changes_import ON changes (import_id);

-- Answers to writes that carried an Idempotency-Key, for a day: a retry gets the same answer and changes nothing.
CREATE TABLE idempotency_keys (
  actor_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (recorded_at);

CREATE TABLE imports (
  id {key},
  recipe TEXT NOT NULL,
  files TEXT NOT NULL,
  state TEXT NOT NULL,
  message TEXT,
  rows_total BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  unresolved BIGINT NOT NULL,
  actor_id BIGINT,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  undone_at BIGINT,
  -- Which installation runs it, so that only that one declares it interrupted.
  runner TEXT
);

CREATE TABLE import_rejections (
  id {key},
  import_id BIGINT NOT NULL,
  file TEXT NOT NULL,
  line BIGINT NOT NULL,
  reason TEXT NOT NULL,
  header TEXT NOT NULL,
  cells TEXT NOT NULL
);
CREATE INDEX import_rejections_import ON import_rejections (import_id, id);

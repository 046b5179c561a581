-- The Agreement that both teams sign, the hand-off with its clocks, the ledger of promises, and notifications.

ALTER TABLE leads ADD COLUMN product_line TEXT;
-- The fallback queue that a lead waits in which no rule could place.
ALTER TABLE leads ADD COLUMN queue TEXT;
-- The next due instant of its running clocks, for the inbox; empty where none runs.
ALTER TABLE leads ADD COLUMN due_at BIGINT;
CREATE INDEX leads_due ON leads (owner_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX leads_all_due ON leads (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX leads_queue ON leads (queue, opened_at, id) WHERE queue IS NOT NULL;

-- `made_by` is `agreement` where its criteria entered the stage by themselves. `goes_back` is 1 where a person took the lead back to an
-- earlier stage: what it had reached stays reached.
ALTER TABLE transitions ADD COLUMN made_by TEXT;
ALTER TABLE transitions ADD COLUMN goes_back BIGINT;
-- For the ledger: what entered a stage in a month.
CREATE INDEX transitions_stage ON transitions (stage, at, id);

CREATE INDEX agreements_effect ON agreements (effective_at, number);

-- A text that is being worked on. `changes` counts its edits: an edit names the count that it saw. `base` is the version it started from.
CREATE TABLE agreement_drafts (
  id {key},
  base BIGINT NOT NULL,
  text TEXT NOT NULL,
  hash TEXT NOT NULL,
  edits BIGINT NOT NULL,
  state TEXT NOT NULL,
  -- From when on it is to judge; empty: from the second signature on.
  effective_at BIGINT,
  note TEXT,
  author_id BIGINT,
  recorded_at BIGINT NOT NULL,
  edited_at BIGINT NOT NULL,
  -- The version that it became.
  number BIGINT
);
CREATE INDEX agreement_drafts_state ON agreement_drafts (state, id);

-- A signature is under one hash; an edit of the draft voids it. `deputy_of_id` where it was given for a head by a deputy.
CREATE TABLE agreement_signatures (
  id {key},
  draft_id BIGINT NOT NULL,
  hash TEXT NOT NULL,
  side TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  deputy_of_id BIGINT,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  voided_at BIGINT
);
CREATE INDEX agreement_signatures_draft ON agreement_signatures (draft_id, id);
CREATE UNIQUE INDEX agreement_signatures_side_once ON agreement_signatures (draft_id, side) WHERE voided_at IS NULL;
CREATE UNIQUE INDEX agreement_signatures_user_once ON agreement_signatures (draft_id, user_id) WHERE voided_at IS NULL;

-- Who heads a side and may sign for it, and whom a head has asked to do so meanwhile.
CREATE TABLE heads (
  id {key},
  side TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX heads_side_once ON heads (side) WHERE ends_at IS NULL;

CREATE TABLE delegations (
  id {key},
  side TEXT NOT NULL,
  head_id BIGINT NOT NULL,
  deputy_id BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  revoked_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX delegations_deputy ON delegations (deputy_id);

-- What a draft would have done, as the signers saw it; of the text with this hash.
CREATE TABLE backtests (
  id {key},
  draft_id BIGINT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  actor_id BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX backtests_draft ON backtests (draft_id, id);

-- A promise about one lead, running from `started_at`. Open while `ended_at` is empty; then `outcome` is `kept`, `breached` or `void`
-- (the pass was over for another cause). `breached_at` is set when the due instant passes, also while it still runs.
CREATE TABLE clocks (
  id {key},
  lead_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  owner_id BIGINT,
  started_at BIGINT NOT NULL,
  warn_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT,
  breached_at BIGINT,
  warned_at BIGINT,
  -- Escalation steps that were taken.
  steps_taken BIGINT NOT NULL,
  paused_at BIGINT,
  -- Attempts made, for the clock that counts them.
  done BIGINT NOT NULL,
  agreement_version BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT,
  -- Key of the regional calendar that it runs by, of that version; empty: the company's.
  calendar TEXT,
  -- When the next step of escalation is to be taken; empty where none is left.
  next_step_at BIGINT
);
CREATE UNIQUE INDEX clocks_once ON clocks (lead_id, kind);
CREATE INDEX clocks_running ON clocks (due_at, id) WHERE ended_at IS NULL;
CREATE INDEX clocks_to_breach ON clocks (due_at, id) WHERE ended_at IS NULL AND breached_at IS NULL;
CREATE INDEX clocks_to_escalate ON clocks (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX clocks_to_warn ON clocks (warn_at, id) WHERE ended_at IS NULL AND warned_at IS NULL;
CREATE INDEX clocks_started ON clocks (kind, started_at, id);
CREATE INDEX clocks_due ON clocks (kind, due_at, id);

CREATE TABLE clock_pauses (
  id {key},
  clock_id BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT,
  reason TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX clock_pauses_clock ON clock_pauses (clock_id, id);

-- Why a lead went to its owner: the rule, in words, and what was known (`body`, JSON), so that it can be replayed.
CREATE TABLE assignments (
  id {key},
  lead_id BIGINT NOT NULL,
  owner_id BIGINT,
  queue TEXT,
  rule TEXT,
  pool TEXT,
  reason TEXT NOT NULL,
  body TEXT,
  at BIGINT NOT NULL,
  agreement_version BIGINT NOT NULL,
  actor_id BIGINT,
  recorded_at BIGINT NOT NULL,
  import_id BIGINT
);
CREATE INDEX assignments_lead ON assignments (lead_id, id);
CREATE INDEX assignments_at ON assignments (at, id);
CREATE INDEX assignments_pool ON assignments (pool, owner_id, at) WHERE pool IS NOT NULL;

-- What each member of a pool was given, for round robin, and the weight under which it was counted.
CREATE TABLE pool_shares (
  pool TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  given BIGINT NOT NULL,
  weight BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (pool, user_id)
);

-- When somebody is away: nothing is routed to them. `kind` is `absence`, or `off_rota` where a breach took them off.
CREATE TABLE absences (
  id {key},
  user_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  note TEXT,
  actor_id BIGINT,
  recorded_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX absences_user ON absences (user_id, ends_at);
CREATE INDEX absences_end ON absences (ends_at, id);

-- Items of a stage's checklist that a person confirmed for a lead.
CREATE TABLE confirmations (
  id {key},
  lead_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  item TEXT NOT NULL,
  user_id BIGINT,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX confirmations_once ON confirmations (lead_id, stage, item);

-- What sales asked marketing about a lead.
CREATE TABLE questions (
  id {key},
  lead_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  asked_by BIGINT,
  asked_at BIGINT NOT NULL,
  answer TEXT,
  answered_by BIGINT,
  answered_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX questions_lead ON questions (lead_id, id);
CREATE INDEX questions_open ON questions (asked_at, id) WHERE answered_at IS NULL;

-- Marketing's objection to a rejection, and what became of it: `upheld` (the rejection stays) or `overturned` (a new pass opened).
CREATE TABLE appeals (
  id {key},
  lead_id BIGINT NOT NULL CONSTRAINT appeals_lead_once UNIQUE,
  text TEXT NOT NULL,
  appealed_by BIGINT,
  at BIGINT NOT NULL,
  decision TEXT,
  decision_note TEXT,
  decided_by BIGINT,
  decided_at BIGINT,
  -- The pass that an overturned rejection opened.
  new_lead_id BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX appeals_open ON appeals (at, id) WHERE decided_at IS NULL;

-- When a recycled lead is to be looked at again.
CREATE TABLE recycle_dates (
  id {key},
  lead_id BIGINT NOT NULL CONSTRAINT recycle_dates_lead_once UNIQUE,
  return_at BIGINT NOT NULL,
  done_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX recycle_dates_due ON recycle_dates (return_at, id) WHERE done_at IS NULL;

-- A promise that was let off for a period, or one clock of it: with who and why.
CREATE TABLE waivers (
  id {key},
  promise TEXT NOT NULL,
  period TEXT NOT NULL,
  clock_id BIGINT,
  reason TEXT NOT NULL,
  user_id BIGINT,
  at BIGINT NOT NULL,
  revoked_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX waivers_period ON waivers (period, promise);
CREATE INDEX waivers_clock ON waivers (clock_id) WHERE clock_id IS NOT NULL;

-- A month of the ledger as one side closed it; `body` is the ledger at that instant (JSON), `hash` what both sides close.
CREATE TABLE settlements (
  id {key},
  period TEXT NOT NULL,
  side TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  -- A settled month is opened again when both sides have asked for it.
  reopen_asked_at BIGINT,
  reopen_asked_by BIGINT,
  reopen_reason TEXT,
  reopened_at BIGINT
);
CREATE UNIQUE INDEX settlements_once ON settlements (period, side) WHERE reopened_at IS NULL;

-- Marketing has looked through what sales said of its leads.
CREATE TABLE feedback_reviews (
  id {key},
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  user_id BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX feedback_reviews_at ON feedback_reviews (at);

-- What a person is told. `once` names what happened: nobody is told the same twice.
CREATE TABLE notifications (
  id {key},
  user_id BIGINT NOT NULL,
  once TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  url TEXT,
  at BIGINT NOT NULL,
  read_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX notifications_once ON notifications (user_id, once);
CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;

-- One message on its way out: `waiting`, `sending` (claimed until `next_try_at`), `sent`, `dead` (given up, can be sent again) or
-- `dropped`. It carries several notifications where these came while it waited. Of a team's channel, without a user, `body` holds them.
CREATE TABLE deliveries (
  id {key},
  user_id BIGINT,
  medium TEXT NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,
  -- 1 for a digest.
  digest BIGINT NOT NULL,
  body TEXT NOT NULL,
  tries BIGINT NOT NULL,
  next_try_at BIGINT NOT NULL,
  last_error TEXT,
  sent_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (next_try_at, id) WHERE state IN ('waiting', 'sending');
-- What still takes notifications in: not tried yet.
CREATE INDEX deliveries_open ON deliveries (address, medium, digest, id) WHERE state = 'waiting' AND tries = 0;
CREATE INDEX deliveries_state ON deliveries (state, id);

CREATE TABLE delivered_notifications (
  delivery_id BIGINT NOT NULL,
  notification_id BIGINT NOT NULL,
  medium TEXT NOT NULL,
  PRIMARY KEY (notification_id, medium)
);
CREATE INDEX delivered_notifications_delivery ON delivered_notifications (delivery_id);

-- How a person wants to be told of a kind by a medium: `at_once`, `digest` or `off`.
CREATE TABLE notification_choices (
  user_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  medium TEXT NOT NULL,
  choice TEXT NOT NULL,
  PRIMARY KEY (user_id, kind, medium)
);

-- A person's addresses, time zone, quiet hours (HH:MM) and the hour of the digest.
CREATE TABLE notification_settings (
  user_id {key},
  time_zone TEXT NOT NULL,
  quiet_from TEXT,
  quiet_to TEXT,
  digest_at TEXT NOT NULL,
  slack_url TEXT,
  teams_url TEXT
);

-- Reminders of the office that are said once, by name.
CREATE TABLE said_once (once TEXT PRIMARY KEY, at BIGINT NOT NULL);

-- The desk's inbox: leads of a stage by what is due, and those of one owner.
CREATE INDEX leads_desk ON leads (stage, COALESCE(due_at, 9000000000000000000), id);
CREATE INDEX leads_desk_owner ON leads (owner_id, stage, COALESCE(due_at, 9000000000000000000), id);

-- A decision that was taken back within minutes: the transition as it stood, which is among the transitions no longer.
CREATE TABLE retractions (
  id {key},
  transition_id BIGINT NOT NULL,
  lead_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  at BIGINT,
  entered_at BIGINT NOT NULL,
  agreement_version BIGINT NOT NULL,
  actor_id BIGINT,
  reason TEXT,
  retracted_by BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX retractions_lead ON retractions (lead_id, id);

-- What was said with a transition, in one's own words beside the reason.
CREATE TABLE transition_notes (
  id {key},
  transition_id BIGINT NOT NULL CONSTRAINT transition_notes_once UNIQUE,
  note TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);

-- The open deal of its company that a lead joined, as another member of the buying committee, instead of opening one of its own.
CREATE TABLE joined_deals (
  id {key},
  lead_id BIGINT NOT NULL CONSTRAINT joined_deals_lead_once UNIQUE,
  deal_id BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX joined_deals_deal ON joined_deals (deal_id);

-- Two people who were one. `body` (JSON) is what the merge did, whole: rows as they were and as it left them, for taking it back.
CREATE TABLE people_merges (
  id {key},
  kept_id BIGINT NOT NULL,
  gone_id BIGINT NOT NULL,
  body TEXT NOT NULL,
  actor_id BIGINT,
  at BIGINT NOT NULL,
  undone_at BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX people_merges_kept ON people_merges (kept_id, id);
CREATE INDEX people_merges_gone ON people_merges (gone_id, id);

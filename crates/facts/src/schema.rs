//! Every table of the record once, with its columns, for what treats tables alike: bulk writing, loading by id, undo, backup.
//!
//! A test holds this list against the database that the migrations make.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Int,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnKind,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    /// Columns of the primary key.
    pub key: &'static [&'static str],
    pub columns: &'static [Column],
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

const fn int(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Int }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text }
}

macro_rules! tables {
    ($($constant:ident = $name:literal [$($key:literal),*] { $($kind:ident $column:ident),* $(,)? })*) => {
        $(pub static $constant: Table =
            Table { name: $name, key: &[$($key),*], columns: &[$($kind(stringify!($column))),*] };)*

        /// In an order in which rows can be written back.
        pub static ALL: &[&Table] = &[$(&$constant),*];
    };
}

pub fn table(name: &str) -> Option<&'static Table> {
    ALL.iter().copied().find(|table| table.name == name)
}

tables! {
    SEQUENCES = "sequences" ["noun"] {
        text noun, int next_id,
    }
    SETTINGS = "settings" ["key"] {
        text key, text value,
    }
    AGREEMENTS = "agreements" ["id"] {
        int id, int number, text text, text hash, int effective_at, int recorded_at,
    }
    TEAMS = "teams" ["id"] {
        int id, text name, text side, int recorded_at, int import_id,
    }
    USERS = "users" ["id"] {
        int id, text name, text email, text side, int team_id, text region, text role, text password_hash, int disabled_at, int recorded_at, int import_id,
    }
    SIGN_IN_LINKS = "sign_in_links" ["token_hash"] {
        text token_hash, int user_id, text purpose, int expires_at, int used_at,
    }
    SESSIONS = "sessions" ["id"] {
        text id, text data, int expires_at,
    }
    API_TOKENS = "api_tokens" ["id"] {
        int id, int user_id, text name, text token_hash, text scopes, int recorded_at, int last_used_at, int revoked_at,
    }
    COMPANIES = "companies" ["id"] {
        int id, text name, text domain, text industry, text country, text region, int employees, int annual_revenue_minor, text annual_revenue_currency, int owner_id, int created_at, int recorded_at, int import_id, int churned_at,
    }
    PEOPLE = "people" ["id"] {
        int id, text name, text email, text phone, text job_title, text country, int company_id, int created_at, int recorded_at, int import_id,
    }
    LEADS = "leads" ["id"] {
        int id, int person_id, int company_id, text source, int campaign_id, int content_id, int owner_id, int opened_at, text stage, int stage_at, int stages_recorded, int recorded_at, int import_id, text product_line, text queue, int due_at,
    }
    TRANSITIONS = "transitions" ["id"] {
        int id, int lead_id, text stage, int at, int recorded_at, int agreement_version, int actor_id, text reason, int import_id, text made_by, int goes_back,
    }
    TOUCHES = "touches" ["id"] {
        int id, int person_id, int company_id, text kind, int at, int recorded_at, text channel, text source, int campaign_id, int content_id, int fingerprint_high, int fingerprint_low, int import_id,
    }
    ACTIVITIES = "activities" ["id"] {
        int id, text kind, int at, int recorded_at, int person_id, int company_id, int deal_id, int user_id, text subject, text note, text outcome, int content_id, int import_id,
    }
    DEALS = "deals" ["id"] {
        int id, text name, int company_id, int lead_id, int owner_id, text stage, int stage_at, int amount_minor, text amount_currency, int opened_at, int expected_close_at, text reason, int recorded_at, int import_id,
    }
    DEAL_PEOPLE = "deal_people" ["id"] {
        int id, int deal_id, int person_id, text role, int recorded_at, int import_id,
    }
    DEAL_TRANSITIONS = "deal_transitions" ["id"] {
        int id, int deal_id, text stage, int at, int recorded_at, int import_id,
    }
    DEAL_LINES = "deal_lines" ["id"] {
        int id, int deal_id, text product, int quantity, int amount_minor, text amount_currency, int recorded_at, int import_id,
    }
    CAMPAIGNS = "campaigns" ["id"] {
        int id, text name, text channel, int starts_at, int ends_at, int budget_minor, text budget_currency, int recorded_at, int import_id,
    }
    SPEND = "spend" ["id"] {
        int id, int campaign_id, text channel, text source, text side, int at, int amount_minor, text amount_currency, int recorded_at, int import_id,
    }
    CONTENT = "content" ["id"] {
        int id, text title, text kind, text url, int published_at, int recorded_at, int import_id,
    }
    EXTERNAL_IDS = "external_ids" ["noun", "system", "external_id"] {
        text noun, text system, text external_id, int record_id, int import_id,
    }
    CUSTOM_VALUES = "custom_values" ["noun", "record_id", "field"] {
        text noun, int record_id, text field, text value, int import_id,
    }
    EVENTS = "events" ["id"] {
        int id, text kind, text noun, int first_id, int last_id, int at, int recorded_at, int actor_id, int import_id, int agreement_version, text body,
    }
    CHANGES = "changes" ["id"] {
        int id, text noun, int record_id, text field, text old_value, text new_value, int recorded_at, int actor_id, int import_id,
    }
    IDEMPOTENCY_KEYS = "idempotency_keys" ["actor_id", "key"] {
        int actor_id, text key, text request_hash, int status, text body, int recorded_at,
    }
    IMPORTS = "imports" ["id"] {
        int id, text recipe, text files, text state, text message, int rows_total, int created, int updated, int unchanged, int duplicates, int rejected, int skipped, int unresolved, int actor_id, int started_at, int finished_at, int undone_at, text runner,
    }
    IMPORT_REJECTIONS = "import_rejections" ["id"] {
        int id, int import_id, text file, int line, text reason, text header, text cells,
    }
    AGREEMENT_DRAFTS = "agreement_drafts" ["id"] {
        int id, int base, text text, text hash, int edits, text state, int effective_at, text note, int author_id, int recorded_at, int edited_at, int number,
    }
    AGREEMENT_SIGNATURES = "agreement_signatures" ["id"] {
        int id, int draft_id, text hash, text side, int user_id, int deputy_of_id, int at, int recorded_at, int voided_at,
    }
    HEADS = "heads" ["id"] {
        int id, text side, int user_id, int starts_at, int ends_at, int recorded_at,
    }
    DELEGATIONS = "delegations" ["id"] {
        int id, text side, int head_id, int deputy_id, int starts_at, int ends_at, int revoked_at, int recorded_at,
    }
    BACKTESTS = "backtests" ["id"] {
        int id, int draft_id, text hash, text body, int actor_id, int recorded_at,
    }
    CLOCKS = "clocks" ["id"] {
        int id, int lead_id, text kind, int owner_id, int started_at, int warn_at, int due_at, int ended_at, text outcome, int breached_at, int warned_at, int steps_taken, int paused_at, int done, int agreement_version, int recorded_at, int import_id, text calendar, int next_step_at,
    }
    CLOCK_PAUSES = "clock_pauses" ["id"] {
        int id, int clock_id, int from_at, int to_at, text reason, int recorded_at,
    }
    ASSIGNMENTS = "assignments" ["id"] {
        int id, int lead_id, int owner_id, text queue, text rule, text pool, text reason, text body, int at, int agreement_version, int actor_id, int recorded_at, int import_id,
    }
    POOL_SHARES = "pool_shares" ["pool", "user_id"] {
        text pool, int user_id, int given, int weight, int recorded_at,
    }
    ABSENCES = "absences" ["id"] {
        int id, int user_id, text kind, int starts_at, int ends_at, text note, int actor_id, int recorded_at, int revoked_at,
    }
    CONFIRMATIONS = "confirmations" ["id"] {
        int id, int lead_id, text stage, text item, int user_id, int at, int recorded_at,
    }
    QUESTIONS = "questions" ["id"] {
        int id, int lead_id, text text, int asked_by, int asked_at, text answer, int answered_by, int answered_at, int recorded_at,
    }
    APPEALS = "appeals" ["id"] {
        int id, int lead_id, text text, int appealed_by, int at, text decision, text decision_note, int decided_by, int decided_at, int new_lead_id, int recorded_at,
    }
    RECYCLE_DATES = "recycle_dates" ["id"] {
        int id, int lead_id, int return_at, int done_at, int recorded_at,
    }
    WAIVERS = "waivers" ["id"] {
        int id, text promise, text period, int clock_id, text reason, int user_id, int at, int revoked_at, int recorded_at,
    }
    SETTLEMENTS = "settlements" ["id"] {
        int id, text period, text side, text hash, text body, int user_id, int at, int recorded_at, int reopen_asked_at, int reopen_asked_by, text reopen_reason, int reopened_at,
    }
    FEEDBACK_REVIEWS = "feedback_reviews" ["id"] {
        int id, int at, text note, int user_id, int recorded_at,
    }
    NOTIFICATIONS = "notifications" ["id"] {
        int id, int user_id, text once, text kind, text title, text body, text url, int at, int read_at, int recorded_at,
    }
    DELIVERIES = "deliveries" ["id"] {
        int id, int user_id, text medium, text address, text state, int digest, text body, int tries, int next_try_at, text last_error, int sent_at, int recorded_at,
    }
    DELIVERED_NOTIFICATIONS = "delivered_notifications" ["notification_id", "medium"] {
        int delivery_id, int notification_id, text medium,
    }
    NOTIFICATION_CHOICES = "notification_choices" ["user_id", "kind", "medium"] {
        int user_id, text kind, text medium, text choice,
    }
    NOTIFICATION_SETTINGS = "notification_settings" ["user_id"] {
        int user_id, text time_zone, text quiet_from, text quiet_to, text digest_at, text slack_url, text teams_url,
    }
    SAID_ONCE = "said_once" ["once"] {
        text once, int at,
    }
    RETRACTIONS = "retractions" ["id"] {
        int id, int transition_id, int lead_id, text stage, int at, int entered_at, int agreement_version, int actor_id, text reason, int retracted_by, int recorded_at,
    }
    TRANSITION_NOTES = "transition_notes" ["id"] {
        int id, int transition_id, text note, int recorded_at,
    }
    JOINED_DEALS = "joined_deals" ["id"] {
        int id, int lead_id, int deal_id, int recorded_at,
    }
    PEOPLE_MERGES = "people_merges" ["id"] {
        int id, int kept_id, int gone_id, text body, int actor_id, int at, int undone_at, int recorded_at,
    }
    SAVED_QUESTIONS = "saved_questions" ["id"] {
        int id, text name, text report, text params, text answer, text answer_hash, int agreement_version, int as_of, int known_at, int user_id, int recorded_at, int removed_at,
    }
    LOOKS = "looks" ["user_id", "number", "question"] {
        int user_id, text number, text question, int at, int before_at,
    }
    SCORE_VERSIONS = "score_versions" ["id"] {
        int id, int number, int as_of, int known_at, text model, text figures, text withheld, int actor_id, int recorded_at,
    }
    PLANS = "plans" ["id"] {
        int id, text name, text body, int edits, int author_id, int recorded_at, int edited_at, int removed_at,
    }
    EXPERIMENTS = "experiments" ["id"] {
        int id, text name, text dimension, text a, text b, text number, int worth_finding_percent, int within_days, int starts_at, int ends_at, text note, int author_id, int recorded_at, int removed_at,
    }
}

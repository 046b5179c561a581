//! The registry of fields: everything of each noun that a file can bring in, once.
//!
//! The check of recipes, the guessing of mappings, the upload wizard and `docs/recipes.md` all read this list.

use alignment::intake::Noun;

/// By what a record is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    Key,
    Email,
    Domain,
    Name,
}

impl By {
    pub const ALL: [By; 4] = [By::Key, By::Email, By::Domain, By::Name];

    pub fn key(self) -> &'static str {
        ["key", "email", "domain", "name"][self as usize]
    }

    pub fn parse(key: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.key() == key)
    }
}

/// What a field holds, which says how its cells are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Our own id of the record in the system that the file comes from.
    Key,
    /// At most 500 characters: names, words, what is listed and compared.
    Text,
    /// As long as a cell may be.
    LongText,
    Email,
    Domain,
    Phone,
    Instant,
    Money,
    Currency,
    Integer,
    Stage,
    DealStage,
    TouchKind,
    ActivityKind,
    Side,
    /// Another record, and by what it is named. Written as a table in a recipe: `owner = { email = "Owner" }`.
    Reference(Noun, By),
    Custom,
}

pub struct FieldDefinition {
    /// The name in recipes; for references `what.by`, as in `owner.email`.
    pub key: &'static str,
    pub name: &'static str,
    pub words: &'static str,
    pub kind: FieldKind,
    /// A record can't be without it (of several ways to name another record: without one of them).
    pub required: bool,
    /// What columns with this meaning are called, in lower case, words parted by single spaces.
    pub synonyms: &'static [&'static str],
}

impl FieldDefinition {
    /// The name before the dot: `owner` of `owner.email`.
    pub fn stem(&self) -> &'static str {
        self.key.split('.').next().unwrap_or(self.key)
    }
}

pub fn field(noun: Noun, key: &str) -> Option<&'static FieldDefinition> {
    fields(noun).iter().find(|field| field.key == key)
}

/// The fields of one noun, in the order in which a person fills them in.
pub fn fields(noun: Noun) -> &'static [FieldDefinition] {
    match noun {
        Noun::User => USER,
        Noun::Campaign => CAMPAIGN,
        Noun::Spend => SPEND,
        Noun::Content => CONTENT,
        Noun::Company => COMPANY,
        Noun::Person => PERSON,
        Noun::Lead => LEAD,
        Noun::Touch => TOUCH,
        Noun::Deal => DEAL,
        Noun::DealLine => DEAL_LINE,
        Noun::Activity => ACTIVITY,
    }
}

const fn f(
    key: &'static str,
    name: &'static str,
    words: &'static str,
    kind: FieldKind,
    synonyms: &'static [&'static str],
) -> FieldDefinition {
    FieldDefinition { key, name, words, kind, required: false, synonyms }
}

const fn required(field: FieldDefinition) -> FieldDefinition {
    FieldDefinition { required: true, ..field }
}

use FieldKind::*;

const USER: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["user id", "owner id", "employee id", "id"],
    ),
    f("name", "Name", "Full name.", Text, &["name", "full name", "user name", "rep"]),
    f("first_name", "First name", "Given name, where the name is in two columns.", Text, &["first name", "given name"]),
    f("last_name", "Last name", "Family name, where the name is in two columns.", Text, &["last name", "family name", "surname"]),
    f("email", "E-mail", "Address; the key where there is no id.", Email, &["email", "e-mail", "email address", "user email"]),
    f("side", "Side", "marketing, sales or success.", Side, &["side", "department", "function"]),
    f("team", "Team", "Name of the team.", Text, &["team", "team name", "sales team"]),
    f("region", "Region", "Region or country the user works in.", Text, &["region", "territory", "office", "regional office"]),
];

const CAMPAIGN: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["campaign id", "program id", "id"],
    ),
    f("name", "Name", "Name of the campaign.", Text, &["campaign", "campaign name", "program name", "name"]),
    f("channel", "Channel", "Channel it runs in.", Text, &["channel", "medium", "campaign type", "type"]),
    f("starts_at", "Starts", "First day.", Instant, &["start date", "starts at", "start", "starts"]),
    f("ends_at", "Ends", "Last day.", Instant, &["end date", "ends at", "end", "ends"]),
    f("budget", "Budget", "Money set aside for it.", Money, &["budget", "budgeted cost", "planned cost"]),
    f(
        "currency",
        "Currency",
        "ISO 4217 code of the amount, where it differs by row.",
        Currency,
        &["currency", "currency code", "deal currency", "currency iso code"],
    ),
];

const SPEND: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["spend id", "cost id", "id"],
    ),
    f(
        "campaign.key",
        "Campaign's id",
        "The id that the file's system gave the campaign.",
        Reference(Noun::Campaign, By::Key),
        &["campaign id", "program id"],
    ),
    f(
        "campaign.name",
        "Campaign's name",
        "The name of the campaign.",
        Reference(Noun::Campaign, By::Name),
        &["campaign", "campaign name", "utm campaign", "program", "program name"],
    ),
    f("channel", "Channel", "Channel, where the money is not of one campaign.", Text, &["channel", "medium"]),
    f("source", "Source", "Source, where it is known.", Text, &["source", "platform"]),
    f("side", "Side", "marketing (default) or sales.", Side, &["side", "department"]),
    required(f("at", "Date", "Start of the period the money is for.", Instant, &["date", "day", "month", "period", "spent at", "at"])),
    required(f("amount", "Amount", "Money spent.", Money, &["amount", "cost", "spend", "amount spent", "actual cost"])),
    f(
        "currency",
        "Currency",
        "ISO 4217 code of the amount, where it differs by row.",
        Currency,
        &["currency", "currency code", "deal currency", "currency iso code"],
    ),
];

const CONTENT: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["content id", "asset id", "landing page id", "id"],
    ),
    f("title", "Title", "Title of the piece.", Text, &["title", "content title", "name", "page title"]),
    f("kind", "Kind", "guide, case_study, landing_page, ...", Text, &["kind", "content type", "type", "format"]),
    f("url", "URL", "Where it is.", LongText, &["url", "link", "page url"]),
    f("published_at", "Published", "When it was published.", Instant, &["published", "published at", "publish date"]),
];

const COMPANY: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["company id", "account id", "record id", "organisation id", "id"],
    ),
    f(
        "name",
        "Name",
        "Name of the company.",
        Text,
        &["company", "company name", "account name", "account", "organisation", "organization", "name"],
    ),
    f(
        "domain",
        "Domain",
        "Web domain; the key where there is no id.",
        Domain,
        &["domain", "company domain", "company domain name", "website", "website url", "web site"],
    ),
    f("industry", "Industry", "Industry.", Text, &["industry", "sector", "business segment", "vertical"]),
    f("country", "Country", "Country.", Text, &["country", "country/region", "billing country", "office location"]),
    f("region", "Region", "State or region.", Text, &["region", "state", "state/region", "billing state", "province"]),
    f(
        "employees",
        "Employees",
        "Number of employees.",
        Integer,
        &["employees", "number of employees", "no of employees", "company size", "headcount", "employee count"],
    ),
    f("annual_revenue", "Annual revenue", "Revenue per year.", Money, &["annual revenue", "revenue", "turnover"]),
    f(
        "currency",
        "Currency",
        "ISO 4217 code of the amount, where it differs by row.",
        Currency,
        &["currency", "currency code", "deal currency", "currency iso code"],
    ),
    f(
        "owner.key",
        "Owner's id",
        "The id that the file's system gave the owner.",
        Reference(Noun::User, By::Key),
        &["owner id", "hubspot owner id", "hubspot_owner_id", "rep id"],
    ),
    f(
        "owner.email",
        "Owner's e-mail",
        "The address of the owner.",
        Reference(Noun::User, By::Email),
        &["owner", "owner email", "contact owner", "company owner", "deal owner", "lead owner", "assigned to"],
    ),
    f(
        "owner.name",
        "Owner's name",
        "The name of the owner.",
        Reference(Noun::User, By::Name),
        &["owner name", "owner full name", "sales rep", "account owner", "opportunity owner", "sales agent"],
    ),
    f(
        "created_at",
        "Created",
        "When the company became known.",
        Instant,
        &["create date", "created date", "created at", "created", "date created"],
    ),
    f(
        "churned_at",
        "Customer until",
        "When the company stopped being a customer.",
        Instant,
        &["churned at", "churn date", "churned on", "customer until", "cancellation date"],
    ),
    f("custom", "Own fields", "Columns kept as fields of your own.", Custom, &[]),
];

const PERSON: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["contact id", "person id", "record id", "customer id", "id"],
    ),
    f("name", "Name", "Full name.", Text, &["name", "full name", "contact name", "contact"]),
    f(
        "first_name",
        "First name",
        "Given name, where the name is in two columns.",
        Text,
        &["first name", "given name", "firstname", "vorname"],
    ),
    f(
        "last_name",
        "Last name",
        "Family name, where the name is in two columns.",
        Text,
        &["last name", "family name", "surname", "lastname", "nachname"],
    ),
    f("email", "E-mail", "Address; the key where there is no id.", Email, &["email", "e-mail", "email address", "mail", "work email"]),
    f(
        "phone",
        "Phone",
        "Phone number, as it stands.",
        Phone,
        &["phone", "phone number", "telephone", "telefon", "mobile", "mobile phone", "mobile phone number"],
    ),
    f("job_title", "Job title", "Position in the company.", Text, &["job title", "title", "position", "role", "function"]),
    f("country", "Country", "Country.", Text, &["country", "country/region", "mailing country", "land"]),
    f(
        "company.key",
        "Company's id",
        "The id that the file's system gave the company.",
        Reference(Noun::Company, By::Key),
        &["company id", "account id", "associated company id", "associated company ids", "organisation id", "organization id"],
    ),
    f(
        "company.domain",
        "Company's domain",
        "The web domain of the company.",
        Reference(Noun::Company, By::Domain),
        &["company domain", "associated company domain", "account domain"],
    ),
    f(
        "company.name",
        "Company's name",
        "The name of the company.",
        Reference(Noun::Company, By::Name),
        &[
            "firma",
            "unternehmen",
            "company",
            "company name",
            "account",
            "account name",
            "organisation",
            "organization",
            "associated company",
            "employer",
        ],
    ),
    f(
        "created_at",
        "Created",
        "When the person became known.",
        Instant,
        &["create date", "created date", "created at", "created", "date created"],
    ),
    f("custom", "Own fields", "Columns kept as fields of your own.", Custom, &[]),
];

const LEAD: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave this lead. Without it, the row is the open lead of its person.",
        Key,
        &["lead id", "mql id", "prospect id", "id"],
    ),
    required(f(
        "person.key",
        "Person's id",
        "The id that the file's system gave the person.",
        Reference(Noun::Person, By::Key),
        &["person id", "contact id", "associated contact id", "associated contact ids", "who id"],
    )),
    required(f(
        "person.email",
        "Person's e-mail",
        "The address of the person.",
        Reference(Noun::Person, By::Email),
        &["person email", "contact email", "associated contact email", "lead email", "email", "e-mail", "email address", "mail"],
    )),
    f(
        "source",
        "Source",
        "Where the lead came from.",
        Text,
        &["source", "lead source", "original source", "origin", "lead origin", "utm source"],
    ),
    f(
        "campaign.key",
        "Campaign's id",
        "The id that the file's system gave the campaign.",
        Reference(Noun::Campaign, By::Key),
        &["campaign id", "program id"],
    ),
    f(
        "campaign.name",
        "Campaign's name",
        "The name of the campaign.",
        Reference(Noun::Campaign, By::Name),
        &["campaign", "campaign name", "utm campaign", "program", "program name"],
    ),
    f(
        "content.key",
        "Content's id",
        "The id that the file's system gave the content.",
        Reference(Noun::Content, By::Key),
        &["content id", "landing page id", "asset id"],
    ),
    f(
        "content.name",
        "Content's name",
        "The name of the content.",
        Reference(Noun::Content, By::Name),
        &["content", "content title", "asset", "landing page", "utm content"],
    ),
    f(
        "owner.key",
        "Owner's id",
        "The id that the file's system gave the owner.",
        Reference(Noun::User, By::Key),
        &["owner id", "hubspot owner id", "hubspot_owner_id", "rep id"],
    ),
    f(
        "owner.email",
        "Owner's e-mail",
        "The address of the owner.",
        Reference(Noun::User, By::Email),
        &["owner", "owner email", "contact owner", "company owner", "deal owner", "lead owner", "assigned to"],
    ),
    f(
        "owner.name",
        "Owner's name",
        "The name of the owner.",
        Reference(Noun::User, By::Name),
        &["owner name", "owner full name", "sales rep", "account owner", "opportunity owner", "sales agent"],
    ),
    f(
        "opened_at",
        "Opened",
        "When this pass through the funnel began.",
        Instant,
        &["create date", "created date", "created at", "created", "first contact date", "date"],
    ),
    f(
        "stage",
        "Stage",
        "The stage it stands in now, by our key or by the recipe's map.",
        Stage,
        &["stage", "lifecycle stage", "lead stage", "status", "lead status"],
    ),
    f(
        "stage_at",
        "Stage entered",
        "When it entered the stage it stands in now.",
        Instant,
        &["stage date", "status date", "stage changed at"],
    ),
    f("lead_at", "Lead at", "When it entered this stage.", Instant, &["lead at", "lead date", "became a lead date"]),
    f(
        "mql_at",
        "MQL at",
        "When it entered this stage.",
        Instant,
        &["mql at", "mql date", "became a marketing qualified lead date", "qualified date"],
    ),
    f("sal_at", "SAL at", "When it entered this stage.", Instant, &["sal at", "sal date", "accepted date", "accepted at"]),
    f("sql_at", "SQL at", "When it entered this stage.", Instant, &["sql at", "sql date", "became a sales qualified lead date"]),
    f("sales_ready_at", "Sales-ready at", "When it entered this stage.", Instant, &["sales ready at", "sales ready date"]),
    f(
        "opportunity_at",
        "Opportunity at",
        "When it entered this stage.",
        Instant,
        &["opportunity at", "became an opportunity date", "opportunity date"],
    ),
    f(
        "customer_at",
        "Customer at",
        "When it entered this stage.",
        Instant,
        &["customer at", "became a customer date", "won date", "customer since"],
    ),
    f("rejected_at", "Rejected at", "When it entered this stage.", Instant, &["rejected at", "rejected date", "rejected at"]),
    f("recycled_at", "Recycled at", "When it entered this stage.", Instant, &["recycled at", "recycled date"]),
    f("lost_at", "Lost at", "When it entered this stage.", Instant, &["lost at", "lost date"]),
    f(
        "reason",
        "Reason",
        "Why it was rejected, recycled or lost.",
        Text,
        &["reason", "rejection reason", "disqualification reason", "lost reason"],
    ),
    f("custom", "Own fields", "Columns kept as fields of your own.", Custom, &[]),
];

const TOUCH: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["touch id", "event id", "interaction id", "id"],
    ),
    f(
        "person.key",
        "Person's id",
        "The id that the file's system gave the person.",
        Reference(Noun::Person, By::Key),
        &["person id", "contact id", "associated contact id", "associated contact ids", "who id"],
    ),
    f(
        "person.email",
        "Person's e-mail",
        "The address of the person.",
        Reference(Noun::Person, By::Email),
        &["person email", "contact email", "associated contact email", "lead email", "email", "e-mail", "email address", "mail"],
    ),
    f(
        "company.key",
        "Company's id",
        "The id that the file's system gave the company.",
        Reference(Noun::Company, By::Key),
        &["company id", "account id", "associated company id", "associated company ids", "organisation id", "organization id"],
    ),
    f(
        "company.domain",
        "Company's domain",
        "The web domain of the company.",
        Reference(Noun::Company, By::Domain),
        &["company domain", "associated company domain", "account domain"],
    ),
    f(
        "company.name",
        "Company's name",
        "The name of the company.",
        Reference(Noun::Company, By::Name),
        &["company", "company name", "account", "account name", "organisation", "organization", "associated company", "employer"],
    ),
    required(f(
        "kind",
        "Kind",
        "page_view, form, download, webinar, ...",
        TouchKind,
        &["kind", "touch type", "event", "event type", "type", "interaction", "activity type"],
    )),
    required(f("at", "When", "When it happened.", Instant, &["at", "timestamp", "date", "time", "datetime", "event date", "touch date"])),
    f("channel", "Channel", "Channel.", Text, &["channel", "medium", "utm medium", "marketing channel"]),
    f("source", "Source", "Source.", Text, &["source", "utm source", "referrer"]),
    f(
        "campaign.key",
        "Campaign's id",
        "The id that the file's system gave the campaign.",
        Reference(Noun::Campaign, By::Key),
        &["campaign id", "program id"],
    ),
    f(
        "campaign.name",
        "Campaign's name",
        "The name of the campaign.",
        Reference(Noun::Campaign, By::Name),
        &["campaign", "campaign name", "utm campaign", "program", "program name"],
    ),
    f(
        "content.key",
        "Content's id",
        "The id that the file's system gave the content.",
        Reference(Noun::Content, By::Key),
        &["content id", "landing page id", "asset id"],
    ),
    f(
        "content.name",
        "Content's name",
        "The name of the content.",
        Reference(Noun::Content, By::Name),
        &["content", "content title", "asset", "landing page", "utm content"],
    ),
    f("custom", "Tags", "Columns kept as tags of the touch: utm_term, creative, ... Up to 16.", Custom, &[]),
];

const DEAL: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["deal id", "opportunity id", "record id", "id"],
    ),
    f("name", "Name", "Name of the deal.", Text, &["deal name", "opportunity name", "deal", "opportunity", "name"]),
    f(
        "company.key",
        "Company's id",
        "The id that the file's system gave the company.",
        Reference(Noun::Company, By::Key),
        &["company id", "account id", "associated company id", "associated company ids", "organisation id", "organization id"],
    ),
    f(
        "company.domain",
        "Company's domain",
        "The web domain of the company.",
        Reference(Noun::Company, By::Domain),
        &["company domain", "associated company domain", "account domain"],
    ),
    f(
        "company.name",
        "Company's name",
        "The name of the company.",
        Reference(Noun::Company, By::Name),
        &["company", "company name", "account", "account name", "organisation", "organization", "associated company", "employer"],
    ),
    f(
        "person.key",
        "Person's id",
        "The id that the file's system gave the person.",
        Reference(Noun::Person, By::Key),
        &["person id", "contact id", "associated contact id", "associated contact ids", "who id"],
    ),
    f(
        "person.email",
        "Person's e-mail",
        "The address of the person.",
        Reference(Noun::Person, By::Email),
        &["person email", "contact email", "associated contact email", "lead email", "email", "e-mail", "email address", "mail"],
    ),
    f("role", "Role", "Role of that person in the decision.", Text, &["contact role", "role", "buying role"]),
    f("lead.key", "Lead's id", "The id that the file's system gave the lead.", Reference(Noun::Lead, By::Key), &["lead id", "mql id"]),
    f(
        "owner.key",
        "Owner's id",
        "The id that the file's system gave the owner.",
        Reference(Noun::User, By::Key),
        &["owner id", "hubspot owner id", "hubspot_owner_id", "rep id"],
    ),
    f(
        "owner.email",
        "Owner's e-mail",
        "The address of the owner.",
        Reference(Noun::User, By::Email),
        &["owner", "owner email", "contact owner", "company owner", "deal owner", "lead owner", "assigned to"],
    ),
    f(
        "owner.name",
        "Owner's name",
        "The name of the owner.",
        Reference(Noun::User, By::Name),
        &["owner name", "owner full name", "sales rep", "account owner", "opportunity owner", "sales agent"],
    ),
    f("amount", "Amount", "What the deal is worth.", Money, &["amount", "deal amount", "value", "deal value", "close value", "revenue"]),
    f(
        "currency",
        "Currency",
        "ISO 4217 code of the amount, where it differs by row.",
        Currency,
        &["currency", "currency code", "deal currency", "currency iso code"],
    ),
    f(
        "opened_at",
        "Opened",
        "When the deal was opened.",
        Instant,
        &["create date", "created date", "created at", "opened", "engage date", "open date"],
    ),
    f(
        "expected_close_at",
        "Expected close",
        "When it is expected to close.",
        Instant,
        &["expected close date", "close date", "expected close"],
    ),
    f(
        "closed_at",
        "Closed",
        "When it was won or lost; counts only where the stage is won or lost.",
        Instant,
        &["closed date", "close date", "closed at"],
    ),
    f(
        "stage",
        "Stage",
        "discovery, proposal, negotiation, won or lost, or by the recipe's map.",
        DealStage,
        &["deal stage", "stage", "sales stage", "opportunity stage", "stage name"],
    ),
    f("stage_at", "Stage entered", "When it entered the stage it stands in now.", Instant, &["stage date", "stage changed at"]),
    f("discovery_at", "Discovery at", "When it entered this stage.", Instant, &["discovery at"]),
    f("proposal_at", "Proposal at", "When it entered this stage.", Instant, &["proposal at"]),
    f("negotiation_at", "Negotiation at", "When it entered this stage.", Instant, &["negotiation at"]),
    f("won_at", "Won at", "When it entered this stage.", Instant, &["won at", "won date"]),
    f("lost_at", "Lost at", "When it entered this stage.", Instant, &["lost at"]),
    f("reason", "Reason", "Why it was won or lost.", Text, &["reason", "closed lost reason", "loss reason", "lost reason"]),
    f("custom", "Own fields", "Columns kept as fields of your own.", Custom, &[]),
];

const DEAL_LINE: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["line id", "line item id", "order item id", "id"],
    ),
    required(f(
        "deal.key",
        "Deal's id",
        "The id that the file's system gave the deal.",
        Reference(Noun::Deal, By::Key),
        &["deal id", "opportunity id", "associated deal id", "associated deal ids", "what id"],
    )),
    f("product", "Product", "What was sold.", Text, &["product", "product name", "product id", "item", "sku"]),
    f("quantity", "Quantity", "How many; 1 where there is no column.", Integer, &["quantity", "qty", "units"]),
    required(f("amount", "Amount", "Money of the whole line.", Money, &["amount", "total price", "total", "line total", "price"])),
    f(
        "currency",
        "Currency",
        "ISO 4217 code of the amount, where it differs by row.",
        Currency,
        &["currency", "currency code", "deal currency", "currency iso code"],
    ),
];

const ACTIVITY: &[FieldDefinition] = &[
    f(
        "key",
        "Id",
        "The id that the file's system gave it. With it, the same row imported twice is the same record.",
        Key,
        &["activity id", "engagement id", "task id", "event id", "ticket id", "id"],
    ),
    required(f(
        "kind",
        "Kind",
        "call, email, meeting, note, task or ticket.",
        ActivityKind,
        &["activity type", "type", "kind", "engagement type"],
    )),
    required(f("at", "When", "When it was done.", Instant, &["activity date", "at", "date", "timestamp", "due date"])),
    f(
        "person.key",
        "Person's id",
        "The id that the file's system gave the person.",
        Reference(Noun::Person, By::Key),
        &["person id", "contact id", "associated contact id", "associated contact ids", "who id"],
    ),
    f(
        "person.email",
        "Person's e-mail",
        "The address of the person.",
        Reference(Noun::Person, By::Email),
        &["person email", "contact email", "associated contact email", "lead email", "email", "e-mail", "email address", "mail"],
    ),
    f(
        "company.key",
        "Company's id",
        "The id that the file's system gave the company.",
        Reference(Noun::Company, By::Key),
        &["company id", "account id", "associated company id", "associated company ids", "organisation id", "organization id"],
    ),
    f(
        "company.domain",
        "Company's domain",
        "The web domain of the company.",
        Reference(Noun::Company, By::Domain),
        &["company domain", "associated company domain", "account domain"],
    ),
    f(
        "company.name",
        "Company's name",
        "The name of the company.",
        Reference(Noun::Company, By::Name),
        &["company", "company name", "account", "account name", "organisation", "organization", "associated company", "employer"],
    ),
    f(
        "deal.key",
        "Deal's id",
        "The id that the file's system gave the deal.",
        Reference(Noun::Deal, By::Key),
        &["deal id", "opportunity id", "associated deal id", "associated deal ids", "what id"],
    ),
    f(
        "user.key",
        "User's id",
        "The id that the file's system gave the user.",
        Reference(Noun::User, By::Key),
        &["user id", "assigned to id"],
    ),
    f(
        "user.email",
        "User's e-mail",
        "The address of the user.",
        Reference(Noun::User, By::Email),
        &["user email", "activity owner", "assigned email", "rep email"],
    ),
    f("user.name", "User's name", "The name of the user.", Reference(Noun::User, By::Name), &["user", "user name", "rep", "assigned"]),
    f("about", "Subject", "What it was about.", LongText, &["subject", "title"]),
    f("note", "Note", "What was said or written.", LongText, &["note", "notes", "description", "body", "comments"]),
    f("outcome", "Outcome", "How it ended.", Text, &["outcome", "call outcome", "meeting outcome", "result", "status"]),
    f(
        "content.key",
        "Content's id",
        "The id that the file's system gave the content.",
        Reference(Noun::Content, By::Key),
        &["content id", "landing page id", "asset id"],
    ),
    f(
        "content.name",
        "Content's name",
        "The name of the content.",
        Reference(Noun::Content, By::Name),
        &["content", "content title", "asset", "landing page", "utm content"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_fields_of_a_noun_share_a_key() {
        for noun in Noun::ALL {
            let keys: Vec<_> = fields(noun).iter().map(|field| field.key).collect();
            let mut distinct = keys.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(keys.len(), distinct.len(), "{}", noun.key());
        }
    }

    #[test]
    fn synonyms_are_written_as_headers_are_compared() {
        for field in Noun::ALL.into_iter().flat_map(fields) {
            for synonym in field.synonyms {
                assert_eq!(*synonym, synonym.to_lowercase().trim(), "{}", field.key);
            }
        }
    }
}

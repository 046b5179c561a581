//! From what happened to the rows in which it comes in. Ids are the positions in the sample's own lists.

use alignment::{
    Currency, Money,
    intake::*,
    lifecycle::{Side, StageSet},
};

use crate::{
    SYSTEM,
    campaigns::CAMPAIGNS,
    content::PIECES,
    deals::{Deal, Line},
    people::Shown,
    team::{self, DOMAIN},
    world::World,
};

impl World {
    pub fn count(&self, noun: Noun) -> usize {
        match noun {
            Noun::User => self.users.len(),
            Noun::Campaign => CAMPAIGNS.len(),
            Noun::Spend => self.spend.len(),
            Noun::Content => PIECES.len(),
            Noun::Company => self.companies.len(),
            Noun::Person => self.people.len(),
            Noun::Lead => self.leads.len(),
            Noun::Touch => self.touches.len(),
            Noun::Deal => self.deals.len(),
            Noun::DealLine => self.lines.len(),
            Noun::Activity => self.activities.len(),
        }
    }

    /// The row at `index` of the noun's list, in the order in which it is to come in.
    pub fn row(&self, noun: Noun, index: usize) -> IntakeRow {
        let subject = match noun {
            Noun::User => Record::User(self.user(index)),
            Noun::Campaign => Record::Campaign(self.campaign(index)),
            Noun::Spend => Record::Spend(self.spend(index)),
            Noun::Content => Record::Content(self.content(index)),
            Noun::Company => Record::Company(self.company(index)),
            Noun::Person => Record::Person(self.person(self.people_by_time[index] as usize)),
            Noun::Lead => Record::Lead(self.lead(self.leads_by_time[index] as usize)),
            Noun::Touch => Record::Touch(self.touch(index)),
            Noun::Deal => Record::Deal(self.deal(self.deals_by_time[index] as usize)),
            Noun::DealLine => Record::DealLine(self.line(index)),
            Noun::Activity => Record::Activity(self.activity(index)),
        };
        IntakeRow { line: index as u64 + 1, subject, needs: Vec::new() }
    }

    fn user(&self, index: usize) -> UserIntake {
        let user = &self.users[index];
        let (side, team) = if team::is_marketer(index) { (Side::Marketing, "Marketing") } else { (Side::Sales, "Sales") };
        UserIntake {
            keys: keys(Noun::User, index),
            name: Some(user.name.clone()),
            email: Some(user.email.clone()),
            side: Some(side),
            team: Some(team.into()),
            region: user.region.map(|region| region.name().into()),
        }
    }

    fn campaign(&self, index: usize) -> CampaignIntake {
        let campaign = &CAMPAIGNS[index];
        let spent: i64 = self.spend.iter().filter(|spend| spend.campaign == Some(index)).map(|spend| spend.cents).sum();
        CampaignIntake {
            keys: keys(Noun::Campaign, index),
            name: Some(campaign.name.into()),
            channel: Some(campaign.channel.key().into()),
            starts_at: Some(campaign.starts_at(&self.timeline)),
            ends_at: campaign.ends_at(&self.timeline),
            // Budgets are round, and a little above what was spent.
            budget: Some(euros((spent + spent / 20) / 100_000 * 100_000)),
        }
    }

    fn spend(&self, index: usize) -> SpendIntake {
        let spend = &self.spend[index];
        let channel = spend.campaign.map(|campaign| CAMPAIGNS[campaign].channel.key().to_owned());
        SpendIntake {
            keys: keys(Noun::Spend, index),
            campaign: spend.campaign.map(|campaign| reference(Noun::Campaign, campaign)),
            source: channel.clone(),
            channel,
            side: if spend.campaign.is_some() { Side::Marketing } else { Side::Sales },
            at: spend.at,
            amount: euros(spend.cents),
        }
    }

    fn content(&self, index: usize) -> ContentIntake {
        let piece = &PIECES[index];
        ContentIntake {
            keys: keys(Noun::Content, index),
            title: Some(piece.title.into()),
            kind: Some(piece.kind.into()),
            url: Some(format!("https://www.{DOMAIN}/{}/{}", piece.kind.replace('_', "-"), crate::words::ascii(piece.title, "-"))),
            published_at: Some(piece.published_at(&self.timeline, index)),
        }
    }

    fn company(&self, index: usize) -> CompanyIntake {
        let company = &self.companies[index];
        CompanyIntake {
            keys: keys(Noun::Company, index),
            name: Some(company.name.clone()),
            domain: Some(company.domain.clone()),
            industry: company.shows_industry.then(|| company.industry.name().into()),
            country: Some(company.country.into()),
            region: Some(company.region.name().into()),
            employees: company.shows_employees.then_some(company.employees),
            annual_revenue: company.annual_revenue_euros.map(|revenue| euros(revenue * 100)),
            churned_at: None,
            owner: Some(reference(Noun::User, company.owner)),
            created_at: Some(company.awake_at),
            custom: vec![("sales_region".into(), company.region.name().into())],
        }
    }

    fn person(&self, index: usize) -> PersonIntake {
        let person = &self.people[index];
        let Shown { email, phone, title, company } = person.shows;
        PersonIntake {
            keys: keys(Noun::Person, index),
            name: Some(person.name.clone()),
            email: email.then(|| person.email.clone()),
            phone: phone.then(|| person.phone.clone()),
            job_title: title.then(|| person.title.into()),
            country: company.then(|| self.companies[person.company].country.into()),
            company: company.then(|| reference(Noun::Company, person.company)),
            created_at: Some(person.created_at),
            custom: Vec::new(),
        }
    }

    fn lead(&self, index: usize) -> LeadIntake {
        let lead = &self.leads[index];
        let region = self.companies[self.people[lead.person].company].region;
        let stages = lead.steps.iter().map(|step| StageEntry {
            stage: step.stage,
            at: Some(step.at),
            reason: step.reason.map(str::to_owned),
            actor: step.actor.map(|user| reference(Noun::User, user)),
        });
        LeadIntake {
            keys: keys(Noun::Lead, index),
            person: reference(Noun::Person, lead.person),
            source: Some(lead.source.key().into()),
            campaign: lead.campaign.map(|campaign| reference(Noun::Campaign, campaign)),
            content: lead.content.map(|piece| reference(Noun::Content, piece)),
            owner: Some(reference(Noun::User, lead.owner)),
            opened_at: Some(lead.opened_at),
            stages: stages.collect(),
            stages_recorded: StageSet::ALL,
            custom: vec![("sales_region".into(), region.name().into())],
        }
    }

    fn touch(&self, index: usize) -> TouchIntake {
        let touch = &self.touches[index];
        let shows_company = touch.person.is_none_or(|person| self.people[person as usize].shows.company);
        TouchIntake {
            keys: keys(Noun::Touch, index),
            person: touch.person.map(|person| reference(Noun::Person, person as usize)),
            company: shows_company.then(|| reference(Noun::Company, touch.company as usize)),
            kind: touch.kind,
            at: touch.at,
            channel: Some(touch.channel.key().into()),
            source: Some(touch.channel.key().into()),
            campaign: touch.campaign.map(|campaign| reference(Noun::Campaign, campaign as usize)),
            content: touch.content.map(|piece| reference(Noun::Content, piece as usize)),
            tags: Vec::new(),
        }
    }

    fn deal(&self, index: usize) -> DealIntake {
        let deal: &Deal = &self.deals[index];
        let company = &self.companies[deal.company];
        DealIntake {
            keys: keys(Noun::Deal, index),
            name: Some(format!("{} - {}", company.name, deal.lines[0].product)),
            company: Some(reference(Noun::Company, deal.company)),
            people: deal.people.iter().map(|(person, role)| (reference(Noun::Person, *person), Some((*role).to_owned()))).collect(),
            lead: Some(reference(Noun::Lead, deal.lead)),
            owner: Some(reference(Noun::User, deal.owner)),
            amount: Some(euros(deal.cents)),
            opened_at: Some(deal.opened_at),
            expected_close_at: Some(deal.expected_close_at),
            stages: deal.steps.iter().map(|(stage, at)| DealStageEntry { stage: *stage, at: Some(*at) }).collect(),
            reason: deal.reason.map(str::to_owned),
            custom: deal.competitor.map(|name| ("competitor".to_owned(), name.to_owned())).into_iter().collect(),
        }
    }

    fn line(&self, index: usize) -> DealLineIntake {
        let (deal, line) = self.lines[index];
        let Line { product, quantity, cents } = &self.deals[deal as usize].lines[line as usize];
        DealLineIntake {
            keys: keys(Noun::DealLine, index),
            deal: reference(Noun::Deal, deal as usize),
            product: Some((*product).into()),
            quantity: *quantity,
            amount: euros(*cents),
        }
    }

    fn activity(&self, index: usize) -> ActivityIntake {
        let activity = &self.activities[index];
        let person = &self.people[activity.person];
        ActivityIntake {
            keys: keys(Noun::Activity, index),
            kind: activity.kind,
            at: activity.at,
            person: Some(reference(Noun::Person, activity.person)),
            company: person.shows.company.then(|| reference(Noun::Company, person.company)),
            deal: activity.deal.map(|deal| reference(Noun::Deal, deal)),
            user: Some(reference(Noun::User, activity.user)),
            subject: Some(activity.subject.clone()),
            note: None,
            outcome: Some(activity.outcome.into()),
            content: activity.content.map(|piece| reference(Noun::Content, piece)),
        }
    }
}

fn key(noun: Noun, index: usize) -> Key {
    Key::External { system: SYSTEM.into(), id: format!("{}-{}", noun.key(), index + 1) }
}

fn keys(noun: Noun, index: usize) -> Vec<Key> {
    vec![key(noun, index)]
}

fn reference(noun: Noun, index: usize) -> Reference {
    Reference { key: key(noun, index), required: true }
}

fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

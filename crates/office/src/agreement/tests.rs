//! Signing: what makes a version, and what does not. On a real record, of either engine.

use alignment::{Instant, ids::UserId, lifecycle::Side};
use facts::access::NewUser;

use super::{
    By,
    drafts::{self, Start},
    heads, remind,
    signing::{self, Signed},
};
use crate::{Actor, Clock, Office, Role, web::AppError};

struct Desk {
    office: Office,
    ana: Actor,
    rui: Actor,
    eva: Actor,
    admin: Actor,
    _database: cast::TestDatabase,
    _home: tempfile::TempDir,
}

/// Ana heads marketing and Rui sales; Eva is of sales too.
async fn desk() -> Desk {
    let database = cast::database().await;
    let home = tempfile::tempdir().unwrap();
    let clock = Clock::set_to("2026-03-02T09:00:00Z".parse::<Instant>().unwrap());
    let office = Office::open(home.path(), Some(&database.url), clock).await.unwrap();
    let mut actors = Vec::new();
    for (name, role) in [("Ana", Role::Marketing), ("Rui", Role::Sales), ("Eva", Role::Sales), ("Root", Role::Admin)] {
        let mut tx = office.facts().write().await.unwrap();
        let email = format!("{name}@example.com").to_lowercase();
        let new = NewUser { name, email: &email, side: role.side(), role: role.key(), password_hash: None };
        let user = facts::access::invite_user(&mut tx, &new, None, 0).await.unwrap();
        tx.commit().await.unwrap();
        actors.push(Actor { user: Some(UserId(user)), name: name.into(), role, scopes: None });
    }
    let [ana, rui, eva, admin] = <[Actor; 4]>::try_from(actors).unwrap();
    let desk = Desk { office, ana, rui, eva, admin, _database: database, _home: home };
    for (side, head) in [(Side::Marketing, &desk.ana), (Side::Sales, &desk.rui)] {
        desk.name(side, head).await.unwrap();
    }
    desk
}

/// Runs a verb in a transaction of its own, as this actor.
macro_rules! run {
    ($desk:expr, $actor:expr, |$tx:ident, $by:ident| $verb:expr) => {{
        let $by = By::now(&$desk.office, $actor).await.unwrap();
        let mut transaction = $desk.office.facts().write().await.unwrap();
        let $tx = &mut transaction;
        let done = $verb.await;
        if done.is_ok() {
            transaction.commit().await.unwrap();
        }
        done
    }};
}

impl Desk {
    async fn name(&self, side: Side, head: &Actor) -> Result<(), AppError> {
        run!(self, &self.admin, |tx, by| heads::name_head(tx, &by, side, head.user.map(|user| user.0)))
    }

    async fn start(&self) -> i64 {
        run!(self, &self.ana, |tx, by| drafts::start(tx, &by, Start::InForce, "")).unwrap()
    }

    async fn edit(&self, actor: &Actor, id: i64, seen: i64, hours: u32) -> Result<(), AppError> {
        let mut text = drafts::one(&self.office, id).await?.agreement;
        text.promises.review_hours_max = hours;
        run!(self, actor, |tx, by| drafts::edit(tx, &by, id, seen, &text)).map(drop)
    }

    async fn sign(&self, actor: &Actor, id: i64, side: Side) -> Result<Signed, AppError> {
        let row = drafts::one(&self.office, id).await?.row;
        run!(self, actor, |tx, by| signing::sign(tx, &by, id, side, signing::Seen { hash: &row.hash, edits: row.edits }))
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.err().map_or("done", |error| error.problem().code)
}

#[tokio::test]
async fn two_signatures_make_a_version_and_a_retry_makes_no_other() {
    let desk = desk().await;
    let id = desk.start().await;
    desk.edit(&desk.ana, id, 0, 8).await.unwrap();
    assert_eq!(desk.sign(&desk.ana, id, Side::Marketing).await.unwrap(), Signed::Waiting);
    assert_eq!(desk.sign(&desk.ana, id, Side::Marketing).await.unwrap(), Signed::Waiting);
    assert_eq!(desk.sign(&desk.rui, id, Side::Sales).await.unwrap(), Signed::Version(2));
    assert_eq!(desk.sign(&desk.rui, id, Side::Sales).await.unwrap(), Signed::Version(2));
    let version = desk.office.agreement().await.unwrap();
    assert_eq!((version.number, version.agreement.promises.review_hours_max), (2, 8));
    assert_eq!(code(desk.edit(&desk.ana, id, 1, 9).await), "conflict");
    let events = facts::events::after(&mut desk.office.facts().reader().await.unwrap(), 0, 500).await.unwrap();
    for kind in ["draft_started", "draft_edited", "draft_signed", "agreement_signed"] {
        assert!(events.iter().any(|event| event.kind == kind), "{kind}");
    }
}

#[tokio::test]
async fn any_change_voids_signatures() {
    let desk = desk().await;
    let id = desk.start().await;
    desk.sign(&desk.ana, id, Side::Marketing).await.unwrap();
    desk.edit(&desk.rui, id, 0, 8).await.unwrap();
    assert_eq!(drafts::one(&desk.office, id).await.unwrap().signatures.len(), 0);
    assert_eq!(desk.sign(&desk.rui, id, Side::Sales).await.unwrap(), Signed::Waiting);
    let later = desk.office.clock().now().plus_days(3);
    run!(desk, &desk.rui, |tx, by| drafts::set_effective(tx, &by, id, 1, Some(later))).unwrap();
    assert_eq!(drafts::one(&desk.office, id).await.unwrap().signatures.len(), 0);
    let before = desk.office.clock().now().plus_days(-3);
    assert_eq!(code(run!(desk, &desk.rui, |tx, by| drafts::set_effective(tx, &by, id, 2, Some(before)))), "refused");
    let stale =
        run!(desk, &desk.ana, |tx, by| signing::sign(tx, &by, id, Side::Marketing, signing::Seen { hash: "another hash", edits: 0 }));
    assert_eq!(code(stale), "conflict");
    desk.sign(&desk.ana, id, Side::Marketing).await.unwrap();
    desk.sign(&desk.rui, id, Side::Sales).await.unwrap();
    assert_eq!(desk.office.agreement().await.unwrap().number, 1, "version 2 takes effect in three days");
    assert_eq!(desk.office.versions().await.unwrap().at(later).number, 2);
}

#[tokio::test]
async fn who_may_sign() {
    let desk = desk().await;
    let id = desk.start().await;
    for (actor, side, expected) in [
        (&desk.eva, Side::Sales, "forbidden"),
        (&desk.ana, Side::Sales, "forbidden"),
        (&desk.admin, Side::Marketing, "forbidden"),
        (&Actor::command_line(), Side::Marketing, "forbidden"),
    ] {
        assert_eq!(code(desk.sign(actor, id, side).await), expected, "{} {side:?}", actor.name);
    }
    assert_eq!(code(desk.name(Side::Sales, &desk.ana).await), "conflict", "nobody heads both");
    let (now, user) = (desk.office.clock().now(), desk.eva.user.unwrap().0);
    let delegate = |actor: Actor| {
        let desk = &desk;
        async move { run!(desk, &actor, |tx, by| heads::delegate(tx, &by, Side::Sales, user, now, now.plus_days(7))) }
    };
    assert_eq!(code(delegate(desk.ana.clone()).await), "forbidden", "only the head delegates");
    let delegation = delegate(desk.rui.clone()).await.unwrap();
    desk.sign(&desk.eva, id, Side::Sales).await.unwrap();
    let signature = drafts::one(&desk.office, id).await.unwrap().signatures.remove(0);
    assert_eq!((signature.user_name.as_str(), signature.deputy_of_name.as_deref()), ("Eva", Some("Rui")));
    run!(desk, &desk.rui, |tx, by| signing::take_back(tx, &by, id, Side::Sales)).unwrap();
    run!(desk, &desk.rui, |tx, by| heads::revoke(tx, &by, delegation)).unwrap();
    assert_eq!(code(desk.sign(&desk.eva, id, Side::Sales).await), "forbidden");
    let again = delegate(desk.rui.clone()).await.unwrap();
    desk.office.clock().tick_micros(8 * 86_400_000_000);
    assert_eq!(code(desk.sign(&desk.eva, id, Side::Sales).await), "forbidden", "delegation {again} is over");
}

#[tokio::test]
async fn the_same_person_signs_once_even_after_changing_teams() {
    let desk = desk().await;
    let id = desk.start().await;
    desk.sign(&desk.ana, id, Side::Marketing).await.unwrap();
    desk.name(Side::Marketing, &desk.eva).await.unwrap();
    desk.name(Side::Sales, &desk.ana).await.unwrap();
    assert_eq!(code(desk.sign(&desk.ana, id, Side::Sales).await), "conflict");
}

#[tokio::test]
async fn concurrent_second_signatures_make_one_version() {
    let desk = desk().await;
    let (first, second) = (desk.start().await, desk.start().await);
    for id in [first, second] {
        desk.sign(&desk.ana, id, Side::Marketing).await.unwrap();
    }
    let signed = futures_util::future::join_all([first, first, second].map(|id| desk.sign(&desk.rui, id, Side::Sales))).await;
    let versions: std::collections::BTreeSet<_> =
        signed.iter().filter_map(|signed| signed.as_ref().ok()).map(|signed| format!("{signed:?}")).collect();
    assert_eq!(versions.into_iter().collect::<Vec<_>>(), ["Version(2)"], "{signed:?}");
    assert_eq!(desk.office.versions().await.unwrap().last_number(), 2);
    assert!(signed.iter().any(|signed| code_of(signed) == "conflict"), "the other draft is outdated: {signed:?}");
}

fn code_of(result: &Result<Signed, AppError>) -> &'static str {
    result.as_ref().err().map_or("done", |error| error.problem().code)
}

#[tokio::test]
async fn concurrent_edits_conflict_and_say_who_was_first() {
    let desk = desk().await;
    let id = desk.start().await;
    let edits =
        futures_util::future::join_all([(&desk.ana, 8), (&desk.rui, 12)].map(|(actor, hours)| desk.edit(actor, id, 0, hours))).await;
    let refused: Vec<_> = edits.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("Ana changed") || refused[0].starts_with("Rui changed"), "{}", refused[0]);
    assert_eq!(drafts::one(&desk.office, id).await.unwrap().row.edits, 1);
}

#[tokio::test]
async fn each_team_edits_its_own_part() {
    let desk = desk().await;
    let id = desk.start().await;
    let of = drafts::one(&desk.office, id).await.unwrap().agreement;
    let with = |change: fn(&mut alignment::agreement::Agreement)| {
        let mut text = of.clone();
        change(&mut text);
        text
    };
    let (scoring, routing) = (with(|text| text.attribution.lookback_days = 30), with(|text| text.routing.fallback.queue = "Rest".into()));
    for (actor, text, expected) in
        [(&desk.ana, &routing, "forbidden"), (&desk.rui, &scoring, "forbidden"), (&desk.rui, &of, "done"), (&desk.ana, &scoring, "done")]
    {
        let edited = run!(desk, actor, |tx, by| drafts::edit(tx, &by, id, 0, text));
        if let Err(error) = &edited {
            assert!(error.to_string().starts_with("routing.") || error.to_string().starts_with("attribution."), "{error}");
        }
        assert_eq!(code(edited), expected, "{}", actor.name);
    }
}

#[tokio::test]
async fn a_draft_of_an_older_version_takes_over_the_new_text() {
    let desk = desk().await;
    let (first, second) = (desk.start().await, desk.start().await);
    desk.edit(&desk.ana, second, 0, 8).await.unwrap();
    let text = {
        let mut text = drafts::one(&desk.office, first).await.unwrap().agreement;
        text.promises.attempts_min = 6;
        text
    };
    run!(desk, &desk.ana, |tx, by| drafts::edit(tx, &by, first, 0, &text)).unwrap();
    desk.sign(&desk.ana, first, Side::Marketing).await.unwrap();
    desk.sign(&desk.rui, first, Side::Sales).await.unwrap();
    assert!(drafts::one(&desk.office, second).await.unwrap().is_outdated(2));
    assert_eq!(code(desk.sign(&desk.ana, second, Side::Marketing).await), "conflict");
    assert_eq!(run!(desk, &desk.ana, |tx, by| drafts::take_over(tx, &by, second, 1)).unwrap(), Vec::<String>::new());
    let draft = drafts::one(&desk.office, second).await.unwrap();
    assert_eq!((draft.agreement.promises.review_hours_max, draft.agreement.promises.attempts_min, draft.row.base), (8, 6, 2));
}

#[tokio::test]
async fn drafts_have_a_limit_and_faults_keep_from_signing() {
    let desk = desk().await;
    let mut last = 0;
    for _ in 0..drafts::OPEN_MAX {
        last = desk.start().await;
    }
    assert_eq!(code(run!(desk, &desk.ana, |tx, by| drafts::start(tx, &by, Start::Proposal, ""))), "conflict");
    run!(desk, &desk.ana, |tx, by| drafts::withdraw(tx, &by, last)).unwrap();
    let proposal = run!(desk, &desk.ana, |tx, by| drafts::start(tx, &by, Start::Proposal, "First")).unwrap();
    assert_eq!(code(run!(desk, &desk.ana, |tx, by| drafts::reopen(tx, &by, last))), "conflict");
    assert!(signing::faults(&drafts::one(&desk.office, proposal).await.unwrap()).is_empty());
    desk.edit(&desk.ana, proposal, 0, 0).await.unwrap();
    assert_eq!(code(desk.sign(&desk.ana, proposal, Side::Marketing).await), "refused");
}

#[tokio::test]
async fn heads_are_reminded_to_sign_anew() {
    let desk = desk().await;
    assert!(!remind(&desk.office).await.unwrap(), "version 1 has been in force since ever");
    let id = desk.start().await;
    desk.sign(&desk.ana, id, Side::Marketing).await.unwrap();
    desk.sign(&desk.rui, id, Side::Sales).await.unwrap();
    for (days, expected) in [(0, false), (180, false), (10, true)] {
        desk.office.clock().tick_micros(days * 86_400_000_000);
        assert_eq!(remind(&desk.office).await.unwrap(), expected, "{days}");
    }
}

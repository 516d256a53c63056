//! Who may see and send what: every person at every route, against one table.
//!
//! [`SCREENS`] says for each route who is let in; it is written by hand, so that a change of the table of rights shows here
//! in review. A route that is not in it fails the test, as does a line whose route is gone. For every route and everybody in
//! [`Crowd`] a page is asked for and a form is sent: who is not let in is refused, and nothing has changed afterwards. To add
//! a screen: a line in the table, and, where its path has a new name in braces, what stands for it in [`Crowd::fill`].

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::appeals;
use casework::assessments;
use casework::households::file::file;
use casework::households::register::register;
use casework::lists;
use casework::overrides::{self, Change, Why};
use casework::policy;
use casework::staff::{self, NewStaff};
use casework::test_support::small::{POOR, decided_family, load_small_pack, small_family};
use casework::test_support::{
    OFFICE, OTHER_OFFICE, World, administrator, counter_officer, officer_elsewhere, policy_officer,
    provider_officer, supervisor,
};
use domain::ids::HouseholdId;
use domain::lifecycle::decision::Outcome;
use domain::name::PersonName;
use domain::role::Role::{
    self, Administrator, Auditor, CounterOfficer, Ombudsman, PolicyOfficer, ProviderOfficer, Supervisor,
    TribunalMember,
};
use domain::role::{Grant, Scope};
use tower::ServiceExt as _;

use crate::shell::Settings;
use crate::state::AppState;
use crate::test_support::{Browser, PHRASE, Reply, world};

/// Whom a route lets in.
#[derive(Clone, Copy, Debug)]
enum Who {
    /// Signed in or not.
    Everybody,
    /// Whoever is signed in.
    Staff,
    /// These roles, wherever they work.
    Anywhere(&'static [Role]),
    /// These roles where the household's file is kept, or for the whole country.
    Here(&'static [Role]),
    /// The one person who began it.
    Owner,
    /// The applicant, by reference, birth and PIN.
    Applicant,
    /// Who complained, by code and PIN; nobody of the crowd.
    Complainant,
}
use Who::{Anywhere, Applicant, Complainant, Everybody, Here, Owner, Staff};

const COUNTER: &[Role] = &[CounterOfficer, Supervisor];
const READERS: &[Role] = &[CounterOfficer, Supervisor, Auditor];
const WORKERS: &[Role] = &[CounterOfficer, Supervisor, ProviderOfficer];
/// Who takes lists of partners.
const LISTS: &[Role] = &[Supervisor];
/// Who writes complaints down.
const COMPLAINTS: &[Role] = &[CounterOfficer, Supervisor, ProviderOfficer, Ombudsman];
/// Who looks again, answers or decides.
const APPEALS: &[Role] = &[CounterOfficer, Supervisor, TribunalMember];
const STAFF_DESK: &[Role] = &[Administrator];
/// Who sees what programmes have to give.
const BUDGETS: &[Role] = &[Supervisor, PolicyOfficer];
/// Who reads how people are matched.
const MODELS: &[Role] = &[Supervisor, Auditor, Administrator];

type Form = &'static [(&'static str, &'static str)];

/// A route: whom its page and its form let in, and a form that would do something if it were taken.
struct Screen {
    path: &'static str,
    get: Option<Who>,
    post: Option<(Who, Form)>,
}

const fn page(path: &'static str, who: Who) -> Screen {
    Screen { path, get: Some(who), post: None }
}

const fn form(path: &'static str, who: Who, form: Form) -> Screen {
    Screen { path, get: Some(who), post: Some((who, form)) }
}

const fn button(path: &'static str, who: Who) -> Screen {
    Screen { path, get: None, post: Some((who, &[])) }
}

/// Whoever reads the file prints it; a new PIN is made at the counter.
const fn receipt(path: &'static str) -> Screen {
    Screen { path, get: Some(Here(READERS)), post: Some((Here(COUNTER), &[])) }
}

const NEW_STAFF: Form = &[
    ("name", "Nadia Benali"),
    ("login", "nadia.benali"),
    ("language", "fr"),
    ("password", PHRASE),
    ("role", "counter_officer"),
    ("place", "office:OFF-01"),
];

const REFERRAL: Form = &[
    ("form", "00000000-0000-7000-8000-0000000000aa"),
    ("place", "PLC-02"),
    ("person", "all"),
    ("basis", "consent"),
];

const CHANGE: Form = &[
    ("title", "A higher rate"),
    ("why", "Prices rose."),
    ("live_on-day", "1"),
    ("live_on-month", "1"),
    ("live_on-year", "2030"),
];
const CONDITION: Form = &[
    ("act", "save"),
    ("version", "1"),
    ("fact", "children_under_5"),
    ("op", ">="),
    ("limit", "2"),
    ("reason", "young_child"),
];
const VALUES: Form = &[
    ("version", "1"),
    ("legal_basis", "Another Act"),
    ("valid_from-day", "1"),
    ("valid_from-month", "1"),
    ("valid_from-year", "2026"),
];
const AMOUNT: Form = &[("version", "1"), ("base", "12"), ("period", "month")];
const FIGURE: Form =
    &[("version", "1"), ("value", "45"), ("from-day", "1"), ("from-month", "1"), ("from-year", "2035")];
const WORDS: Form = &[
    ("version", "1"),
    ("key", "programme.child-grant.name"),
    ("text-en", "Another name"),
    ("text-fr", "Un autre nom"),
];
const CONTACT: Form = &[("version", "1"), ("area", "P01-C1"), ("language", "en")];
const MEMBER: Form = &[
    ("version", "1"),
    ("member-0-given", "Binta"),
    ("member-0-family", "Diallo"),
    ("member-0-sex", "female"),
    ("member-0-birth_year", "1999"),
    ("member-0-relation", "child"),
];
const LEAVE: Form = &[("version", "1"), ("reason", "moved_out"), ("how", "moved_out")];
const SPLIT: Form = &[
    ("version", "1"),
    ("form_id", "00000000-0000-7000-8000-000000000001"),
    ("area", "P01-C1"),
    ("language", "en"),
];
const ADDITION: Form = &[
    ("act", "propose"),
    ("id", "01900000-0000-7000-8000-000000000add"),
    ("places", "3"),
    ("reason", "A donor gave for three"),
    ("legal_basis", "Finance Act"),
];

const MONTHS: Form = &[("version", "1"), ("module", "means"), ("months", "3")];

const ANSWERS: Form = &[("version", "0"), ("income_month", "20"), ("rooms", "2")];

const COLUMNS: Form = &[
    ("version", "2"),
    ("column-0", "full_name"),
    ("column-1", "birth_date"),
    ("dates", "dmy"),
    ("village", "P01-C1"),
    ("language", "en"),
];

const APPEAL: Form = &[
    ("form_id", "01900000-0000-7000-8000-000000000a99"),
    ("against", "delay"),
    ("grounds", "Nobody asked about the roof."),
    ("hearing", "no"),
    ("channel", "counter"),
];
const OTHERWISE: Form = &[("outcome", "award"), ("code", "hardship"), ("reason", "The roof fell in.")];
const DROP: Form = &[("act", "cancel"), ("reason", "Not needed"), ("version", "1")];
const APPROVE: Form = &[("answer", "approve"), ("note", "Seen"), ("version", "1")];

/// Every route.
const SCREENS: &[Screen] = &[
    page("/", Everybody),
    form("/sign-in", Everybody, &[]),
    button("/sign-out", Everybody),
    page("/account", Staff),
    form("/account/password", Staff, &[]),
    button("/account/sign-out-everywhere", Staff),
    page("/staff", Anywhere(STAFF_DESK)),
    form("/staff/new", Anywhere(STAFF_DESK), NEW_STAFF),
    form("/staff/{id}", Anywhere(STAFF_DESK), &[("act", "disable"), ("version", "1")]),
    form("/search", Anywhere(READERS), &[("name", "Awa Diallo"), ("birth_year", "1990")]),
    Screen { path: "/households/new", get: None, post: Some((Anywhere(COUNTER), &[("name", "Awa Diallo")])) },
    form("/households/new/{draft}/{step}", Owner, &[("version", "1"), ("directions", "Blue door")]),
    page("/households/{household}", Here(READERS)),
    form("/households/{household}/contact", Here(COUNTER), CONTACT),
    page("/households/{household}/members", Here(READERS)),
    form("/households/{household}/members/new", Here(COUNTER), MEMBER),
    form("/households/{household}/members/{person}/edit", Here(COUNTER), MEMBER),
    form("/households/{household}/members/{person}/leave", Here(COUNTER), LEAVE),
    form("/households/{household}/head", Here(COUNTER), LEAVE),
    form("/households/{household}/moved", Here(COUNTER), &[]),
    Screen {
        path: "/households/{household}/documents",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[])),
    },
    page("/households/{household}/documents/{sent}", Here(READERS)),
    page("/households/{household}/objections", Here(READERS)),
    form("/households/{household}/split", Here(COUNTER), SPLIT),
    Screen {
        path: "/households/{household}/consents",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("version", "1"), ("act", "withdraw"), ("agency", "msp")])),
    },
    Screen {
        path: "/households/{household}/conditions",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("cause", "illness")])),
    },
    page("/households/{household}/decisions", Here(READERS)),
    page("/households/{household}/history", Here(READERS)),
    Screen {
        path: "/households/{household}/merge",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("reference", "SP-7K3M-9QX4")])),
    },
    form("/households/{household}/merge/{other}", Here(COUNTER), &[("reason", "They are one")]),
    form("/households/{household}/open", Anywhere(COUNTER), &[("reason", "The mother fell ill here")]),
    page("/openings", Anywhere(&[Supervisor, Auditor])),
    button("/households/{household}/assessments", Here(COUNTER)),
    form("/assessments/{household}/{assessment}", Here(COUNTER), &[]),
    Screen {
        path: "/assessments/{household}/{assessment}/check",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[])),
    },
    form("/assessments/{household}/{assessment}/{group}", Here(COUNTER), ANSWERS),
    form("/assessments/{household}/{assessment}/{group}/{person}", Here(COUNTER), ANSWERS),
    page("/households/{household}/results/{assessment}", Here(READERS)),
    page("/budgets", Anywhere(BUDGETS)),
    Screen {
        path: "/budgets/{budget}",
        get: Some(Anywhere(BUDGETS)),
        post: Some((Anywhere(&[PolicyOfficer]), ADDITION)),
    },
    form("/decisions/{household}/{decision}", Here(READERS), &[]),
    Screen {
        path: "/decisions/{household}/{decision}/begin",
        get: Some(Here(READERS)),
        post: Some((Here(&[Supervisor]), &[("reason", "The father is in hospital")])),
    },
    Screen {
        path: "/decisions/{household}/{decision}/issue",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("act", "issue"), ("sure", "yes")])),
    },
    Screen {
        path: "/decisions/{household}/{decision}/offer",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("said", "accept")])),
    },
    form("/decisions/{household}/{decision}/override", Here(COUNTER), OTHERWISE),
    page("/households/{household}/letters/{assessment}", Here(READERS)),
    receipt("/households/{household}/receipts/{assessment}"),
    receipt("/households/{household}/receipt"),
    form("/track", Everybody, &[]),
    Screen {
        path: "/appeals",
        get: Some(Anywhere(APPEALS)),
        post: Some((Anywhere(COUNTER), &[("reference", "SP-0000-0000")])),
    },
    form("/appeals/{household}/new", Here(COUNTER), APPEAL),
    form("/appeals/{household}/{appeal}", Here(READERS), &[("act", "take"), ("version", "2")]),
    page("/appeals/{household}/{appeal}/bundle", Here(READERS)),
    page("/appeals/{household}/{appeal}/letters/{letter}", Here(READERS)),
    page("/track/status", Applicant),
    page("/track/letter", Applicant),
    form("/track/code", Everybody, &[]),
    form("/track/code/enter", Everybody, &[]),
    form("/track/confirm", Applicant, &[]),
    form("/track/confirm/enter", Applicant, &[]),
    form("/track/answer", Applicant, &[]),
    form("/track/appeal", Applicant, &[]),
    form("/track/complain", Applicant, &[]),
    form("/track/phone", Applicant, &[]),
    button("/track/service", Applicant),
    // Whoever was in is out after these.
    page("/track/idle", Everybody),
    button("/track/end", Everybody),
    page("/services", Everybody),
    page("/services/{place}", Everybody),
    form(
        "/services/{place}/edit",
        Here(&[Supervisor, ProviderOfficer]),
        &[("act", "verify"), ("version", "0")],
    ),
    page("/households/{household}/referrals", Here(READERS)),
    form("/households/{household}/referrals/new", Here(COUNTER), REFERRAL),
    Screen {
        path: "/households/{household}/referrals/{referral}",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("act", "cancel"), ("cancel", "not_wanted"), ("version", "2")])),
    },
    Screen {
        path: "/households/{household}/representatives",
        get: Some(Here(READERS)),
        post: Some((
            Here(COUNTER),
            &[("act", "end"), ("representative", "00000000-0000-0000-0000-000000000001")],
        )),
    },
    page("/households/{household}/answers", Here(READERS)),
    page("/households/{household}/answers/{answer}/files/{sent}", Here(READERS)),
    form("/complain", Everybody, &[]),
    form("/complain/status", Everybody, &[]),
    page("/complain/files/{file}", Complainant),
    page("/complaints", Anywhere(COMPLAINTS)),
    form("/complaints/new", Anywhere(COMPLAINTS), &[]),
    form(
        "/complaints/{complaint}",
        Anywhere(&[Ombudsman]),
        &[("act", "note"), ("version", "1"), ("words", "x")],
    ),
    page("/complaints/{complaint}/files/{file}", Anywhere(&[Ombudsman])),
    page("/tasks", Anywhere(WORKERS)),
    form("/tasks/give", Anywhere(&[Supervisor]), &[("give", "01900000-0000-7000-8000-000000000001.1.x")]),
    form("/tasks/views", Anywhere(WORKERS), &[("act", "save"), ("name", "Mine")]),
    form("/tasks/{household}/{task}", Here(&[Supervisor]), DROP),
    page("/clocks", Anywhere(WORKERS)),
    page("/proposals", Anywhere(COUNTER)),
    form("/proposals/{household}/{proposal}", Here(&[Supervisor]), APPROVE),
    form("/notices", Anywhere(COUNTER), &[("act", "hand_over")]),
    page("/notices/sheets", Anywhere(COUNTER)),
    page("/households/{household}/notices", Here(READERS)),
    page("/duplicates", Anywhere(COUNTER)),
    form(
        "/duplicates/{first}/{second}",
        Here(COUNTER),
        &[("said", "same"), ("reason", "One card"), ("version", "1")],
    ),
    page("/employment", Anywhere(COUNTER)),
    page("/board", Anywhere(WORKERS)),
    form("/board/new", Anywhere(WORKERS), &[]),
    form("/board/{entry}", Here(WORKERS), &[("act", "close"), ("version", "1")]),
    page("/households/{household}/plan", Here(READERS)),
    Screen {
        path: "/households/{household}/plan/{person}",
        get: Some(Here(READERS)),
        post: Some((Here(COUNTER), &[("act", "profile")])),
    },
    form("/households/{household}/plan/{person}/profile/{group}", Here(COUNTER), &[("page_version", "1")]),
    form("/households/{household}/plan/{person}/step", Here(COUNTER), &[("title", "x"), ("version", "1")]),
    form("/households/{household}/plan/{person}/work", Here(COUNTER), &[("employer", "x"), ("version", "1")]),
    page("/households/{household}/plan/{person}/print", Here(READERS)),
    page("/referrals", Anywhere(&[ProviderOfficer])),
    form(
        "/referrals/{household}/{referral}",
        Anywhere(&[ProviderOfficer]),
        &[("act", "accept"), ("version", "2")],
    ),
    page("/numbers/objections", Anywhere(&[Supervisor, PolicyOfficer, Auditor, Ombudsman])),
    page("/numbers/objections.csv", Anywhere(&[Supervisor, PolicyOfficer, Auditor, Ombudsman])),
    page("/records", Anywhere(&[ProviderOfficer])),
    form("/records/{programme}/{condition}/{cycle}", Anywhere(&[ProviderOfficer]), &[]),
    form("/records/{programme}/{condition}/{cycle}/list", Anywhere(&[ProviderOfficer]), &[]),
    page("/records/{programme}/{condition}/{cycle}/list.csv", Anywhere(&[ProviderOfficer])),
    page("/lists", Anywhere(LISTS)),
    form("/lists/new", Anywhere(LISTS), &[]),
    form("/lists/{list}", Here(LISTS), &[("act", "cancel"), ("version", "2")]),
    form("/lists/{list}/columns", Here(LISTS), COLUMNS),
    page("/lists/{list}/errors.csv", Here(LISTS)),
    form("/lists/{list}/rows", Here(LISTS), &[("row-0", "leave")]),
    form("/lists/{list}/sample", Here(LISTS), &[("row-0", "yes")]),
    page("/matching", Anywhere(MODELS)),
    page("/matching/how", Anywhere(MODELS)),
    Screen {
        path: "/matching/{version}",
        get: Some(Anywhere(MODELS)),
        post: Some((Anywhere(STAFF_DESK), &[("act", "activate"), ("in_force", "1"), ("reason", "Better")])),
    },
    page("/policy", Anywhere(&[PolicyOfficer])),
    form("/policy/new", Anywhere(&[PolicyOfficer]), CHANGE),
    page("/policy/documents", Anywhere(&[PolicyOfficer])),
    page("/policy/documents/versions", Anywhere(&[PolicyOfficer])),
    page("/policy/documents/version", Anywhere(&[PolicyOfficer])),
    page("/policy/documents/difference", Anywhere(&[PolicyOfficer])),
    page("/policy/documents/print", Anywhere(&[PolicyOfficer])),
    form(
        "/policy/{change}",
        Anywhere(&[PolicyOfficer]),
        &[("act", "withdraw"), ("version", "1"), ("reason", "No")],
    ),
    form(
        "/policy/{change}/document",
        Anywhere(&[PolicyOfficer]),
        &[("name", "links.toml"), ("version", "1")],
    ),
    form(
        "/policy/{change}/programmes/{programme}",
        Anywhere(&[PolicyOfficer]),
        &[("act", "remove"), ("node", "0"), ("version", "1")],
    ),
    form("/policy/{change}/programmes/{programme}/values", Anywhere(&[PolicyOfficer]), VALUES),
    form("/policy/{change}/programmes/{programme}/amount", Anywhere(&[PolicyOfficer]), AMOUNT),
    form(
        "/policy/{change}/programmes/{programme}/budgets",
        Anywhere(&[PolicyOfficer]),
        &[("version", "1"), ("row", "1"), ("act", "remove")],
    ),
    page("/policy/{change}/programmes/{programme}/words", Anywhere(&[PolicyOfficer])),
    form(
        "/policy/{change}/programmes/{programme}/examples",
        Anywhere(&[PolicyOfficer]),
        &[("version", "1"), ("name", "no child"), ("act", "remove")],
    ),
    form(
        "/policy/{change}/programmes/{programme}/examples/one",
        Anywhere(&[PolicyOfficer]),
        &[("version", "1"), ("held", "no child"), ("expect", "yes")],
    ),
    page("/policy/{change}/figures", Anywhere(&[PolicyOfficer])),
    form("/policy/{change}/figures/{figure}", Anywhere(&[PolicyOfficer]), FIGURE),
    form("/policy/{change}/words", Anywhere(&[PolicyOfficer]), WORDS),
    page("/policy/links", Anywhere(&[PolicyOfficer])),
    page("/policy/{change}/links", Anywhere(&[PolicyOfficer])),
    form("/policy/{change}/links/{link}", Anywhere(&[PolicyOfficer]), &[("version", "1"), ("act", "remove")]),
    form("/policy/{change}/programmes/{programme}/conditions/{node}", Anywhere(&[PolicyOfficer]), CONDITION),
    form(
        "/policy/{change}/programmes/{programme}/conditions/{node}/new",
        Anywhere(&[PolicyOfficer]),
        CONDITION,
    ),
    form("/policy/{change}/form", Anywhere(&[PolicyOfficer]), MONTHS),
    form(
        "/policy/{change}/form/questions/new",
        Anywhere(&[PolicyOfficer]),
        &[("id", "roof"), ("kind", "bool")],
    ),
    form("/policy/{change}/form/questions/{question}", Anywhere(&[PolicyOfficer]), &[("act", "retire")]),
    form(
        "/policy/{change}/form/lists/{choices}",
        Anywhere(&[PolicyOfficer]),
        &[("act", "add"), ("option", "x")],
    ),
    page("/policy/{change}/form/preview/{group}", Anywhere(&[PolicyOfficer])),
    page("/packs", Anywhere(&[PolicyOfficer])),
    page("/packs/{hash}", Anywhere(&[PolicyOfficer])),
    page("/packs/{hash}/{programme}", Anywhere(&[PolicyOfficer])),
    form("/journal", Anywhere(&[Auditor]), &[]),
];

/// Somebody at a browser.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) role: Option<Role>,
    /// Works where the household's file is kept, or for the whole country.
    here: bool,
    /// Began the draft.
    owner: bool,
    /// Came in with reference, birth and PIN.
    applicant: bool,
    pub(super) login: Option<String>,
    pub(super) browser: Browser,
}

impl Person {
    fn nobody(name: &str, browser: Browser) -> Self {
        let name = name.to_owned();
        Self { name, role: None, here: false, owner: false, applicant: false, login: None, browser }
    }

    fn is_let(&self, who: Who) -> bool {
        let has = |roles: &[Role]| self.role.is_some_and(|role| roles.contains(&role));
        match who {
            Everybody => true,
            Staff => self.role.is_some(),
            Anywhere(roles) => has(roles),
            Here(roles) => self.here && has(roles),
            Owner => self.owner,
            Applicant => self.applicant,
            Complainant => false,
        }
    }
}

/// What an answer comes to.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// The page, or what is wrong with the form, or where it leads.
    In,
    /// To the sign-in page.
    ToSignIn,
    /// Away: not allowed, not there, or only with a reason.
    Away,
}

fn came(reply: &Reply, path: &str) -> Came {
    assert!(!reply.status.is_server_error(), "{path}: {} {}", reply.status, reply.html);
    let to = reply.location.as_str();
    match reply.status {
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Came::Away,
        StatusCode::SEE_OTHER if to.starts_with("/sign-in?next=") => Came::ToSignIn,
        StatusCode::SEE_OTHER
            if to.ends_with("/open") || ["/track", "/track?over=true", "/complain/status"].contains(&to) =>
        {
            Came::Away
        }
        _ => Came::In,
    }
}

/// Everybody, and what the routes are about.
pub(super) struct Crowd {
    pub(super) world: World,
    pub(super) people: Vec<Person>,
    /// What stands for a name in braces: things of one household, kept at [`OFFICE`].
    fill: BTreeMap<&'static str, String>,
    /// A household of [`OTHER_OFFICE`].
    foreign: HouseholdId,
}

impl Crowd {
    pub(super) async fn gather() -> Self {
        let world = world().await;
        load_small_pack(&world).await;
        let (registered, assessment) = decided_family(&world, POOR).await;
        let household = registered.household;
        let mut other = small_family(2);
        for (number, member) in other.members.iter_mut().enumerate() {
            member.name = PersonName::parse(&format!("Binta{number}"), "Sow", "").unwrap();
        }
        register(&world, &officer_elsewhere(), OTHER_OFFICE, &other, None).await.unwrap();
        let mut second = small_family(3);
        for (number, member) in second.members.iter_mut().enumerate() {
            member.name = PersonName::parse(&format!("Kadi{number}"), "Keita", "").unwrap();
        }
        register(&world, &counter_officer(), OFFICE, &second, None).await.unwrap();
        let open = assessments::start(&world, &counter_officer(), household).await.unwrap().assessment;
        let decision = one(&world, "SELECT decision_id FROM decision WHERE programme = 'room-help'").await;
        let change =
            Change { decision: decision.into(), outcome: Outcome::Award, amount_minor: None, period: None };
        let why = Why { code: "hardship".into(), words: "The roof fell in last week.".into() };
        let proposal = overrides::propose(&world, &counter_officer(), household, change, why).await.unwrap();
        let task = one(&world, "SELECT id FROM task WHERE kind = 'approve'").await;
        let appeal = appeals::NewAppeal {
            id: world.new_id(),
            channel: domain::appeal::Channel::Counter,
            received_on: None,
            against: vec![appeals::Against::Decision(decision.into())],
            grounds: "Nobody asked about the roof.".into(),
            wants_hearing: true,
            late_reason: String::new(),
            complaint: None,
        };
        let appeal = appeals::lodge(&world, &counter_officer(), household, appeal).await.unwrap().id;

        let mut people = Vec::new();
        for role in Role::ALL {
            let login = Browser::add_account(&world, *role).await;
            let browser = Browser::signed_in(&world, &login).await;
            let (name, owner) = (role.to_string(), *role == CounterOfficer);
            let nobody = Person::nobody(&name, browser);
            people.push(Person { role: Some(*role), here: true, owner, login: Some(login), ..nobody });
        }
        for role in COUNTER {
            let login = format!("elsewhere.{}", role.code().replace('_', "."));
            account(&world, &login, *role, OTHER_OFFICE).await;
            let browser = Browser::signed_in(&world, &login).await;
            let nobody = Person::nobody(&format!("{role} elsewhere"), browser);
            people.push(Person { role: Some(*role), login: Some(login), ..nobody });
        }
        people.push(Person::nobody("stranger", Browser::stranger(&world)));
        let mut applicant = Person::nobody("applicant", Browser::stranger(&world));
        let (reference, pin) = (registered.reference.to_string(), registered.pin.as_ref().unwrap().reveal());
        let slip = [
            ("birth-day", "5"),
            ("birth-month", "2"),
            ("birth-year", "1990"),
            ("reference", &reference),
            ("pin", pin),
        ];
        assert_eq!(applicant.browser.post("/track", &slip).await.location, "/track/status");
        applicant.applicant = true;
        people.push(applicant);
        let gone = account(&world, "gone", CounterOfficer, OFFICE).await;
        let browser = Browser::signed_in(&world, "gone").await;
        let version = staff::member(&world, &administrator(), gone).await.unwrap().version;
        staff::disable(&world, &administrator(), gone, version).await.unwrap();
        people.push(Person::nobody("disabled", browser));

        let officer = people.iter_mut().find(|person| person.owner).unwrap();
        let begun = officer.browser.post("/households/new", &[("name", "Ngozi Bello")]).await.location;
        let draft = begun.trim_start_matches("/households/new/").split('/').next().unwrap().to_owned();
        let target = account(&world, "target", CounterOfficer, OFFICE).await;
        let head = small_head(&world, household).await;
        let list = list_of_a_partner(&world).await;
        // The two heads wait as a pair that somebody should look at.
        let (first, twin) = (head.clone(), small_head(&world, second.id).await);
        let open_pair =
            (household, head.parse::<uuid::Uuid>().unwrap(), second.id, twin.parse::<uuid::Uuid>().unwrap());
        world
            .write(async move |tx| {
                let args = vec![
                    open_pair.0.into(),
                    open_pair.1.into(),
                    open_pair.2.into(),
                    open_pair.3.into(),
                    0.5_f64.into(),
                    tx.now().into(),
                ];
                tx.run(
                    "INSERT INTO possible_duplicate (household_id, person_id, other_household_id, other_person_id, source,
                         model, bits, probability, found_at, state) VALUES ($1, $2, $3, $4, 'job', 1, $5, $5, $6, 'open')",
                    args,
                )
                .await
            })
            .await
            .unwrap();
        let budget = uuid::Uuid::from_u128(0xb0d);
        world
            .write(async move |tx| {
                tx.run(
                    "INSERT INTO budget_line (budget_id, programme, area, from_date, until_date, places)
                     VALUES ($1, 'cash-transfer', '*', $2, $2, 1)",
                    vec![budget.into(), tx.today().into()],
                )
                .await
            })
            .await
            .unwrap();
        let intent = policy::Intent {
            title: "A higher rate".into(),
            why: "Prices rose.".into(),
            live_on: world.today() + time::Duration::days(40),
        };
        let rules = policy::open(&world, &policy_officer(), intent).await.unwrap();
        casework::life::watch::round(&world).await.unwrap();
        // As if the award had been given before: then this month can be recorded.
        let before = world.today() - time::Duration::days(90);
        world
            .write(async move |tx| {
                tx.run("UPDATE condition_watch SET from_date = $1", vec![before.into()]).await
            })
            .await
            .unwrap();
        let entry = announced(&world, &head, household).await;
        let (complaint, paper) = restricted_complaint(&world).await;
        let referral = one(&world, "SELECT referral_id FROM referral").await;
        // The first look of a provider is noted; the next ones change nothing.
        let id = referral.into();
        casework::referrals::expected::expected(&world, &provider_officer(), household, id).await.unwrap();
        let answer = uuid::Uuid::from_u128(0xa5);
        let sent = sent_paper(&world, household, answer).await;
        let fill = BTreeMap::from([
            ("entry", entry),
            ("complaint", complaint),
            ("file", paper),
            ("referral", referral.to_string()),
            ("place", "PLC-01".to_owned()),
            ("answer", answer.to_string()),
            ("sent", sent),
            ("budget", budget.to_string()),
            ("change", rules.to_string()),
            ("question", "rooms".to_owned()),
            ("choices", "relation".to_owned()),
            ("condition", "check_up".to_owned()),
            ("cycle", "2026-11-01".to_owned()),
            ("list", list.to_string()),
            ("household", household.to_string()),
            ("first", first),
            ("second", twin),
            ("other", second.id.to_string()),
            ("appeal", appeal.to_string()),
            ("letter", "acknowledgement".to_owned()),
            ("assessment", assessment.to_string()),
            ("open", open.to_string()),
            ("decision", decision.to_string()),
            ("proposal", proposal.to_string()),
            ("task", task.to_string()),
            ("person", head),
            ("group", "income".to_owned()),
            ("draft", draft),
            ("hash", world.pack().unwrap().hash().to_owned()),
            ("programme", "child-grant".to_owned()),
            ("node", "0".to_owned()),
            ("figure", "child_rate".to_owned()),
            ("link", "pension_opens_waiver".to_owned()),
            ("step", "contact".to_owned()),
            ("id", target.to_string()),
            ("version", "1".to_owned()),
        ]);
        Self { world, people, fill, foreign: other.id }
    }

    /// The address of a route, its names in braces filled in.
    fn fill(&self, path: &str, household: Option<HouseholdId>) -> String {
        // Questions are answered in the assessment that is open.
        let open = path.starts_with("/assessments/");
        let parts = path.split('/').map(|part| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return part.to_owned();
            };
            match household {
                Some(other) if name == "household" => other.to_string(),
                _ if name == "assessment" && open => self.fill["open"].clone(),
                _ => self.fill.get(name).unwrap_or_else(|| panic!("nothing stands for {{{name}}}")).clone(),
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

async fn account(world: &World, login: &str, role: Role, office: &str) -> domain::ids::StaffId {
    let new = NewStaff {
        login: login.into(),
        name: format!("{role} of {office}"),
        language: "en".into(),
        grants: vec![Grant { role, scope: Scope::Office(office.into()) }],
        password: Some(PHRASE.into()),
    };
    staff::add(world, &administrator(), new).await.unwrap()
}

/// A course on the board of [`OFFICE`], and the head of the household being asked about work.
async fn announced(world: &World, head: &str, household: HouseholdId) -> String {
    use casework::employment::{board, profile};
    profile::begin(world, &counter_officer(), household, head.parse().unwrap()).await.unwrap();
    let new = board::Written {
        office: OFFICE.into(),
        kind: domain::employment::EntryKind::Course,
        title: "Bricklaying".into(),
        employer: String::new(),
        provider: "PRV-01".into(),
        needs: domain::employment::matching::Needs::default(),
        wage_minor: None,
        places: 5,
        from: None,
        until: None,
        last_day: world.today(),
    };
    board::announce(world, &counter_officer(), new).await.unwrap().to_string()
}

/// A list that has arrived at [`OFFICE`].
async fn list_of_a_partner(world: &World) -> domain::ids::ListId {
    let new = lists::NewList {
        office: OFFICE.into(),
        partner: "Food for all".into(),
        agreement: "MoU-7".into(),
        programme: String::new(),
    };
    let id = lists::begin(world, &supervisor(), &new).await.unwrap();
    lists::add_part(world, &supervisor(), id, 0, b"name,born\nAwa Sy,1990\n".to_vec()).await.unwrap();
    lists::arrive(world, &supervisor(), id).await.unwrap();
    id
}

/// A complaint that the ombudsman alone sees, and its file.
async fn restricted_complaint(world: &World) -> (String, String) {
    let written = domain::complaint::form::Written {
        category: "fraud".into(),
        what: "He asked for a share.".into(),
        identity: "anonymous".into(),
        ..Default::default()
    };
    let paper = casework::attachments::File::read("paper", b"%PDF-1.4\n%%EOF\n".to_vec()).unwrap();
    let new = casework::complaints::NewComplaint {
        form: uuid::Uuid::from_u128(0xc0),
        channel: casework::complaints::Channel::Public,
        statement: written.validate().unwrap(),
        office: OFFICE.into(),
        household: None,
        reference: String::new(),
        language: "en".into(),
        received_on: None,
        files: vec![paper],
    };
    let lodged = casework::complaints::lodge(world, &casework::Actor::applicant(), &new).await.unwrap();
    (lodged.id.to_string(), one(world, "SELECT attachment_id FROM attachment").await.to_string())
}

/// A paper that came with an answer of the household.
async fn sent_paper(world: &World, household: HouseholdId, answer: uuid::Uuid) -> String {
    let keys = world.keys.clone();
    let paper = casework::attachments::File::read("card", b"%PDF-1.4\n%%EOF\n".to_vec()).unwrap();
    let about = casework::subject::Subject::new("applicant_answer", answer);
    let id = world
        .write(async move |tx| {
            let actor = casework::Actor::applicant();
            casework::attachments::add(tx, &keys, &actor, household, &about, &paper).await
        })
        .await;
    id.unwrap().to_string()
}

async fn one(world: &World, sql: &'static str) -> uuid::Uuid {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

async fn small_head(world: &World, household: HouseholdId) -> String {
    let file = file(world, &counter_officer(), household).await.unwrap();
    file.present().next().unwrap().id.to_string()
}

/// Everything that is in the database by table, save when sessions were last seen. Reading is told in the journal, and a letter
/// read in another language is kept in it: `reading` leaves both out.
async fn everything(world: &World, reading: bool) -> BTreeMap<String, Vec<String>> {
    let tables: Vec<(String,)> = world
        .db
        .all("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'session'", vec![])
        .await
        .unwrap();
    let mut all = BTreeMap::new();
    for (table,) in
        tables.into_iter().filter(|(table,)| !reading || !table.starts_with("journal") && table != "letter")
    {
        let columns: Vec<(String,)> = world
            .db
            .all("SELECT name FROM pragma_table_info($1)", vec![table.as_str().into()])
            .await
            .unwrap();
        let quoted: Vec<String> = columns.iter().map(|(name,)| format!("quote(\"{name}\")")).collect();
        let sql = format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join("||','||"));
        let rows: Vec<(String,)> = world.db.all(Box::leak(sql.into_boxed_str()), vec![]).await.unwrap();
        all.insert(table, rows.into_iter().map(|(row,)| row).collect());
    }
    all
}

/// The routes as the router has them: path, and whether there is a page and a form. axum lists the paths in its `Debug`
/// only; the methods are in what a route answers to one that it does not know.
async fn routes(world: &World) -> BTreeSet<(String, bool, bool)> {
    let listed = format!("{:?}", super::routes());
    let paths: BTreeSet<&str> = listed
        .split("RouteId(")
        .filter_map(|part| part.split('"').nth(1))
        .filter(|p| p.starts_with('/') && !p.contains("__private"))
        .collect();
    assert!(paths.contains("/sign-in"), "axum lists its routes otherwise now: {listed}");
    let app = super::routes().with_state(AppState::new(world.casework.clone(), Settings::default()));
    let mut routes = BTreeSet::new();
    for path in paths {
        let ask = Request::builder().method("TRACE").uri(path.replace(['{', '}'], "")).body(Body::empty());
        let reply = app.clone().oneshot(ask.unwrap()).await.unwrap();
        let methods = reply.headers()[header::ALLOW].to_str().unwrap().to_owned();
        let has = |method| methods.split(',').any(|one| one == method);
        assert!(!["PUT", "PATCH", "DELETE"].into_iter().any(has), "{path}: a form cannot send {methods}");
        routes.insert((path.to_owned(), has("GET"), has("POST")));
    }
    routes
}

#[tokio::test]
async fn every_route_is_in_the_table_and_nothing_else_is() {
    let world = world().await;
    let table = SCREENS.iter().map(|one| (one.path.to_owned(), one.get.is_some(), one.post.is_some()));
    let (there, told) = (routes(&world).await, table.collect::<BTreeSet<_>>());
    let untold: Vec<_> = there.difference(&told).collect();
    let gone: Vec<_> = told.difference(&there).collect();
    assert!(untold.is_empty() && gone.is_empty(), "not in the table: {untold:?}; no such route: {gone:?}");
}

#[tokio::test]
async fn everybody_sees_and_sends_what_is_theirs_and_nothing_else() {
    let mut crowd = Crowd::gather().await;
    let mut wrong = Vec::new();
    for screen in SCREENS {
        let path = crowd.fill(screen.path, None);
        // A provider's list opens a part of every file in it.
        let reading = screen.path.starts_with("/referrals")
            || screen.path.starts_with("/records")
            || screen.path.starts_with("/complaints/")
            || screen.path.starts_with("/board/")
            || screen.get.is_some_and(|who| matches!(who, Here(_) | Applicant));
        let before = everything(&crowd.world, reading).await;
        let mut people = std::mem::take(&mut crowd.people);
        for person in &mut people {
            if let Some(who) = screen.get {
                let reply = person.browser.get(&path).await;
                check(&mut wrong, person, who, "GET", screen.path, &reply);
            }
            // Those who are not let in send a form that would do something.
            if let Some((who, typed)) = screen.post.filter(|(who, _)| !person.is_let(*who)) {
                let reply = person.browser.post(&path, typed).await;
                check(&mut wrong, person, who, "POST", screen.path, &reply);
            }
        }
        if everything(&crowd.world, reading).await != before {
            wrong.push(format!("{}: something changed", screen.path));
        }
        for person in &mut people {
            let Some((who, _)) = screen.post.filter(|(who, _)| person.is_let(*who)) else { continue };
            let reply = person.browser.post(&path, &[]).await;
            check(&mut wrong, person, who, "POST", screen.path, &reply);
            if let Some(login) = person.login.as_deref().filter(|_| path.contains("sign-out")) {
                person.browser = Browser::signed_in(&crowd.world, login).await;
            }
        }
        crowd.people = people;
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn check(wrong: &mut Vec<String>, person: &Person, who: Who, method: &str, path: &str, reply: &Reply) {
    let expected = if person.is_let(who) {
        Came::In
    } else if person.role.is_none() && !matches!(who, Applicant | Complainant) {
        Came::ToSignIn
    } else {
        Came::Away
    };
    let found = came(reply, path);
    if found != expected {
        let (name, status, to) = (&person.name, reply.status, &reply.location);
        wrong.push(format!(
            "{method} {path} as {name}: {expected:?} expected, {found:?} found ({status} {to})"
        ));
    }
}

/// Whoever may work on one household gets nowhere with the ids of another: not where they may work on both, and not where
/// the address begins with a household of their own.
#[tokio::test]
async fn the_things_of_one_household_are_not_found_under_another() {
    let mut crowd = Crowd::gather().await;
    let mut wrong = Vec::new();
    let pairs =
        SCREENS.iter().filter(|one| one.path.contains("{household}/") && one.path.matches('{').count() > 1);
    for screen in pairs {
        let path = crowd.fill(screen.path, Some(crowd.foreign));
        let before = everything(&crowd.world, true).await;
        let mut people = std::mem::take(&mut crowd.people);
        for person in people.iter_mut().filter(|person| person.role.is_some()) {
            let mut replies = Vec::new();
            if screen.get.is_some() {
                replies.push(person.browser.get(&path).await);
            }
            if let Some((_, typed)) = screen.post {
                replies.push(person.browser.post(&path, typed).await);
            }
            for reply in replies.iter().filter(|reply| came(reply, &path) != Came::Away) {
                wrong
                    .push(format!("{} as {}: {} {}", screen.path, person.name, reply.status, reply.location));
            }
        }
        crowd.people = people;
        if everything(&crowd.world, true).await != before {
            wrong.push(format!("{}: something changed", screen.path));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

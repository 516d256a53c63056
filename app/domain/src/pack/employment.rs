//! Reads `employment.toml`: who is asked about work and what, which band the answers come to, by when plans are made and looked
//! at again, of which services attendance is handed in, and what matching reads.
//!
//! A pack may be without the file: then nobody has a plan for work. The questions stand under `[profile]`, as those of
//! `form.toml` do in that file; `take` names questions of the household's form that are taken over.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::Codes;
use super::names::Names;
use super::questionnaire;
use super::table::Table;
use crate::area::AreaTree;
use crate::calendar::Term;
use crate::country::Limit;
use crate::definitions::{CheckDef, ExprText, Level, LimitDef, ParameterDef};
use crate::employment::matching::{Reads, Weights};
use crate::employment::{Band, Employment, reason_question};
use crate::expr;
use crate::fault::At;
use crate::form::{ChoiceList, Form, Group, Kind, Logic, Question, Sensitivity, registry};
use crate::life::condition::{Consequence, Cycle, RecordKind};

/// What the file may name.
pub(super) struct Known<'k> {
    pub(super) areas: &'k AreaTree,
    pub(super) services: &'k Codes,
    pub(super) parameters: &'k Codes,
    pub(super) form: &'k Form,
}

/// The page of questions that were taken over and not answered.
const TAKEN: &str = "work_known";

/// What was read; the conditions are typed by [`Draft::finish`], which needs the parameters themselves.
pub(super) struct Draft {
    whole: Employment,
}

impl Draft {
    /// The questions, for the words.
    pub(super) fn employment(&self) -> &Employment {
        &self.whole
    }

    /// Types the conditions.
    pub(super) fn finish(
        mut self,
        parameters: &[ParameterDef],
    ) -> Result<Employment, Vec<crate::fault::Fault>> {
        let logic = Logic::compile(&self.whole.form, parameters);
        let moved = |mut faults: Vec<crate::fault::Fault>| {
            for fault in &mut faults {
                fault.key = format!("profile.{}", fault.key);
            }
            faults
        };
        self.whole.logic = logic.map_err(moved)?;
        Ok(self.whole)
    }
}

/// Reads `employment.toml`.
pub(super) fn employment(top: &Table<'_>, known: &Known<'_>) -> Option<Draft> {
    let ages = top.table("ages");
    let take = top.texts("take");
    let profile = top.table("profile");
    let bands: Vec<Table<'_>> = top.tables("band");
    let plan = top.table("plan");
    let attendance = top.tables("attendance");
    let matching = top.table("matching");
    top.done();
    let ages = ages.as_ref().map(ages_of);
    let own = profile.as_ref().map(|table| questionnaire::form(table, known.areas, &Names::default()));
    let bands = bands_of(&bands);
    let plan = plan.as_ref().map(|table| plan_of(table, known));
    let attendance = attendance.iter().filter_map(|table| check(table, known)).collect();
    let (ages, own, plan) = (ages??, own?, plan??);
    let form = whole(top, known, &take, &own, &bands);
    let reads = matching.as_ref().and_then(|table| reads(table, &form))?;
    Some(Draft {
        whole: Employment {
            ages: ages.0,
            ages_source: ages.1,
            form,
            logic: Logic::default(),
            taken: take,
            bands: bands.into_iter().map(|(band, _)| band).collect(),
            open_days: plan.open_days,
            first_plan: plan.first,
            approval: plan.approval,
            follow_up_weeks: plan.weeks,
            follow_up: plan.follow_up,
            attendance,
            day_wage: plan.day_wage,
            income_module: plan.income_module,
            reads,
        },
    })
}

fn ages_of(table: &Table<'_>) -> Option<((u32, u32), String)> {
    let (from, below, source) = (table.whole("from"), table.whole("below"), table.text("source"));
    table.done();
    let (from, below) = (from?, below?);
    if from >= below || below > 150 {
        table.fault("below", "people are asked from one age to a higher one");
    }
    Some(((from, below), source?))
}

/// A band, and the expressions of its reasons by their ids.
type ReadBand = (Band, Vec<(String, ExprText)>);

fn bands_of(tables: &[Table<'_>]) -> Vec<ReadBand> {
    let (mut codes, mut reasons) = (Codes::of("band"), Codes::of("reason"));
    let mut read = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let (code, days, any) = (table.name("code"), table.whole("review_days"), table.tables("any"));
        table.done();
        let mut band_reasons = Vec::new();
        for reason in &any {
            let (id, when) = (reason.name("id"), reason.expression("when"));
            reason.done();
            if let (Some(id), Some(when)) = (id, when) {
                reasons.take(reason, "id", &id);
                fair(reason, "when", &when);
                band_reasons.push((id, when));
            }
        }
        let is_last = at + 1 == tables.len();
        if any.is_empty() != is_last {
            table.fault(
                "any",
                "every band but the last says what puts somebody into it, and the last takes all others",
            );
        }
        if days.is_some_and(|days| !(1..=366).contains(&days)) {
            table.fault("review_days", "a plan is looked at again after 1 to 366 days");
        }
        let (Some(code), Some(review_days)) = (code, days.and_then(|days| u16::try_from(days).ok())) else {
            continue;
        };
        codes.take(table, "code", &code);
        let ids = band_reasons.iter().map(|(id, _)| id.clone()).collect();
        read.push((Band { code, review_days, any: ids }, band_reasons));
    }
    read
}

/// Neither a band nor a question may hang on a person's sex.
fn fair(table: &Table<'_>, key: &str, text: &ExprText) {
    let Ok(tree) = expr::parse(&text.text) else { return };
    if tree.names().iter().any(|(name, _)| *name == "sex") {
        table.fault(key, "what somebody is offered does not hang on their sex: take 'sex' out");
    }
}

/// The form: first what is taken over, then the file's own questions, then what each reason of a band comes to.
fn whole(top: &Table<'_>, known: &Known<'_>, take: &[String], own: &Form, bands: &[ReadBand]) -> Form {
    let mut modules = own.modules.clone();
    let module = modules.first().map(|module| module.id.clone()).unwrap_or_default();
    let mut groups = Vec::new();
    let (mut questions, mut lists): (Vec<Question>, BTreeMap<String, ChoiceList>) =
        (Vec::new(), BTreeMap::new());
    for id in take {
        let Some(asked) = known.form.question(id).filter(|question| question.is_asked()) else {
            top.fault("take", format!("the household's form asks no question '{id}': name one that it asks"));
            continue;
        };
        if asked.level != Level::Member {
            top.fault("take", format!("'{id}' is asked of the household, not of each member: name another"));
        }
        lists.extend(known.form.choices_of(asked).map(|list| (list.id.clone(), list.clone())));
        let group = known.form.group(&asked.group).and_then(|group| group.relevant.clone());
        let relevant = both(group, asked.relevant.clone());
        questions.push(Question { group: TAKEN.into(), module: module.clone(), relevant, ..asked.clone() });
    }
    let at = top.at();
    if !questions.is_empty() {
        groups.push(group(TAKEN, &module, &at));
    }
    groups.extend(own.groups.iter().cloned());
    for question in own.questions.iter().filter(|question| question.module != registry::MODULE) {
        if known.form.question(&question.id).is_some() {
            top.fault(
                "profile",
                format!("'{}' is a question of the household's form: take it over with take", question.id),
            );
        }
        if let Some(relevant) = &question.relevant {
            fair(top, "profile", relevant);
        }
        questions.push(question.clone());
    }
    for list in own.choice_lists().filter(|list| !registry::is_list(&list.id)) {
        lists.insert(list.id.clone(), list.clone());
    }
    let last = own.groups.last().map(|group| group.id.clone()).unwrap_or_default();
    let module = own.groups.last().map(|group| group.module.clone()).unwrap_or(module);
    for (reason, when) in bands.iter().flat_map(|(_, reasons)| reasons) {
        questions.push(calculation(reason, when, &last, &module));
    }
    for group in own.groups.iter().filter(|group| group.level != Level::Member) {
        top.fault(
            "profile",
            format!("the page '{}' needs repeat = \"members\": a profile is of a person", group.id),
        );
    }
    if modules.is_empty() {
        modules.clear();
    }
    Form::new(own.id.clone(), modules, groups, questions, lists.into_values().collect(), Vec::new())
}

fn both(one: Option<ExprText>, other: Option<ExprText>) -> Option<ExprText> {
    match (one, other) {
        (Some(one), Some(other)) => {
            Some(ExprText { text: format!("({}) and ({})", one.text, other.text), at: other.at })
        }
        (one, other) => one.or(other),
    }
}

fn group(id: &str, module: &str, at: &At) -> Group {
    Group {
        id: id.to_owned(),
        module: module.to_owned(),
        level: Level::Member,
        relevant: None,
        at: at.clone(),
        questions: Vec::new(),
    }
}

fn calculation(reason: &str, when: &ExprText, group: &str, module: &str) -> Question {
    Question {
        id: reason_question(reason),
        group: group.to_owned(),
        module: module.to_owned(),
        level: Level::Member,
        kind: Kind::Calc,
        required: false,
        relevant: None,
        when_irrelevant: None,
        constraint: None,
        choices: None,
        unit: None,
        period: None,
        sensitivity: Sensitivity::Normal,
        dont_know: false,
        refused: false,
        retired: false,
        expression: Some(when.clone()),
        at: when.at.clone(),
    }
}

/// The terms of plans.
struct Plan {
    open_days: u16,
    first: Limit,
    approval: Option<Limit>,
    weeks: Vec<u16>,
    follow_up: Limit,
    day_wage: Option<String>,
    income_module: String,
}

fn plan_of(table: &Table<'_>, known: &Known<'_>) -> Option<Plan> {
    let days = |key: &str| limit(table, key);
    let open_days = table.whole("open_review_days").and_then(|days| u16::try_from(days).ok());
    let (first, approval, follow_up) = (
        days("first_working_days"),
        table.has("approval_working_days").then(|| days("approval_working_days")),
        days("follow_up_working_days"),
    );
    let weeks: Vec<u16> =
        table.texts("follow_up_weeks").iter().filter_map(|week| week.parse().ok()).collect();
    let (day_wage, income_module) = (table.opt_text("day_wage"), table.text("income_module"));
    table.done();
    known.parameters.check_opt(table, "day_wage", day_wage.as_deref());
    if income_module.as_ref().is_some_and(|id| known.form.module(id).is_none()) {
        table.fault(
            "income_module",
            "the household's form has no such module: name the one that asks what comes in",
        );
    }
    if weeks.is_empty() || !weeks.is_sorted() {
        table.fault(
            "follow_up_weeks",
            "name the weeks after which an outcome is asked again, as [\"13\", \"26\"]",
        );
    }
    let approval = match approval {
        Some(read) => Some(read?),
        None => None,
    };
    Some(Plan {
        open_days: open_days?,
        first: first?,
        approval,
        weeks,
        follow_up: follow_up?,
        day_wage,
        income_module: income_module?,
    })
}

/// A term of working days with its source.
fn limit(table: &Table<'_>, key: &str) -> Option<Limit> {
    let inner = table.table(key)?;
    let (value, source) = (inner.whole("value"), inner.text("source"));
    inner.done();
    let fits = value.and_then(|value| u16::try_from(value).ok()).filter(|value| (1..=366).contains(value));
    if value.is_some() && fits.is_none() {
        inner.fault("value", "a term is 1 to 366 days");
    }
    Some(Limit { term: Term::WorkingDays(fits?), source: source? })
}

fn check(table: &Table<'_>, known: &Known<'_>) -> Option<(String, CheckDef)> {
    let cycles: Vec<(&str, Cycle)> = Cycle::ALL.iter().map(|one| (one.code(), *one)).collect();
    let records: Vec<(&str, RecordKind)> = RecordKind::ALL.iter().map(|one| (one.code(), *one)).collect();
    let (service, cycle, record) =
        (table.text("service"), table.one_of("cycle", &cycles), table.one_of("record", &records));
    let (least, grace_days) = (table.opt_whole("at_least"), table.whole("grace_days"));
    table.done();
    known.services.check_opt(table, "service", service.as_deref());
    let least = least.map(|least| LimitDef::Value(crate::definitions::Literal::Num(i64::from(least).into())));
    let service = service?;
    let check = CheckDef {
        who: None,
        cycle: cycle?,
        record: record?,
        at_least: least,
        service: service.clone(),
        grace_days: grace_days?,
        // Nothing follows by itself: the plan is looked at with the person.
        misses: u32::MAX,
        within: u32::MAX,
        then: Consequence::Warn,
    };
    Some((service, check))
}

fn reads(table: &Table<'_>, form: &Form) -> Option<Reads> {
    let id = |key: &str, kinds: &[Kind]| {
        let id = table.text(key)?;
        if !form.question(&id).is_some_and(|question| kinds.contains(&question.kind)) {
            table.fault(key, format!("the profile has no question '{id}' of the kind that is read here"));
        }
        Some(id)
    };
    let skills = id("skills", &[Kind::SelectMany]);
    let schooling = id("schooling", &[Kind::SelectOne]);
    let hours = id("hours", &[Kind::Integer]);
    let travel = id("travel", &[Kind::SelectOne]);
    let care = id("care", &[Kind::SelectOne]);
    let limits = id("limits", &[Kind::SelectMany]);
    let heavy = id("heavy", &[Kind::Bool]);
    let heavy_limit = table.text("heavy_limit");
    let access = id("access", &[Kind::Bool]);
    let languages = id("languages", &[Kind::SelectMany]);
    let (reach, leaves, weights) = (table.table("reach"), table.table("care_leaves"), table.table("weights"));
    table.done();
    let numbers = |inner: Option<&Table<'_>>, question: Option<&String>| -> BTreeMap<String, u32> {
        let Some((inner, question)) = inner.zip(question.and_then(|id| form.question(id))) else {
            return BTreeMap::new();
        };
        let options: BTreeSet<String> =
            form.choices_of(question).map(|list| list.options.iter().cloned().collect()).unwrap_or_default();
        let read =
            options.iter().filter_map(|option| Some((option.clone(), inner.opt_whole(option)?))).collect();
        inner.done();
        read
    };
    let reach = numbers(reach.as_ref(), travel.as_ref())
        .into_iter()
        .map(|(option, far)| (option, u8::try_from(far).unwrap_or(3).min(3)))
        .collect();
    let care_leaves = numbers(leaves.as_ref(), care.as_ref());
    let weights = weights.as_ref().and_then(|inner| {
        let read = ["skills", "distance", "hours", "schooling", "languages"].map(|key| inner.whole(key));
        inner.done();
        let [skills, distance, hours, schooling, languages] = read;
        Some(Weights {
            skills: skills?,
            distance: distance?,
            hours: hours?,
            schooling: schooling?,
            languages: languages?,
        })
    })?;
    Some(Reads {
        skills: skills?,
        schooling: schooling?,
        hours: hours?,
        travel: travel?,
        reach,
        care: care?,
        care_leaves,
        limits: limits?,
        heavy: (heavy?, heavy_limit?),
        access: access?,
        languages: languages?,
        weights,
    })
}

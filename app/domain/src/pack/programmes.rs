//! Reads the files of `programmes/`: one programme a file. Whether its rule and amount make sense is for
//! `crate::program` to say; whether its examples hold, for `super::examples`.

use super::{codes::Codes, conditions::condition, figures::rounding, graduation::graduation, table::Table};
use crate::definitions::{
    AmountDef, BudgetDef, ExampleDef, Expected, Guarantee, Kind, LeafDef, Level, LimitDef, Literal, Op,
    Period, ProgrammeDef, RuleNode, Selection, StepDef, StepKind, TieBreak,
};

/// What a programme may name.
pub(super) struct Known<'k> {
    pub(super) areas: &'k Codes,
    pub(super) agencies: &'k Codes,
    pub(super) documents: &'k Codes,
    pub(super) services: &'k Codes,
    pub(super) parameters: &'k Codes,
}

const KINDS: [(&str, Kind); 6] = [
    ("cash", Kind::Cash),
    ("in_kind", Kind::InKind),
    ("voucher", Kind::Voucher),
    ("fee_waiver", Kind::FeeWaiver),
    ("service", Kind::Service),
    ("employment", Kind::Employment),
];

const PERIODS: [(&str, Period); 3] =
    [("month", Period::Month), ("year", Period::Year), ("once", Period::Once)];

/// Reads one programme; its file is `programmes/<id>.toml`.
pub(super) fn programme(top: &Table<'_>, known: &Known<'_>, codes: &mut Codes) -> Option<ProgrammeDef> {
    let id = top.code("id");
    if let Some(id) = &id
        && top.file() != format!("programmes/{id}.toml")
    {
        top.fault("id", format!("the file of '{id}' must be programmes/{id}.toml: rename one of them"));
    }
    let (agency, kind) = (top.text("agency"), top.one_of("kind", &KINDS));
    let benefit_type = top.whole("benefit_type").filter(|code| {
        let is_known = (1..=6).contains(code);
        if !is_known {
            top.fault("benefit_type", "the DCI benefit types are 1 cash, 2 voucher, 3 in kind, 4 training, 5 work opportunity, 6 insurance");
        }
        is_known
    });
    let unit = top.one_of("unit", &[("household", Level::Household), ("person", Level::Member)]);
    let guarantee = top.one_of("guarantee", &Guarantee::ALL.map(|guarantee| (guarantee.as_str(), guarantee)));
    let (budget_line, legal_basis) = (top.opt_text("budget_line"), top.text("legal_basis"));
    let (valid_from, valid_until) = (top.date("valid_from"), top.opt_date("valid_until"));
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        top.fault("valid_until", "the programme ends before it begins: change one of the dates");
    }
    let service = top.opt_text("service");
    let documents = top.texts("documents");
    let (review_months, duration_months) = (top.opt_whole("review_months"), top.opt_whole("duration_months"));
    let ends_at_age = top.opt_whole("ends_at_age");
    let (selection, who) = (selection(top), top.opt_text("who"));
    let (selection, tie_break) = selection.unzip();
    if who.is_some() && unit == Some(Level::Household) {
        top.fault(
            "who",
            "only a programme for persons chooses who is considered: take this out or make unit = \"person\"",
        );
    }
    if ends_at_age.is_some() && unit == Some(Level::Household) {
        top.fault(
            "ends_at_age",
            "only a programme for persons ends at an age: take this out or make unit = \"person\"",
        );
    }
    if ends_at_age.is_some_and(|years| !(1..=120).contains(&years)) {
        top.fault("ends_at_age", "an age is between 1 and 120 completed years");
    }
    let mut leaves = Codes::of("leaf");
    let eligible = top.table("eligible").and_then(|node| rule(&node, known, &mut leaves));
    let amount = top.opt_table("amount").map(|table| amount(&table));
    let mut seen = Codes::of("condition");
    let conditions =
        top.tables("condition").iter().filter_map(|table| condition(table, unit, known, &mut seen)).collect();
    let graduation = top.opt_table("graduation").map(|table| graduation(&table, known));
    let mut seen = Codes::of("example");
    let examples = top.tables("example").iter().filter_map(|table| example(table, &mut seen)).collect();
    let refers = service.is_some() && matches!(kind, Some(Kind::Service | Kind::Employment));
    let budgets = budgets(top, known, top.has("amount"), refers);
    if top.has("graduation")
        && amount
            .as_ref()
            .is_none_or(|read| read.as_ref().is_some_and(|amount| amount.period != Period::Month))
    {
        top.fault(
            "graduation",
            "only an amount for each month steps down: take this out, or make period = \"month\"",
        );
    }
    top.done();

    known.agencies.check_opt(top, "agency", agency.as_deref());
    known.services.check_opt(top, "service", service.as_deref());
    known.documents.check_all(top, "documents", &documents);
    if let Some(kind) = kind {
        let referred = matches!(kind, Kind::Service | Kind::Employment);
        if referred && service.is_none() && !top.has("service") {
            top.fault("", "an award of this kind is a referral: add service = \"the service it goes to\"");
        }
        if matches!(kind, Kind::Cash | Kind::Voucher) && amount.is_none() {
            top.fault("", "a programme that gives money or vouchers needs an [amount]");
        }
    }
    let id = id?;
    codes.take(top, "id", &id);
    Some(ProgrammeDef {
        id,
        agency: agency?,
        kind: kind?,
        benefit_type: u8::try_from(benefit_type?).ok()?,
        unit: unit?,
        guarantee: guarantee?,
        budget_line,
        legal_basis: legal_basis?,
        valid_from: valid_from?,
        valid_until,
        service,
        documents,
        review_months,
        duration_months,
        ends_at_age,
        selection: selection?,
        tie_break: tie_break?,
        budgets,
        who,
        eligible: eligible?,
        amount: match amount {
            Some(read) => Some(read?),
            None => None,
        },
        conditions,
        graduation: match graduation {
            Some(read) => Some(read?),
            None => None,
        },
        examples,
        at: top.at(),
    })
}

fn selection(top: &Table<'_>) -> Option<(Selection, TieBreak)> {
    let Some(table) = top.opt_table("selection") else { return Some((Selection::Open, TieBreak::default())) };
    let kind = table.one_of("kind", &[("open", false), ("waiting_list", true)])?;
    let selection = if kind {
        let priority = table.text("priority");
        let ascending = table.one_of("order", &[("ascending", true), ("descending", false)]);
        let ways = [("first_registered", TieBreak::FirstRegistered), ("lot", TieBreak::Lot)];
        let tie_break = table.opt_one_of("tie_break", &ways).unwrap_or_default();
        let expires_months = table.opt_whole("expires_months");
        if expires_months == Some(0) {
            table.fault("expires_months", "a place on the list lasts at least a month");
        }
        priority.zip(ascending).map(|(priority, ascending)| {
            (Selection::WaitingList { priority, ascending, expires_months }, tie_break)
        })
    } else {
        Some((Selection::Open, TieBreak::default()))
    };
    table.done();
    selection
}

/// The tables `[[budget]]`: at most one for an area and a day. A programme that refers has none: what there is of a service are
/// its provider's places.
fn budgets(top: &Table<'_>, known: &Known<'_>, has_amount: bool, refers: bool) -> Vec<BudgetDef> {
    let mut budgets: Vec<BudgetDef> = Vec::new();
    for table in top.tables("budget") {
        if refers {
            table.fault(
                "",
                "this programme refers to a service and nothing is drawn on a budget for it, the provider has its places: take this out",
            );
        }
        let area = table.opt_text("area");
        known.areas.check_opt(&table, "area", area.as_deref());
        let (from, until) = (table.date("from"), table.date("until"));
        let (places, money) = (table.opt_whole("places"), table.opt_number("money"));
        if !table.has("places") && !table.has("money") {
            table.fault("", "say what there is to give: places = …, money = … (major units), or both");
        }
        if money.is_some_and(crate::num::Num::is_negative) {
            table.fault("money", "a budget is not below 0");
        }
        if money.is_some() && !has_amount {
            table.fault("money", "this programme has no [amount], so it commits no money: use places = …");
        }
        table.done();
        let (Some(from), Some(until)) = (from, until) else { continue };
        if until < from {
            table.fault("until", "the budget ends before it begins: change one of the dates");
        }
        let meets = |other: &&BudgetDef| other.area == area && other.from <= until && from <= other.until;
        if let Some(other) = budgets.iter().find(meets) {
            let line = other.at.line;
            table.fault(
                "from",
                format!("the budget in line {line} is for the same area on some of these days"),
            );
        }
        budgets.push(BudgetDef { area, from, until, places, money, at: table.at() });
    }
    budgets
}

/// A node: `all`, `any`, `not`, or the comparison of a leaf.
fn rule(table: &Table<'_>, known: &Known<'_>, leaves: &mut Codes) -> Option<RuleNode> {
    let forms: Vec<&str> = ["all", "any", "not", "fact"].into_iter().filter(|key| table.has(key)).collect();
    let [form] = forms.as_slice() else {
        table.fault("", "a rule is one of all = […], any = […], not = {…}, or a comparison of a fact");
        return None;
    };
    let node = match *form {
        "not" => table
            .table("not")
            .and_then(|inner| rule(&inner, known, leaves))
            .map(|node| RuleNode::Not(Box::new(node))),
        "fact" => leaf(table, known, leaves).map(RuleNode::Leaf),
        several => {
            let tables = table.tables(several);
            if tables.is_empty() {
                table.fault(several, "this list is empty: put at least one rule in");
            }
            // Every part is read even when one is wrong, so that all faults show.
            let nodes: Vec<Option<RuleNode>> =
                tables.iter().map(|inner| rule(inner, known, leaves)).collect();
            let nodes: Option<Vec<RuleNode>> = nodes.into_iter().collect();
            nodes.map(if *form == "all" { RuleNode::All } else { RuleNode::Any })
        }
    };
    table.done();
    node
}

fn leaf(table: &Table<'_>, known: &Known<'_>, leaves: &mut Codes) -> Option<LeafDef> {
    let (id, fact) = (table.name("id"), table.text("fact"));
    let reason = table.name("reason");
    let ops = ["=", "!=", "<", "<=", ">", ">=", "in", "not_in"];
    let op = table.opt_one_of("op", &ops.map(|sign| (sign, sign)));
    let source = table.opt_text("source");
    let limit = limit(table, known);
    if let Some(id) = &id {
        leaves.take(table, "id", id);
    }
    let (op, limit) = match (op, limit) {
        (None, None) if !table.has("op") => (Op::Eq, LimitDef::Value(Literal::Bool(true))),
        (Some(op), Some(limit)) => (Op::parse(op)?, limit),
        (op, limit) => {
            if op.is_none() && !table.has("op") {
                table.fault("op", "say how the fact is compared with the limit: add op = \">=\" or another");
            }
            if limit.is_none() && ["limit", "param", "limit_fact"].iter().all(|key| !table.has(key)) {
                table.fault("limit", "say what the fact is compared with: add limit, param or limit_fact");
            }
            return None;
        }
    };
    let several = matches!(limit, LimitDef::Values(_));
    if several != matches!(op, Op::In | Op::NotIn) {
        table.fault("op", "in and not_in go with a list of values, the other signs with a single one");
    }
    Some(LeafDef { id: id?, fact: fact?, op, limit, reason: reason?, source, at: table.at() })
}

fn limit(table: &Table<'_>, known: &Known<'_>) -> Option<LimitDef> {
    let value = if table.is_list("limit") {
        table.literals("limit").map(LimitDef::Values)
    } else {
        table.opt_literal("limit").map(LimitDef::Value)
    };
    let param = table.opt_text("param");
    if let Some(param) = &param {
        known.parameters.check(table, "param", param);
    }
    let fact = table.opt_text("limit_fact").map(LimitDef::Fact);
    let mut given = value.into_iter().chain(param.map(LimitDef::Param)).chain(fact);
    let limit = given.next();
    if given.next().is_some() {
        table.fault("limit", "there are several limits: keep one of limit, param and limit_fact");
    }
    limit
}

fn amount(table: &Table<'_>) -> Option<AmountDef> {
    let base = table.expression("base");
    let mut seen = Codes::of("step");
    let steps: Vec<Option<StepDef>> =
        table.tables("steps").iter().map(|step| read_step(step, &mut seen)).collect();
    let (floor, cap) = (table.opt_expression("floor"), table.opt_expression("cap"));
    let round = rounding(table, "round");
    let (period, times) = (table.one_of("period", &PERIODS), table.opt_whole("times"));
    if times.is_some_and(|times| times == 0) {
        table.fault("times", "an amount paid no time is none: use 1 or more");
    }
    table.done();
    let steps: Option<Vec<StepDef>> = steps.into_iter().collect();
    Some(AmountDef { base: base?, steps: steps?, floor, cap, round, period: period?, times })
}

fn read_step(table: &Table<'_>, seen: &mut Codes) -> Option<StepDef> {
    let id = table.name("id");
    let forms: Vec<&str> =
        ["add", "subtract", "each", "multiply", "taper"].into_iter().filter(|key| table.has(key)).collect();
    let kind = match forms.as_slice() {
        ["add"] => table.expression("add").map(StepKind::Add),
        ["subtract"] => table.expression("subtract").map(StepKind::Subtract),
        ["multiply"] => table.expression("multiply").map(StepKind::Multiply),
        ["each"] => {
            let (each, per) = (table.expression("each"), table.expression("per"));
            each.zip(per).map(|(each, per)| StepKind::Per { each, per })
        }
        ["taper"] => table.table("taper").and_then(|inner| {
            let (of, above, rate) =
                (inner.expression("of"), inner.expression("above"), inner.expression("rate"));
            inner.done();
            Some(StepKind::Taper { of: of?, above: above?, rate: rate? })
        }),
        _ => {
            table.fault(
                "",
                "a step has one of add, subtract, multiply, each with per, taper = { of, above, rate }",
            );
            None
        }
    };
    table.done();
    let id = id?;
    seen.take(table, "id", &id);
    Some(StepDef { id, kind: kind?, at: table.at() })
}

/// An example: `answers` of the household and `members`, in the shape that `guichet assess` takes.
fn example(table: &Table<'_>, seen: &mut Codes) -> Option<ExampleDef> {
    let (name, as_of) = (table.text("name"), table.opt_date("as_of"));
    let mut answers = serde_json::Map::new();
    for key in ["answers", "members"] {
        let given = table.opt_json(key);
        if !given.is_null() {
            answers.insert(key.into(), given);
        }
    }
    let expect =
        table.one_of("expect", &[("yes", Expected::Yes), ("no", Expected::No), ("needs", Expected::Needs)]);
    table.done();
    let name = name?;
    seen.take(table, "name", &name);
    Some(ExampleDef { name, answers: answers.into(), as_of, expect: expect?, at: table.at() })
}

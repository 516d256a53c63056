//! Reads `form.toml`: choices, modules, groups, questions.

use std::collections::BTreeSet;

use super::{codes::Codes, names::Names, table::Table};
use crate::{
    area::AreaTree,
    definitions::{InputDef, Level, Literal},
    expr::Type,
    form::{
        ChoiceList, Form, Group, Kind, Module, Question, Sensitivity,
        logic::type_of,
        raw::{DONT_KNOW, REFUSED},
        registry,
    },
};

/// The most options a question with several answers may have: rules hold a set of them in one machine word.
const MOST_OPTIONS: usize = 64;

/// Reads `form.toml`.
pub(super) fn form(top: &Table<'_>, areas: &AreaTree, names: &Names) -> Form {
    let id = top.code("id").unwrap_or_default();
    let lists: Vec<ChoiceList> = choices(top);
    let (mut list_codes, mut module_codes, mut group_codes) =
        (Codes::of("list of choices"), Codes::of("module"), Codes::of("group"));
    for (table, list) in top.tables("choices").iter().filter_map(|table| Some((table, named(&lists, table)?)))
    {
        list_codes.take(table, "id", &list.id);
    }
    let modules = modules(top, &mut module_codes);
    let groups = groups(top, &module_codes, &mut group_codes);
    let questions = questions(top, &groups, &lists, names, &list_codes, &group_codes);
    top.done();
    unused(top, &lists, &questions, &groups, &modules);
    let provinces: BTreeSet<String> = areas.all().filter_map(|area| area.province.clone()).collect();
    Form::new(id, modules, groups, questions, lists, provinces.into_iter().collect())
}

fn named<'l>(lists: &'l [ChoiceList], table: &Table<'_>) -> Option<&'l ChoiceList> {
    let id = table.opt_text("id")?;
    lists.iter().find(|list| list.id == id)
}

fn choices(top: &Table<'_>) -> Vec<ChoiceList> {
    let read = |table: &Table<'_>| {
        let (id, options, retired) = (table.name("id"), table.some_texts("options"), table.texts("retired"));
        table.done();
        for option in options.iter().chain(&retired) {
            if option == DONT_KNOW || option == REFUSED {
                table.fault(
                    "options",
                    format!("'{option}' is not an option but a state every question has: take it out"),
                );
            } else if !super::scalar::is_code(option) {
                table.fault(
                    "options",
                    format!("'{option}' cannot be an option's id: use letters, digits, - and _"),
                );
            }
        }
        for option in retired.iter().filter(|option| options.contains(option)) {
            table
                .fault("retired", format!("'{option}' is both offered and retired: take it out of one list"));
        }
        let id = id?;
        if registry::is_list(&id) {
            table.fault("id", format!("the list '{id}' belongs to the register: choose another name"));
        }
        Some(ChoiceList { id, options, retired })
    };
    top.tables("choices").iter().filter_map(read).collect()
}

fn modules(top: &Table<'_>, codes: &mut Codes) -> Vec<Module> {
    let mut read = |table: &Table<'_>| {
        let (id, valid_months) = (table.name("id"), table.opt_whole("valid_months"));
        table.done();
        let id = id?;
        if id == registry::MODULE {
            table.fault("id", "the module 'registry' is the register's own: choose another name");
        }
        codes.take(table, "id", &id);
        Some(Module { id, valid_months })
    };
    top.tables("module").iter().filter_map(&mut read).collect()
}

fn groups(top: &Table<'_>, modules: &Codes, codes: &mut Codes) -> Vec<Group> {
    let mut read = |table: &Table<'_>| {
        let (id, module) = (table.name("id"), table.text("module"));
        let repeats = table.opt_one_of("repeat", &[("members", Level::Member)]);
        let relevant = table.opt_expression("relevant");
        table.done();
        if let Some(module) = &module {
            modules.check(table, "module", module);
        }
        let id = id?;
        codes.take(table, "id", &id);
        let level = repeats.unwrap_or(Level::Household);
        Some(Group { id, module: module?, level, relevant, at: table.at(), questions: Vec::new() })
    };
    top.tables("group").iter().filter_map(&mut read).collect()
}

fn questions(
    top: &Table<'_>,
    groups: &[Group],
    lists: &[ChoiceList],
    names: &Names,
    list_codes: &Codes,
    group_codes: &Codes,
) -> Vec<Question> {
    let sensitivities = [
        ("normal", Sensitivity::Normal),
        ("health", Sensitivity::Health),
        ("protection", Sensitivity::Protection),
    ];
    let read = |table: &Table<'_>| {
        let (id, group_id, kind) =
            (table.name("id"), table.text("group"), table.one_of("kind", &Kind::NAMES));
        let asked = kind.is_none_or(Kind::is_asked);
        let (relevant, constraint) = (table.opt_expression("relevant"), table.opt_expression("constraint"));
        let choices = table.opt_text("choices");
        let (unit, period) = (table.opt_text("unit"), table.opt_text("period"));
        let sensitivity = table.opt_one_of("sensitivity", &sensitivities).unwrap_or_default();
        let required = table.flag("required", false);
        let (dont_know, refused) = (table.flag("dont_know", asked), table.flag("refused", asked));
        let (retired, expression) = (table.flag("retired", false), table.opt_expression("expression"));
        let when_irrelevant = table.opt_literal("when_irrelevant");
        table.done();
        if let Some(group) = &group_id {
            group_codes.check(table, "group", group);
        }
        if let Some(kind) = kind {
            kind_faults(table, kind);
            if let (Some(value), Some(wanted)) = (&when_irrelevant, literal_wanted(kind))
                && !wanted.1(value)
            {
                table.fault(
                    "when_irrelevant",
                    format!("this stands for the question's answer, so it must be {}", wanted.0),
                );
            }
        }
        if let Some(list) = &choices {
            list_codes.check(table, "choices", list);
            let option = when_irrelevant.as_ref().and_then(|value| match value {
                Literal::Text(text) => Some(text),
                _ => None,
            });
            if let (Some(list), Some(option)) = (lists.iter().find(|known| &known.id == list), option)
                && !list.knows(option)
            {
                table.fault("when_irrelevant", format!("'{option}' is not an option of '{}'", list.id));
            }
        }
        let list = lists.iter().find(|list| Some(&list.id) == choices.as_ref());
        if kind == Some(Kind::SelectMany)
            && list.is_some_and(|list| list.options.len() + list.retired.len() > MOST_OPTIONS)
        {
            table.fault(
                "choices",
                format!("a question with several answers may have at most {MOST_OPTIONS} options"),
            );
        }
        let id = id?;
        names.take(table, "id", &id, "question");
        let group = groups.iter().find(|group| Some(&group.id) == group_id.as_ref())?;
        if when_irrelevant.is_some() && relevant.is_none() && group.relevant.is_none() {
            table.fault(
                "when_irrelevant",
                "this question is always asked, so nothing can stand for its answer: take it out",
            );
        }
        Some(Question {
            id,
            group: group.id.clone(),
            module: group.module.clone(),
            level: group.level,
            kind: kind?,
            required,
            relevant,
            when_irrelevant,
            constraint,
            choices,
            unit,
            period,
            sensitivity,
            dont_know,
            refused,
            retired,
            expression,
            at: table.at(),
        })
    };
    top.tables("question").iter().filter_map(read).collect()
}

/// Keys that a kind of question needs or cannot have.
fn kind_faults(table: &Table<'_>, kind: Kind) {
    let needs = |key: &str, needed: bool, why: &str| match (table.has(key), needed) {
        (false, true) => table.fault("", format!("{why} needs {key}: add it")),
        (true, false) => table.fault(key, format!("only {why} has {key}: take it out or change the kind")),
        _ => {}
    };
    needs("choices", matches!(kind, Kind::SelectOne | Kind::SelectMany), "a select question");
    needs("expression", kind == Kind::Calc, "a calculated question");
    for key in ["required", "dont_know", "refused", "constraint"] {
        if !kind.is_asked() && table.has(key) {
            table.fault(key, "nobody answers a note or a calculated question: take this out");
        }
    }
    if table.has("unit") && !kind.is_number() && kind != Kind::Calc {
        table.fault("unit", "only numbers have a unit: take this out or change the kind");
    }
}

type Fits = fn(&Literal) -> bool;

/// What may stand for an answer of a kind, and how to say so.
fn literal_wanted(kind: Kind) -> Option<(&'static str, Fits)> {
    Some(match kind {
        Kind::Bool => ("true or false", |value| matches!(value, Literal::Bool(_))),
        Kind::Integer | Kind::Decimal | Kind::Money => ("a number", |value| matches!(value, Literal::Num(_))),
        Kind::Date => ("a date", |value| matches!(value, Literal::Date(_))),
        Kind::Text | Kind::Place => ("a text", |value| matches!(value, Literal::Text(_))),
        Kind::SelectOne => ("an option", |value| matches!(value, Literal::Text(_))),
        Kind::SelectMany => {
            ("an option, or an empty text for none", |value| matches!(value, Literal::Text(_)))
        }
        Kind::Note | Kind::Calc => return None,
    })
}

/// Lists, modules and groups that no question uses are mistakes more often than plans.
fn unused(
    top: &Table<'_>,
    lists: &[ChoiceList],
    questions: &[Question],
    groups: &[Group],
    modules: &[Module],
) {
    let fault = |key: &str, id: &str, message: &str| {
        let tables = top.tables(key);
        if let Some(table) = tables.iter().find(|table| table.opt_text("id").as_deref() == Some(id)) {
            table.fault("", message);
        }
    };
    for list in lists.iter().filter(|list| !questions.iter().any(|q| q.choices.as_ref() == Some(&list.id))) {
        fault("choices", &list.id, "no question uses this list: take it out or use it");
    }
    for group in groups.iter().filter(|group| !questions.iter().any(|question| question.group == group.id)) {
        fault("group", &group.id, "this group has no questions: add one or take it out");
    }
    for module in modules.iter().filter(|module| !groups.iter().any(|group| group.module == module.id)) {
        fault("module", &module.id, "this module has no groups: add one or take it out");
    }
}

/// The form's questions as the rules see them. Retired questions are among them: old answers still count.
pub(super) fn inputs(form: &Form) -> Vec<InputDef> {
    form.questions.iter().filter_map(|question| input(form, question)).collect()
}

fn input(form: &Form, question: &Question) -> Option<InputDef> {
    // The rules find a calculation's own type; until then it is taken for a number.
    let ty = match question.kind {
        Kind::Note => return None,
        _ => type_of(form, question).unwrap_or(Type::Num),
    };
    let group = form.group(&question.group).and_then(|group| group.relevant.clone());
    Some(InputDef {
        id: question.id.clone(),
        level: question.level,
        ty,
        unit: question.unit.clone(),
        relevant: group.into_iter().chain(question.relevant.clone()).collect(),
        when_irrelevant: question.when_irrelevant.clone(),
        calculation: question.expression.clone(),
        asked: question.is_asked(),
        at: question.at.clone(),
    })
}

/// Reads a form from its text alone, for tests of what forms do.
#[cfg(test)]
pub(crate) fn form_for_tests(text: &str) -> Form {
    let faults = super::fault::Faults::default();
    let source = super::source::Source::new("form.toml", text);
    let tables = source.parse(text, &faults);
    let form = form(&Table::top(&source, &faults, &tables), &AreaTree::default(), &Names::default());
    assert_eq!(faults.into_sorted(), []);
    form
}

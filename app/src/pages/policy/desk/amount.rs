//! How much a programme gives: base, steps, floor, cap, rounding, period. Formulas are written as the rules write them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy;
use domain::definitions::{AmountDef, ExprText, Period, RoundDef, StepDef, StepKind};
use domain::expr;
use domain::fault::At;
use domain::ids::ChangeId;
use domain::num::{Num, Rounding};
use leptos::prelude::*;

use super::super::printed::{self, word};
use super::{Matter, Said, number, version};
use crate::kit::{Button, Checkboxes, Content, Details, Fieldset, Input, Problems, Radios, Select};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// The kinds of steps, with the words of their formulas in order.
const KINDS: [(&str, &[&str]); 5] = [
    ("add", &["desk-step-add"]),
    ("subtract", &["desk-step-subtract"]),
    ("each", &["desk-step-each", "desk-step-per"]),
    ("multiply", &["desk-step-multiply"]),
    ("taper", &["desk-step-of", "desk-step-above", "desk-step-rate"]),
];
const PARTS: [&str; 3] = ["a", "b", "c"];
const MODES: [(&str, Rounding); 4] = [
    ("floor", Rounding::Floor),
    ("ceil", Rounding::Ceil),
    ("half_up", Rounding::HalfUp),
    ("half_even", Rounding::HalfEven),
];
const PERIODS: [(&str, Period); 3] =
    [("month", Period::Month), ("year", Period::Year), ("once", Period::Once)];
/// Most steps on a form.
const STEPS: usize = 20;

/// A step as it is typed; its id is empty for a new one.
#[derive(Clone, Debug, Default)]
struct Step {
    id: String,
    kind: String,
    formulas: [String; 3],
    gone: bool,
}

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    base: String,
    floor: String,
    cap: String,
    period: String,
    times: String,
    mode: String,
    to: String,
    steps: Vec<Step>,
}

impl Step {
    fn of(step: &StepDef) -> Self {
        let (kind, formulas): (&str, Vec<&ExprText>) = match &step.kind {
            StepKind::Add(of) => ("add", vec![of]),
            StepKind::Subtract(of) => ("subtract", vec![of]),
            StepKind::Per { each, per } => ("each", vec![each, per]),
            StepKind::Multiply(of) => ("multiply", vec![of]),
            StepKind::Taper { of, above, rate } => ("taper", vec![of, above, rate]),
        };
        let text = |at: usize| formulas.get(at).map(|formula| formula.text.clone()).unwrap_or_default();
        Self { id: step.id.clone(), kind: kind.into(), formulas: [text(0), text(1), text(2)], gone: false }
    }

    fn labels(&self) -> &'static [&'static str] {
        KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or(&[], |(_, labels)| labels)
    }

    fn is_empty(&self) -> bool {
        self.id.is_empty() && self.formulas.iter().all(String::is_empty)
    }
}

impl Typed {
    fn of(amount: Option<&AmountDef>) -> Self {
        let Some(amount) = amount else {
            return Self { base: "0".into(), period: "month".into(), ..Self::default() };
        };
        let text = |formula: &Option<ExprText>| formula.as_ref().map(|f| f.text.clone()).unwrap_or_default();
        let mode = amount.round.and_then(|round| MODES.iter().find(|(_, mode)| *mode == round.mode));
        Self {
            base: amount.base.text.clone(),
            floor: text(&amount.floor),
            cap: text(&amount.cap),
            period: word(&amount.period),
            times: amount.times.map(|times| times.to_string()).unwrap_or_default(),
            mode: mode.map(|(mode, _)| (*mode).to_owned()).unwrap_or_default(),
            to: amount.round.map(|round| round.to.to_string()).unwrap_or_default(),
            steps: amount.steps.iter().map(Step::of).collect(),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| value(pairs, name).to_owned();
        let steps = (0..STEPS).map(|at| {
            let part = |part: &str| text(&format!("step-{at}-{part}"));
            Step {
                id: part("id"),
                kind: part("kind"),
                formulas: PARTS.map(part),
                gone: part("gone") == "yes",
            }
        });
        Self {
            base: text("base"),
            floor: text("floor"),
            cap: text("cap"),
            period: text("period"),
            times: text("times"),
            mode: text("mode"),
            to: text("to"),
            steps: steps.filter(|step| !step.is_empty()).collect(),
        }
    }

    /// The amount that is meant, or what is wrong with what was typed.
    fn amount(&self, page: &Page) -> Result<AmountDef, Problems> {
        let mut problems = Problems::new();
        let mut formula = |field: &str, text: &str| -> ExprText {
            if text.is_empty() {
                problems.add(field, page.t("desk-formula-missing"));
            } else if let Err(error) = expr::parse(text) {
                problems
                    .add(field, page.t_with("desk-formula-wrong", &[("at", (error.position + 1).into())]));
            }
            ExprText { text: text.to_owned(), at: At::default() }
        };
        let base = formula("base", &self.base);
        let floor = (!self.floor.is_empty()).then(|| formula("floor", &self.floor));
        let cap = (!self.cap.is_empty()).then(|| formula("cap", &self.cap));
        let mut steps: Vec<StepDef> = Vec::new();
        for (at, step) in self.steps.iter().enumerate().filter(|(_, step)| !step.gone) {
            let mut part = |part: usize| formula(&format!("step-{at}-{}", PARTS[part]), &step.formulas[part]);
            let kind = match step.kind.as_str() {
                "add" => StepKind::Add(part(0)),
                "subtract" => StepKind::Subtract(part(0)),
                "multiply" => StepKind::Multiply(part(0)),
                "each" => StepKind::Per { each: part(0), per: part(1) },
                "taper" => StepKind::Taper { of: part(0), above: part(1), rate: part(2) },
                _ => {
                    // Told below: `formula` holds the problems here.
                    continue;
                }
            };
            let id = if step.id.is_empty() { self.free_id(&step.kind, &steps) } else { step.id.clone() };
            steps.push(StepDef { id, kind, at: At::default() });
        }
        for (at, step) in self.steps.iter().enumerate() {
            if step.labels().is_empty() && !step.gone {
                problems.add(format!("step-{at}-kind"), page.t("desk-step-missing"));
            }
        }
        let period = PERIODS.iter().find(|(period, _)| *period == self.period).map(|(_, period)| *period);
        if period.is_none() {
            problems.add("period", page.t("desk-period-missing"));
        }
        let times: Option<u32> = domain::digits::ascii(&self.times).parse().ok().filter(|times| *times > 0);
        if times.is_none() && !self.times.is_empty() {
            problems.add("times", page.t("desk-times-wrong"));
        }
        let to = if self.to.is_empty() { Some(Num::ONE) } else { number(page, &self.to) };
        let to = to.filter(|to| !to.is_negative() && !to.is_zero());
        if to.is_none() {
            problems.add("to", page.t("desk-number-wrong"));
        }
        let mode = MODES.iter().find(|(mode, _)| *mode == self.mode).map(|(_, mode)| *mode);
        match period {
            Some(period) if problems.is_empty() => Ok(AmountDef {
                base,
                steps,
                floor,
                cap,
                round: mode.zip(to).map(|(mode, to)| RoundDef { mode, to }),
                period,
                times,
            }),
            _ => Err(problems),
        }
    }

    fn free_id(&self, kind: &str, made: &[StepDef]) -> String {
        let taken =
            |id: &str| self.steps.iter().any(|step| step.id == id) || made.iter().any(|step| step.id == id);
        let numbered = (2..).map(|number| format!("{kind}_{number}"));
        std::iter::once(kind.to_owned()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
    }
}

/// `GET …/amount`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let typed = Typed::of(matter.def.amount.as_ref());
    let said = Said::done(&page, &done.done);
    Ok(show(&page, &matter, &typed, &said))
}

/// `POST …/amount`: it is saved or taken out, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let typed = Typed::read(&pairs);
    let (amount, done) = if value(&pairs, "act") == "remove" {
        (None, "removed")
    } else {
        match typed.amount(&page) {
            Ok(amount) => (Some(amount), "saved"),
            Err(problems) => return Ok(show(&page, &matter, &typed, &Said::wrong(problems))),
        }
    };
    let edited = policy::edit_amount(&casework, &actor, change, version(&pairs), &programme, amount).await;
    let Some(said) = Said::of(&page, edited, "base")? else {
        return Ok(Redirect::to(&format!("{}/amount?done={done}", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let typed = if done == "removed" { Typed::of(matter.def.amount.as_ref()) } else { typed };
    Ok(show(&page, &matter, &typed, &said))
}

fn show(page: &Page, matter: &Matter, typed: &Typed, said: &Said) -> Response {
    let page = &said.page(page).back(matter.address());
    let title = page.t_with("desk-amount-title", &[("name", matter.name(page).as_str().into())]);
    render(page, &title, || {
        let none = matter.def.amount.is_none().then(|| {
            view! { <p class="govuk-body">{page.t("desk-amount-none")}</p> }
        });
        view! {
            {matter.head(page, "/amount", said)}
            {none}
            {printed::amount(&matter.printed(page))}
            {matter.is_open().then(|| form(page, matter, typed, &said.problems))}
        }
        .into_any()
    })
}

fn form(page: &Page, matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let address = format!("{}/amount", matter.address());
    let version = matter.drafted.change.version.to_string();
    let formula = |name: &str, label: &str, value: &str| {
        Input::new(name, page.t(label))
            .value(value)
            .attribute("dir", "ltr")
            .attribute("spellcheck", "false")
            .error(problems.of(name))
    };
    let steps = typed.steps.iter().enumerate().map(|(at, step)| {
        let title = if step.id.is_empty() { page.t("desk-step-new") } else { step.id.clone() };
        Fieldset::new(title, Content::view(one_step(page, at, step, problems)))
    });
    let steps = steps.collect_view();
    let new = (typed.steps.iter().all(|step| !step.id.is_empty())).then(|| {
        let fields = one_step(page, typed.steps.len(), &Step::default(), problems);
        Details::new(page.t("desk-step-new"), Content::view(fields))
    });
    let modes = MODES.iter().map(|(mode, _)| ((*mode).to_owned(), page.t_of("desk-round", mode)));
    let no_mode = std::iter::once((String::new(), page.t("desk-round-usual")));
    let periods = PERIODS.iter().map(|(period, _)| (*period, page.t_of("work-period", period)));
    let remove = matter.def.amount.is_some().then(|| {
        let form = view! {
            <form method="post" action=address.clone()>
                <input type="hidden" name="version" value=version.clone()/>
                {Button::new(page.t("desk-amount-remove")).warning().named("act", "remove")}
            </form>
        };
        Details::new(page.t("desk-amount-remove"), Content::view(form))
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("desk-amount-change")}</h2>
        <p class="govuk-body">{page.t("desk-formula-lead")}</p>
        <form method="post" action=address.clone() novalidate>
            <input type="hidden" name="version" value=version.clone()/>
            {formula("base", "programme-base", &typed.base)}
            {steps}
            {new}
            {formula("floor", "programme-floor", &typed.floor)}
            {formula("cap", "programme-cap", &typed.cap)}
            {Select::new("mode", page.t("desk-round")).items(no_mode.chain(modes)).value(typed.mode.as_str())}
            {Input::new("to", page.t("desk-round-to"))
                .hint(page.t("desk-round-to-hint"))
                .decimal()
                .width(5)
                .value(&typed.to)
                .error(problems.of("to"))}
            {Radios::new("period", page.t("desk-period"))
                .items(periods)
                .small()
                .value(typed.period.as_str())
                .error(problems.of("period"))}
            {Input::new("times", page.t("programme-times"))
                .hint(page.t("desk-times-hint"))
                .numeric()
                .width(3)
                .value(&typed.times)
                .error(problems.of("times"))}
            {Button::new(page.t("desk-save")).named("act", "save")}
        </form>
        {remove}
    }
    .into_any()
}

/// The fields of a step: of one that is there those of its kind, of a new one all of them.
fn one_step(page: &Page, at: usize, step: &Step, problems: &Problems) -> AnyView {
    let is_new = step.id.is_empty();
    let any = ["desk-step-first", "desk-step-second", "desk-step-third"];
    let labels: &[&str] = if is_new { &any } else { step.labels() };
    let fields = labels.iter().zip(PARTS).zip(&step.formulas).map(|((label, part), formula)| {
        let name = format!("step-{at}-{part}");
        let error = problems.of(&name);
        Input::new(name, page.t(label))
            .value(formula)
            .attribute("dir", "ltr")
            .attribute("spellcheck", "false")
            .error(error)
    });
    let fields = fields.collect_view();
    let kind_name = format!("step-{at}-kind");
    let kind = if is_new {
        let none = std::iter::once((String::new(), page.t("desk-choose")));
        let kinds = KINDS.iter().map(|(kind, _)| ((*kind).to_owned(), page.t_of("desk-step-kind", kind)));
        Select::new(kind_name.clone(), page.t("desk-step-kind"))
            .items(none.chain(kinds))
            .value(step.kind.as_str())
            .error(problems.of(&kind_name))
            .into_any()
    } else {
        view! { <input type="hidden" name=kind_name value=step.kind.clone()/> }.into_any()
    };
    let gone = (!is_new).then(|| {
        Checkboxes::new(format!("step-{at}-gone"), "")
            .item("yes", page.t("desk-step-remove"))
            .small()
            .values(step.gone.then_some("yes"))
    });
    view! {
        <input type="hidden" name=format!("step-{at}-id") value=step.id.clone()/>
        {kind}
        {fields}
        {gone}
    }
    .into_any()
}

//! The form of an entry of the board: what is typed, read and shown again.

use casework::Actor;
use casework::employment::board::{Entry, Written};
use domain::employment::EntryKind;
use domain::employment::matching::Needs;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::work::minor;
use super::{of, options};
use crate::kit::{Checkboxes, Day, Input, Problems, Radios, Select};
use crate::shell::{Failure, Page};
use crate::state::value;

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// The version it was filled in on.
    pub version: i64,
    office: String,
    kind: String,
    title: String,
    employer: String,
    provider: String,
    area: String,
    skills: Vec<String>,
    schooling: String,
    strict: bool,
    hours: String,
    demands: Vec<String>,
    languages: Vec<String>,
    accessible: bool,
    childcare: bool,
    wage: String,
    places: String,
    from: Day,
    until: Day,
    last: Day,
}

impl Typed {
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let read = |name: &str| value(pairs, name).to_owned();
        let all = |name: &str| -> Vec<String> {
            pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
        };
        let has = |option: &str| all("has").iter().any(|one| one == option);
        Self {
            version: read("version").parse().unwrap_or(0),
            office: read("office"),
            kind: read("kind"),
            title: read("title"),
            employer: read("employer"),
            provider: read("provider"),
            area: read("area"),
            skills: all("skills"),
            schooling: read("schooling"),
            strict: has("strict"),
            hours: read("hours"),
            demands: all("demands"),
            languages: all("languages"),
            accessible: has("accessible"),
            childcare: has("childcare"),
            wage: read("wage"),
            places: read("places"),
            from: Day::read("from", &read),
            until: Day::read("until", &read),
            last: Day::read("last", &read),
        }
    }

    pub(super) fn of(entry: &Entry, digits: u32) -> Self {
        let needs = &entry.needs;
        let wage = entry.wage_minor.map(|minor| {
            let unit = 10_i64.checked_pow(digits).unwrap_or(1);
            if minor % unit == 0 {
                (minor / unit).to_string()
            } else {
                format!("{}.{:02}", minor / unit, minor % unit)
            }
        });
        Self {
            version: entry.version,
            office: entry.office.clone(),
            kind: entry.kind.code().into(),
            title: entry.title.clone(),
            employer: entry.employer.clone(),
            provider: entry.provider.clone(),
            area: needs.area.clone(),
            skills: needs.skills.iter().cloned().collect(),
            schooling: needs.schooling.clone().unwrap_or_default(),
            strict: needs.strict,
            hours: needs.hours.map(|hours| hours.to_string()).unwrap_or_default(),
            demands: needs.demands.iter().cloned().collect(),
            languages: needs.languages.iter().cloned().collect(),
            accessible: needs.accessible,
            childcare: needs.childcare,
            wage: wage.unwrap_or_default(),
            places: entry.places.to_string(),
            from: entry.from.map(Day::of).unwrap_or_default(),
            until: entry.until.map(Day::of).unwrap_or_default(),
            last: Day::of(entry.last_day),
        }
    }

    pub(super) fn written(&self, page: &Page, pack: &Pack, problems: &mut Problems) -> Option<Written> {
        let kind: Option<EntryKind> = self.kind.parse().ok();
        if kind.is_none() {
            problems.add("kind", page.t("board-wrong-kind"));
        }
        for (name, day) in [("from", &self.from), ("until", &self.until)] {
            if day.is_typed() && day.parse().is_none() {
                problems.add(format!("{name}-day"), page.t("plan-wrong-day"));
            }
        }
        let last = self.last.parse();
        if last.is_none() {
            problems.add("last-day", page.t("plan-wrong-day"));
        }
        let number = |text: &str| domain::digits::ascii(text).trim().parse::<u32>().ok();
        let hours = number(&self.hours);
        if !self.hours.is_empty() && hours.is_none() {
            problems.add("hours", page.t("work-wrong-hours"));
        }
        let places = number(&self.places);
        if places.is_none() {
            problems.add("places", page.t("board-wrong-places"));
        }
        let wage = minor(&self.wage, pack.about.currency.minor_digits);
        if !self.wage.is_empty() && wage.is_none() {
            problems.add("wage", page.t("work-wrong-wage"));
        }
        if !problems.is_empty() {
            return None;
        }
        Some(Written {
            office: self.office.clone(),
            kind: kind?,
            title: self.title.clone(),
            employer: self.employer.clone(),
            provider: self.provider.clone(),
            needs: Needs {
                area: self.area.clone(),
                skills: self.skills.iter().cloned().collect(),
                schooling: (!self.schooling.is_empty()).then(|| self.schooling.clone()),
                strict: self.strict,
                hours,
                demands: self.demands.iter().cloned().collect(),
                languages: self.languages.iter().cloned().collect(),
                accessible: self.accessible,
                childcare: self.childcare,
            },
            wage_minor: wage,
            places: places?.into(),
            from: self.from.parse(),
            until: self.until.parse(),
            last_day: last?,
        })
    }
}

/// What can be chosen for an entry: each with its name.
struct Lists {
    offices: Vec<(String, String)>,
    providers: Vec<(String, String)>,
    areas: Vec<(String, String)>,
}

/// The offices and providers for which somebody announces, and the places around them.
fn lists(page: &Page, pack: &Pack, actor: &Actor) -> Lists {
    let mut providers: Vec<String> = actor
        .scopes(Right::KeepBoard)
        .filter(|scope| matches!(scope, Scope::Provider(_)))
        .filter_map(Scope::code)
        .map(str::to_owned)
        .collect();
    let mut offices = actor.offices(Right::KeepBoard);
    if offices.is_empty() {
        // A provider announces at the offices around it.
        let areas =
            providers.iter().filter_map(|code| pack.directory.provider(code)).map(|one| one.area.clone());
        offices = areas.flat_map(|area| pack.offices_for(&area)).map(|office| office.code.clone()).collect();
    } else {
        let areas = offices.iter().filter_map(|code| pack.office(code)).map(|office| office.area.clone());
        providers.extend(areas.flat_map(|area| pack.directory.places_near_any(&area, &pack.areas)));
    }
    offices.sort_unstable();
    offices.dedup();
    providers.sort_unstable();
    providers.dedup();
    let lang = page.lang.code();
    let mut areas: Vec<(String, String)> = offices
        .iter()
        .filter_map(|code| pack.office(code))
        .flat_map(|office| pack.areas.descendants(&office.area))
        .map(|area| (area.to_owned(), pack.area_name(lang, area).to_owned()))
        .collect();
    areas.sort();
    areas.dedup();
    let office = |code: &String| (code.clone(), page.of_pack(pack, &format!("office.{code}.name")));
    let provider = |code: &String| (code.clone(), super::provider(page, pack, code));
    Lists {
        offices: offices.iter().map(office).collect(),
        providers: providers.iter().map(provider).collect(),
        areas,
    }
}

/// The fields of an entry.
pub(super) fn fields(
    page: &Page,
    pack: &Pack,
    actor: &Actor,
    typed: &Typed,
    problems: &Problems,
) -> Result<AnyView, Failure> {
    let reads = &of(pack)?.reads;
    let Lists { offices, providers, areas } = lists(page, pack, actor);
    let small = "govuk-fieldset__legend--s";
    let has = [("strict", typed.strict), ("accessible", typed.accessible), ("childcare", typed.childcare)];
    let chosen: Vec<String> = has.iter().filter(|(_, on)| *on).map(|(code, _)| (*code).to_owned()).collect();
    Ok(view! {
        <input type="hidden" name="version" value=typed.version.to_string()/>
        {Radios::new("kind", page.t("board-kind-title"))
            .legend_class(small)
            .items(EntryKind::ALL.iter().map(|kind| (kind.code(), page.t_of("board-kind", kind.code()))))
            .value(typed.kind.clone())
            .error(problems.of("kind"))}
        {Input::new("title", page.t("board-title")).value(typed.title.clone()).error(problems.of("title"))}
        {Select::new("office", page.t("board-office")).items(offices).value(&typed.office).error(problems.of("office"))}
        {Input::new("employer", page.t("work-employer")).value(typed.employer.clone()).error(problems.of("employer"))}
        {Select::new("provider", page.t("plan-provider"))
            .item("", page.t("plan-provider-none"))
            .items(providers)
            .value(&typed.provider)
            .error(problems.of("provider"))}
        {Select::new("area", page.t("board-area"))
            .item("", page.t("board-at-home"))
            .items(areas)
            .value(&typed.area)
            .error(problems.of("area"))}
        {Checkboxes::new("skills", page.t("board-skills"))
            .legend_class(small)
            .small()
            .items(options(page, pack, &reads.skills))
            .values(typed.skills.clone())}
        {Select::new("schooling", page.t("match-schooling"))
            .item("", page.t("board-any"))
            .items(options(page, pack, &reads.schooling))
            .value(&typed.schooling)}
        {Checkboxes::new("languages", page.t("match-languages"))
            .legend_class(small)
            .small()
            .items(options(page, pack, &reads.languages))
            .values(typed.languages.clone())}
        {Checkboxes::new("demands", page.t("board-demands"))
            .legend_class(small)
            .small()
            .items(options(page, pack, &reads.limits))
            .values(typed.demands.clone())}
        {Checkboxes::new("has", page.t("board-has"))
            .legend_class(small)
            .small()
            .items(has.map(|(code, _)| (code, page.t_of("board-has", code))))
            .values(chosen)}
        {Input::new("hours", page.t("work-hours")).numeric().width(3).value(typed.hours.clone()).error(problems.of("hours"))}
        {Input::new("wage", page.t("board-wage"))
            .decimal()
            .width(10)
            .prefix(pack.about.currency.code.clone())
            .value(typed.wage.clone())
            .error(problems.of("wage"))}
        {Input::new("places", page.t("board-places")).numeric().width(5).value(typed.places.clone()).error(problems.of("places"))}
        {typed.from.input("from", page.t("plan-from")).error(problems.of("from-day"))}
        {typed.until.input("until", page.t("plan-until")).error(problems.of("until-day"))}
        {typed.last.input("last", page.t("board-last-day")).error(problems.of("last-day"))}
    }
    .into_any())
}

//! Reads `pack.toml`, `calendar.toml`, `areas.toml`, `agencies.toml`, `offices.toml`, `documents.toml`,
//! `consent.toml`. One more key of one of these: a field in `crate::country` (or `area`) and a line here.

use std::collections::{BTreeMap, BTreeSet};

use time::Weekday;

use super::{codes::Codes, scalar::is_code, table::Table};
use crate::{
    appeal,
    area::{Area, AreaTree, CalendarDays, Setting},
    calendar::Term,
    country::{About, Agency, Consent, Currency, Law, Limit, Office},
    definitions::{DocumentDef, Level},
    form::question::LEVELS,
    life_event::{LifeEvent, LifeEvents},
    notice::QuietHours,
    signature,
};

/// Reads `pack.toml`.
pub(super) fn about(top: &Table<'_>) -> Option<About> {
    let id = top.code("id");
    let version = top.text("version");
    let valid_from = top.date("valid_from");
    let country = top.text("country");
    let languages = top.some_texts("languages");
    for language in languages.iter().filter(|code| !is_language(code)) {
        top.fault(
            "languages",
            format!("'{language}' is not a language code: use two or three small letters, like en"),
        );
    }
    let default_language = top.text("default_language");
    if let Some(language) = &default_language
        && !languages.contains(language)
    {
        top.fault(
            "default_language",
            format!("'{language}' is not among the languages: add it there or name one of them"),
        );
    }
    let currency = top.table("currency").and_then(|table| currency(&table));
    let law = top.table("law").and_then(|table| law(&table));
    let quiet = top.opt_table("messages").map(|table| quiet(&table)).unwrap_or_default();
    let life_events = top.opt_table("life_events").map(|table| life_events(&table)).unwrap_or_default();
    let second_signature =
        top.opt_table("second_signature").map(|table| signatures(&table)).unwrap_or_default();
    top.done();
    Some(About {
        id: id?,
        version: version?,
        valid_from: valid_from?,
        country: country?,
        languages,
        default_language: default_language?,
        currency: currency?,
        law: law?,
        quiet,
        life_events,
        second_signature,
    })
}

/// The table `life_events`: which of them a second person signs.
fn life_events(table: &Table<'_>) -> LifeEvents {
    let named = table.some_texts("second_signature");
    table.done();
    let known = |code: &String| {
        let event = LifeEvent::SIGNABLE.into_iter().find(|one| one.code() == code);
        if event.is_none() {
            let codes = LifeEvent::SIGNABLE.map(LifeEvent::code).join(", ");
            table.fault(
                "second_signature",
                format!("'{code}' is no life event that is signed: use some of {codes}"),
            );
        }
        event
    };
    LifeEvents { second_signature: named.iter().filter_map(known).collect() }
}

/// The table `messages`: from which full hour until which no message goes out.
fn quiet(table: &Table<'_>) -> QuietHours {
    let usual = QuietHours::default();
    let hour = |key: &str, usual: u8| {
        let Some(hour) = table.opt_whole(key) else { return usual };
        u8::try_from(hour).ok().filter(|hour| *hour < 24).unwrap_or_else(|| {
            table.fault(key, "an hour is 0 to 23");
            usual
        })
    };
    let hours = QuietHours { from: hour("quiet_from", usual.from), until: hour("quiet_until", usual.until) };
    table.done();
    hours
}

/// What is signed by a second person whatever a pack says.
const ALWAYS_SIGNED: [&str; 4] = ["override", "termination", "back_pay", "merge"];

/// The table `second_signature`: what is always signed may be named, and not switched off.
fn signatures(table: &Table<'_>) -> signature::Rules {
    for key in ALWAYS_SIGNED.into_iter().filter(|key| !table.flag(key, true)) {
        table.fault(key, "a second person always signs this: take the line out, or say true");
    }
    let percent = table.opt_whole("sample_percent").unwrap_or(signature::USUAL_SAMPLE);
    if percent > 100 {
        table.fault("sample_percent", "so many in a hundred: 0 to 100");
    }
    let limits = if table.has("above") { table.tables("above") } else { Vec::new() };
    let above = limits.iter().filter_map(|limit| {
        let (amount, programmes) = (limit.whole("amount"), limit.texts("programmes"));
        limit.done();
        Some(signature::Above { amount: i64::from(amount?), programmes })
    });
    let above = above.collect();
    table.done();
    signature::Rules { sample_percent: percent.min(100), above }
}

/// The programmes that limits of the second signature name are there.
pub(super) fn signed_programmes(top: &Table<'_>, programmes: &Codes) {
    let Some(table) = top.opt_table("second_signature").filter(|table| table.has("above")) else { return };
    for limit in table.tables("above") {
        programmes.check_all(&limit, "programmes", &limit.texts("programmes"));
    }
}

fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_lowercase())
}

fn currency(table: &Table<'_>) -> Option<Currency> {
    let code = table.code("code");
    let minor_digits = table.whole("minor_digits");
    if minor_digits.is_some_and(|digits| digits > 3) {
        table.fault("minor_digits", "no currency has more than 3 minor digits: use 0 to 3");
    }
    table.done();
    Some(Currency { code: code?, minor_digits: minor_digits? })
}

/// Limits are `<name>_days` or `<name>_working_days`, each a table of `value` and `source`.
fn law(table: &Table<'_>) -> Option<Law> {
    let mut limits = BTreeMap::new();
    for entry in table.entries() {
        let working = entry.key.strip_suffix("_working_days").map(|name| (name, true));
        let counted = working.or_else(|| entry.key.strip_suffix("_days").map(|name| (name, false)));
        let (Some((name, working)), Some(limit)) = (counted, table.entry_table(&entry)) else {
            table.fault(
                &entry.key,
                "a limit is a table of value and source, and its name ends in _days or _working_days",
            );
            continue;
        };
        if appeal::terms::is_unknown(name) {
            let known: Vec<&str> = appeal::terms::Step::ALL.iter().map(|step| step.code()).collect();
            table.fault(
                &entry.key,
                format!("'{name}' is no term of appeals: use one of {}", known.join(", ")),
            );
        }
        let (days, source) = (limit.whole("value"), limit.text("source"));
        limit.done();
        let days = days.and_then(|days| {
            let fits = u16::try_from(days).ok().filter(|days| (1..=3660).contains(days));
            if fits.is_none() {
                limit.fault("value", "a limit is 1 to 3660 days");
            }
            fits
        });
        let term = days.map(|days| if working { Term::WorkingDays(days) } else { Term::Days(days) });
        if let (Some(term), Some(source)) = (term, source)
            && limits.insert(name.to_owned(), Limit { term, source }).is_some()
        {
            table.fault(&entry.key, format!("'{name}' has both calendar and working days: keep one"));
        }
    }
    let mut needed = |name: &str| {
        let limit = limits.remove(name);
        if limit.is_none()
            && !table.has(&format!("{name}_days"))
            && !table.has(&format!("{name}_working_days"))
        {
            table.fault(
                "",
                format!(
                    "the limit {name}_days (or {name}_working_days) is missing: add it with value and source"
                ),
            );
        }
        limit
    };
    let (appeal, decide_within) = (needed("appeal"), needed("decide_within"));
    let (info_request, override_review) = (needed("info_request"), needed("override_review"));
    Some(Law {
        appeal: appeal?,
        decide_within: decide_within?,
        info_request: info_request?,
        override_review: override_review?,
        other: limits,
    })
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads `areas.toml` into a tree, and takes up the areas' codes.
pub(super) fn areas(top: &Table<'_>, codes: &mut Codes) -> AreaTree {
    let tables = top.tables("area");
    top.done();
    let mut areas = Vec::new();
    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    for table in &tables {
        let code = table.code("code");
        let parent = table.opt_text("parent");
        let level = table.name("level");
        let setting = table.opt_one_of("setting", &[("urban", Setting::Urban), ("rural", Setting::Rural)]);
        let province = table.opt_text("province");
        let name = table.opt_text("name");
        let at = super::directory::point(table, "at");
        table.done();
        let Some(code) = code else { continue };
        codes.take(table, "code", &code);
        if let Some(parent) = &parent {
            parents.insert(code.clone(), parent.clone());
        }
        if let Some(level) = level {
            areas.push(Area { code, parent, level, setting, province, name, at });
        }
    }
    for table in &tables {
        let Some(code) = table.opt_text("code") else { continue };
        if let Some(parent) = parents.get(&code) {
            codes.check(table, "parent", parent);
        }
        let mut seen = BTreeSet::from([code.as_str()]);
        let mut at = code.as_str();
        while let Some(parent) = parents.get(at) {
            if parent == &code {
                table.fault(
                    "parent",
                    format!("'{code}' lies inside itself: '{at}' names it as parent; break the ring"),
                );
            }
            if !seen.insert(parent) {
                break;
            }
            at = parent;
        }
    }
    let tree = AreaTree::new(areas);
    for table in &tables {
        let Some(code) = table.opt_text("code").filter(|code| tree.is_leaf(code)) else { continue };
        if tree.setting(&code).is_none() {
            table.fault("", "households can live here, so it needs setting = \"urban\" or \"rural\", its own or from above");
        }
        if tree.province(&code).is_none() {
            table.fault(
                "",
                "households can live here, so it or an area above needs a province code for the formulas",
            );
        }
    }
    if tables.is_empty() {
        top.fault("", "there are no areas: add at least one [[area]]");
    }
    tree
}

/// Reads `calendar.toml`.
pub(super) fn calendars(top: &Table<'_>, areas: &Codes) -> Vec<CalendarDays> {
    let tables = top.tables("calendar");
    top.done();
    let mut codes = Codes::of("calendar");
    let mut named = Codes::of("calendar for area");
    let mut calendars: Vec<CalendarDays> = Vec::new();
    for table in &tables {
        let code = table.code("code");
        let words = table.texts("weekend");
        let mut weekend = Vec::new();
        for word in &words {
            match WEEKDAYS.iter().find(|(name, _)| name == word) {
                Some((_, day)) => weekend.push(*day),
                None => table.fault(
                    "weekend",
                    format!("'{word}' is not a day of the week: write it in English, like saturday"),
                ),
            }
        }
        if weekend.len() == 7 {
            table.fault("weekend", "no day is left to work: take at least one out");
        }
        let mut holidays = table.dates("holidays");
        holidays.sort();
        if let Some(twice) =
            holidays.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[_]>::first)
        {
            table.fault("holidays", format!("{twice} is there twice: take one out"));
        }
        let within = table.texts("areas");
        areas.check_all(table, "areas", &within);
        for area in &within {
            named.take(table, "areas", area);
        }
        table.done();
        let Some(code) = code else { continue };
        codes.take(table, "code", &code);
        if let Some(other) = calendars.iter().find(|other| other.areas.is_empty() && within.is_empty()) {
            table.fault(
                "areas",
                format!(
                    "'{}' already is the calendar of the whole country: name the areas of this one",
                    other.code
                ),
            );
        }
        calendars.push(CalendarDays { code, weekend, holidays, areas: within });
    }
    if !calendars.iter().any(|calendar| calendar.areas.is_empty()) {
        top.fault("", "no calendar holds for the whole country: add one [[calendar]] without areas");
    }
    calendars
}

/// Reads `agencies.toml`.
pub(super) fn agencies(top: &Table<'_>, codes: &mut Codes) -> Vec<Agency> {
    let tables = top.tables("agency");
    top.done();
    let read = |table: &Table<'_>| {
        let code = table.code("code");
        let (ministry, phone) = (table.opt_text("ministry"), table.opt_text("phone"));
        if ministry.as_deref().is_some_and(|ministry| !is_code(ministry)) {
            table.fault(
                "ministry",
                "name a ministry by a code of letters, digits, - and _; its name goes into the words",
            );
        }
        table.done();
        let code = code?;
        codes.take(table, "code", &code);
        Some(Agency { code, ministry, phone })
    };
    tables.iter().filter_map(read).collect()
}

/// Reads `offices.toml`.
pub(super) fn offices(top: &Table<'_>, areas: &Codes, agencies: &Codes) -> Vec<Office> {
    let tables = top.tables("office");
    top.done();
    let mut codes = Codes::of("office");
    let read = |table: &Table<'_>| {
        let (code, area, agency) = (table.code("code"), table.text("area"), table.text("agency"));
        let (phone, email) = (table.opt_text("phone"), table.opt_text("email"));
        if email.as_deref().is_some_and(|email| !is_mailbox(email)) {
            table.fault("email", "this is not an address of mail: write it like office@example.org");
        }
        table.done();
        areas.check_opt(table, "area", area.as_deref());
        agencies.check_opt(table, "agency", agency.as_deref());
        let code = code?;
        codes.take(table, "code", &code);
        Some(Office { code, area: area?, agency: agency?, phone, email })
    };
    let offices: Vec<Office> = tables.iter().filter_map(read).collect();
    if tables.is_empty() {
        top.fault("", "there are no offices: add at least one [[office]]");
    }
    offices
}

/// Something before one `@`, and a name with a point behind it.
fn is_mailbox(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && c != '@');
    text.split_once('@').is_some_and(|(name, host)| plain(name) && plain(host) && host.contains('.'))
}

/// Reads `documents.toml`.
pub(super) fn documents(top: &Table<'_>, codes: &mut Codes) -> Vec<DocumentDef> {
    let tables = top.tables("document");
    top.done();
    let read = |table: &Table<'_>| {
        let id = table.name("id");
        let level = table.opt_one_of("level", &LEVELS).unwrap_or(Level::Household);
        table.done();
        let id = id?;
        codes.take(table, "id", &id);
        Some(DocumentDef { id, level, at: table.at() })
    };
    tables.iter().filter_map(read).collect()
}

/// Reads `consent.toml`.
pub(super) fn consents(top: &Table<'_>, agencies: &Codes) -> Vec<Consent> {
    let tables = top.tables("consent");
    top.done();
    let mut codes = Codes::of("consent");
    let read = |table: &Table<'_>| {
        let (id, purpose) = (table.code("id"), table.opt_text("purpose"));
        let named = table.texts("agencies");
        let (required, valid_months) = (table.flag("required", false), table.opt_whole("valid_months"));
        table.done();
        agencies.check_all(table, "agencies", &named);
        let id = id?;
        codes.take(table, "id", &id);
        let purpose = purpose.unwrap_or_else(|| "registration".into());
        Some(Consent { id, agencies: named, purpose, required, valid_months })
    };
    let consents: Vec<Consent> = tables.iter().filter_map(read).collect();
    if tables.is_empty() {
        top.fault("", "there is no consent wording: add at least one [[consent]]");
    }
    consents
}

//! Reads `services.toml`: providers, services, and the places where they are offered.

use super::{codes::Codes, table::Table};
use crate::services::hours::Hours;
use crate::services::near::Point;
use crate::services::{Access, Directory, Per, Place, Provider, Service, ServiceKind, Share, VERIFY_MONTHS};

/// What the directory may name.
pub(super) struct Known<'k> {
    pub(super) areas: &'k Codes,
    pub(super) agencies: &'k Codes,
    pub(super) documents: &'k Codes,
}

/// Reads `services.toml` and takes up the services' codes.
pub(super) fn directory(top: &Table<'_>, known: &Known<'_>, services: &mut Codes) -> Directory {
    let (providers, tables, places) = (top.tables("provider"), top.tables("service"), top.tables("place"));
    let verify_months = top.opt_whole("verify_months").unwrap_or(VERIFY_MONTHS);
    let reach_km = top.opt_whole("reach_km");
    top.done();
    let (mut provider_codes, mut place_codes) = (Codes::of("provider"), Codes::of("place"));
    Directory {
        providers: providers.iter().filter_map(|table| provider(table, known, &mut provider_codes)).collect(),
        services: tables.iter().filter_map(|table| service(table, known, services)).collect(),
        places: places
            .iter()
            .filter_map(|table| place(table, known, &provider_codes, services, &mut place_codes))
            .collect(),
        verify_months,
        reach_km,
    }
}

/// A point of the globe, if one is given.
pub(super) fn point(table: &Table<'_>, key: &str) -> Option<Point> {
    let text = table.opt_text(key)?;
    text.parse().map_err(|fault: crate::services::near::NoPoint| table.fault(key, fault.to_string())).ok()
}

/// Opening hours, if they are given.
fn open(table: &Table<'_>) -> Option<String> {
    let text = table.opt_text("open")?;
    match text.parse::<Hours>() {
        Ok(hours) => Some(hours.to_string()),
        Err(fault) => {
            table.fault("open", fault.to_string());
            None
        }
    }
}

/// The words of a list, each of which a set must know.
fn coded<T: Copy>(table: &Table<'_>, key: &str, all: &[T], code: impl Fn(T) -> &'static str) -> Vec<T> {
    let mut known = Vec::new();
    for word in table.texts(key) {
        if let Some(one) = all.iter().find(|one| code(**one) == word) {
            known.push(*one);
        } else {
            let words: Vec<&str> = all.iter().map(|one| code(*one)).collect();
            table.fault(key, format!("'{word}' is not known here: one of {}", words.join(", ")));
        }
    }
    known
}

fn agency(table: &Table<'_>, known: &Known<'_>) -> Option<String> {
    let agency = table.opt_text("agency");
    known.agencies.check_opt(table, "agency", agency.as_deref());
    agency
}

fn provider(table: &Table<'_>, known: &Known<'_>, codes: &mut Codes) -> Option<Provider> {
    let (code, area) = (table.code("code"), table.text("area"));
    let (agency, phone, name) = (agency(table, known), table.opt_text("phone"), table.opt_text("name"));
    table.done();
    known.areas.check_opt(table, "area", area.as_deref());
    let code = code?;
    codes.take(table, "code", &code);
    Some(Provider { code, name, area: area?, agency, phone })
}

fn service(table: &Table<'_>, known: &Known<'_>, codes: &mut Codes) -> Option<Service> {
    let (code, kind, agency) =
        (table.code("code"), table.one_of("kind", &ServiceKind::ALL), agency(table, known));
    let shares = if table.has("shares") {
        coded(table, "shares", Share::ALL, Share::code)
    } else {
        Share::USUAL.to_vec()
    };
    table.done();
    let code = code?;
    codes.take(table, "code", &code);
    Some(Service { code, kind: kind?, agency, shares })
}

fn place(
    table: &Table<'_>,
    known: &Known<'_>,
    providers: &Codes,
    services: &Codes,
    codes: &mut Codes,
) -> Option<Place> {
    let (provider, service, area) = (table.text("provider"), table.text("service"), table.text("area"));
    let (hours, capacity) = (table.opt_text("hours"), table.opt_whole("capacity"));
    let (languages, accessible) = (table.texts("languages"), table.flag("accessible", false));
    let (documents, verified) = (table.texts("documents"), table.opt_date("verified"));
    let (open, at, phone) = (open(table), point(table, "at"), table.opt_text("phone"));
    let mut access = coded(table, "access", Access::ALL, Access::code);
    if accessible && !access.contains(&Access::Wheelchair) {
        access.insert(0, Access::Wheelchair);
    }
    let per = table.opt_one_of("per", &[("month", Per::Month), ("year", Per::Year)]);
    let code = if table.has("code") { table.code("code") } else { None };
    table.done();
    providers.check_opt(table, "provider", provider.as_deref());
    services.check_opt(table, "service", service.as_deref());
    known.areas.check_opt(table, "area", area.as_deref());
    known.documents.check_all(table, "documents", &documents);
    let (provider, service, area) = (provider?, service?, area?);
    // A provider offers a service at most once in an area, which names the place unless the pack does.
    let code = code.unwrap_or_else(|| format!("{provider}-{service}-{area}"));
    codes.take(table, "code", &code);
    Some(Place {
        code,
        provider,
        service,
        area,
        hours,
        open,
        at,
        phone,
        capacity,
        per,
        languages,
        accessible,
        access,
        documents,
        verified,
    })
}

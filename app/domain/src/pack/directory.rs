//! Reads `services.toml`: providers, services, and the places where they are offered.

use super::{codes::Codes, table::Table};
use crate::services::{Directory, Place, Provider, Service, ServiceKind};

/// What the directory may name.
pub(super) struct Known<'k> {
    pub(super) areas: &'k Codes,
    pub(super) agencies: &'k Codes,
    pub(super) documents: &'k Codes,
}

/// Reads `services.toml` and takes up the services' codes.
pub(super) fn directory(top: &Table<'_>, known: &Known<'_>, services: &mut Codes) -> Directory {
    let (providers, tables, places) = (top.tables("provider"), top.tables("service"), top.tables("place"));
    top.done();
    let (mut provider_codes, mut place_codes) = (Codes::of("provider"), Codes::of("place"));
    Directory {
        providers: providers.iter().filter_map(|table| provider(table, known, &mut provider_codes)).collect(),
        services: tables.iter().filter_map(|table| service(table, known, services)).collect(),
        places: places
            .iter()
            .filter_map(|table| place(table, known, &provider_codes, services, &mut place_codes))
            .collect(),
    }
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
    table.done();
    let code = code?;
    codes.take(table, "code", &code);
    Some(Service { code, kind: kind?, agency })
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
    Some(Place { code, provider, service, area, hours, capacity, languages, accessible, documents, verified })
}
